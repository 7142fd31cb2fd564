"""Whether an e-invoice says that its amount is collected: from an account by direct debit, or from a card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.documents.safe_xml import BrokenXml, UnsafeXml, parse_xml
from agents.einvoice._elements import local_name
from agents.fields.rules import Rule
from infra.records import Finding, Severity, finding

_MEANS = {
    "49": "direct debit",
    "59": "SEPA direct debit",
    "48": "a bank card",
    "54": "a credit card",
    "55": "a debit card",
}
"""Means of payment (UNTDID 4461, BT-81) by which nothing is left to be transferred."""
_TRANSFERS = frozenset({"30", "31", "42", "58"})
_CODES = frozenset({"PaymentMeansCode", "SpecifiedTradeSettlementPaymentMeans/TypeCode"})
_MANDATES = frozenset({"DirectDebitMandateID", "PaymentMandate/ID"})
"""Where the mandate of a direct debit stands (BT-89)."""


def collection_findings(xml: str) -> list[Finding]:
    """An error where ``xml`` says that the seller collects; nothing of what cannot be read."""
    try:
        root = parse_xml(xml)
    except (BrokenXml, UnsafeXml):
        return []
    codes, mandates = [], []
    for name, text in _texts(root):
        if name & _CODES:
            codes.append(text)
        elif name & _MANDATES:
            mandates.append(text)
    code = next((code for code in codes if code in _MEANS), None)
    if code:
        message = f"the e-invoice is paid by {_MEANS[code]} (payment means {code})"
    elif mandates and not _TRANSFERS.intersection(codes):
        message = f"the e-invoice names the mandate {mandates[0][:60]} for a direct debit, and no other way to pay it"
    else:
        return []
    told = f"{message}: the seller takes the amount itself, so nothing is to be transferred"
    quote = code or mandates[0][:60]
    return [finding(Rule.DIRECT_DEBIT, Severity.ERROR, told, quote=quote, where="xml")]


def _texts(root: Any) -> Iterator[tuple[set[str], str]]:
    """The text of each element, with its name, and that name behind that of the element it stands in."""
    for element in root.iter():
        text = " ".join((element.text or "").split())
        if isinstance(element.tag, str) and text:
            name, parent = local_name(element), element.getparent()
            yield {name} if parent is None else {name, f"{local_name(parent)}/{name}"}, text
