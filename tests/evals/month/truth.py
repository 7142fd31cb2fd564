"""What is true of the month: every document, and which of them should not pass, with the finding that should say so."""

from __future__ import annotations

from typing import Literal, TypedDict

Kind = Literal[
    "duplicate", "price", "quantity", "account", "split", "sanctions", "over the limit", "credit note"
]  # fmt: skip
Expected = Literal["approve", "person", "either"]

NAMES = {
    "same number": "dup-number", "number written differently": "dup-writing", "other number": "dup-amount",
    "misread number": "dup-text", "over the limit": "over-limit", "credit note": None,
}  # fmt: skip
"""Of varieties and kinds, how the truth names them, where it is not as they are called. A credit note is in order, and a
person's by rule."""


class Told(TypedDict):
    """What is told of a document.

    ``group`` is shared by those that are wrong only together. ``role`` is said of duplicates; either may be processed
    first. ``expect``: ``either`` where one of a group may pass, and not all: of duplicates one, of the parts of a split
    invoice as many as stay within the limit. ``rules``: one of them should be found.
    """

    vendor: str
    planted: str | None
    group: str | None
    role: Literal["first", "later"] | None
    expect: Expected
    rules: list[str]
    why: str
    form: str
    number: str
    amount: str
    """The grand total, in EUR."""
    iban: str | None


def sound(vendor: str, form: str, why: str | None, *, number: str, amount: str, iban: str | None) -> Told:
    """Of a document that nothing is wrong with; ``why`` is said of one that looks as if there were."""
    return Told(
        vendor=vendor, planted=None, group=None, role=None, expect="approve", rules=[], why=why or "in order", form=form,
        number=number, amount=amount, iban=iban,
    )  # fmt: skip


def planted(told: Told, kind: Kind, variety: str, rule: str | None, group: str, place: int, size: int) -> None:
    """Note that ``told`` is the ``place``-th of ``size`` documents of what was planted."""
    told["planted"] = NAMES[variety] if variety in NAMES else NAMES.get(kind, kind)
    told["why"] = f"{kind}: {variety}"
    told["expect"] = "either" if size > 1 else "person"
    told["group"] = group if size > 1 else None
    told["rules"] = [rule] if rule else []
    if kind == "duplicate":
        told["role"] = "later" if place else "first"
    if rule == "DUPLICATE-TEXT":
        told["rules"].append("DUPLICATE-AMOUNT")
    elif rule == "DUPLICATE-AMOUNT":
        told["rules"].append("DUPLICATE-TEXT")
