"""How sure a value is: the share of right ones among values that rest on the same grounds, as measured.

`confidence.json` holds, for each kind of value and each combination of grounds, of how many issuers, and the sum of the shares
of these issuers' values that were right (README, "Calibration"). It counts issuers, not values: the values of one issuer are
laid out alike and stand or fall together, so that a hundred rows of one invoice say no more of the next issuer than one.
With ``r`` of ``n`` the confidence of the kind is ``(r + 1) / (n + 2)``, Laplace's rule of succession: what few issuers showed
is never sure, however well it went. Where the field itself was measured, that counts as much as issuers showed it, and its
kind as much as `_PRIOR` issuers.

What was recognised in a picture is at most as sure as the engine that read it, and as the same grounds make it on text. It
is never sure until that was measured too: entries whose grounds have ``ocr`` among them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from agents.fields.grounds import Ground
from agents.fields.schema import Field, Fields
from agents.fields.table import ROW_PATH, Family, spec_of

SURE = 0.95
"""From here on a value counts as sure, unless the settings say otherwise."""
_UNKNOWN = 0.5
_PRIOR = 4
"""Issuers."""
_STRENGTHENING = (
    Ground.AGREED, Ground.ONLY, Ground.VENDOR, Ground.COMPANY, Ground.CONFIRMED, Ground.LEARNT,
)  # fmt: skip
"""Grounds that never make a value less likely than it is without them: what was observed without them counts as well."""
OCR = Ground.OCR
_UNMEASURED = 0.9
"""The most that is believed of a value recognised in a picture while nobody has measured how often such values are right."""
READER_RIGHT = 0.95
"""The share of values that a model has to read right before its tier is said to read whole documents: what `counterfoil score`
counts of it. What it and code both say is measured by that until the table has it."""
_CERTAIN = {"xml": 0.999, "person": 1.0}
"""What an e-invoice states is what its sender means; what a person says is taken. (Whether it is *true* is for checks.)"""


def family(path: str) -> Family:
    """The kind of value a field holds: values of a kind, on the same grounds, are equally likely to be right."""
    spec = spec_of(path)
    return spec.family if spec else Family.ID


Table = Mapping[str, tuple[float, float]]
"""Of each entry (`keys`) the sum of the issuers' shares of right values, and how many issuers."""


def confidence_of(path: str, field: Field, table: Table | None = None) -> float:
    """The measured share of right values on these grounds; for what was never measured, no better than a coin.

    Args:
        table: what was measured, instead of what ships.
    """
    if field.evidence.source in _CERTAIN:
        return _CERTAIN[field.evidence.source]
    if table is None:
        table = _measured()
    if OCR in field.grounds:
        read = 1.0 if field.evidence.ocr is None else field.evidence.ocr
        if keys(path, field.grounds)[1] in table:
            return min(_share(table, path, field.grounds), read)
        return min(_share(table, path, [ground for ground in field.grounds if ground != OCR]), read, _UNMEASURED)
    return _share(table, path, field.grounds)


def _share(table: Table, path: str, grounds: Sequence[str]) -> float:
    if Ground.INDEPENDENT in grounds and keys(path, grounds)[1] not in table:
        return _by_both(_share(table, path, [ground for ground in grounds if ground != Ground.INDEPENDENT]))
    shares = [_estimated([keys(path, grounds)], table)]
    if family(path) is Family.NAME and Ground.LEARNT in grounds and set(grounds) <= {Ground.LEARNT, Ground.OVERRULED}:
        return min(shares[0] or _UNKNOWN, _UNMEASURED)  # whose name it is, the vendor master says
    base = [ground for ground in grounds if ground not in _STRENGTHENING]
    if base and len(base) < len(grounds):
        shares += [_estimated([keys(path, base)], table), _estimated([keys(path, base), keys(path, grounds)], table)]
    return round(max(share if share is not None else _UNKNOWN for share in shares), 3)


def _estimated(entries: Sequence[tuple[str, str]], table: Table) -> float | None:
    """From what was measured of the field and of its kind, all ``entries`` together; None where nothing was."""
    right, of, of_kind, n = 0.0, 0.0, 0.0, 0.0
    for field, kind in entries:
        right, of = (a + b for a, b in zip((right, of), table.get(field, (0, 0)), strict=True))
        of_kind, n = (a + b for a, b in zip((of_kind, n), table.get(kind, (0, 0)), strict=True))
    if not n:
        return None
    share = (of_kind + 1) / (n + 2)
    return (right + _PRIOR * share) / (of + _PRIOR) if of else share


def _by_both(alone: float) -> float:
    """How likely a value is right that code reads right in a share ``alone`` of its cases, and that a second reader, who knows
    nothing of it, reads too: by Bayes, and as if two readers who are both wrong always said the same wrong value."""
    both_right, both_wrong = alone * READER_RIGHT, (1 - alone) * (1 - READER_RIGHT)
    return round(both_right / (both_right + both_wrong), 3)


def judged(fields: Mapping[str, Field]) -> Fields:
    """``fields`` with their confidence. What follows from others is no surer than a picture that these were read in."""
    pictured = any(OCR in field.grounds for field in fields.values())
    made: Fields = {}
    for path, field in fields.items():
        confidence = confidence_of(path, field)
        if pictured and field.evidence.source == "rule" and field.evidence.page is None:
            confidence = min(confidence, _UNMEASURED)
        made[path] = field.model_copy(update={"confidence": confidence})
    return made


def keys(path: str, grounds: Sequence[str]) -> tuple[str, str]:
    """The entries of the table, of the field and of its kind: ``invoice_number = agreed+label``, ``number: agreed+label``."""
    on = "+".join(sorted(set(grounds)))
    row = ROW_PATH.fullmatch(path)
    return f"{f'{row[1]}[].{row[3]}' if row else path} = {on}", f"{family(path)}: {on}"


@cache
def _measured() -> Table:
    text = (files(__package__) / "confidence.json").read_text(encoding="utf-8")
    return {entry: (right, of) for entry, (right, of) in json.loads(text).items()}
