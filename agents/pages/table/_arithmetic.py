"""Tables of invoice lines without headings that are known, found by what multiplies and what adds up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from agents.documents.layout import Cell, Layout, Line
from agents.fields.values import is_money
from agents.pages.table._body import body_of, makes
from agents.pages.table._columns import Columns, Token, joined, readings, token
from agents.pages.table._headings import MOST_LINES, TAX_WORD, Header, Heading
from agents.pages.table._labels import is_label_of_total
from agents.pages.table._rows import RowFinder, headings_for
from agents.words import fold, in_text, pattern

_MOST_NUMBERS = 8
_MOST_GROUPS = 40
_MOST_SUMMED = 1000
_MOST_TARGETS = 60


@dataclass
class _Group:
    """Lines whose numbers multiply in the same places: spans of quantity, price and amount."""

    spans: list[tuple[float, float]]
    lines: list[tuple[Line, tuple[Token, Token, Token]]]

    def takes(self, tokens: Sequence[Token]) -> bool:
        return all(t.box[0] <= x1 and t.box[2] >= x0 for t, (x0, x1) in zip(tokens, self.spans, strict=True))

    def add(self, line: Line, tokens: tuple[Token, Token, Token]) -> None:
        self.lines.append((line, tokens))
        self.spans = [(min(x0, t.box[0]), max(x1, t.box[2])) for t, (x0, x1) in zip(tokens, self.spans, strict=True)]


def multiplying(
    layout: Layout, mark: str, barriers: Mapping[int, Header], targets: Collection[Decimal]
) -> RowFinder | None:
    """The table with most lines on which two numbers make a third, in the same places on each; None where none is."""
    groups: list[_Group] = []
    for line in layout.lines[:MOST_LINES]:
        found = _triple(numbers(line, mark))
        if found is None:
            continue
        home = next((g for g in groups if g.takes(found)), None)
        if home is None and len(groups) < _MOST_GROUPS:
            home = _Group([(t.box[0], t.box[2]) for t in found], [])
            groups.append(home)
        if home is not None:
            home.add(line, found)
    best = max(groups, key=lambda g: len(g.lines), default=None)
    if best is None or (len(best.lines) < 2 and best.lines[0][1][2].values[0] not in targets):
        return None
    headings = _headings(best, mark)
    if headings is None:
        return None
    numbers_of_lines = [line.number for line, _ in best.lines]
    first = next(n for n, line in enumerate(layout.lines) if line.number == numbers_of_lines[0])
    after = _last_before(layout.lines, first, barriers)
    kept = {n: h for n, h in barriers.items() if n > numbers_of_lines[-1]}
    return RowFinder(body_of(layout, Columns(headings, mark), after, kept, None))


def _last_before(lines: Sequence[Line], first: int, barriers: Mapping[int, Header]) -> int:
    """The number of the line the table's body begins behind: a name may stand two lines above its numbers."""
    line = lines[first]
    for n in range(first - 1, max(first - 3, -1), -1):
        above = lines[n]
        gap = lines[n + 1].cells[0].box[1] - above.cells[0].box[1]
        if above.page != line.page or gap > 1.6 * line.cells[0].height or above.number in barriers:
            return above.number
    return lines[first - 3].number if first >= 3 else -1


def numbers(line: Line, mark: str) -> list[Token]:
    """The numbers of a line that may stand in columns: whole cells, and what ends one."""
    found: list[Token] = []
    for cell in line.cells[-_MOST_NUMBERS:]:
        found.extend(_of_cell(cell, mark))
    return found[-_MOST_NUMBERS:]


def _of_cell(cell: Cell, mark: str) -> Iterator[Token]:
    whole = token(cell.words, mark)
    units = joined(cell.words)
    if whole.values and len(units) <= 3 and sum(bool(re.match(r"\W*\d", u[0].text)) for u in units) == 1:
        yield whole
        return
    found: list[Token] = []
    for unit in reversed(units):
        made = token(unit, mark)
        if made.values:
            found.insert(0, made)
        elif not re.fullmatch(r"\W|[A-Z]{3}", made.text):
            break
    yield from found


