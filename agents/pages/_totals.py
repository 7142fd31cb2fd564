"""Totals and tax by rate, found by the arithmetic that an invoice must obey.

Of all printed amounts, those are the totals that close ``net + tax = total`` (EN 16931, BR-CO-15), whose tax follows
from a printed rate (BR-CO-17) or from the tax of each rate (BR-CO-14), and that their labels call so. Arithmetic and
labels together prove; either alone is a guess that a model or a person has to confirm.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from agents.documents.layout import Layout
from agents.fields import values
from agents.fields.grounds import Ground
from agents.fields.values import CENT
from agents.pages._candidates import LEFT, Candidate, Candidates
from agents.pages._statement import Statement, statements
from agents.words import is_label

MOST_AMOUNTS = 220
"""Distinct amounts of money that are tried against each other."""
_HIGHEST = 12
"""Amounts of a column over which its heading is looked for."""
_MOST_TOTALS = 12
_LONGEST_RUN = 12
"""Rows of tax: no invoice has more rates."""
_SENTENCE = 10
"""A cell of more words is a sentence."""
MOST_RATE = Decimal(30)
"""Per cent: no tax on sales is higher in Europe."""
LABELS = ("net", "tax", "gross", "due", "line_total", "prepaid", "allowance_total", "charge_total", "rounding")


@dataclass(frozen=True)
class TaxRow:
    """Tax of one rate: ``basis`` times ``rate`` per cent is ``amount``. A cell that is not printed has no candidate."""

    rate: Decimal
    basis: Decimal
    amount: Decimal
    cells: dict[str, Candidate]


@dataclass(frozen=True)
class Totals:
    """The totals by EN 16931's terms: each with its candidate, or None where it follows but is not printed.

    ``proved`` says that arithmetic and labels agree; ``score`` how much speaks for it, 1 being a good reason.
    """

    net: Decimal
    tax: Decimal | None
    gross: Decimal
    cells: dict[str, Candidate]
    rates: tuple[TaxRow, ...]
    proved: bool
    score: float
    rounded: Decimal | None = None
    """What is printed as the total where it was rounded: then the sum itself is printed nowhere."""
    misfit: TaxRow | None = None
    """The printed rate that makes another tax than this."""
    statement: Statement | None = None
    """How it was read, where that was one amount after the other."""
    rivalled: bool = False
    """Whether other printed amounts close, are called so and are explained as well."""

    @property
    def ground(self) -> Ground:
        if self.misfit is not None:
            return Ground.OTHER_RATE
        if self.rivalled:
            return Ground.RIVAL
        if not self.proved:
            whole = self.statement is None and self.net + (self.tax or 0) == self.gross
            return Ground.ARITHMETIC if whole else Ground.PART
        return Ground.PROVED


class Sums:
    """The amounts of a document, with what their labels call them."""

    def __init__(self, candidates: Candidates, currency: str | None = None) -> None:
        """``currency`` is that of the document, where it names several: amounts in others are left out."""
        self._all = candidates
        self.money = [c for c in candidates.amounts if _is_money(c, candidates.decimal_mark)]
        if currency:
            self.money = [c for c in self.money if _currency_of(c, candidates.layout) in (None, currency)]
        self._labels: dict[int, dict[str, float]] = {
            id(c): {term: w for term in LABELS if (w := max(c.announced(term), _beside_rate(c, term)))}
            for c in self.money
        }
        self._last_line = max((c.cell.line for c in self.money), default=0)
        self._named_total = max(
            (abs(Decimal(c.value)) for c in self.money if self._labels[id(c)].get("gross", 0) >= 0.7),
            default=Decimal(0),
        )
        self._nets, self._taxes = self._called("net"), self._called("tax")
        self.rates = _rates(candidates)
        self._rates_by_line: dict[int, list[Candidate]] = defaultdict(list)
        for c in candidates.amounts:
            if _is_percent(c) and 0 <= Decimal(c.value) <= MOST_RATE:
                self._rates_by_line[c.cell.line].append(c)
        self.tax_rows = list(_tax_rows(candidates, self.money, self.rates))
        self._largest = max((abs(Decimal(c.value)) for c in self.money), default=Decimal(0)) or Decimal(1)

    def labelled(self, term: str) -> list[Candidate]:
        """Amounts that a label calls ``term``, the most clearly called first, later ones before earlier ones."""
        found = [c for c in self.money if term in self._labels[id(c)]]
        return sorted(found, key=lambda c: (-self._labels[id(c)][term], -c.cell.line))

    def _called(self, term: str) -> set[Decimal]:
        """Amounts that a whole label right before them calls ``term``."""
        return {abs(Decimal(c.value)) for c in self.money if self._labels[id(c)].get(term, 0.0) >= LEFT}

    def best(self) -> Totals | None:
        """The totals for which most speaks, or None if nothing closes."""
        every = self._closing()
        if not every:
            return None
        triples = {(t.net, t.tax or Decimal(0)) for t in every}
        first = next((whole for whole in every if _is_part(every[0], whole, triples)), every[0])
        return replace(first, rivalled=any(_rivals(first, other, triples) for other in every if other is not first))

    def ranked(self) -> list[Totals]:
        """All closing triples, best first; at most ten."""
        return self._closing()[:10]

    def _closing(self) -> list[Totals]:
        by_value: dict[Decimal, list[Candidate]] = defaultdict(list)
        for candidate in self.money:
            by_value[Decimal(candidate.value)].append(candidate)
        numbers = self._worth_trying(by_value)
        known = set(numbers)
        found: list[Totals] = []
        roundings = {Decimal(c.value) for c in self.labelled("rounding") if abs(Decimal(c.value)) < 1}
        for net in numbers:
            for tax in (*numbers, None):
                gross = net + (tax or 0)
                for rounding in roundings if tax else ():
                    if gross + rounding in known:
                        found.append(self._judge(net, tax, gross, by_value, rounded=gross + rounding))
                if gross in known and not (tax is not None and tax != 0 and (tax > 0) != (net > 0)) and net != 0:
                    if tax is not None and abs(tax) > abs(net) * MOST_RATE / 100 + CENT:
                        continue
                    found.append(self._judge(net, tax, gross, by_value))
        found += self._from_rates(by_value)
        stated = [self._stated(s) for s in statements(self.money, self._labels, self._rate_beside)]
        read = {(t.net, t.tax, t.gross) for t in stated}
        found += [*stated, *(t for t in self._included(by_value) if (t.net, t.tax, t.gross) not in read)]
        return sorted(found, key=lambda t: -t.score)

    def _worth_trying(self, by_value: dict[Decimal, list[Candidate]]) -> list[Decimal]:
        numbers = list(by_value)
        if len(numbers) <= MOST_AMOUNTS:
            return numbers
        labelled = [n for n in numbers if any(self._labels[id(c)] for c in by_value[n])]
        return list(dict.fromkeys([*labelled[: MOST_AMOUNTS // 2], *numbers[-MOST_AMOUNTS // 2 :]]))

    def _judge(
        self,
        net: Decimal,
        tax: Decimal | None,
        gross: Decimal,
        by_value: dict[Decimal, list[Candidate]],
        rounded: Decimal | None = None,
    ) -> Totals:
        cells: dict[str, Candidate] = {}
        score = 0.0
        said = 0
        for term, number in (("net", net), ("tax", tax), ("gross", rounded or gross)):
            if number is None:
                continue
            weights = {"net": ("net", "line_total"), "tax": ("tax",), "gross": ("gross", "due")}[term]
            cell, weight = self._cell(by_value[number], weights)
            cells[term] = cell
            score += weight
            said += weight >= 0.4
        rows = self._rows_for(net, tax)
        if tax is None:
            # Without a tax the triple is but a pair of equal amounts: only labels speak for it.
            score -= 0.7
        elif tax == 0:
            # Any amount closes with a zero: more has to speak for it than for a tax that is computed.
            score += 0.4 if rows else -0.4
        elif rows:
            score += 1.0
        elif any(abs(net * rate / 100 - tax) <= CENT for rate in self.rates):
            score += 0.7
            rows = tuple(self._single_row(net, tax, cells))
        elif self.rates:
            score -= 0.4
        misfit = self._misfit(net, tax, cells) if tax and not rows else None
        if not rows:  # only the sum speaks for it: then no clear label may call another amount the net or the tax
            for called, number in ((self._nets, net), (self._taxes, tax or Decimal(0))):
                score -= 0.8 if called and abs(number) not in called else 0.0
        score += self._placed(gross, [cells[t] for t in ("net", "tax", "gross") if t in cells])
        proved = bool(tax) and bool(rows) and said >= 2
        proved = proved or (tax == 0 and said >= 3 and (bool(rows) or not any(self.rates))) or (bool(tax) and said >= 3)
        return Totals(net, tax, gross, cells, rows, proved and misfit is None, score, rounded, misfit)

    def _placed(self, gross: Decimal, ordered: Sequence[Candidate]) -> float:
        """What the places of the amounts speak for them."""
        score = 0.0
        if all(a.cell.line <= b.cell.line for a, b in zip(ordered, ordered[1:], strict=False)):
            score += 0.2
        if len(ordered) == 3 and max(c.box[2] for c in ordered) - min(c.box[2] for c in ordered) < 4:
            score += 0.2
        score += 0.2 * ordered[-1].cell.line / max(self._last_line, 1)
        if abs(gross) < self._named_total * Decimal("0.995"):
            score -= 0.8  # a part of it: the total of one rate, a subtotal
        return score + 2 * float(abs(gross) / self._largest) - 1  # the total of the document is its largest amount

    def _included(self, by_value: dict[Decimal, list[Candidate]]) -> Iterable[Totals]:
        """Totals whose tax is printed with its rate, and said to be in them: the net total follows. Where the net total is
        printed too, all three are rounded by themselves and may be a cent apart: that is no proof."""
        taxes = [(c, r) for c in self.money if Decimal(c.value) and (r := self._rate_beside(c)) and Decimal(r.value)]
        for gross in self.labelled("gross")[:_MOST_TOTALS]:
            total = Decimal(gross.value)
            for tax, rate in taxes[-_MOST_TOTALS:]:
                net, taxed = total - Decimal(tax.value), Decimal(tax.value)
                if gross is tax or not total or abs(net * Decimal(rate.value) / 100 - taxed) > CENT or net in by_value:
                    continue
                near = next((by_value[n] for n in (net + CENT, net - CENT) if n in by_value), None)
                row = TaxRow(Decimal(rate.value), net, taxed, {"rate": rate, "amount": tax})
                weights = self._labels[id(gross)]["gross"] + tax.announced("tax")
                score = weights + 0.2 + self._placed(total, [gross])
                cells = {"gross": gross, "tax": tax}
                if near:
                    net = Decimal(near[0].value)
                    yield Totals(net, taxed, total, cells | {"net": near[0]}, (row,), False, score)
                else:
                    yield Totals(net, taxed, total, cells, (row,), tax.announced("tax") >= 0.4, score)

    def _rate_beside(self, amount: Candidate) -> Candidate | None:
        """The only rate on an amount's line."""
        rates = self._rates_by_line.get(amount.cell.line, [])
        return rates[0] if len(rates) == 1 else None

    def _misfit(self, net: Decimal, tax: Decimal, cells: dict[str, Candidate]) -> TaxRow | None:
        """The rate printed beside the tax, where it makes another one."""
        rate = self._rate_beside(cells["tax"]) if cells["tax"].announced("tax") else None
        if rate is None or abs(net * Decimal(rate.value) / 100 - tax) <= CENT:
            return None
        return TaxRow(Decimal(rate.value), net, tax, {"rate": rate, "basis": cells["net"], "amount": cells["tax"]})

    def _stated(self, read: Statement) -> Totals:
        """The totals that a statement reads, judged by the labels of its amounts and the rates beside its taxes."""
        assert read.gross is not None
        cells = {"gross": read.gross}
        if read.printed_net is not None:
            cells["net"] = read.printed_net
        if len(read.taxes) == 1:
            cells["tax"] = read.taxes[0]
        rows, fits, misfit = self._taxed(read, cells)
        weights = [max(self._labels[id(c)].get(t, 0.0) for t in terms) for c, terms in _named_parts(read)]
        score = weights[0] + weights[-1] + (min(weights[1:-1], default=0.0) if read.taxes else -0.7)
        # what a rate does not explain is no tax of a sum that was put together
        apart = -1.5 if read.taken_off or read.added else -0.4
        score += (1.0 if fits else apart if misfit else 0.0) - 0.3 * read.guessed
        score += self._placed(read.sum, [read.start, *read.taxes[-1:], read.gross])
        proved = (
            bool(fits) and misfit is None and min(weights[0], weights[-1]) >= 0.4 and read.guessed <= len(read.taxes)
        )
        tax = read.tax if read.taxes else None
        return Totals(read.net, tax, read.sum, cells, rows, proved, score, misfit=misfit, statement=read)

    def _taxed(self, read: Statement, cells: dict[str, Candidate]) -> tuple[tuple[TaxRow, ...], bool, TaxRow | None]:
        """The tax of each rate, where a statement's taxes are of bases of their own; whether the rates printed beside them
        explain them; and the one that does not. Several taxes on one basis have no rows: they are one tax in EN 16931."""
        rates = [self._rate_beside(tax) for tax in read.taxes]
        if not rates or any(rate is None for rate in rates):
            return (), False, None
        parts = [
            (abs(Decimal(r.value)), abs(Decimal(t.value)), r, t) for r, t in zip(rates, read.taxes, strict=True) if r
        ]
        net = abs(read.net)
        if all(abs(net * rate / 100 - tax) <= CENT for rate, tax, _, _ in parts):
            basis = {"basis": cells["net"]} if "net" in cells else {}
            row = TaxRow(parts[0][0], read.net, read.tax, {"rate": parts[0][2], "amount": parts[0][3], **basis})
            return ((row,) if len(parts) == 1 else ()), True, None
        taxed = [(rate, tax) for rate, tax, _, _ in parts if rate]
        bases = sum((tax * 100 / rate for rate, tax in taxed), Decimal(0))
        unsure = sum((100 * CENT / rate for rate, _ in taxed), Decimal(0))
        untaxed = any(rate == 0 == tax for rate, tax, _, _ in parts)
        fits = len(parts) > 1 and (abs(bases - net) <= unsure or (untaxed and bases < net))
        if fits or len(parts) > 1:
            rows = (
                TaxRow(r, tax * 100 / r if r else Decimal(0), tax, {"rate": of, "amount": c}) for r, tax, of, c in parts
            )
            return tuple(rows) if fits else (), fits, None
        rate, tax, of, cell = parts[0]
        return (
            (),
            False,
            TaxRow(
                rate,
                read.net,
                tax,
                {"rate": of, "amount": cell} | {k: c for k, c in {"basis": cells.get("net")}.items() if c},
            ),
        )

    def _cell(self, printed: Sequence[Candidate], terms: Sequence[str]) -> tuple[Candidate, float]:
        """Of the places where an amount is printed, the one that a label calls so most clearly; else the last."""

        def weight(c: Candidate) -> float:
            own = self._labels[id(c)]
            best = max((own.get(t, 0.0) * (1.0 if n == 0 else 0.8) for n, t in enumerate(terms)), default=0.0)
            return best - 0.5 if "prepaid" in own else best

        best = max(printed, key=lambda c: (weight(c), c.cell.line))
        return best, weight(best)

    def _rows_for(self, net: Decimal, tax: Decimal | None) -> tuple[TaxRow, ...]:
        """Tax rows printed on the page that add up to ``net`` and ``tax``."""
        if tax is None:
            return ()
        groups = [*self._groups(), *([row] for row in self.tax_rows)]
        for group in groups:
            if (
                group
                and sum(r.basis for r in group) == net
                and abs(sum(r.amount for r in group) - tax) <= CENT * len(group)
            ):
                return tuple(group)
        return ()

    def _single_row(self, net: Decimal, tax: Decimal, cells: dict[str, Candidate]) -> Iterable[TaxRow]:
        """The one rate whose tax is the whole tax."""
        fitting = [r for r in self.rates if abs(net * r / 100 - tax) <= CENT]
        if fitting:
            rate = fitting[0]
            yield TaxRow(rate, net, tax, {"rate": self.rates[rate], "basis": cells["net"], "amount": cells["tax"]})

    def _from_rates(self, by_value: dict[Decimal, list[Candidate]]) -> list[Totals]:
        """Totals of which net and tax are not printed as sums, but follow from the rows of each rate."""
        found = []
        for rows in self._groups():
            net, tax = sum((r.basis for r in rows), Decimal(0)), sum((r.amount for r in rows), Decimal(0))
            printed = by_value.get(net + tax)
            if len(rows) < 2 or not printed or (net in by_value and tax in by_value):
                continue
            gross, weight = self._cell(printed, ("gross", "due"))
            cells = {"gross": gross}
            for term, number in (("net", net), ("tax", tax)):
                if number in by_value:
                    cells[term] = self._cell(by_value[number], (term,))[0]
            score = 3.2 + weight + 2 * float(abs(net + tax) / self._largest) - 1
            found.append(Totals(net, tax, net + tax, cells, tuple(rows), weight >= 0.5, score))
        return found

    def _groups(self) -> list[list[TaxRow]]:
        """Sets of tax rows that may belong together: all, and those on neighbouring lines."""
        distinct: dict[tuple[Decimal, Decimal, Decimal], TaxRow] = {}
        for row in self.tax_rows:
            distinct.setdefault((row.rate, row.basis, row.amount), row)
        every = list(distinct.values())
        return [every, *(run[a:b] for run in _runs(every) for a in range(len(run)) for b in range(len(run), a, -1))]


