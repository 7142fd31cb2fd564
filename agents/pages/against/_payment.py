"""Where the money goes, and in which currency."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agents.fields import values
from agents.fields.schema import Field
from agents.pages.against._comparison import Comparison, contradicted, identified, shown_or_not
from agents.pages.against._page import PrintedPage


def _accounts(page: PrintedPage) -> Iterator[str]:
    """IBANs on the page, with valid check digits or at least beside that word."""
    yield from values.ibans(page.text)
    for match in re.finditer(r"IBAN[^\w\n]{0,20}([A-Z]{2}\d{2}(?:[ \u00a0]?[0-9A-Z]{2,4}){3,9})(?![^\W_])", page.text):
        yield match[1]


def payment(fields: Mapping[str, Field], page: PrintedPage) -> Iterator[Comparison]:
    if account := fields.get("payment.iban"):
        yield identified("payment.iban", account.value, _accounts(page), page)
    if code := fields.get("payment.bic"):
        stated = code.value.upper()
        short = stated[:8] if stated.endswith("XXX") else stated
        if page.shows(stated) or page.shows(short) or page.shows(f"{short}XXX"):
            yield shown_or_not("payment.bic", code.value, True)
        else:
            yield identified("payment.bic", code.value, values.bics(page.text), page)
    if currency := fields.get("currency"):
        named = any(c.code == currency.value for c in values.currencies(page.text))
        shown = named or bool(re.search(rf"\b{re.escape(currency.value)}\b", page.text))
        if not shown and (only := values.the_currency(page.text)):
            yield contradicted("currency", currency.value, only.code, page.places.find(only.printed))
        else:
            yield shown_or_not("currency", currency.value, shown)