def _triple(found: Sequence[Token]) -> tuple[Token, Token, Token] | None:
    """Quantity, price and amount among the numbers of a line: of several, the rightmost amount and what is next to it."""
    plain = [t for t in found if not t.percent]
    for k in range(len(plain) - 1, -1, -1):
        amount, others = plain[k], plain[:k] + plain[k + 1 :]
        if not is_money(re.sub(r"[^\d.,]", "", amount.number)) or not amount.values[0]:
            continue
        for j in range(len(others) - 1, 0, -1):
            for i in range(j - 1, -1, -1):
                if any(makes(q, p, a) and q for q in others[i].values for p in others[j].values for a in amount.values):
                    return others[i], others[j], amount
    return None


def _headings(group: _Group, mark: str) -> list[Heading] | None:
    """Columns for the group's spans; of the two factors the one printed with decimals is the price."""
    prices = [sum(is_money(re.sub(r"[^\d.,]", "", t[n].number)) for _, t in group.lines) for n in (0, 1)]
    swapped = prices[0] > prices[1]
    quantity, price = (1, 0) if swapped else (0, 1)
    columns = {"quantity": group.spans[quantity], "price": group.spans[price], "amount": group.spans[2]}
    texts = [_longest(line) for line, _ in group.lines]
    named = [cell for cell in texts if cell is not None]
    if not named:
        return None
    left = min(cell.box[0] for cell in named)
    right = min([x0 for x0, _ in group.spans if x0 > left], default=left + 50.0)
    columns["name"] = (left, max(right - 4.0, left + 1.0) if right > left else left + 50.0)
    rates = [t for line, _ in group.lines for t in numbers(line, mark) if t.percent and t.values[0] <= 30]
    if len(rates) >= len(group.lines):
        columns["tax_rate"] = (min(t.box[0] for t in rates), max(t.box[2] for t in rates))
    return headings_for(columns)


def _longest(line: Line) -> Cell | None:
    """The line's cell with most letters."""
    able = [cell for cell in line.cells if sum(c.isalpha() for c in cell.text) >= 2]
    return max(able, key=lambda cell: sum(c.isalpha() for c in cell.text), default=None)


@dataclass(frozen=True)
class Sum:
    """Lines of words and an amount whose amounts make a total."""

    lines: tuple[Line, ...]
    names: tuple[Token, ...]
    amounts: tuple[Token, ...]
    total: Decimal


def adding(layout: Layout, mark: str, targets: Collection[Decimal]) -> Sum | None:
    """The longest run of lines of words and one amount, set alike, whose amounts make one of ``targets``."""
    sequences: dict[tuple[int, int, int], list[tuple[Line, Token, Token]]] = defaultdict(list)
    for line in layout.lines[:MOST_LINES]:
        found = _worded(line, mark)
        if found is not None:
            name, amount = found
            sequences[(round(name.box[0] / 4), round(amount.box[2] / 4), 0)].append((line, name, amount))
    best: tuple[int, int] = (1, 1)
    chosen: tuple[list[tuple[Line, Token, Token]], Decimal] | None = None
    for sequence in sequences.values():
        for first, last, total in _runs(sequence[:_MOST_SUMMED], sorted(targets)[:_MOST_TARGETS]):
            if last - first >= best[0]:
                run = sequence[first:last]
                rank = (len({n.text for _, n, _ in run}), len(run))
                if rank > best:
                    best, chosen = rank, (run, total)
    if chosen is None:
        return None
    lines, names, amounts = zip(*chosen[0], strict=True)
    return Sum(lines, _with_lines_above(layout, mark, lines, names), amounts, chosen[1])


def _with_lines_above(layout: Layout, mark: str, lines: Sequence[Line], names: Sequence[Token]) -> tuple[Token, ...]:
    """The names, each with the line above it where it is wrapped from that: set alike, no amount behind it, and closer
    to it than the row before."""
    position = {line.number: n for n, line in enumerate(layout.lines)}
    made = [names[0]]
    for before, line, name in zip(lines, lines[1:], names[1:], strict=False):
        at = position[line.number]
        above = layout.lines[at - 1]
        words = above.cells[0]
        alone = len(above.cells) == 1 and layout.lines[at - 2].number == before.number
        if alone and before.page == above.page == line.page and abs(words.box[0] - name.box[0]) < 2:
            gap = name.box[1] - words.box[1]
            wrapped = words.box[2] > name.box[2] and gap < 0.9 * (words.box[1] - before.cells[0].box[1])
            if wrapped and gap <= 1.8 * words.height and not token(words.words, mark).values:
                name = token((*words.words, *name.words), mark)
        made.append(name)
    return tuple(made)


