"""Whether confidence keeps its word: of the values said to be 95 % sure, are 95 % right?

And what it is worth: if only those invoices went through untouched whose key fields are all sure enough, how many would
that be, and how many of them would be wrong?
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from agents.pages import calibration_keys

BINS = 10
"""Bins of equal width, from 0 to 1."""
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.999)
Z_95 = 1.959963984540054
"""Quantile of the normal distribution for a two-sided interval of 95 %."""


@dataclass(frozen=True)
class Judged:
    """A value that was read and could be judged. ``confidence`` from 0 to 1; None where it carried none."""

    field: str
    """The same in every document: ``totals.grand_total``, ``lines[].name``."""
    right: bool
    confidence: float | None = None
    grounds: tuple[str, ...] = ()
    issuer: str = ""
    """Whose invoice it stands on."""


@dataclass(frozen=True)
class Touchless:
    """A document as a policy by confidence alone would see it."""

    confidence: float | None
    """The lowest of its key fields; None if nothing may let it through: a key field without confidence or not read, an
    error finding, a failure."""
    wrong: bool
    """Whether a key field is wrong, or was not read although it is there."""


class Sure(BaseModel):
    """Values with a confidence of at least ``threshold``."""

    threshold: float
    n: int
    right: int
    share: float | None
    """None where there is no such value."""
    wilson_lower: float | None
    """Lower end of the 95 % interval of ``share``."""


class Bin(BaseModel):
    """Values with a confidence above ``above`` (in the first bin, from it) up to and with ``up_to``."""

    above: float
    up_to: float
    n: int
    right: int
    confidence: float | None
    """Their mean confidence; None in an empty bin."""
    share: float | None
    """Share of them that are right."""


class CurvePoint(BaseModel):
    """What would go through untouched if every key field had to be as sure as ``threshold``."""

    threshold: float
    touchless: int
    share: float
    """Of all documents."""
    wrong: int
    """Documents among the touchless with a wrong key field."""
    values: int
    """Single values, of all fields, at least as sure."""
    values_right: int


class Slice(BaseModel):
    """The values of one field, or on one ground."""

    n: int
    right: int
    confidence: float
    """Their mean confidence."""
    sure: int
    sure_right: int
    issuers: int
    """Of how many issuers."""
    issuers_right: float
    """The sum of the shares of each issuer's values that are right, 0 to ``issuers``."""


class Calibration(BaseModel):
    """Confidence held against truth, over all values that were read and could be judged."""

    n: int
    """Values with a confidence; all else here is of these."""
    without: int
    """Values read and judged that carry no confidence."""
    right: int
    sure: Sure
    sure_in_surplus_rows: int
    """Values as sure, in rows that belong to no row of the truth: they cannot be judged one by one, and are in no other
    figure here."""
    expected_error: float | None
    """Expected calibration error, 0 to 1."""
    bins: list[Bin]
    curve: list[CurvePoint]
    fields: dict[str, Slice]
    grounds: dict[str, Slice]
    """By field or kind of value and combination of grounds, as `agents/pages/confidence.json` keeps them."""


def calibrate(
    values: Iterable[Judged],
    documents: Sequence[Touchless],
    *,
    sure: float,
    surplus: Iterable[float] = (),
    thresholds: Sequence[float] = THRESHOLDS,
) -> Calibration:
    """Judge confidence.

    Args:
        values: every value that was read where the truth is known and visible.
        documents: every document, also those that failed.
        sure: confidence from which a value is called sure, 0 to 1.
        surplus: confidences of values in rows that belong to no row of the truth.
        thresholds: points of the curve; ``sure`` is added.
    """
    given = list(values)
    known = [value for value in given if value.confidence is not None]
    bins = reliability(known)
    by_field: dict[str, list[Judged]] = {}
    by_ground: dict[str, list[Judged]] = {}
    for value in known:
        by_field.setdefault(value.field, []).append(value)
        for entry in calibration_keys(value.field.replace("[]", "[0]"), list(value.grounds)):
            by_ground.setdefault(entry, []).append(value)
    return Calibration(
        n=len(known),
        without=len(given) - len(known),
        right=sum(value.right for value in known),
        sure=_sure(known, sure),
        sure_in_surplus_rows=sum(confidence >= sure for confidence in surplus),
        expected_error=expected_calibration_error(bins),
        bins=bins,
        curve=curve(known, documents, sorted({*thresholds, sure})),
        fields={name: _slice(judged, sure) for name, judged in sorted(by_field.items())},
        grounds={name: _slice(judged, sure) for name, judged in sorted(by_ground.items())},
    )


