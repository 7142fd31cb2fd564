"""When a value that was read is right: the rules of the evaluation corpus, in an implementation of our own.

They are stated in the corpus' README and in the docstring of its ``score.py``; a test holds both implementations to the
same figures. In short: a value is scored if the truth has it and it is visible on the page, whatever was read; what was
not read is wrong. Truth and prediction have the public shape of `agents.fields.schema.public`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Any

from agents.fields.table import BY_PATH, COLUMNS, SCALARS, Kind
from agents.fields.values import CENT
from infra.text import squeezed

KEYS = frozenset(spec.path for spec in SCALARS if spec.sure)
"""The fields of which none may be wrong where nobody looked: what is paid, to whom, to which account."""
HEADER_KEYS = KEYS - {"payment.iban"}
"""The fields that make a header exact."""

PRICE_TOLERANCE = Decimal("0.005")
"""Of a unit price, as a share of it: prices are printed rounded."""
NAME_LIKENESS, LINE_NAME_LIKENESS, TERMS_LIKENESS = 0.85, 0.80, 0.60
"""`difflib` ratio from which two texts count as the same: names of parties, names of lines, payment terms."""
SHORTEST_CONTAINED = 5
"""Letters and digits a text needs before being contained in the other one makes it the same."""

TAX_COLUMNS, LINE_COLUMNS = (
    tuple(spec.name for spec in COLUMNS[table] if spec.printed) for table in ("tax_breakdown", "lines")
)
LINE_KEYS = frozenset({"name", "quantity", "net_amount"})
"""The columns that make a line right."""
NAME_WEIGHT = 3
"""How many other columns the name outweighs when it is decided which lines belong together."""

CREDITS = frozenset({"381", "384", "261", "396"})
"""Document types (UNTDID 1001) whose amounts may be stated with either sign."""


@dataclass(frozen=True)
class Cell:
    """One scored value."""

    name: str
    """Its field, the same in every document: ``totals.grand_total``, ``lines[].name``."""
    place: str
    """Where the truth has it: ``lines[2].name``."""
    truth: Any
    read: Any
    """What was read in its place; None where nothing was."""
    read_at: str | None
    """Where the prediction has it, ``lines[3].name``: rows may stand in another order. None for a row nobody read."""
    right: bool


@dataclass(frozen=True)
class LineCount:
    """Lines of one or more documents whose truth has lines: how many there are, were read, and are right."""

    right: int = 0
    true: int = 0
    read: int = 0

    def __add__(self, other: LineCount) -> LineCount:
        return LineCount(self.right + other.right, self.true + other.true, self.read + other.read)

    @property
    def precision(self) -> float | None:
        """Share of the lines read that are right; None where none was read."""
        return self.right / self.read if self.read else None

    @property
    def recall(self) -> float | None:
        """Share of the true lines that were read right; None where there is none."""
        return self.right / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where there is no line at all."""
        return 2 * self.right / (self.true + self.read) if self.true + self.read else None


@dataclass(frozen=True)
class DocumentScore:
    """One document held against its truth."""

    cells: tuple[Cell, ...]
    lines: LineCount
    surplus: tuple[str, ...] = ()
    """Where the prediction has values in rows that belong to no row of the truth: ``lines[7].name``."""

    @property
    def right(self) -> int:
        """How many scored values are right."""
        return sum(cell.right for cell in self.cells)

    @property
    def header_exact(self) -> bool:
        """Whether every scored field of `HEADER_KEYS` is right."""
        return all(cell.right for cell in self.cells if cell.name in HEADER_KEYS)

    @property
    def wrong_keys(self) -> list[Cell]:
        """The scored fields of `KEYS` that are wrong or were not read."""
        return [cell for cell in self.cells if cell.name in KEYS and not cell.right]


def score(truth: Mapping[str, Any], prediction: Mapping[str, Any]) -> DocumentScore:
    """Hold ``prediction`` against ``truth``, both in the public shape.

    ``truth`` has beside its values ``visible``: of the same shape with dotted paths for scalars, saying of each value
    whether it stands on the page. Numbers are int, `Decimal` or text; in predictions float too.
    """
    either_sign = _either_sign(truth)
    visible: Mapping[str, Any] = truth["visible"]
    cells = []
    for path, is_visible in visible.items():
        true = value_at(truth, path)
        if is_visible is not True or true is None:
            continue
        read = value_at(prediction, path)
        cells.append(Cell(path, path, true, read, path, field_agrees(path, true, read, either_sign=either_sign)))

    taxes = _table("tax_breakdown", TAX_COLUMNS, truth, prediction, lambda _: True, either_sign)
    lines = _table(
        "lines", LINE_COLUMNS, truth, prediction, lambda seen: seen["name"] or seen["net_amount"], either_sign
    )
    counted = LineCount(lines.right, lines.true, lines.read) if lines.true else LineCount()
    surplus = (*(taxes.surplus if taxes.true else ()), *(lines.surplus if lines.true else ()))
    return DocumentScore((*cells, *taxes.cells, *lines.cells), counted, surplus)