def _named_parts(read: Statement) -> Iterable[tuple[Candidate, tuple[str, ...]]]:
    """The amounts of a statement that labels should name, each with what they may call it."""
    assert read.gross is not None
    yield read.start, ("net", "line_total")
    yield from ((tax, ("tax",)) for tax in read.taxes)
    yield read.gross, ("gross", "due")


def _is_part(one: Totals, whole: Totals, triples: Collection[tuple[Decimal, Decimal]]) -> bool:
    """Whether ``one`` is the total of one rate, or of one instalment: what is left of ``whole`` without it closes as well."""
    if not whole.tax or not one.tax or abs(whole.gross) <= abs(one.gross) or not whole.cells.keys() >= {"net", "tax"}:
        return False
    rest = (whole.net - one.net, whole.tax - one.tax)
    along = whole.cells["gross"].cell.line > one.cells["gross"].cell.line
    return along and rest in triples and whole.proved and abs(whole.gross) > abs(rest[0])


def _rivals(first: Totals, other: Totals, triples: Collection[tuple[Decimal, Decimal]]) -> bool:
    """Whether ``other`` closes as well as ``first``, beside or behind it, and neither is a part of the other."""
    if not (first.proved and other.proved) or other.gross == first.gross:
        return False
    if other.cells["gross"].cell.line < first.cells["gross"].cell.line:
        return False
    part = any(row.basis + row.amount == other.gross for row in first.rates)
    return (
        not part
        and not _is_part(other, first, triples)
        and (first.net - other.net, (first.tax or 0) - (other.tax or 0)) not in triples
    )


