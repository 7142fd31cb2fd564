"""The e-invoice against the page it is embedded in: what people see and what is booked must be the same invoice.

Each value that a page normally prints has one of three outcomes: it *agrees* (stands on the page), it is *contradicted*
(the page says something else for the same thing, and can be held to it: beside a label, in a sum that closes, in the
same column, with valid check digits), or it is *not shown*. No I/O, no model, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, islice, takewhile
from typing import Any, Literal

from agents.documents.layout import Cell, Layout, Line
from agents.documents.places import Place, Places
from agents.documents.reading import Reading
from agents.fields import values
from agents.fields.checks import row_numbers
from agents.fields.schema import Field, is_number, rows
from agents.findings import Severity, Verdict, finding

Outcome = Literal["agrees", "contradicted", "not shown"]

KEY_FIELDS = frozenset(
    {
        "invoice_number", "issue_date", "currency", "seller.name", "buyer.name", "payment.iban",
        "totals.tax_basis_total", "totals.tax_total", "totals.grand_total", "totals.due_payable",
    }
)  # fmt: skip
"""What is paid, to whom, for which invoice: a contradiction needs a person. So does that of a line's amount."""
_MUST_STAND = ("invoice_number", "totals.grand_total")
"""A page that is an invoice and does not print these prints another invoice."""

MOST_LINES = 2500
"""Lines of the e-invoice that are looked for, more than an execution carries (`bounds`)."""
_MOST_DAYS = 300
_MOST_LABELS = 60
_MOST_MONEY = 400
_MOST_WORDS = 12
_MOST_NEAR = 200
_LONGEST_LINE = 2_000
"""Bounds on what is looked at: the text of a document is hostile."""

_WORD = r"[^\W\d_]{3,10}\.?"
_DAY = re.compile(
    r"(?<![\w.,/-])(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-][ \u00a0]?\d{1,2}[./-][ \u00a0]?(?:\d{4}|\d\d)"
    rf"|\d{{1,2}}(?:er|st|nd|rd|th)?\.?[- \u00a0]?{_WORD}[- \u00a0]\d{{4}}"
    rf"|{_WORD}[ \u00a0]\d{{1,2}}(?:st|nd|rd|th)?,?[ \u00a0]\d{{4}})(?![\w/-]|[.,]\d)"
)
_CENT = Decimal("0.01")
_ROUNDING = Decimal("0.02")


@dataclass(frozen=True)
class Comparison:
    """One value of the e-invoice and what the page says of it."""

    path: str
    stated: str
    outcome: Outcome
    printed: str | None = None
    """What stands on the page instead, where it contradicts."""
    place: Place | None = None


def compare(fields: Mapping[str, Field], reading: Reading) -> list[dict[str, Any]]:
    """Findings ``XML-PAGE`` where the e-invoice and its page disagree, and one ``XML-PAGE-AGREES`` that counts.

    A key field or a line's amount that is contradicted is an error, and so is a number or a total that a page with an
    invoice on it does not show; other contradictions, and other key fields that are not shown, are warnings.

    Args:
        fields: of the e-invoice, as `agents.einvoice` reads them.
        reading: of the document it was embedded in; one without words has nothing to say.
    """
    if not reading.words:
        return []
    compared = comparisons(fields, reading)
    outcomes = Counter(c.outcome for c in compared)
    found = [_finding(c, "error" if _is_key(c.path) else "warning") for c in compared if c.outcome == "contradicted"]
    missing = {c.path: c for c in compared if c.outcome == "not shown" and c.path in KEY_FIELDS}
    if _is_invoice(compared, reading):
        found += [_finding(c, "error" if path in _MUST_STAND else "warning") for path, c in missing.items()]
    elif missing.keys() >= {path for path in _MUST_STAND if path in fields}:
        message = (
            "the page shows neither the number nor the total of the e-invoice: it is not the invoice that is booked"
        )
        stated = {path: fields[path].value for path in _MUST_STAND if path in fields}
        found.append(finding("XML-PAGE", "error", message, *stated, expected=", ".join(stated.values())))
    found += _amounts_not_shown(compared)
    if compared:
        message = f"{outcomes['agrees']} of {len(compared)} values of the e-invoice stand on the page"
        counts: dict[str, Any] = {"agrees": outcomes["agrees"], "contradicted": outcomes["contradicted"]}
        verdict: Verdict = "fail" if outcomes["contradicted"] else "pass"
        found.append(
            finding("XML-PAGE-AGREES", "info", message, verdict=verdict, **counts, not_shown=outcomes["not shown"])
        )
    return found


