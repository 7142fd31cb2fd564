"""What is true of the month: every document, and which of them should not pass, with the finding that should say so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Kind = Literal[
    "duplicate", "price", "quantity", "account", "split", "sanctions", "over the limit", "credit note"
]  # fmt: skip

DUPLICATE = ("DUPLICATE", "DUPLICATE-AMOUNT", "DUPLICATE-TEXT")
RULES: dict[Kind, tuple[str, ...]] = {
    "duplicate": DUPLICATE,
    "price": ("ORDER-PRICE",),
    "quantity": ("ORDER-QUANTITY", "RECEIPT-QUANTITY"),
    "account": ("VENDOR-ACCOUNT",),
    "split": ("SPLIT",),
    "sanctions": ("SANCTIONS",),
    "over the limit": (),
    "credit note": (),
}
"""Findings by which each kind is found. Where there is none, the approval policy leaves it to a person."""


@dataclass(frozen=True)
class Document:
    """A file and what it says. ``amount`` is the grand total in ``currency``; ``look_alike`` is said of one that is in order
    and looks as if it were not."""

    file: str
    form: str
    vendor: str
    number: str
    issued: str
    amount: Decimal
    currency: str
    iban: str | None
    order: str | None = None
    look_alike: str | None = None


@dataclass(frozen=True)
class Planted:
    """What should not pass. ``files`` are those it shows in: of a duplicate the first and the copy, of a split invoice all
    its parts. ``rule`` is the one of the kind's `RULES` that is expected."""

    id: str
    kind: Kind
    variety: str
    rule: str | None
    files: tuple[str, ...]

    @property
    def is_pair(self) -> bool:
        """Whether only the later of two can be known to be wrong, whichever that is."""
        return len(self.files) == 2 and self.kind in ("duplicate", "quantity")


@dataclass(frozen=True)
class Truth:
    """The whole month. ``limit`` is the largest total that passes without a person."""

    seed: int
    tenant: str
    limit: Decimal
    documents: tuple[Document, ...]
    planted: tuple[Planted, ...]

    @property
    def by_file(self) -> dict[str, Document]:
        return {one.file: one for one in self.documents}

    def of(self, kind: Kind) -> list[Planted]:
        return [one for one in self.planted if one.kind == kind]

    @property
    def good(self) -> Iterator[Document]:
        """Those that nothing is wrong with."""
        marked = {file for one in self.planted for file in one.files}
        return (one for one in self.documents if one.file not in marked)

    @property
    def for_a_person(self) -> int:
        """How many documents a person has to see, at least, so that nothing wrong passes."""
        return sum(self._for_a_person(one) for one in self.planted)

    def _for_a_person(self, planted: Planted) -> int:
        if planted.is_pair:
            return 1
        if planted.kind != "split":
            return len(planted.files)
        # The cheapest parts may pass as long as they stay within the limit together.
        within, passed = Decimal(0), 0
        for amount in sorted(self.by_file[file].amount for file in planted.files):
            within += amount
            passed += within <= self.limit
        return len(planted.files) - passed

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1, default=str, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Truth:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            seed=plain["seed"],
            tenant=plain["tenant"],
            limit=Decimal(plain["limit"]),
            documents=tuple(Document(**{**one, "amount": Decimal(one["amount"])}) for one in plain["documents"]),
            planted=_planted(plain["planted"]),
        )


def _planted(plain: Sequence[dict[str, Any]]) -> tuple[Planted, ...]:
    return tuple(Planted(**{**one, "files": tuple(one["files"])}) for one in plain)
