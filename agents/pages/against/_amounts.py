"""Totals and tax: the page is held to sums that close, and to what it calls the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from agents.fields.schema import Field, numbered_rows, rows
from agents.fields.values import CENT
from agents.pages.against._comparison import Comparison, contradicted, shown_or_not
from agents.pages.against._labels import TOTAL_LABELS, label_of
from agents.pages.against._page import MOST_LABELS, ROUNDING, PrintedNumber, PrintedPage


@dataclass(frozen=True)
class _Closing:
    """Three printed amounts of which net and tax make gross, at a printed rate."""

    net: PrintedNumber
    tax: PrintedNumber | None
    """None where only the tax of each rate is printed."""
    gross: PrintedNumber


def totals(fields: Mapping[str, Field], page: PrintedPage) -> Iterator[Comparison]:
    says = _page_totals(fields, page)
    due, gross = (fields.get(f"totals.{k}") for k in ("due_payable", "grand_total"))
    if due and gross and due.number == gross.number and "totals.grand_total" in says and not page.has(due.number):
        says["totals.due_payable"] = says["totals.grand_total"]
    for path, field in fields.items():
        if not path.startswith("totals."):
            continue
        number = abs(field.number)
        instead = says.get(path)
        if instead is not None and instead.value != number:
            yield contradicted(path, field.value, instead.text, instead.place)
        elif page.has(number) or number:
            follows = path == "totals.tax_total" and _follows(fields, page)
            yield shown_or_not(path, field.value, page.has(number) or follows)


def _follows(fields: Mapping[str, Field], page: PrintedPage) -> bool:
    """Whether the tax total is the sum of the tax of each rate, all of them printed."""
    by_rate = [row["amount"].number for row in rows(fields, "tax_breakdown") if "amount" in row]
    return bool(by_rate) and sum(by_rate) == fields["totals.tax_total"].number and all(map(page.has, by_rate))


def _page_totals(fields: Mapping[str, Field], page: PrintedPage) -> dict[str, PrintedNumber]:
    """What the page says the totals are, where it can be held to it and they are not those of the e-invoice."""
    key = ("totals.tax_basis_total", "totals.tax_total", "totals.grand_total")
    net, tax, gross = (abs(fields[p].number) if p in fields else None for p in key)
    own = [n for n in (net, tax, gross) if n]
    if own and all(map(page.has, own)) and (tax or not _taxed(page, gross)):
        labelled = _labelled_total(page)
        known = {abs(field.number) for path, field in fields.items() if path.startswith("totals.")}
        if gross is None or not labelled or known & labelled.keys():
            return {}  # some call the net amount the total, too
        return {"totals.grand_total": max(labelled.values(), key=lambda p: p.value)}
    rates = {r for r in page.rates if r} | {r["rate"].number for r in rows(fields, "tax_breakdown") if "rate" in r}
    closing = _closing(page, gross, rates)
    if closing:
        printed = zip(key, (closing.net, closing.tax, closing.gross), strict=True)
        return {path: number for path, number in printed if number}
    if gross is not None and not page.has(gross) and (labelled := _labelled_total(page)):
        return {"totals.grand_total": max(labelled.values(), key=lambda p: p.value)}
    return {}


def _taxed(page: PrintedPage, gross: Decimal | None) -> bool:
    """Whether the page adds tax to what the e-invoice says is the total without any."""
    closing = _closing(page, None, {r for r in page.rates if r})
    return closing is not None and closing.net.value == gross


def _closing(page: PrintedPage, gross: Decimal | None, rates: set[Decimal]) -> _Closing | None:
    """Net, tax and gross that close to the cent: with ``gross`` where it is printed, else with the largest amount."""
    if not page.money:
        return None
    money, positive = page.money, sorted(r for r in rates if r)
    taxes = _taxes(page, positive)
    for total in (money.get(gross) if gross is not None else None, money[max(money)]):
        if total is None:
            continue
        for rate in positive:
            about = total.value / (1 + rate / 100)
            for net in money.values():
                if abs(net.value - about) <= ROUNDING and (tax := money.get(total.value - net.value)):
                    return _Closing(net, tax, total)
        for several in (*combinations(taxes, 2), *combinations(taxes, 3)):
            charged = sum(several)
            if charged < total.value and (net_ := money.get(total.value - charged)):
                return _Closing(net_, money.get(Decimal(charged)), total)
    return None


def _taxes(page: PrintedPage, rates: Sequence[Decimal]) -> list[Decimal]:
    """Amounts that stand on one line with what they are the tax of, at one of ``rates``; a few."""
    found: dict[Decimal, None] = {}
    for printed in page.by_line:
        money = [p.value for p in printed if p.money][:6]
        for basis, tax in ((b, t) for b in money for t in money if 0 < t < b):
            if len(found) < 6 and any(abs(basis * rate / 100 - tax) <= CENT for rate in rates[:12]):
                found[tax] = None
    return list(found)


def _labelled_total(page: PrintedPage) -> dict[Decimal, PrintedNumber]:
    """Amounts that the page calls the total to be paid."""
    found: dict[Decimal, PrintedNumber] = {}
    for line, printed in zip(page.layout.lines, page.by_line, strict=True):
        money = [p for p in printed if p.money]
        before = line.cells[:-1] or line.cells
        if money and len(found) < MOST_LABELS and any(label_of(c.text)[0] in TOTAL_LABELS for c in before):
            found.setdefault(money[-1].value, money[-1])
    return found


def tax(fields: Mapping[str, Field], page: PrintedPage) -> Iterator[Comparison]:
    for n, row in numbered_rows(fields, "tax_breakdown").items():
        for column in ("rate", "basis", "amount"):
            field = row.get(column)
            if field and (page.has(field.number) or field.number):
                yield shown_or_not(f"tax_breakdown[{n}].{column}", field.value, page.has(field.number))
