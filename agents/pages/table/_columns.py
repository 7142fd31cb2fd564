"""What stands under a table's headings: its words as tokens with the numbers they are, each in its column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from statistics import median

from agents.documents.layout import Cell, Layout, Line, union
from agents.documents.upright import UprightBox, UprightWord
from agents.fields.values import parse_amount
from agents.pages.table._headings import TEXTUAL, Heading, Role, shared

_CURRENCY = r"(?:[€$£¥₹]|US\$|CHF|EUR|USD|GBP|PLN|SEK|NOK|DKK|CZK|Fr\.|zł|kr\.?|Kč)"
_DIGITS = r"\d(?:[\d.,'’\u00a0\u202f\u2009 ]*\d)?(?:[.,][-–—]{1,2})?"
_UNIT = r"\(?[^\W\d][^\s\d]{0,11}[23]?(?:\s[^\W\d]\w{0,7}\.?)?"
_NUMBER = re.compile(
    rf"(?P<sign>[-−–+]\s?)?(?P<open>\()?{_CURRENCY}?\s?(?P<minus>[-−–]\s?)?(?P<digits>{_DIGITS})(?P<after>[-−](?!\w))?\)?"
    rf"(?:[A-Z*](?=$)|\s?(?P<percent>%)|\s?{_CURRENCY}|\s?(?P<cents>ct|Cent|Rp\.)(?!\w))?"
    rf"(?:\s?/\s?(?P<per>\d{{0,5}}\s?[^\W\d]{{0,8}}\.?))?(?:\s(?P<unit>{_UNIT}))?",
)
"""A number with its sign, currency, percent sign, letter of a tax code (``237.00T``), what it is for, and unit."""
_LABELLED = re.compile(r"\(?[^\W\d]{2,10}\)?\s?:\s?(?P<rest>[-−]?[\d.,'’ ]+\)?)")
"""A price with a word before it, such as ``(Net): 60,00``."""
_SIZED = re.compile(r"(\d{1,4}) ((?!\d{3}\b)\d{1,4} [^\W\d]{1,8}\.?)")
"""How many, and a unit with a size of its own: ``12 50 MB``."""
_GROUPED = re.compile(r"\d{1,3}[.,]\d{3}")


@dataclass(frozen=True)
class Token:
    """What one column holds on one line: text, and the numbers it may be read as, likeliest first."""

    text: str
    page: int
    box: UprightBox
    line: int
    words: tuple[UprightWord, ...] = field(repr=False)
    values: tuple[Decimal, ...] = ()
    percent: bool = False
    unit: str = ""
    number: str = ""
    """The number alone, as printed."""

    @property
    def top(self) -> float:
        return self.box[1]

    @property
    def height(self) -> float:
        return max(self.box[3] - self.box[1], 1.0)


def decimal_mark(layout: Layout) -> str:
    """The document's decimal mark, by the majority of its numbers with two decimals."""
    commas = points = 0
    for line in layout.lines:
        for cell in line.cells:
            for word in cell.words:
                if found := re.search(r"\d([.,])\d\d(?:$|[^\d.,])", word.text):
                    commas += found[1] == ","
                    points += found[1] == "."
    return "," if commas > points else "."


def token(words: Sequence[UprightWord], mark: str) -> Token:
    """``words`` as one token; a number where they are one, with its currency, percent sign or unit.

    ``mark`` is the document's decimal mark. A number such as 5,000 is read both ways, the document's own first.
    """
    text = " ".join(w.text for w in words)
    made = {"text": text, "page": words[0].page, "box": union(words), "line": words[0].line, "words": tuple(words)}
    if len(text) >= 60 or not any(c.isdigit() for c in text):
        return Token(**made)  # type: ignore[arg-type]
    if sized := _SIZED.fullmatch(text):
        return Token(**made, values=readings(sized[1], mark), unit=sized[2], number=sized[1])  # type: ignore[arg-type]
    found = _NUMBER.fullmatch(text)
    if found is None and len(text) < 40 and (labelled := _LABELLED.fullmatch(text)):
        found = _NUMBER.fullmatch(labelled["rest"].strip("() "))
    if found is None:
        return Token(**made)  # type: ignore[arg-type]
    values = readings(found["digits"], mark)
    if (
        found["sign"]
        and "+" not in found["sign"]
        or found["minus"]
        or found["after"]
        or (found["open"] and ")" in text)
    ):
        values = tuple(-v for v in values)
    if found["cents"]:
        values = tuple(v / 100 for v in values)
    return Token(
        **made,  # type: ignore[arg-type]
        values=values,
        percent=bool(found["percent"]),
        unit=found["unit"] or "",
        number=found[0][: found.start("unit")].strip() if found["unit"] else found[0],
    )


@lru_cache(maxsize=8192)
def readings(digits: str, mark: str) -> tuple[Decimal, ...]:
    """The numbers that ``digits`` may be, likeliest first where ``mark`` is the decimal mark."""
    value = parse_amount(digits)
    if value is None:
        return ()
    if not _GROUPED.fullmatch(digits) or digits.startswith("0"):
        return (value,)
    decimal = Decimal(digits.replace(",", "."))
    whole = Decimal(re.sub(r"[.,]", "", digits))
    return (decimal, whole) if mark in digits else (whole, decimal)


