"""The headings of a printed table: where they stand, and what their words say the columns hold.

A heading is looked up in the words of all languages; where its word is ambiguous ("Amount" may be how many or how
much) it has several roles, and `_rows` lets the arithmetic of the rows choose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from agents.documents.layout import Cell, Layout, Line, union
from agents.documents.upright import UprightBox, UprightWord
from agents.words import fold, pattern, phrases

Role = Literal[
    "id", "name", "article", "quantity", "unit", "price", "amount", "tax_rate", "tax_amount", "discount", "per", "date",
    "basis",
]  # fmt: skip
TEXTUAL: frozenset[Role] = frozenset({"id", "name", "article", "unit", "date"})
"""Roles whose cells may hold words."""

MOST_LINES = 6000
"""Lines of a document that are looked at; a table that goes on behind them does not add up and proves nothing."""
_MOST_HEADERS = 120
_MOST_WORDS = 7
"""More words than this are a sentence, not a heading."""

TAX_WORD = phrases("headings.tax")
_NOT_TAXED = phrases("headings.without_tax")
_TAXED = re.compile(rf"{phrases('headings.with_tax').pattern}(?!100)")
_DESCRIPTION = phrases("headings.description")
_WEAK_PRICE = phrases("headings.weak_price")
_BASIS = phrases("headings.basis")
_EACH = phrases("headings.each")
_PER_UNIT = re.compile(
    rf"{_EACH.pattern}(?:(?:eur|euro|chf|gbp|usd)\Z)?|{pattern('headings.coins')}{pattern('headings.for_each')}\w+"
)
_ID = re.compile(rf"{pattern('headings.id')}(?:(?:{pattern('headings.id_number')}|\d)\Z)?")
_CONTINUED = re.compile(
    rf"(?:in )?(?:{'|'.join(pattern(f'headings.{term}') for term in ('continued', 'without_tax', 'with_tax', 'tax', 'unit'))})"
    r"(?:\w+(?: |\Z)){0,2}"
)
NOTE = re.compile(r"[^\W\d][\w.°/ -]{1,24}:")
"""What begins so is a note of its own: ``GTIN: 4012345001235``."""
_CURRENCY_SIGN = re.compile(r"[€$£]|\b(?:EUR|USD|GBP|CHF)\b")
_ALONE: tuple[tuple[re.Pattern[str], tuple[Role, ...]], ...] = (
    (phrases("headings.quantity_or_unit"), ("quantity", "unit")),
    (phrases("headings.unit_alone"), ("unit",)),
    (phrases("headings.price_or_rate"), ("price", "tax_rate")),
)
"""Words that say so only where they are the whole heading."""
_LESS = re.compile(rf"{phrases('headings.less').pattern}\Z")
_SPLIT_ID = phrases("headings.id_before_name")


def _says(term: str, text: str) -> bool:
    return phrases(f"headings.{term}").search(text) is not None


def _is(term: str, text: str) -> bool:
    return phrases(f"headings.{term}").fullmatch(text) is not None


@lru_cache(maxsize=4096)
def roles(heading: str) -> tuple[Role, ...]:
    """What a column under ``heading`` may hold, likeliest first; empty where the words are unknown."""
    text = fold(heading)
    if not text:
        said: dict[str, tuple[Role, ...]] = {
            "#": ("id",),
            "№": ("id",),
            "€": ("amount",),
            "£": ("amount",),
            "$": ("amount",),
        }
        return said.get(heading.strip(), ())
    if len(text.split()) > 2 * _MOST_WORDS:
        return ()
    if alone := next((allowed for phrase, allowed in _ALONE if phrase.fullmatch(text)), None):
        return alone
    if _is("discount_percent", text) and heading.strip().endswith("%"):
        return ("discount",)
    untaxed = bool(_NOT_TAXED.search(text))
    taxed = bool(_TAXED.search(text))
    named = bool(_DESCRIPTION.search(text))
    if TAX_WORD.search(text) and not taxed and not named:
        if _BASIS.search(text):
            return ("basis",)
        if not untaxed:
            if _says("tax_sum", text):
                return ("tax_amount",)
            return ("price", "amount") if _WEAK_PRICE.search(text) else ("tax_rate",)
    if not named and (_BASIS.search(text) or _says("basis_assessed", text)):
        return ("basis",)
    if _says("discount", text) and not named:
        return ("discount",)
    if named and not phrases("headings.code_first").match(text):
        return ("name",)
    if _says("article", text):
        return ("article",)
    if phrases("headings.unit").match(text) and not _says("priced", text):
        return ("price",) if _CURRENCY_SIGN.search(heading) else ("unit",)
    if _PER_UNIT.fullmatch(text):
        return ("price",)
    if _is("per", text):
        return ("per",) if "/" not in heading else ("price",)
    summed = _says("summed", text)
    if _says("price", text) and (not summed or _is("unit_amount", text)) and not _says("tax_rate", text):
        return ("price",)
    if summed:
        return ("amount",)
    if _WEAK_PRICE.search(text):
        return ("price", "amount")
    if _is("amount_or_quantity", text):
        return ("amount", "quantity")
    if _is("quantity_alone", text) or _says("quantity", text):
        return ("quantity",)
    if _says("amount", text):
        return ("amount",)
    if _ID.fullmatch(text):
        return ("id", "name") if _is("id_or_name", text) else ("id",)
    if _says("name", text):
        return ("amount",) if _CURRENCY_SIGN.search(heading) else ("name",)
    return ("date",) if _says("date", text) else ()


def is_gross(heading: str) -> bool:
    """Whether ``heading`` says that what stands under it includes tax."""
    text = fold(heading)
    return bool(_TAXED.search(text)) and not _says("tax_left_out", text)


def is_untaxed(heading: str) -> bool:
    """Whether ``heading`` says that what stands under it is without tax."""
    return bool(_NOT_TAXED.search(fold(heading)))


def is_note(text: str) -> bool:
    """Whether a line of a description is a price, a discount, a code or a day with its label before it: ``Gross price: 1.00``."""
    label, colon, said = text.partition(":")
    return bool(colon and NOTE.match(text) and (allowed := roles(label)) and "name" not in allowed and said.strip())


def is_description(heading: str) -> bool:
    """Whether ``heading`` says description and no less: "Artikel" beside it is a number."""
    return _DESCRIPTION.search(fold(heading)) is not None


@dataclass(frozen=True)
class Heading:
    """A column's heading: its words, read from top to bottom, and the roles they allow."""

    text: str
    box: UprightBox
    roles: tuple[Role, ...]

    @property
    def gross(self) -> bool:
        return is_gross(self.text)


