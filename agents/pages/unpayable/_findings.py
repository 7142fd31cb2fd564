"""All that says that nothing is to be paid by a document, each by a rule of its own with the place where it is said."""

from __future__ import annotations

from collections.abc import Iterator

from agents.documents.layout import Layout
from agents.documents.reading import Reading
from agents.fields.rules import Rule
from agents.pages.unpayable import _amounts, _claims, _stamps, _titles
from agents.pages.unpayable._said import Said
from infra.records import Finding, Severity, finding

_MEANS: dict[Rule, str] = {
    Rule.DOCUMENT_KIND: "that is no invoice to be paid",
    Rule.VOID: "it was cancelled, or is not valid",
    Rule.DRAFT: "it is no final invoice",
    Rule.PAID: "it is paid already",
    Rule.DO_NOT_PAY: "it is not to be paid as it stands",
    Rule.REMINDED: "it asks once more for what another document may have asked for",
    Rule.DIRECT_DEBIT: "the seller takes the amount itself, so nothing is to be transferred",
    Rule.IN_OUR_FAVOUR: "the seller owes this amount, it is not to be paid",
    Rule.CORRECTING: "it takes the place of another invoice: see that only one of the two is paid",
    Rule.SELF_BILLED: "it is written by who buys: compare it with what you wrote yourselves",
}
"""What follows from it, for who decides."""


def findings(reading: Reading) -> list[Finding]:
    """What ``reading`` says against being paid at all, one finding of a rule.

    Args:
        reading: of the document; of an e-invoice without a page, the texts in its XML are looked at.

    Returns:
        Errors, whose evidence is a ``quote`` of what says it and, on a page, ``page`` and ``box`` as displayed.
    """
    layout = Layout(reading)
    first: dict[Rule, Said] = {}
    for said in _all(layout, reading):
        if not any(said.is_within(other) for other in first.values()):  # a title is a large word, too
            first.setdefault(said.rule, said)
    return [_finding(said, layout) for said in first.values()]


def _all(layout: Layout, reading: Reading) -> Iterator[Said]:
    yield from _titles.said(layout)
    yield from _stamps.said(layout)
    yield from _claims.said(layout)
    yield from _amounts.said(layout)
    if reading.xml:
        yield from _claims.said_in_xml(reading.xml.text)


def _finding(said: Said, layout: Layout) -> Finding:
    quote = said.quote
    if said.page is None or said.box is None:
        message = f"the e-invoice says “{quote}”: {_MEANS[said.rule]}"
        return finding(said.rule, Severity.ERROR, message, quote=quote, where="xml")
    message = f"page {said.page} {said.how} “{quote}”: {_MEANS[said.rule]}"
    box = list(layout.reading.displayed(said.page, said.box))
    return finding(said.rule, Severity.ERROR, message, quote=quote, where="page", page=said.page, box=box)