def value_at(invoice: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    value: Any = invoice
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def folded(text: object) -> str:
    """Letters and digits alone, in compatibility form and without case."""
    return "".join(filter(str.isalnum, squeezed(str(text))))


def number_of(value: object) -> Decimal | None:
    """A number as a number, a text of one too: of point and comma, if there are both, the last is the decimal mark; a
    comma alone is, if at most two digits follow it."""
    if value is None or isinstance(value, bool):
        return None
    digits = str(value) if isinstance(value, (int, float, Decimal)) else re.sub(r"[^\d.,-]", "", str(value))
    point, comma = digits.rfind("."), digits.rfind(",")
    if comma > point and (point >= 0 or len(digits) - comma <= 3):
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def numbers_agree(true: object, read: object, *, either_sign: bool = False, share: Decimal = Decimal(0)) -> bool:
    """Whether two numbers are equal to the cent, or to a ``share`` of the true one if that is more."""
    expected, other = number_of(true), number_of(read)
    if expected is None or other is None:
        return False
    if either_sign:
        expected, other = abs(expected), abs(other)
    return abs(expected - other) <= max(CENT, share * abs(expected))


def texts_agree(true: object, read: object, likeness: float) -> bool:
    """Whether two texts are the same once folded, one contains the other, or they are as like as ``likeness`` (0 to 1)."""
    expected, other = folded(true), folded(read)
    if not other:
        return False
    if expected == other:
        return True
    if min(len(expected), len(other)) >= SHORTEST_CONTAINED and (expected in other or other in expected):
        return True
    return SequenceMatcher(None, expected, other, autojunk=False).ratio() >= likeness


def field_agrees(path: str, true: object, read: object, *, either_sign: bool = False) -> bool:
    """Whether the scalar field at ``path`` was read right."""
    if read is None or read == "":
        return False
    kind = BY_PATH[path].kind if path in BY_PATH else None
    if kind is Kind.AMOUNT:
        return numbers_agree(true, read, either_sign=either_sign)
    if kind is Kind.DATE:
        return str(read).strip()[:10] == true
    if kind is Kind.NAME:
        return texts_agree(true, read, NAME_LIKENESS)
    if kind is Kind.PROSE:
        return texts_agree(true, read, TERMS_LIKENESS)
    return folded(true) == folded(read)


def cell_agrees(column: str, true: object, read: object, *, either_sign: bool = False) -> bool:
    """Whether a cell of a table was read right."""
    if read is None or read == "":
        return False
    if column == "name":
        return texts_agree(true, read, LINE_NAME_LIKENESS)
    share = PRICE_TOLERANCE if column == "unit_price_net" else Decimal(0)
    return numbers_agree(true, read, either_sign=either_sign, share=share)


def paired(weights: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """Which row of the truth belongs to which that was read, one to one: the most alike first, of equals the first rows.

    ``weights`` maps (row of the truth, row read) to how alike they are; rows with nothing in common (0) are no pair.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for (true, read), weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if weight > 0 and true not in pairs and read not in taken:
            pairs[true] = read
            taken.add(read)
    return pairs


@dataclass(frozen=True)
class _Table:
    cells: tuple[Cell, ...]
    surplus: tuple[str, ...]
    right: int
    true: int
    read: int


def _table(
    name: str,
    columns: Sequence[str],
    truth: Mapping[str, Any],
    prediction: Mapping[str, Any],
    counts: Callable[[Mapping[str, Any]], Any],
    either_sign: bool,
) -> _Table:
    """Score a table; rows of the truth whose visibility ``counts`` turns down do not take part."""
    rows = [
        (at, row, [c for c in columns if seen.get(c) and row.get(c) is not None])
        for at, (row, seen) in enumerate(zip(truth.get(name) or [], truth["visible"].get(name) or [], strict=False))
        if counts(seen)
    ]
    given = prediction.get(name)
    read = [(at, row) for at, row in enumerate(given if isinstance(given, list) else []) if isinstance(row, Mapping)]

    def agree(column: str, true: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        return cell_agrees(column, true[column], other.get(column), either_sign=either_sign)

    weights = {
        (n, m): sum((NAME_WEIGHT if c == "name" else 1) for c in scored if agree(c, row, other))
        for n, (_, row, scored) in enumerate(rows)
        for m, (_, other) in enumerate(read)
    }
    pairs = paired(weights)
    cells: list[Cell] = []
    right = 0
    for n, (at, row, scored) in enumerate(rows):
        read_at, other = read[pairs[n]] if n in pairs else (None, {})
        row_cells = [
            Cell(
                name=f"{name}[].{c}",
                place=f"{name}[{at}].{c}",
                truth=row[c],
                read=other.get(c),
                read_at=None if read_at is None else f"{name}[{read_at}].{c}",
                right=agree(c, row, other),
            )
            for c in scored
        ]
        cells += row_cells
        right += n in pairs and _all_right(row_cells)
    alone = [(at, row) for m, (at, row) in enumerate(read) if m not in pairs.values()]
    surplus = tuple(f"{name}[{at}].{c}" for at, row in alone for c in columns if row.get(c) is not None)
    return _Table(tuple(cells), surplus, right, len(rows), len(read))


def _all_right(cells: Iterable[Cell]) -> bool:
    """Whether a line is right: every scored cell among its keys is."""
    return all(cell.right for cell in cells if cell.name.rpartition(".")[2] in LINE_KEYS)


def _either_sign(truth: Mapping[str, Any]) -> bool:
    """Whether amounts may have either sign: a credit note is stated as negative, or as positive of another type."""
    totals = [value_at(truth, f"totals.{k}") or 0 for k in ("grand_total", "line_total")]
    return truth.get("type_code") in CREDITS or any(total < 0 for total in totals)