def single(layout: Layout, mark: str, given: Collection[Decimal]) -> Sum | None:
    """The one line of words and an amount that is a total which was ``given``, where the total itself is printed below
    it: an invoice for one service. None where several lines could be it."""
    found: list[tuple[Line, Token, Token]] = []
    totals: dict[Decimal, int] = {}
    for line in layout.lines[:MOST_LINES]:
        worded = _worded(line, mark)
        label = fold(line.cells[0].text[:60])
        named = is_label_of_total(label) or (len(found) > 0 and _NET_LAST.search(label))
        if worded is not None and worded[1].values[0] in given and not named:
            found.append((line, *worded))
        elif named:
            totals.update((t.values[0], line.number) for t in numbers(line, mark))
    rows = [row for row in found if totals.get(row[2].values[0], -1) > row[0].number]
    if len(rows) != 1:
        return None
    line, name, amount = rows[0]
    return Sum((line,), (name,), (amount,), amount.values[0])


def _runs(
    sequence: Sequence[tuple[Line, Token, Token]], targets: Sequence[Decimal]
) -> Iterator[tuple[int, int, Decimal]]:
    """Stretches of at least two rows whose amounts add up to a target: from, to, target; the longest for every end."""
    first: dict[Decimal, int] = {Decimal(0): 0}
    running = Decimal(0)
    for n, (_, _, amount) in enumerate(sequence, 1):
        running += amount.values[0]
        for target in targets:
            begun = first.get(running - target)
            if begun is not None and n - begun >= 2:
                yield begun, n, target
        first.setdefault(running, n)


def _worded(line: Line, mark: str) -> tuple[Token, Token] | None:
    """A line that is words and then one amount of money; None for others, and for totals and taxes."""
    if not 2 <= len(line.cells) <= 3:
        return None
    name, amount = token(line.cells[0].words, mark), token(line.cells[-1].words, mark)
    if name.values or not amount.values or not is_money(re.sub(r"[^\d.,]", "", amount.number)):
        return None
    if len(line.cells) == 3 and token(line.cells[1].words, mark).values:
        return None
    label = fold(name.text)
    if not label or is_label_of_total(label) or TAX_WORD.search(label):
        return None
    return name, amount


_NET_LAST = re.compile(rf"{pattern('lines.net_last')}\Z")
"""How the label of a net total ends, whatever it is of: ``Honorar netto``."""

_PRODUCT = re.compile(
    r"(?P<quantity>\d[\d.,]*)\s+(?:(?P<words>[^\W\d].*?)\s+)?"
    rf"(?:[x×@*]|{in_text('text.times')})\s+(?:[€$£]|[A-Z]{{3}})?\s?(?P<price>\d[\d.,]*)(?:\s?(?:[€$£]|[A-Z]{{3}}))?"
)
_UNIT = re.compile(rf"({in_text('text.counted')}\.?)\s+")


@dataclass(frozen=True)
class Product:
    """A quantity and a price in words that make a line's amount, and the line's name beside them."""

    name: Token
    place: Token
    quantity: Decimal
    price: Decimal
    unit: str


def spelled_out(layout: Layout, mark: str, line: Line, name: Token, amount: Token) -> Product | None:
    """The product that makes ``amount``, such as ``6 days @ GBP 340.00``: in the name, beside it, or on the next line.

    Where the words of the amount's own line are nothing but the product, the name stands on the line above.
    """
    at = next(n for n, other in enumerate(layout.lines) if other.number == line.number)
    near = layout.lines[max(at - 1, 0) : at + 2]
    for cell in [*line.cells[:-1], *(other.cells[0] for other in near if other.number > line.number)]:
        found = _PRODUCT.fullmatch(cell.text) if len(cell.text) < 100 else None
        place = token(cell.words, mark)
        if found is None or place.page != name.page:
            continue
        for quantity in readings(found["quantity"].rstrip(".,"), mark):
            for price in readings(found["price"].rstrip(".,"), mark):
                if not any(makes(quantity, price, a) for a in amount.values):
                    continue
                words = (found["words"] or "").strip()
                if cell.line != line.number or place.words != name.words:
                    return Product(name, place, quantity, price, words if len(words) <= 20 else "")
                above = near[0] if near[0].number < line.number and near[0].page == line.page else None
                if above is not None and len(above.cells) == 1 and len(words.split()) <= 1:
                    return Product(token(above.cells[0].words, mark), place, quantity, price, words)
                unit = _UNIT.match(words)
                words = words[unit.end() :] if unit else words
                return Product(replace(name, text=words or name.text), place, quantity, price, unit[1] if unit else "")
    return None