def comparisons(fields: Mapping[str, Field], reading: Reading) -> list[Comparison]:
    """Every value of the e-invoice that a page normally prints, compared with the page. Zeros, which a page need not
    print, count only where they stand there."""
    page = _Page(reading)
    return [
        *_number(fields, page),
        *_dates(fields, page),
        *_parties(fields, page),
        *_payment(fields, page),
        *_totals(fields, page),
        *_tax(fields, page),
        *_lines(fields, page),
    ]


def _amounts_not_shown(compared: Sequence[Comparison]) -> list[dict[str, Any]]:
    """A warning where the page prints the amounts of some lines, but not of all. (One that prints amounts with tax prints
    none of them.)"""
    amounts = [c for c in compared if c.path.endswith(".net_amount")]
    missing = [c for c in amounts if c.outcome == "not shown"]
    if not missing or not any(c.outcome == "agrees" for c in amounts):
        return []
    told = ", ".join(c.stated for c in missing[:5])
    message = f"the e-invoice has {len(missing)} line amounts that the page does not show: {told}"
    return [finding("XML-PAGE", "warning", message, *(c.path for c in missing[:20]), expected=told)]


def _is_key(path: str) -> bool:
    return path in KEY_FIELDS or path.endswith(".net_amount")


def _is_invoice(compared: Sequence[Comparison], reading: Reading) -> bool:
    """Whether the page is a full invoice, and no cover letter: it bears out much of the e-invoice, or several amounts."""
    agreeing = sum(c.outcome == "agrees" for c in compared)
    money = {n for n in values.amounts(reading.text[:50_000]) if values.is_money(n)}
    return len(money) >= 3 and agreeing * 3 >= len(compared)


def _finding(c: Comparison, severity: Severity) -> dict[str, Any]:
    says = f"shows {c.printed}" if c.outcome == "contradicted" else "does not show it"
    where: dict[str, Any] = {"page": c.place.page, "box": list(c.place.box)} if c.place else {}
    found: dict[str, Any] = {"found": c.printed} if c.printed else {}
    message = f"the e-invoice says {c.path} is {c.stated}, but the page {says}"
    return finding("XML-PAGE", severity, message, c.path, expected=c.stated, **found, **where)


# What stands on the page


@dataclass(frozen=True)
class _Printed:
    """A number as printed: its absolute value and where it stands."""

    value: Decimal
    text: str
    cell: Cell
    money: bool

    @property
    def place(self) -> Place:
        return Place(self.cell.page, self.cell.box, self.text)


@dataclass(frozen=True)
class _Labelled:
    """A text that stands with a label; ``sure`` where it does so in one cell with it, or beside its colon."""

    text: str
    cell: Cell
    sure: bool

    @property
    def place(self) -> Place:
        return Place(self.cell.page, self.cell.box, self.cell.text)


