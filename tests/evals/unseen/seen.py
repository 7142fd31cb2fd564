"""Values that were read where the truth is known, with what they rest on, and what is counted of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from agents.pages import calibration_keys
from tests.evals.unseen.reading import Result
from workers.score.report import issuer_of


@dataclass(frozen=True)
class Seen:
    """A value that was read where the truth is known, on which grounds."""

    issuer: str
    document: str
    field: str
    """``lines[].name``."""
    grounds: tuple[str, ...]
    right: bool

    @property
    def path(self) -> str:
        return self.field.replace("[]", "[0]")


def seen_in(result: Result) -> list[Seen]:
    """The values code or a model found; of what follows from others too."""
    seen = []
    for read in result.reads:
        for cell in read.score.cells:
            if cell.read not in (None, "") and read.confidence(cell) is not None:
                grounds = read.confidences.grounds(cell.read_at)
                issuer = issuer_of(read.document.truth)
                seen.append(Seen(issuer, read.document.id, cell.name, tuple(sorted(set(grounds))), cell.right))
    return seen


def measured(seen: Iterable[Seen]) -> dict[str, tuple[float, float]]:
    """The table: of each entry the sum of the issuers' shares of right values, and how many issuers."""
    rights: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for value in seen:
        for entry in calibration_keys(value.path, value.grounds):
            rights[entry][value.issuer].append(value.right)
    return {
        entry: (round(sum(sum(of) / len(of) for of in issuers.values()), 3), len(issuers))
        for entry, issuers in sorted(rights.items())
    }
