"""What stands under a table's headings: its words as tokens with the numbers they are, each in its column."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from statistics import median

from agents.documents.layout import Cell, Layout, Line, union
from agents.documents.upright import UprightBox, UprightWord
from agents.fields import numerals
from agents.fields.values import parse_amount
from agents.pages.table._headings import TEXTUAL, Heading, Role, shared

_CURRENCY = r"(?:[€$£¥₹]|US\$|CHF|EUR|USD|GBP|PLN|SEK|NOK|DKK|CZK|Fr\.|zł|kr\.?|Kč)"
_DIGITS = rf"\d(?:[\d.,{numerals.GROUPS}]*\d)?(?:[.,][-–—−=]{{1,2}}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{{2}})?"
_UNIT = r"\(?[^\W\d][^\s\d]{0,11}[23]?(?:\s[^\W\d]\w{0,7}\.?)?"
_NUMBER = re.compile(
    rf"(?P<sign>[-−–+]\s?)?(?P<open>\()?{_CURRENCY}?\s?(?P<minus>[-−–]\s?)?(?P<digits>{_DIGITS})"
    rf"(?P<after>[-−](?!\w)|\s?(?=[^\W\d]{{2}})(?:{numerals.CREDIT})\Z)?\)?"
    rf"(?:[A-Z*](?=$)|\s?(?P<percent>%)|\s?{_CURRENCY}|\s?(?P<cents>ct|Cent|Rp\.)(?!\w))?"
    rf"(?:\s?/\s?(?P<per>\d{{0,5}}\s?[^\W\d]{{0,8}}\.?))?(?:\s(?P<unit>{_UNIT}))?",
)
"""A number with its sign, currency, percent sign, letter of a tax code (``237.00T``), what it is for, and unit."""
_LABELLED = re.compile(r"\(?[^\W\d]{2,10}\)?\s?:\s?(?P<rest>[-−]?[\d.,'’ ]+\)?)")
"""A price with a word before it, such as ``(Net): 60,00``."""
_SIZED = re.compile(r"(\d{1,4}) ((?!\d{3}\b)\d{1,4} [^\W\d]{1,8}\.?)")
"""How many, and a unit with a size of its own: ``12 50 MB``."""
_CODE = re.compile(r"(?:(?=\S*\d)[A-ZÀ-Ý0-9][A-ZÀ-Ý0-9._/-]*\s?){1,3}")
"""Numbers of an article: ``SAWN-100``."""
_SMALL = re.compile(r"[^\W\d_A-ZÀ-Ý]{4}")
"""Small letters, as words have and codes have not."""
_GROUPED = re.compile(r"\d{1,3}[.,]\d{3}")
_TWO_DECIMALS = re.compile(r"\d([.,])\d\d(?:$|[^\d.,])")
_BELOW_ONE = re.compile(r"(?<![\d.,])0([.,])\d+(?:$|[^\d.,])")


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
    derived: bool = False
    """Whether ``values`` follow from what is printed, and are not it."""

    @property
    def worded(self) -> bool:
        """Whether it has words, and is no code such as ``SAWN-100`` or ``WA997``."""
        return sum(c.isalpha() for c in self.text) >= 2 and not _CODE.fullmatch(self.text)

    @property
    def top(self) -> float:
        return self.box[1]

    @property
    def height(self) -> float:
        return max(self.box[3] - self.box[1], 1.0)


def decimal_mark(layout: Layout) -> str:
    """The document's decimal mark, by the majority of its numbers with two decimals, or else of those below one."""
    marks = _marks(layout, _TWO_DECIMALS) or _marks(layout, _BELOW_ONE)
    return "," if 2 * marks.count(",") > len(marks) else "."


def _marks(layout: Layout, shape: re.Pattern[str]) -> list[str]:
    words = (word.text for line in layout.lines for cell in line.cells for word in cell.words)
    return [found[1] for text in words if (found := shape.search(text))]


def token(words: Sequence[UprightWord], mark: str) -> Token:
    """``words`` as one token; a number where they are one, with its currency, percent sign or unit.

    ``mark`` is the document's decimal mark. A number such as 5,000 is read both ways, the document's own first.
    """
    printed = " ".join(w.text for w in words)
    text = numerals.compact(printed)
    made = {"text": printed, "page": words[0].page, "box": union(words), "line": words[0].line, "words": tuple(words)}
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

_MOST_LEARNT = 400
"""So many lines decide how wide a column is."""
_SHORT = 12
"""Characters: a unit or the name of a tax under a number is no longer."""

_AT_THE_END: tuple[Role, ...] = ("quantity", "price", "amount", "tax_rate", "discount", "per")
"""Columns whose number may stand so close to the text before it that no gap divides them."""


class Columns:
    """The columns of one table. Places each printed token under the heading it belongs to."""

    def __init__(self, headings: Sequence[Heading], mark: str) -> None:
        self.headings = tuple(sorted(headings, key=lambda h: h.box[0]))
        self.mark = mark

    def widened(self, lines: Sequence[Line]) -> Columns:
        """The same columns, those of words as wide as what stands under them: names that begin where one does which stands under
        its heading are its column's too, though they end before the heading begins (it may be centred, or set to the right)."""
        begun: dict[int, list[int]] = defaultdict(list)
        for line in lines[:_MOST_LEARNT]:
            for cell in line.cells:
                made = token(cell.words, self.mark)
                if not made.values and any(c.isalpha() for c in made.text):
                    over = self._over(made.box)
                    begun[round(made.box[0])].append(-1 if over is None else over)
        headings = list(self.headings)
        for edge, columns in begun.items():
            column = max(set(columns) - {-1}, key=columns.count, default=-1)
            if column < 0 or -1 not in columns or edge >= headings[column].box[0]:
                continue
            roles = headings[column].roles
            before = headings[column - 1].box[2] if column else float("-inf")
            if (not roles or set(roles) & TEXTUAL) and edge > before:
                box = headings[column].box
                headings[column] = replace(headings[column], box=UprightBox((edge, *box[1:])))
        return Columns(headings, self.mark)

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
        while len(units) > 1 and self._ends_a_column(units[0], units[1]):
            parts.append(units.pop(0))
        tail: list[tuple[UprightWord, ...]] = []
        while len(units) > 1 and (taken := self._last_number(units)):
            tail.insert(0, tuple(w for unit in units[-taken:] for w in unit))
            del units[-taken:]
        text = tuple(w for unit in units for w in unit)
        return [*parts, *([text] if text else []), *tail]

    def _ends_a_column(self, unit: Sequence[UprightWord], following: Sequence[UprightWord]) -> bool:
        """Whether a number stands under a heading of numbers and the words behind it under another one: ``2,45  VAT 6 %``."""
        own, other = self._over(union(unit)), self._over(union(following))
        if own is None or other is None or own == other or not token(unit, self.mark).values:
            return False
        return bool(set(self.headings[own].roles[:1]) & set(_AT_THE_END))

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
            # a long text runs on under the next headings; a number or a code and a name often stand under one edge
            return min(over, key=lambda n: (self._is_no_code(made, n), n))
        if len(made.text) <= _SHORT and (under := self._over(made.box)) is not None:
            return under
        return min(able, key=lambda n: abs(self.headings[n].box[0] - made.box[0]), default=-1)

    def _is_no_code(self, made: Token, column: int) -> bool:
        """Whether a text under a heading of numbers or codes is something else: too long, or several words."""
        roles = self.headings[column].roles
        return roles == ("id",) and len(made.text) > 6 or roles == ("article",) and bool(_SMALL.search(made.text))

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
