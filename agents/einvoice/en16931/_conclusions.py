"""What an e-invoice must say, from what was read of an invoice: factur-x's dictionary, keyed by business term.

Concluded where the invoice does not say it, each with a note:

- type (BT-3) from the kind; in a credit note amounts printed with a minus become positive, as its type says it
- countries (BT-40, BT-55) from the VAT id, the seller's also from its IBAN, the buyer's else from the seller's
- a seller that has only a tax number gets it as its identifier (BT-29); a buyer's tax number is its identifier (BT-46)
- means of payment (BT-81) where there is an IBAN: SEPA credit transfer in EUR (58), else credit transfer (30)
- terms of payment (BT-20), where neither they nor a due date are stated: that they are not
- VAT categories (BT-118, BT-151) from the rate: S above 0 %; at 0 % between states of the EU AE, out of the EU G, else E; and
  the reason of exemption that a category must have (BT-120, BT-121)
- the tax of each rate (BG-23), totals (BT-106 to BT-115) where they follow from what is stated
- allowances and charges of the document by rate (BG-20, BG-21), from what the bases differ from the lines
- of lines: number, unit code (`units`), quantity or price from the amount, rate where the invoice has one; a price
  per 100 or 1000; an allowance or charge where quantity times price is not the amount (BG-27, BG-28)
- where it goes (BT-70, BT-80) for supplies within the EU: to the buyer
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agents.einvoice.en16931 import _concluded_amounts, _concluded_lines
from agents.einvoice.en16931._draft import NO_CURRENCY, NO_DATE, NO_NUMBER, NO_TEXT, EInvoiceDraft
from agents.einvoice.en16931._sheets import EN16931
from agents.fields.document_types import CREDIT_NOTE, CREDIT_NOTES, INVOICE
from agents.fields.identifiers import CURRENCIES, EU
from agents.fields.schema import Field
from agents.fields.table import SCALARS, Kind

_AS_STATED = {
    spec.term: spec
    for spec in SCALARS
    if spec.group in ("", "payment")
    and spec.term not in (None, "BT-1", "BT-2", "BT-3", "BT-5", "BT-24", "BT-84", "BT-86")
}
"""Terms of the document itself that stand in the e-invoice as they were read, or not at all: nothing is concluded for them."""
_SEPA = EU | {"CH", "GB", "IS", "LI", "MC", "NO", "SM", "AD", "VA"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ue000]")


def conclude(fields: Mapping[str, Field], kind: str) -> EInvoiceDraft:
    """The e-invoice that ``fields`` make.

    Args:
        fields: see `agents.fields.schema`.
        kind: ``invoice`` or ``credit_note``, for one that states no type.
    """
    draft = EInvoiceDraft({"BT-24": EN16931})
    data = draft.data

    def text(path: str) -> str | None:
        found = fields.get(path)
        return _CONTROL.sub(" ", found.value).strip() or None if found else None

    data["BT-1"] = text("invoice_number") or NO_TEXT
    data["BT-2"] = _day(text("issue_date")) or NO_DATE
    data["BT-3"] = _type(text("type_code"), kind, draft)
    currency = text("currency")
    data["BT-5"] = currency if currency in CURRENCIES else NO_CURRENCY
    draft.currency = currency if currency and currency not in CURRENCIES else None
    for term, spec in _AS_STATED.items():
        if value := _day(text(spec.path)) if spec.kind is Kind.DATE else text(spec.path):
            data[term] = value
    _parties(draft, {path: text(path) for path in fields})
    _payment(draft, text("payment.iban"), text("payment.bic"))
    sign = _sign(draft, fields)
    _concluded_amounts.put(draft, fields, sign)
    _concluded_lines.put(draft, fields, sign)
    _concluded_amounts.complete(draft)
    if any(row["BT-118"] == "K" for row in data["BG-23"]) and (country := data["BG-7"].get("country_code")):
        data["BG-13"] = {"name": data["BG-7"]["name"], "country_code": country}
        for term in ("BT-70", "BT-80"):
            draft.note(term, "the goods go to the buyer", assumed=True)
    due = data["BT-115"]
    if due != NO_NUMBER and Decimal(due) > 0 and "BT-9" not in data and "BT-20" not in data:
        data["BT-20"] = "not stated"
        draft.note("BT-20", "neither terms of payment nor a due date are stated", assumed=True)
    return draft


def _type(stated: str | None, kind: str, draft: EInvoiceDraft) -> str:
    if stated:
        return stated
    code = CREDIT_NOTE if kind == "credit_note" else INVOICE
    draft.note("BT-3", f"{code}: a {kind.replace('_', ' ')}", assumed=True)
    return code


def _sign(draft: EInvoiceDraft, fields: Mapping[str, Field]) -> int:
    """-1 where a credit note's amounts are printed with a minus, which its type already says."""
    gross = fields.get("totals.grand_total") or fields.get("totals.due_payable")
    if draft.data["BT-3"] not in CREDIT_NOTES or gross is None or gross.number >= 0:
        return 1
    draft.note("BT-112", "positive: that it is a credit is said by its type, not by a minus")
    return -1