def wilson_lower(right: int, n: int, z: float = Z_95) -> float:
    """Lower end of the score interval of a share (Wilson 1927, Probable inference, the law of succession, and statistical
    inference, JASA 22, 209-212). Unlike p ± z·s it holds for few values, and for shares at 0 and 1.

    Args:
        right: how many of ``n`` (one or more).
        z: quantile of the normal distribution, for both sides: 1.96 for 95 %.
    """
    share = right / n
    middle = share + z * z / (2 * n)
    width = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - width) / (1 + z * z / n))


def wilson_upper(right: int, n: int, z: float = Z_95) -> float:
    """Upper end of the same interval."""
    return 1 - wilson_lower(n - right, n, z)


def reliability(values: Iterable[Judged], bins: int = BINS) -> list[Bin]:
    """Values in bins of equal width by confidence, each ``(m/M, (m+1)/M]`` as in Guo et al. 2017; 0 is in the first."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for value in values:
        if value.confidence is not None:
            place = math.ceil(round(value.confidence * bins, 9)) - 1  # 0.3 * 10 is not 3
            held[min(max(place, 0), bins - 1)].append((value.confidence, value.right))
    filled = []
    for place, judged in enumerate(held):
        n, right = len(judged), sum(is_right for _, is_right in judged)
        filled.append(
            Bin(
                above=place / bins,
                up_to=(place + 1) / bins,
                n=n,
                right=right,
                confidence=math.fsum(confidence for confidence, _ in judged) / n if n else None,
                share=right / n if n else None,
            )
        )
    return filled


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """Mean distance of confidence and share right over ``bins``, each weighing as many values as it holds (Guo, Pleiss,
    Sun, Weinberger 2017, On calibration of modern neural networks, eq. 3). None without values."""
    n = sum(bin.n for bin in bins)
    apart = [
        bin.n * abs(bin.share - bin.confidence) for bin in bins if bin.share is not None and bin.confidence is not None
    ]
    return math.fsum(apart) / n if n else None


def curve(values: Sequence[Judged], documents: Sequence[Touchless], thresholds: Iterable[float]) -> list[CurvePoint]:
    """For each threshold what would go through untouched, and how much of it is wrong (risk over coverage)."""
    points = []
    for threshold in thresholds:
        through = [d for d in documents if d.confidence is not None and d.confidence >= threshold]
        sure = _at_least(values, threshold)
        points.append(
            CurvePoint(
                threshold=threshold,
                touchless=len(through),
                share=len(through) / len(documents) if documents else 0.0,
                wrong=sum(document.wrong for document in through),
                values=len(sure),
                values_right=sum(value.right for value in sure),
            )
        )
    return points


def _at_least(values: Iterable[Judged], threshold: float) -> list[Judged]:
    return [value for value in values if value.confidence is not None and value.confidence >= threshold]


def _sure(values: Sequence[Judged], threshold: float) -> Sure:
    sure = _at_least(values, threshold)
    n, right = len(sure), sum(value.right for value in sure)
    return Sure(
        threshold=threshold,
        n=n,
        right=right,
        share=right / n if n else None,
        wilson_lower=wilson_lower(right, n) if n else None,
    )


def _slice(values: Sequence[Judged], sure: float) -> Slice:
    sure_values = _at_least(values, sure)
    by_issuer: dict[str, list[bool]] = {}
    for value in values:
        by_issuer.setdefault(value.issuer, []).append(value.right)
    return Slice(
        n=len(values),
        right=sum(value.right for value in values),
        confidence=math.fsum(value.confidence or 0.0 for value in values) / len(values),
        sure=len(sure_values),
        sure_right=sum(value.right for value in sure_values),
        issuers=len(by_issuer),
        issuers_right=math.fsum(sum(rights) / len(rights) for rights in by_issuer.values()),
    )