class _Page:
    """What is looked up in a reading, found once."""

    def __init__(self, reading: Reading) -> None:
        self.text = reading.text
        self.places = Places(reading)
        self.layout = Layout(reading)
        self.by_line: list[list[_Printed]] = [list(_numbers(line)) for line in self.layout.lines]
        self.numbers: dict[Decimal, _Printed] = {}
        self.money: dict[Decimal, _Printed] = {}
        """Amounts with cents, by absolute value: the first place of each."""
        self.rates: set[Decimal] = set()
        for printed in self.by_line:
            for number in printed:
                self.numbers.setdefault(number.value, number)
                if number.money and len(self.money) < _MOST_MONEY:
                    self.money.setdefault(number.value, number)
        for match in re.finditer(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?%", self.text):
            self.rates.add(Decimal(match[1].replace(",", ".")))
        self._alnum = _letters(self.text)
        self._lines_of: dict[str, list[int]] = {}
        for n, line in enumerate(self.layout.lines):
            for word in set(_words(line.text)):
                self._lines_of.setdefault(word, []).append(n)

    def has(self, number: Decimal) -> bool:
        return abs(number) in self.numbers

    def row(self, at: int | None, below: int = 0) -> list[_Printed]:
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

    def labelled(self, labels: frozenset[str], reads: Callable[[str], str | None]) -> list[_Labelled]:
        """What ``reads`` makes of the text that stands in a cell behind one of ``labels``, beside and below it."""
        found: list[_Labelled] = []
        seen = 0
        for cell in self.layout.cells():
            label, rest = _label(cell.text)
            if label not in labels:
                continue
            seen += 1
            if seen > _MOST_LABELS:
                break
            beside, below = self.layout.right_of(cell), self.layout.below(cell)
            around = [(rest, cell, True)]
            around += [(beside.text, beside, cell.text.rstrip().endswith(":"))] if beside else []
            around += [(below.text, below, False)] if below else []
            found += [_Labelled(value, at, sure) for text, at, sure in around if text and (value := reads(text))]
        return found

    def rows_of(self, name: str) -> list[int]:
        """Numbers of the lines where ``name`` begins: wholly or by most of its letters, broken over up to three lines."""
        words = set(([w for w in _words(name) if w not in _LEGAL_FORMS] or _words(name))[:_MOST_WORDS])
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
        letters = _letters(name)
        return bool(letters) and (letters in self._alnum or bool(self.rows_of(name)))


def _numbers(line: Line) -> Iterator[_Printed]:
    for cell in line.cells:
        for text in values.amounts(cell.text[:_LONGEST_LINE]):
            value = values.parse_amount(text)
            if value is not None and not re.match(r"0\d", text):  # a group of an account's digits
                yield _Printed(abs(value), text, cell, values.is_money(text))


def _identifier(identifier: str, behind: str = "") -> re.Pattern[str]:
    characters = [re.escape(c) for c in identifier if c.isalnum()]
    joined = r"[ \u00a0\u202f./_\-]{0,2}".join(characters)
    return re.compile(rf"(?<![^\W_]){joined}{behind}(?![^\W_])" if joined else r"(?!)", re.IGNORECASE)


def _folded(text: str) -> str:
    """Without letter case and accents, German umlauts as either of their two spellings."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _letters(text: str) -> str:
    return "".join(c for c in _folded(text) if c.isalnum())


def _words(text: str) -> list[str]:
    return [w for w in re.split(r"[\W_]+", _folded(text)) if w]


def _label(text: str) -> tuple[str, str]:
    """The words a cell begins with up to a number or colon, folded, and what comes behind them."""
    match = re.match(r"[^\d:#]{1,60}", text)
    if not match:
        return "", ""
    label, rest = match[0], text[match.end() :].lstrip(" :#")
    plain = " ".join(w for w in _words(label) if w not in _CURRENCY_WORDS)
    return plain, rest


# The fields


def _number(fields: Mapping[str, Field], page: _Page) -> Iterator[Comparison]:
    for path, labels in (("invoice_number", _NUMBER_LABELS), ("purchase_order_ref", _ORDER_LABELS)):
        if field := fields.get(path):
            yield _referred(path, field.value, page.labelled(labels, _reference), page)


def _referred(path: str, stated: str, labelled: list[_Labelled], page: _Page) -> Comparison:
    """A reference: where labels lead to others only, the page contradicts; even if it stands elsewhere (as that of an
    invoice that this one replaces), if it is sure that the label is the other's."""
    letters = _letters(stated)
    same = any(letters in _letters(one.text) or _letters(one.text) in letters for one in labelled)
    shown = page.shows(stated)
    others = [] if same else [one for one in labelled if one.sure or not shown]
    if others:
        return Comparison(path, stated, "contradicted", others[0].text, others[0].place)
    return Comparison(path, stated, "agrees" if shown else "not shown")


def _reference(text: str) -> str | None:
    """The first word of ``text`` if it looks like a reference: with a digit, of three characters or more, no day."""
    word = text.split("  ")[0].split()[0].strip(".,;:()") if text.strip() else ""
    if len(word) < 3 or not any(c.isdigit() for c in word) or _DAY.fullmatch(word) or values.is_money(word):
        return None
    return word if len(word) <= 40 else None


def _dates(fields: Mapping[str, Field], page: _Page) -> Iterator[Comparison]:
    stated = {path: fields[path].value for path in ("issue_date", "due_date", "delivery_date") if path in fields}
    if not stated:
        return
    printed = _days(page.text)
    days = {day for read in printed.values() for day in read}
    for path, value in stated.items():
        day, shown = date.fromisoformat(value), date.fromisoformat(value) in days
        labelled = page.labelled(_DATE_LABELS[path], lambda text: next(_printed_days(text[:40]), None))
        same = any(day in _read_days(one.text) for one in labelled)
        sure = path == "issue_date"  # what else a page says of the other days, such as instalments, is its own affair
        others = [one for one in labelled if not same and _read_days(one.text) and ((one.sure and sure) or not shown)]
        if others:
            yield Comparison(path, value, "contradicted", others[0].text, others[0].place)
        elif shown:
            yield Comparison(path, value, "agrees")
        elif path == "issue_date" and (other := _unclaimed_day(printed, stated)):
            yield Comparison(path, value, "contradicted", other, page.places.find(other))
        else:
            yield Comparison(path, value, "not shown")


def _unclaimed_day(printed: Mapping[str, frozenset[date]], stated: Mapping[str, str]) -> str | None:
    """The first day on the page that is not the due or delivery date: an invoice has to print the day it was issued on
    (VAT Directive 2006/112/EC, Art. 226 (1)), so a page with other days than the stated one says another."""
    claimed = {date.fromisoformat(value) for path, value in stated.items() if path != "issue_date"}
    return next((text for text, days in printed.items() if not days & claimed), None)


def _days(text: str) -> dict[str, frozenset[date]]:
    """Every printed day, with the days it can be read as; of very many the first."""
    read = {printed: _read_days(printed) for printed in islice(dict.fromkeys(_printed_days(text)), _MOST_DAYS)}
    return {printed: days for printed, days in read.items() if days}


def _printed_days(text: str) -> Iterator[str]:
    """What looks like a day, as people print them, and as programs do: ``20260815``."""
    return (match[0] for match in _DAY.finditer(text))


def _read_days(printed: str) -> frozenset[date]:
    if printed.isdigit():
        try:
            return frozenset({date.fromisoformat(printed)})
        except ValueError:
            return frozenset()
    orders = (False, True) if values.is_ambiguous(printed) else (False,)
    return frozenset(d for o in orders if (d := values.parse_date(printed, month_first=o)) is not None)


def _parties(fields: Mapping[str, Field], page: _Page) -> Iterator[Comparison]:
    names = {role: fields[f"{role}.name"].value for role in ("seller", "buyer") if f"{role}.name" in fields}
    for role, name in names.items():
        path = f"{role}.name"
        if page.names(name):
            yield Comparison(path, name, "agrees")
        elif not any(page.names(w) for w in _telling(name)) and (other := _other_company(names, page)):
            yield Comparison(path, name, "contradicted", other.text, other)
        else:
            yield Comparison(path, name, "not shown")
    vat_ids = {fields[p].value.upper() for p in ("seller.vat_id", "buyer.vat_id") if p in fields}
    for role in ("seller", "buyer"):
        if vat_id := fields.get(f"{role}.vat_id"):
            yield _identified(f"{role}.vat_id", vat_id.value, lambda v: _other_vat_ids(v, vat_ids, page), page)
        for column in ("tax_number", "legal_id"):
            if field := fields.get(f"{role}.{column}"):
                agrees = page.shows_legal_id(field.value) if column == "legal_id" else page.shows(field.value)
                yield Comparison(f"{role}.{column}", field.value, "agrees" if agrees else "not shown")


def _telling(name: str) -> list[str]:
    """Words of a name that tell it from others."""
    return [w for w in _words(name) if len(w) > 2 and w not in _LEGAL_FORMS] or _words(name)


def _other_company(names: Mapping[str, str], page: _Page) -> Place | None:
    """A company that is named on the page with its legal form, and is neither party nor a bank."""
    known = {w for name in names.values() for w in _telling(name)}
    for cell in page.layout.cells():
        words = cell.text[:200].split()
        for n, word in enumerate(words[1:8], 1):
            before = _words(" ".join(words[:n]))
            if not word.islower() and (_words(word) or [""])[-1] in _LEGAL_FORMS and before and not known & set(before):
                text = " ".join(words[: n + 1])
                if not re.search(r"bank|banque|sparkasse|kasse|credit|versicherung|register|gericht", _folded(text)):
                    return Place(cell.page, cell.box, text)
    return None


def _identified(path: str, stated: str, others: Callable[[str], Iterable[str]], page: _Page) -> Comparison:
    if page.shows(stated):
        return Comparison(path, stated, "agrees")
    if other := next(iter(others(stated)), None):
        return Comparison(path, stated, "contradicted", other, page.places.find(other))
    return Comparison(path, stated, "not shown")


def _other_vat_ids(stated: str, known: set[str], page: _Page) -> Iterator[str]:
    """VAT ids on the page that the e-invoice does not know, with valid check digits, or at least of the same country and
    length: a misprint, or the id of a company that is none."""
    country = stated[:2].upper()
    if not country.isalpha() or len(stated) > 20:
        return
    shaped = rf"(?<![^\W_])({country}(?:[ .\-\u00a0]?[0-9A-Z]){{{len(stated) - 2}}})(?![^\W_]|[ .\u00a0]\d)"
    for printed in (*(m[1] for m in re.finditer(shaped, page.text)), *values.vat_ids(page.text)):
        plain = "".join(c for c in printed.upper() if c.isalnum())
        if plain not in known and sum(c.isdigit() for c in plain) >= 6:
            yield printed


def _accounts(page: _Page) -> Iterator[str]:
    """IBANs on the page, with valid check digits or at least beside that word."""
    yield from values.ibans(page.text)
    for match in re.finditer(r"IBAN[^\w\n]{0,20}([A-Z]{2}\d{2}(?:[ \u00a0]?[0-9A-Z]{2,4}){3,9})(?![^\W_])", page.text):
        yield match[1]


def _payment(fields: Mapping[str, Field], page: _Page) -> Iterator[Comparison]:
    if account := fields.get("payment.iban"):
        yield _identified("payment.iban", account.value, lambda v: _accounts(page), page)
    if code := fields.get("payment.bic"):
        stated = code.value.upper()
        short = stated[:8] if stated.endswith("XXX") else stated
        shown = page.shows(stated) or page.shows(short) or page.shows(f"{short}XXX")
        if shown:
            yield Comparison("payment.bic", code.value, "agrees")
        else:
            yield _identified("payment.bic", code.value, lambda v: values.bics(page.text), page)
    if currency := fields.get("currency"):
        named = values.currencies(page.text)
        only = values.the_currency(page.text)
        if any(c.code == currency.value for c in named) or re.search(rf"\b{re.escape(currency.value)}\b", page.text):
            yield Comparison("currency", currency.value, "agrees")
        elif only:
            yield Comparison("currency", currency.value, "contradicted", only.code, page.places.find(only.printed))
        else:
            yield Comparison("currency", currency.value, "not shown")


@dataclass(frozen=True)
class _Closing:
    """Three printed amounts of which net and tax make gross, at a printed rate."""

    net: _Printed
    tax: _Printed | None
    """None where only the tax of each rate is printed."""
    gross: _Printed


def _totals(fields: Mapping[str, Field], page: _Page) -> Iterator[Comparison]:
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
            yield Comparison(path, field.value, "contradicted", instead.text, instead.place)
        elif page.has(number):
            yield Comparison(path, field.value, "agrees")
        elif number:
            follows = path == "totals.tax_total" and _follows(fields, page)
            yield Comparison(path, field.value, "agrees" if follows else "not shown")


def _follows(fields: Mapping[str, Field], page: _Page) -> bool:
    """Whether the tax total is the sum of the tax of each rate, all of them printed."""
    by_rate = [row["amount"].number for row in rows(fields, "tax_breakdown") if "amount" in row]
    return bool(by_rate) and sum(by_rate) == fields["totals.tax_total"].number and all(map(page.has, by_rate))


def _page_totals(fields: Mapping[str, Field], page: _Page) -> dict[str, _Printed]:
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


def _taxed(page: _Page, gross: Decimal | None) -> bool:
    """Whether the page adds tax to what the e-invoice says is the total without any."""
    closing = _closing(page, None, {r for r in page.rates if r})
    return closing is not None and closing.net.value == gross


def _closing(page: _Page, gross: Decimal | None, rates: set[Decimal]) -> _Closing | None:
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
                if abs(net.value - about) <= _ROUNDING and (tax := money.get(total.value - net.value)):
                    return _Closing(net, tax, total)
        for several in (*combinations(taxes, 2), *combinations(taxes, 3)):
            charged = sum(several)
            if charged < total.value and (net_ := money.get(total.value - charged)):
                return _Closing(net_, money.get(Decimal(charged)), total)
    return None


def _taxes(page: _Page, rates: Sequence[Decimal]) -> list[Decimal]:
    """Amounts that stand on one line with what they are the tax of, at one of ``rates``; a few."""
    found: dict[Decimal, None] = {}
    for printed in page.by_line:
        money = [p.value for p in printed if p.money][:6]
        for basis, tax in ((b, t) for b in money for t in money if 0 < t < b):
            if len(found) < 6 and any(abs(basis * rate / 100 - tax) <= _CENT for rate in rates[:12]):
                found[tax] = None
    return list(found)


def _labelled_total(page: _Page) -> dict[Decimal, _Printed]:
    """Amounts that the page calls the total to be paid."""
    found: dict[Decimal, _Printed] = {}
    for line, printed in zip(page.layout.lines, page.by_line, strict=True):
        money = [p for p in printed if p.money]
        before = line.cells[:-1] or line.cells
        if money and len(found) < _MOST_LABELS and any(_label(c.text)[0] in _TOTAL_LABELS for c in before):
            found.setdefault(money[-1].value, money[-1])
    return found


def _tax(fields: Mapping[str, Field], page: _Page) -> Iterator[Comparison]:
    for n, row in zip(row_numbers(fields, "tax_breakdown"), rows(fields, "tax_breakdown"), strict=True):
        for column in ("rate", "basis", "amount"):
            field = row.get(column)
            if field and (page.has(field.number) or field.number):
                outcome: Outcome = "agrees" if page.has(field.number) else "not shown"
                yield Comparison(f"tax_breakdown[{n}].{column}", field.value, outcome)


def _lines(fields: Mapping[str, Field], page: _Page) -> Iterator[Comparison]:
    lines = rows(fields, "lines")[:MOST_LINES]
    where = [_row(line, page) for line in lines]
    taken = {at for at in where if at is not None}
    edges = [p.cell.box[2] for line, at in zip(lines, where, strict=True) if (p := _amount_in(line, page.row(at)))]
    for n, line, at in zip(row_numbers(fields, "lines")[:MOST_LINES], lines, where, strict=True):
        path = f"lines[{n}]"
        if name := line.get("name"):
            agrees = page.names(name.value)
            yield Comparison(f"{path}.name", name.value, "agrees" if agrees else "not shown")
        for column in ("quantity", "unit_price_net", "tax_rate"):
            field = line.get(column)
            if field and (page.has(field.number) or field.number):
                yield _cell(f"{path}.{column}", field, page)
        if amount := line.get("net_amount"):
            instead = _other_amount(line, at, edges, taken, page)
            if instead:
                yield Comparison(f"{path}.net_amount", amount.value, "contradicted", instead.text, instead.place)
            elif page.has(amount.number) or amount.number:
                yield _cell(f"{path}.net_amount", amount, page)
    yield from _number_of_lines(lines, fields, page)


def _cell(path: str, field: Field, page: _Page) -> Comparison:
    return Comparison(path, field.value, "agrees" if page.has(field.number) else "not shown")


def _row(line: Mapping[str, Field], page: _Page) -> int | None:
    """The number of the line on the page where a line's name stands, if it stands there just once."""
    name = line.get("name")
    at = page.rows_of(name.value) if name else []
    return at[0] if len(at) == 1 else None


def _amount_in(line: Mapping[str, Field], row: Sequence[_Printed]) -> _Printed | None:
    amount = line.get("net_amount")
    return next((p for p in reversed(row) if amount and p.money and p.value == abs(amount.number)), None)


def _other_amount(
    line: Mapping[str, Field], at: int | None, edges: Sequence[float], taken: set[int], page: _Page
) -> _Printed | None:
    """What stands beside a line's name where its amount should: in the column of other lines' amounts, or as the product
    of a quantity and a price that stand there, too. Not what the line's own amount follows from, such as that amount
    with tax, or before an allowance or charge that stands just below or is the difference."""
    row = page.row(at)
    if "net_amount" not in line or not row or _amount_in(line, row):
        return None
    amount = abs(line["net_amount"].number)
    last = next((p for p in reversed(row) if p.money), None)
    if last is None:
        return None
    numbers = [p.value for p in row if p is not last][:12]
    quantity, price = (abs(line[c].number) if c in line else None for c in ("quantity", "unit_price_net"))
    product = quantity is not None and price is not None and last.value == quantity * price
    product = product or any(
        a and b and abs(a * b - last.value) <= _CENT and {a, b} != {last.value, Decimal(1)}
        for i, a in enumerate(numbers)
        for b in numbers[i + 1 :]
    )
    if not product and (last.value == price or not any(abs(last.cell.box[2] - edge) < 2 for edge in edges)):
        return None
    rate = line["tax_rate"].number if "tax_rate" in line else Decimal(0)
    own = takewhile(lambda m: at is not None and at + m not in taken, range(1, 5))
    below = {p.value for m in own for p in page.row(at, m)[-8:] if p.money}
    explained = {amount * (1 + rate / 100), *(amount + b for b in below), *(amount - b for b in below)}
    stands_below = amount in below and product  # before an allowance of the line, and after it
    return None if stands_below or any(abs(e - last.value) <= _ROUNDING for e in explained) else last


def _number_of_lines(
    lines: Sequence[Mapping[str, Field]], fields: Mapping[str, Field], page: _Page
) -> Iterator[Comparison]:
    """Rows of the page with a quantity, a price and their product that no line of the e-invoice accounts for."""
    if not lines or len(lines) >= MOST_LINES:
        return
    known = {abs(f.number) for path, f in fields.items() if is_number(path)}
    for printed in page.by_line:
        money = [p for p in printed if p.money]
        if len(printed) < 3 or not money or money[-1].value in known or not money[-1].value:
            continue
        others = [p.value for p in printed if p is not money[-1]][:12]
        if any(
            a > 1 and b > 1 and abs(a * b - money[-1].value) <= _CENT and b not in page.rates and a not in page.rates
            for i, a in enumerate(others)
            for b in others[i + 1 :]
        ):
            text = f"a line of {money[-1].text}"
            yield Comparison("lines", f"{len(lines)} lines without it", "contradicted", text, money[-1].place)
            return
    yield Comparison("lines", f"{len(lines)} lines", "agrees")


# Words


def _set(words: str) -> frozenset[str]:
    """Labels, one between each two commas, folded as `_label` folds what is printed."""
    return frozenset(" ".join(_words(label)) for label in words.split(","))


_LEGAL_FORMS = _set(
    "GmbH,mbH,AG,KG,KGaA,OHG,GbR,UG,eV,eG,SE,Ltd,Limited,PLC,LLP,LLC,Inc,Corp,Co,BV,NV,CV,VOF,SA,SAS,SASU,SARL,EURL,SNC,"
    "SCI,SRL,SpA,SL,SLU,Oy,AB,ApS,AS"
)
_CURRENCY_WORDS = _set("EUR,Euro,USD,GBP,CHF,SEK,NOK,DKK,PLN")
_NUMBER_LABELS = _set(
    "Rechnungsnummer,Rechnungs-Nr,Rechnungsnr,Rechnung Nr,Rechnungs-Nummer,Rechnung Nummer,Re-Nr,"
    "Invoice number,Invoice no,Invoice,Invoice nr,Invoice ID,"
    "Numéro de facture,N° de facture,No de facture,N° facture,Facture n°,Facture no,Facture numéro,"
    "Factuurnummer,Factuurnr,Factuur nr,Factuur nummer,"
    "Numero fattura,Fattura n,Fattura nr,N fattura,Numero de factura,Número de factura,Factura n,Nº de factura,N factura"
)
_ORDER_LABELS = _set(
    "Ihre Bestellnummer,Bestellnummer,Bestell-Nr,Your order number,Purchase order number,Purchase order no,PO number,PO no,"
    "Numéro de commande,N° de commande,N° commande,Votre commande,Uw bestelnummer,Bestelnummer,Numero ordine,"
    "Número de pedido"
)
_DATE_LABELS = {
    "issue_date": _set(
        "Rechnungsdatum,Belegdatum,Datum der Rechnung,Ausstellungsdatum,Invoice date,Date of invoice,Issue date,Date of issue,"
        "Date de facture,Date de la facture,Date facture,Date d'émission,Factuurdatum,Data fattura,Data della fattura,"
        "Fecha de factura,Fecha factura,Fecha de emisión"
    ),
    "due_date": _set(
        "Fällig am,Fälligkeitsdatum,Fällig,Fälligkeit,Zahlbar bis,Zahlbar bis zum,Due date,Payment due,Payment due date,"
        "Date d'échéance,Échéance,À payer avant le,Vervaldatum,Te betalen voor,Scadenza,Data scadenza,Fecha de vencimiento,"
        "Vencimiento"
    ),
    "delivery_date": _set(
        "Lieferdatum,Leistungsdatum,Delivery date,Date of delivery,Date de livraison,Leverdatum,Data di consegna,"
        "Fecha de entrega"
    ),
}
_TOTAL_LABELS = _set(
    "Gesamtbetrag,Rechnungsbetrag,Endbetrag,Endsumme,Gesamtsumme,Gesamtsumme brutto,Summe brutto,Bruttosumme,Bruttobetrag,"
    "Gesamtbetrag brutto,Rechnungssumme brutto,Rechnungsbetrag brutto,Zu zahlen,Zahlbetrag,Zu zahlender Betrag,"
    "Grand total,Total due,Amount due,Total amount,Total amount due,Invoice total,Total incl VAT,Total including VAT,"
    "Due payable,Balance due,"
    "Total TTC,Montant TTC,Montant total TTC,Net à payer,Total à payer,Montant à payer,"
    "Totaal incl BTW,Totaal inclusief BTW,Totaalbedrag,Te betalen,Totaal te betalen,"
    "Totale fattura,Totale da pagare,Totale documento,Total a pagar,Total factura,Importe total"
)
