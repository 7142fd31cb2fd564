"""How sure a value is: the share of right ones among values that rest on the same grounds, as measured.

`confidence.json` holds, for each kind of value and each combination of grounds, how many of how many were right on
invoices with known truth (README, "Calibration"). With ``r`` of ``n`` right the confidence is ``(r + 1) / (n + 2)``,
Laplace's rule of succession: what was seldom observed is never sure, however well it went.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from agents.invoice.schema import DATES, Field, Fields, is_number

SURE = 0.95
"""From here on a value counts as sure, unless the settings say otherwise."""
_UNKNOWN = 0.5
_STRENGTHENING = ("agreed", "only")
"""Grounds that never make a value less likely than it is without them: what was observed without them counts as well."""
_CERTAIN = {"xml": 0.999, "person": 1.0}
"""What an e-invoice states is what its sender means; what a person says is taken. (Whether it is *true* is for checks.)"""


def family(path: str) -> str:
    """The kind of value a field holds: values of a kind, on the same grounds, are equally likely to be right."""
    if path.startswith("lines"):
        return "line" if is_number(path) else "text"
    if path.startswith(("totals", "tax_breakdown")):
        return "total"
    if path in DATES:
        return "date"
    if path.endswith(".name"):
        return "name"
    if path in ("invoice_number", "purchase_order_ref"):
        return "number"
    return "text" if path == "payment.terms" else "code" if path in ("currency", "type_code") else "id"


def confidence_of(path: str, field: Field) -> float:
    """The measured share of right values on these grounds; for what was never measured, no better than a coin."""
    if field.evidence.source in _CERTAIN:
        return _CERTAIN[field.evidence.source]
    right, of = _measured().get(key(path, field.grounds), (0, 0))
    base = [ground for ground in field.grounds if ground not in _STRENGTHENING]
    if base and len(base) < len(field.grounds):
        more = _measured().get(key(path, base), (0, 0))
        pooled = (right + more[0], of + more[1])
        return max(_rule_of_succession(*pooled), _rule_of_succession(*more) if more[1] else 0.0)
    return _rule_of_succession(right, of)


def _rule_of_succession(right: int, of: int) -> float:
    return round((right + 1) / (of + 2), 3) if of else _UNKNOWN


def judged(fields: Mapping[str, Field]) -> Fields:
    """``fields`` with their confidence."""
    return {path: field.model_copy(update={"confidence": confidence_of(path, field)}) for path, field in fields.items()}


def key(path: str, grounds: list[str]) -> str:
    """The entry of the table: ``number: agreed+label``."""
    return f"{family(path)}: {'+'.join(sorted(set(grounds)))}"


@cache
def _measured() -> dict[str, tuple[int, int]]:
    text = (files(__package__) / "confidence.json").read_text(encoding="utf-8")
    return {entry: (right, of) for entry, (right, of) in json.loads(text).items()}
