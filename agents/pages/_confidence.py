"""How sure a value is: the share of right ones among values that rest on the same grounds, as measured.

`confidence.json` holds, for each kind of value and each combination of grounds, how many of how many were right on
invoices with known truth (README, "Calibration"). With ``r`` of ``n`` right the confidence is ``(r + 1) / (n + 2)``,
Laplace's rule of succession: what was seldom observed is never sure, however well it went.

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
from agents.fields.table import Family, spec_of

SURE = 0.95
"""From here on a value counts as sure, unless the settings say otherwise."""
_UNKNOWN = 0.5
_STRENGTHENING = (Ground.AGREED, Ground.ONLY)
"""Grounds that never make a value less likely than it is without them: what was observed without them counts as well."""
OCR = Ground.OCR
_UNMEASURED = 0.9
"""The most that is believed of a value recognised in a picture while nobody has measured how often such values are right."""
_CERTAIN = {"xml": 0.999, "person": 1.0}
"""What an e-invoice states is what its sender means; what a person says is taken. (Whether it is *true* is for checks.)"""


def family(path: str) -> Family:
    """The kind of value a field holds: values of a kind, on the same grounds, are equally likely to be right."""
    spec = spec_of(path)
    return spec.family if spec else Family.ID


def confidence_of(path: str, field: Field) -> float:
    """The measured share of right values on these grounds; for what was never measured, no better than a coin."""
    if field.evidence.source in _CERTAIN:
        return _CERTAIN[field.evidence.source]
    if OCR in field.grounds:
        read = 1.0 if field.evidence.ocr is None else field.evidence.ocr
        if key(path, field.grounds) in _measured():
            return min(_share(path, field.grounds), read)
        return min(_share(path, [ground for ground in field.grounds if ground != OCR]), read, _UNMEASURED)
    return _share(path, field.grounds)


def _share(path: str, grounds: Sequence[str]) -> float:
    right, of = _measured().get(key(path, grounds), (0, 0))
    base = [ground for ground in grounds if ground not in _STRENGTHENING]
    if base and len(base) < len(grounds):
        more = _measured().get(key(path, base), (0, 0))
        pooled = (right + more[0], of + more[1])
        return max(_rule_of_succession(*pooled), _rule_of_succession(*more) if more[1] else 0.0)
    return _rule_of_succession(right, of)


def _rule_of_succession(right: int, of: int) -> float:
    return round((right + 1) / (of + 2), 3) if of else _UNKNOWN


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


def key(path: str, grounds: Sequence[str]) -> str:
    """The entry of the table: ``number: agreed+label``."""
    return f"{family(path)}: {'+'.join(sorted(set(grounds)))}"


@cache
def _measured() -> dict[str, tuple[int, int]]:
    text = (files(__package__) / "confidence.json").read_text(encoding="utf-8")
    return {entry: (right, of) for entry, (right, of) in json.loads(text).items()}
