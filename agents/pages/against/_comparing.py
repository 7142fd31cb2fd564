"""The e-invoice against the page it is embedded in: what people see and what is booked must be the same invoice.

Each value that a page normally prints has one of three outcomes: it *agrees* (stands on the page), it is *contradicted*
(the page says something else for the same thing, and can be held to it: beside a label, in a sum that closes, in the
same column, with valid check digits), or it is *not shown*. No I/O, no model, no clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from agents.documents.reading import Reading
from agents.fields import values
from agents.fields.rules import Rule
from agents.fields.schema import Field
from agents.fields.table import spec_of
from agents.pages.against._amounts import tax, totals
from agents.pages.against._comparison import Comparison
from agents.pages.against._dates import dates
from agents.pages.against._lines import lines
from agents.pages.against._page import PrintedPage
from agents.pages.against._parties import parties
from agents.pages.against._payment import payment
from agents.pages.against._references import references
from infra.records import Finding, JsonObject, Severity, Verdict, finding

_MUST_STAND = ("invoice_number", "totals.grand_total")
"""A page that is an invoice and does not print these prints another invoice."""


def compare(fields: Mapping[str, Field], reading: Reading, *, aside: Collection[Decimal] = ()) -> list[Finding]:
    """Findings ``XML-PAGE`` where the e-invoice and its page disagree, and one ``XML-PAGE-AGREES`` that counts.

    A key field or a line's amount that is contradicted is an error, and so is a number or a total that a page with an
    invoice on it does not show; other contradictions, and other key fields that are not shown, are warnings.

    Args:
        fields: of the e-invoice, as `agents.einvoice` reads them.
        reading: of the document it was embedded in; one without words has nothing to say.
        aside: amounts of lines that the e-invoice has and does not count, as they group others or inform.
    """
    if not reading.words:
        return []
    page = PrintedPage(reading)
    compared = comparisons(fields, page, aside)
    outcomes = Counter(c.outcome for c in compared)
    findings = [
        _finding(c, Severity.ERROR if _is_key(c.path) else Severity.WARNING, page)
        for c in compared
        if c.outcome == "contradicted"
    ]
    missing = {c.path: c for c in compared if c.outcome == "not shown" and _is_key(c.path) and "[" not in c.path}
    if _is_invoice(compared, reading):
        findings += [
            _finding(c, Severity.ERROR if path in _MUST_STAND else Severity.WARNING, page)
            for path, c in missing.items()
        ]
    elif missing.keys() >= {path for path in _MUST_STAND if path in fields}:
        message = (
            "the page shows neither the number nor the total of the e-invoice: it is not the invoice that is booked"
        )
        stated = {path: fields[path].value for path in _MUST_STAND if path in fields}
        findings.append(finding(Rule.XML_PAGE, Severity.ERROR, message, *stated, expected=", ".join(stated.values())))
    findings += _amounts_not_shown(compared)
    if compared:
        message = f"{outcomes['agrees']} of {len(compared)} values of the e-invoice stand on the page"
        verdict = Verdict.FAIL if outcomes["contradicted"] else Verdict.PASS
        findings.append(
            finding(
                Rule.XML_PAGE_AGREES,
                Severity.INFO,
                message,
                verdict=verdict,
                agrees=outcomes["agrees"],
                contradicted=outcomes["contradicted"],
                not_shown=outcomes["not shown"],
            )
        )
    return findings


def comparisons(fields: Mapping[str, Field], page: PrintedPage, aside: Collection[Decimal] = ()) -> list[Comparison]:
    """Every value of the e-invoice that a page normally prints, compared with the page. Zeros, which a page need not
    print, count only where they stand there."""
    return [
        *references(fields, page),
        *dates(fields, page),
        *parties(fields, page),
        *payment(fields, page),
        *totals(fields, page),
        *tax(fields, page),
        *lines(fields, page, aside),
    ]


def _amounts_not_shown(compared: Sequence[Comparison]) -> list[Finding]:
    """A warning where the page prints the amounts of some lines, but not of all. (One that prints amounts with tax prints
    none of them.)"""
    amounts = [c for c in compared if c.path.endswith(".net_amount")]
    missing = [c for c in amounts if c.outcome == "not shown"]
    if not missing or not any(c.outcome == "agrees" for c in amounts):
        return []
    told = ", ".join(c.stated for c in missing[:5])
    message = f"the e-invoice has {len(missing)} line amounts that the page does not show: {told}"
    return [finding(Rule.XML_PAGE, Severity.WARNING, message, *(c.path for c in missing[:20]), expected=told)]


def _is_key(path: str) -> bool:
    """Whether a contradiction needs a person: what is paid, to whom, for which invoice, and a line's amount."""
    spec = spec_of(path)
    return spec is not None and spec.held_to_page


def _is_invoice(compared: Sequence[Comparison], reading: Reading) -> bool:
    """Whether the page is a full invoice, and no cover letter: it bears out much of the e-invoice, or several amounts."""
    agreeing = sum(c.outcome == "agrees" for c in compared)
    money = {n for n in values.amounts(reading.text[:50_000]) if values.is_money(n)}
    return len(money) >= 3 and agreeing * 3 >= len(compared)


def _finding(c: Comparison, severity: Severity, page: PrintedPage) -> Finding:
    says = f"shows {c.printed}" if c.outcome == "contradicted" else "does not show it"
    evidence: JsonObject = {"found": c.printed} if c.printed else {}
    if c.place:  # people see the page as it is displayed
        evidence |= {"page": c.place.page, "box": list(page.layout.reading.displayed(c.place.page, c.place.box))}
    message = f"the e-invoice says {c.path} is {c.stated}, but the page {says}"
    return finding(Rule.XML_PAGE, severity, message, c.path, expected=c.stated, **evidence)
