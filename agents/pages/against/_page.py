"""What stands on the page, found once: its numbers by line, its texts behind labels, the lines where a name begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from agents.documents.layout import Cell, Layout, Line
from agents.documents.places import Place, Places
from agents.documents.reading import Reading
from agents.fields import values
from agents.pages.against._labels import LEGAL_FORMS, label_of
from agents.pages.against._wording import letters_of, words_of

MOST_LABELS = 60
_MOST_MONEY = 400
_MOST_WORDS = 12
_MOST_NEAR = 200
_LONGEST_LINE = 2_000
"""Bounds on what is looked at: the text of a document is hostile."""


ROUNDING = Decimal("0.02")


@dataclass(frozen=True)
class PrintedNumber:
    """A number as printed: its absolute value and where it stands."""

    value: Decimal
    text: str
    cell: Cell
    money: bool

    @property
    def place(self) -> Place:
        return Place(self.cell.page, self.cell.box, self.text)


@dataclass(frozen=True)
class LabelledText:
    """A text that stands with a label; ``sure`` where it does so in one cell with it, or beside its colon."""

    text: str
    cell: Cell
    sure: bool

    @property
    def place(self) -> Place:
        return Place(self.cell.page, self.cell.box, self.cell.text)


class PrintedPage:
    """What is looked up in a reading, found once."""

    def __init__(self, reading: Reading) -> None:
        self.text = reading.text
        self.places = Places(reading)
        self.layout = Layout(reading)
        self.by_line: list[list[PrintedNumber]] = [list(_numbers(line)) for line in self.layout.lines]
        self._numbers: set[Decimal] = set()
        self.money: dict[Decimal, PrintedNumber] = {}
        """Amounts with cents, by absolute value: the first place of each."""
        self.rates: set[Decimal] = set()
        for printed in self.by_line:
            for number in printed:
                self._numbers.add(number.value)
                if number.money and len(self.money) < _MOST_MONEY:
                    self.money.setdefault(number.value, number)
        for match in values.RATE.finditer(self.text):
            self.rates.add(Decimal(match[1].replace(",", ".")))
        self._letters = letters_of(self.text)
        self._lines_of: dict[str, list[int]] = {}
        for n, line in enumerate(self.layout.lines):
            for word in set(words_of(line.text)):
                self._lines_of.setdefault(word, []).append(n)

    def has(self, number: Decimal) -> bool:
        return abs(number) in self._numbers

    def row(self, at: int | None, below: int = 0) -> list[PrintedNumber]:
        """The numbers on a line, or on one so many below it; none where there is no such line."""
        return self.by_line[at + below] if at is not None and 0 <= at + below < len(self.by_line) else []

    def shows(self, identifier: str) -> bool:
        """Whether an identifier is printed, in groups or not, with its separators or without."""
        return bool(_identifier(identifier).search(self.text))

    def shows_legal_id(self, identifier: str) -> bool:
        """Whether it is printed, or the SIRET of an establishment, which begins with the SIREN of its company (INSEE)."""
        siren = identifier.isdigit() and len(identifier) == 9
        return self.shows(identifier) or (
            siren and bool(_identifier(identifier, r"[ \u00a0\u202f.]?\d{3}[ \u00a0\u202f.]?\d\d").search(self.text))
        )

    def labelled(self, labels: frozenset[str], reads: Callable[[str], str | None]) -> list[LabelledText]:
        """What ``reads`` makes of the text that stands in a cell behind one of ``labels``, beside and below it."""
        found: list[LabelledText] = []
        seen = 0
        for cell in self.layout.cells():
            label, rest = label_of(cell.text)
            if label not in labels:
                continue
            seen += 1
            if seen > MOST_LABELS:
                break
            beside, below = self.layout.right_of(cell), self.layout.below(cell)
            around = [(rest, cell, True)]
            around += [(beside.text, beside, cell.text.rstrip().endswith(":"))] if beside else []
            around += [(below.text, below, False)] if below else []
            found += [LabelledText(value, at, sure) for text, at, sure in around if text and (value := reads(text))]
        return found

    def rows_of(self, name: str) -> list[int]:
        """Numbers of the lines where ``name`` begins: wholly or by most of its letters, broken over up to three lines."""
        words = set(([w for w in words_of(name) if w not in LEGAL_FORMS] or words_of(name))[:_MOST_WORDS])
        weight = sum(map(len, words))
        if not weight:
            return []
        score: Counter[int] = Counter()
        for word in words:
            near = self._lines_of.get(word, ())
            for n in {m for line in near[:_MOST_NEAR] for m in (line, line - 1, line - 2)}:
                score[n] += len(word)
        best = max(score.values(), default=0)
        if best < 0.7 * weight:
            return []
        found = sorted(n for n, s in score.items() if s == best)
        return [n for n in found if n + 1 not in found]  # a name on one line scores for those above, too

    def names(self, name: str) -> bool:
        """Whether a name stands on the page, letter case, accents and punctuation aside."""
        letters = letters_of(name)
        return bool(letters) and (letters in self._letters or bool(self.rows_of(name)))


def _numbers(line: Line) -> Iterator[PrintedNumber]:
    for cell in line.cells:
        for text in values.amounts(cell.text[:_LONGEST_LINE]):
            value = values.parse_amount(text)
            if value is not None and not re.match(r"0\d", text):  # a group of an account's digits
                yield PrintedNumber(abs(value), text, cell, values.is_money(text))


def _identifier(identifier: str, behind: str = "") -> re.Pattern[str]:
    characters = [re.escape(c) for c in identifier if c.isalnum()]
    joined = r"[ \u00a0\u202f./_\-]{0,2}".join(characters)
    return re.compile(rf"(?<![^\W_]){joined}{behind}(?![^\W_])" if joined else r"(?!)", re.IGNORECASE)