@dataclass(frozen=True)
class Header:
    """The headings of a table from left to right; ``lines`` are the numbers of the lines they are printed on."""

    page: int
    lines: tuple[int, ...]
    headings: tuple[Heading, ...]

    @property
    def shape(self) -> frozenset[Role]:
        return frozenset(h.roles[0] for h in self.headings if h.roles)

    @property
    def is_of_lines(self) -> bool:
        """Whether a table of invoice lines may stand under it, not one of taxes or payments."""
        shape = self.shape
        said = sum(1 for h in self.headings if h.roles)
        return (
            "basis" not in shape
            and bool(shape & {"amount", "price"})
            and bool(shape & {"name", "article", "quantity", "unit", "id"})
            and (said >= 3 or "name" in shape)
            or {"price", "amount"} <= shape
            and not shape & {"tax_amount", "basis"}
            and said < len(self.headings)
        )


def find_headers(layout: Layout) -> list[Header]:
    """Every row of column headings in the document, of whatever table, from top to bottom."""
    found: list[Header] = []
    lines = layout.lines[:MOST_LINES]
    said = [_spoken(line) for line in lines]
    taken = -1
    tried = 0
    for n, line in enumerate(lines):
        if n <= taken or said[n] < 2 or tried >= _MOST_HEADERS:
            continue
        tried += 1
        # of neighbouring lines the one with most headings is the one to build on
        best = max(range(n, min(n + 5, len(lines))), key=lambda m: (said[m] if _close(line, lines[m]) else 0, -m))
        block = _block(lines, said, best)
        headings = _stacked([lines[m] for m in block])
        header = Header(lines[best].page, tuple(lines[m].number for m in block), tuple(headings))
        if len(header.shape) >= 2:
            found.append(header)
            taken = block[-1]
    return found


def _close(above: Line, below: Line) -> bool:
    return above.page == below.page and abs(below.cells[0].box[1] - above.cells[0].box[1]) < 4 * above.cells[0].height


def _spoken(line: Line) -> int:
    """How many headings a line has; none where it holds money, as a line of the table's body does."""
    if len(line.cells) > 40 or any(_is_value(word.text) for cell in line.cells for word in cell.words):
        return 0
    return sum(1 for cell in line.cells for part in _parts(cell) if roles(" ".join(w.text for w in part)))


def _is_value(text: str) -> bool:
    if not any(c.isdigit() for c in text):
        return False
    return bool(re.search(r"\d[.,]\d|\d{3}", text)) and text.strip("()/%") not in ("100", "1000")