def joined(words: Sequence[UprightWord]) -> list[tuple[UprightWord, ...]]:
    """Words, those joined that a thousands space divides: ``1`` and ``234,56``."""
    made: list[tuple[UprightWord, ...]] = []
    for word in words:
        before = made[-1] if made else None
        if (
            before
            and word.text[:1].isdigit()
            and re.fullmatch(r"\d{3}(?:[.,]\d{1,4})?-?", word.text)
            and re.fullmatch(rf"[-−+]?{_CURRENCY}?[-−]?\d{{1,3}}", before[0].text)
            and all(re.fullmatch(r"\d{3}", w.text) for w in before[1:])
            and word.box[0] - before[-1].box[2] <= 0.4 * max(word.box[3] - word.box[1], 1.0)
        ):
            made[-1] = (*before, word)
        else:
            made.append((word,))
    return made


_TAX_CODE = re.compile(r"[A-Z]{1,2}\d?\*?")

_AT_THE_END: tuple[Role, ...] = ("quantity", "price", "amount", "tax_rate", "discount", "per")
"""Columns whose number may stand so close to the text before it that no gap divides them."""


class Columns:
    """The columns of one table. Places each printed token under the heading it belongs to."""

    def __init__(self, headings: Sequence[Heading], mark: str) -> None:
        self.headings = tuple(sorted(headings, key=lambda h: h.box[0]))
        self.mark = mark

    def indices(self, role: Role) -> list[int]:
        """The columns that may hold ``role``, those first whose heading says nothing else."""
        able = [n for n, h in enumerate(self.headings) if role in h.roles]
        return sorted(able, key=lambda n: self.headings[n].roles.index(role))

    def place(self, line: Line) -> list[tuple[int, Token]]:
        """The tokens of ``line``, each with the number of its column; -1 where it stands under none."""
        placed = []
        for cell in line.cells:
            for words in self._divide(cell):
                made = token(words, self.mark)
                placed.append((self._column(made), made))
        return placed

    def _divide(self, cell: Cell) -> Iterable[tuple[UprightWord, ...]]:
        """A cell's words, numbers split off its ends that belong to columns of their own."""
        if len(cell.words) == 1:
            return [cell.words]
        made = token(cell.words, self.mark)
        units = joined(cell.words)
        if made.values and (len(units) == 1 or not self._straddles(units)):
            return [cell.words]
        parts: list[tuple[UprightWord, ...]] = []
        if len(units) > 1 and units[0][0].text.isdigit() and self._under(units[0], ("id",), 6.0):
            parts.append(units.pop(0))
        tail: list[tuple[UprightWord, ...]] = []
        while len(units) > 1 and (taken := self._last_number(units)):
            tail.insert(0, tuple(w for unit in units[-taken:] for w in unit))
            del units[-taken:]
        text = tuple(w for unit in units for w in unit)
        return [*parts, *([text] if text else []), *tail]

    def _straddles(self, units: Sequence[tuple[UprightWord, ...]]) -> bool:
        """Whether a cell that reads as one number stands under several headings: a number and what follows it."""
        columns = [n for u in units if (n := self._over(union(u))) is not None]
        said = {role for n in columns for role in self.headings[n].roles[:1]}
        return len(said) > 1 and said != {"quantity", "unit"}

    def _last_number(self, units: Sequence[tuple[UprightWord, ...]]) -> int:
        """How many of the last units make a number that stands under a heading of numbers; 0 for none."""
        for taken in (3, 2, 1):
            if taken >= len(units):
                continue
            words = [w for unit in units[-taken:] for w in unit]
            if token(words, self.mark).values and self._under(words, _AT_THE_END, 1.0):
                return taken
        return 0

    def _under(self, words: Sequence[UprightWord], able: Sequence[Role], reach: float) -> bool:
        box = union(words)
        near = [h for h in self.headings if h.box[0] - reach <= box[2] and h.box[2] + reach >= box[0]]
        if not near:
            return False
        return bool(set(max(near, key=lambda h: shared(box, h.box)).roles[:1]) & set(able))

    def _over(self, box: UprightBox) -> int | None:
        best = max(((shared(box, h.box), n) for n, h in enumerate(self.headings)), default=(0.0, 0))
        return best[1] if best[0] > 0 else None

    def _column(self, made: Token) -> int:
        if made.values:
            return self._nearest(made.box)
        if _TAX_CODE.fullmatch(made.text):
            over = [n for n, h in enumerate(self.headings) if "tax_rate" in h.roles and shared(made.box, h.box) > 0]
            if over:
                return over[0]
        able = [n for n, h in enumerate(self.headings) if not h.roles or set(h.roles) & TEXTUAL]
        over = [n for n in able if shared(made.box, self.headings[n].box) > 0]
        if over:
            # a long text runs on under the next headings; a number and a name often stand under one edge
            return min(over, key=lambda n: (self.headings[n].roles == ("id",) and len(made.text) > 6, n))
        return min(able, key=lambda n: abs(self.headings[n].box[0] - made.box[0]), default=-1)

    def _nearest(self, box: UprightBox) -> int:
        def far(n: int) -> tuple[float, float]:
            other = self.headings[n].box
            away = max(other[0] - box[2], box[0] - other[2], 0.0)
            words = (
                20.0 if away and self.headings[n].roles == ("name",) else 0.0
            )  # a number is no name while it may be more
            return away + words, -shared(box, other)

        return min(range(len(self.headings)), key=far, default=-1)


def typical_height(layout: Layout) -> float:
    """The height of a word in most of the document, in points."""
    heights = [cell.height for line in layout.lines[:2000] for cell in line.cells[:3]]
    return median(heights) if heights else 8.0