def _is_percent(candidate: Candidate) -> bool:
    at = candidate.cell.text.find(candidate.text) + len(candidate.text)
    return candidate.cell.text[at : at + 2].strip().startswith("%")


def _currency_of(candidate: Candidate, layout: Layout) -> str | None:
    """The currency that is printed beside an amount, or over it as the heading of its column."""
    above, climbed = layout.above(candidate.cell), 0
    while above is not None and not above.has_letters and climbed < _HIGHEST:
        above, climbed = layout.above(above), climbed + 1
    for text in (candidate.cell.text, above.text if above is not None and not above.has_digits else ""):
        if len(text) <= 40 and (named := values.the_currency(text)):
            return named.code
    return None


def _is_money(candidate: Candidate, mark: str | None) -> bool:
    """With two decimals, or beside a sign or code of a currency; no percentage, and nothing a sentence speaks of."""
    around = candidate.cell.text
    if _is_percent(candidate):
        return False
    if values.is_money(candidate.text) or (mark and re.search(rf"\d{re.escape(mark)}\d{{3}}\Z", candidate.text)):
        return len(around.split()) <= _SENTENCE or any(
            label.weight >= LEFT and _names_sum(label.text) for label in candidate.labels[:12]
        )
    if len(around) > 40:
        return False  # a sentence: "capital of 50 000 EUR"
    at = around.find(candidate.text)
    near = around[max(at - 4, 0) : at] + around[at + len(candidate.text) : at + len(candidate.text) + 4]
    return any(sign in near for sign in "€$£") or any(code in near for code in ("EUR", "USD", "GBP", "CHF"))