def _parts(cell: Cell) -> list[tuple[UprightWord, ...]]:
    """The words of a cell, divided where two headings stand so close that no gap tells them apart."""
    if len(cell.words) > _MOST_WORDS or len(cell.text) > 80:
        return []
    parts: list[tuple[UprightWord, ...]] = []
    rest = cell.words
    while rest:
        cut = _cut(rest)
        parts.append(rest[:cut])
        rest = rest[cut:]
    return parts


def _cut(words: tuple[UprightWord, ...]) -> int:
    for n in range(1, len(words)):
        before = fold(" ".join(w.text for w in words[:n]))
        rest = " ".join(w.text for w in words[n:])
        after = roles(rest)
        if not after or not before:
            continue
        first = roles(" ".join(w.text for w in words[:n]))
        if (
            (_SPLIT_ID.fullmatch(before) and after[0] in ("name", "article", "quantity", "date"))
            or (first == ("article",) and after == ("name",) and _DESCRIPTION.search(fold(rest)))
            or (first == ("quantity",) and after[0] in ("unit", "name", "price") and not _is("quantity_or_unit", before)
                and not _EACH.fullmatch(fold(rest)))
            or (first == ("amount",) and _CURRENCY_SIGN.fullmatch(words[n - 1].text) and TAX_WORD.fullmatch(fold(rest)))
            or (first[:1] == ("price",) and after == ("discount",) and len(words) - n == 1
                and not _LESS.search(before))
            or (first == ("tax_rate",) and after[0] in ("price", "amount")
                and (len(words) - n > 1 or words[n - 1].text.endswith("%")))
            or (first[:1] in (("price",), ("discount",)) and TAX_WORD.fullmatch(fold(rest))
                and (n > 1 or first == ("discount",)) and not _LESS.search(before)
                and not (_NOT_TAXED.search(before) or _TAXED.search(before)))
            or (
                first == ("name",) and _DESCRIPTION.search(before) and after[0] in ("quantity", "price", "unit", "amount")
                and roles(words[n].text)
            )
        ):  # fmt: skip
            return n
    return len(words)


def _block(lines: Sequence[Line], said: Sequence[int], base: int) -> list[int]:
    """The lines over and under ``base`` that its headings are spread over."""
    block = [base]
    for step in (-1, 1):
        n = base + step
        while 0 <= n < len(lines) and len(block) < 9 and _continues(lines[n], lines[n - step], said[n]):
            block.append(n)
            n += step
    return sorted(block)


def _continues(line: Line, beside: Line, said: int) -> bool:
    height = max(cell.height for cell in beside.cells)
    if line.page != beside.page or abs(line.cells[0].box[1] - beside.cells[0].box[1]) > 1.5 * height:
        return False
    if any(c.isdigit() for cell in line.cells for c in cell.text) or any(
        len(c.words) > _MOST_WORDS for c in line.cells
    ):
        return False
    return said > 0 or any(_CONTINUED.fullmatch(fold(cell.text)) for cell in line.cells)


def _stacked(lines: Sequence[Line]) -> list[Heading]:
    """The cells of a header's lines, those one over the other joined into one heading."""
    stacks: list[list[tuple[UprightWord, ...]]] = []
    parts = [part for line in lines for cell in line.cells for part in _parts(cell) if part]
    for part in sorted(parts, key=lambda p: union(p)[1]):
        box = union(part)
        over = [
            s for s in stacks if shared(box, union([w for p in s for w in p])) > 0.3 and union(s[-1])[1] < box[1] - 1
        ]
        if over:
            max(over, key=lambda s: shared(box, union([w for p in s for w in p]))).append(part)
        else:
            stacks.append([part])
    headings = []
    for stack in stacks:
        text = " ".join(" ".join(w.text for w in part) for part in stack)
        box = union([w for part in stack for w in part])
        headings.append(Heading(text, box, roles(re.sub(r"(?<=\w)- (?=[a-zà-ÿ])", "", text))))
    return sorted(headings, key=lambda h: h.box[0])


def shared(a: UprightBox, b: UprightBox) -> float:
    """How much of the narrower one's width two boxes share, from 0 to 1."""
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0.0) / max(min(a[2] - a[0], b[2] - b[0]), 1.0)


def with_names(header: Header, layout: Layout) -> tuple[Heading, ...]:
    """The headings of ``header``, one more before them where none can be that of the names that stand there."""
    headings = header.headings
    if any(not h.roles or "name" in h.roles for h in headings):
        return headings
    first = min(h.box[0] for h in headings)
    below = [line for line in layout.lines if line.number > header.lines[-1] and line.page == header.page][:6]
    left = min(
        (cell.box[0] for line in below for cell in line.cells if any(c.isalpha() for c in cell.text)), default=first
    )
    if left >= first - 20:
        return headings
    return (Heading("", UprightBox((left, 0.0, (left + first) / 2, 1.0)), ("name",)), *headings)