def _parties(draft: EInvoiceDraft, said: Mapping[str, str | None]) -> None:
    """Seller (BG-4) and buyer (BG-7)."""
    for group, role in (("BG-4", "seller"), ("BG-7", "buyer")):
        party: dict[str, Any] = {"name": said.get(f"{role}.name") or NO_TEXT}
        for key, column in (("vat_identifier", "vat_id"), ("legal_identifier", "legal_id")):
            if value := said.get(f"{role}.{column}"):
                party[key] = value
        if number := said.get(f"{role}.tax_number"):
            if role == "seller":
                party["tax_identifier"] = number
            else:
                party["identifiers"] = {None: number}
                draft.note("BT-46", "the buyer's tax number, which EN 16931 has no term for")
        if country := said.get(f"{role}.country"):
            party["country_code"] = country
        draft.data[group] = party
    seller, buyer = draft.data["BG-4"], draft.data["BG-7"]
    if "tax_identifier" in seller and "vat_identifier" not in seller and "legal_identifier" not in seller:
        seller["identifiers"] = {None: seller["tax_identifier"]}
        draft.note("BT-29", "the seller's tax number, as it states no other identifier")
    _country(draft, "BT-40", seller, said.get("payment.iban"))
    _country(draft, "BT-55", buyer, None)
    if "country_code" not in buyer and "country_code" in seller:
        buyer["country_code"] = seller["country_code"]
        draft.note("BT-55", "the seller's country: within a country invoices do not print it", assumed=True)


def _country(draft: EInvoiceDraft, term: str, party: dict[str, Any], iban: str | None) -> None:
    if "country_code" in party:
        return
    prefix = str(party.get("vat_identifier", ""))[:2]
    if prefix.isalpha() and prefix.isupper() and len(prefix) == 2:
        party["country_code"] = {"EL": "GR", "XI": "GB"}.get(prefix, prefix)
        draft.note(term, "the country of the VAT id", assumed=True)
    elif iban and iban[:2].isalpha():
        party["country_code"] = iban[:2].upper()
        draft.note(term, "the country of the account", assumed=True)


def _payment(draft: EInvoiceDraft, iban: str | None, bic: str | None) -> None:
    """How it is paid (BG-16). A BIC alone is no account."""
    if not iban:
        return
    plain = iban.replace(" ", "")
    sepa = draft.data["BT-5"] == "EUR" and plain[:2] in _SEPA
    draft.data["BT-81"] = "58" if sepa else "30"
    draft.note("BT-81", "a credit transfer, as an account is stated", assumed=True)
    draft.data["BT-84"] = plain
    if bic:
        draft.data["BT-86"] = bic


def _day(value: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(value) if value else None
    except ValueError:
        return None