_RATED = re.compile(r"[ (]*\d[\d.,]{0,6} ?%.{0,12}\Z")


def _beside_rate(candidate: Candidate, term: str) -> float:
    """How strongly a label with a rate behind it announces an allowance or a charge: ``Discount 10 %``."""
    if term not in ("allowance_total", "charge_total"):
        return 0.0
    plain = ((_RATED.sub("", label.text), label) for label in candidate.labels[:3] if len(label.text) <= 60)
    return max((at.weight for text, at in plain if text and text != at.text and is_label(text, term)), default=0.0)


def _names_sum(text: str) -> bool:
    return any(is_label(text, term) for term in ("net", "tax", "gross", "due"))


def _rates(candidates: Candidates) -> dict[Decimal, Candidate]:
    """Numbers printed as per cent, or under a heading of rates."""
    found: dict[Decimal, Candidate] = {}
    for candidate in candidates.amounts:
        number = Decimal(candidate.value)
        if not 0 <= number <= MOST_RATE or len(candidate.text) > 6:
            continue
        if _is_percent(candidate) or any(is_label(label.text, "rate") for label in candidate.labels[:3]):
            found.setdefault(number, candidate)
    return found


def _tax_rows(candidates: Candidates, money: Sequence[Candidate], known: Collection[Decimal]) -> Iterable[TaxRow]:
    """Lines that hold a rate, a basis and the tax that follows from them, whatever their order."""
    by_line: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates.amounts:
        by_line[candidate.cell.line].append(candidate)
    is_money = {id(c) for c in money}
    for line in by_line.values():
        sums = [c for c in line if id(c) in is_money]
        rates = [c for c in line if Decimal(c.value) in known and len(c.text) <= 6]
        if len(sums) < 2 or not rates or len(line) > 12:
            continue
        row = _row(rates, sums, candidates)
        if row:
            yield row


def _row(rates: Sequence[Candidate], sums: Sequence[Candidate], candidates: Candidates) -> TaxRow | None:
    for rate in sorted(rates, key=lambda c: "%" not in c.cell.text):
        for basis in sums:
            for amount in sums:
                if basis is amount or rate in (basis, amount):
                    continue
                r, b, a = (Decimal(c.value) for c in (rate, basis, amount))
                if b == 0 or (a != 0 and (a > 0) != (b > 0)):
                    continue
                if r == 0:
                    fits = a == 0 and any(
                        is_label(lab.text, "rate") or is_label(lab.text, "tax") for lab in amount.labels
                    )
                else:
                    fits = abs(b * r / 100 - a) <= CENT and a != 0
                if fits:
                    return TaxRow(r, b, a, {"rate": rate, "basis": basis, "amount": amount})
    return None


def _runs(rows: Sequence[TaxRow]) -> Iterable[list[TaxRow]]:
    """Stretches of rows on neighbouring lines."""
    run: list[TaxRow] = []
    for row in rows:
        line = row.cells["basis"].cell.line
        if run and (line - run[-1].cells["basis"].cell.line > 3 or len(run) == _LONGEST_RUN):
            yield run
            run = []
        run.append(row)
    if run:
        yield run
