"""An invoice as e-invoice: UBL 2.1, CII, and CII inside its PDF (Factur-X), through factur-x.

EN 16931 wants more than pages print. What is missing is concluded from what is there (see `_conclusions`), and
each conclusion is noted. What is approved is never changed: an invoice whose own amounts disagree becomes an e-invoice whose
amounts disagree, and the rules say so.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree, objectify  # type: ignore[import-untyped]

from agents.einvoice.en16931._conclusions import conclude
from agents.einvoice.en16931._draft import NO_CURRENCY, NO_DATE, NO_NUMBER, NO_TEXT, EInvoiceDraft, Note
from agents.fields.schema import Field

_MISSING = frozenset({NO_TEXT, NO_NUMBER, NO_DATE.isoformat(), NO_DATE.strftime("%Y%m%d"), NO_CURRENCY})

_STAYS = frozenset({"AccountingSupplierParty", "AccountingCustomerParty", "SellerTradeParty", "BuyerTradeParty"})
"""Stays even if nothing is left in it: the syntaxes want it in its place."""


class NotWritten(ValueError):
    """The invoice cannot be put into the syntax at all; the message says why, for a person."""


@dataclass(frozen=True)
class Written:
    """An e-invoice, and what of it was concluded rather than read."""

    xml: bytes
    """UTF-8, with its declaration."""
    notes: tuple[Note, ...]

    @property
    def text(self) -> str:
        return self.xml.decode("utf-8")


def drafted(fields: Mapping[str, Field], kind: str) -> EInvoiceDraft:
    """`_conclusions.conclude`.

    Raises:
        NotWritten: its numbers are too large to compute with.
    """
    try:
        return conclude(fields, kind)
    except ArithmeticError as error:
        raise NotWritten("its numbers are too large to compute with") from error


def to_ubl(fields: Mapping[str, Field], kind: str) -> Written:
    """The invoice as UBL 2.1: an Invoice, or a CreditNote by its type.

    Args:
        fields: the invoice, see `agents.fields.schema`.
        kind: ``invoice`` or ``credit_note``, for one that states no type.

    Raises:
        NotWritten: a value cannot stand in XML.
    """
    return write(drafted(fields, kind), "ubl")


def to_cii(fields: Mapping[str, Field], kind: str) -> Written:
    """The invoice as Cross Industry Invoice D22B, profile EN 16931; see `to_ubl`."""
    return write(drafted(fields, kind), "cii")


def write(draft: EInvoiceDraft, syntax: str) -> Written:
    """A draft in a syntax, ``ubl`` or ``cii``; see `to_ubl`."""
    from facturx import generate_cii_xml, generate_ubl_xml  # type: ignore[import-untyped]

    logging.getLogger("factur-x").setLevel(logging.ERROR)  # it logs names and amounts of the invoice
    generate = generate_ubl_xml if syntax == "ubl" else generate_cii_xml
    try:
        xml = generate(copy.deepcopy(draft.data), level="en16931", check_xsd=False, check_schematron=False)
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise NotWritten(f"the invoice cannot be written as {syntax.upper()}: {error}") from error
    return Written(_without_missing(xml, draft), tuple(draft.notes))


def to_facturx_pdf(pdf: bytes, cii: bytes, *, language: str | None = None) -> bytes:
    """The PDF with the CII inside, as Factur-X says. An e-invoice it has already is replaced.

    Args:
        pdf: the invoice as it was received.
        cii: what `to_cii` made.
        language: of the document, such as ``de-DE``.

    Raises:
        NotWritten: the PDF cannot be read.
    """
    from facturx import generate_from_binary

    try:
        carrier: bytes = generate_from_binary(
            pdf, cii, flavor="factur-x", level="en16931", check_xsd=False, check_schematron=False, lang=language,
            afrelationship="alternative",
        )  # fmt: skip
    except Exception as error:  # pypdf raises what it likes on broken files
        raise NotWritten(f"the PDF cannot take an e-invoice: {error}") from error
    return carrier


def _without_missing(xml: bytes, draft: EInvoiceDraft) -> bytes:
    """Without the elements that stand for what is not known, and those that are empty then; factur-x wants a value for each.

    The rounding amount gets the invoice's currency: factur-x 7.8 writes EUR whatever it is.
    """
    root = etree.fromstring(xml)
    for element in list(root.iter()):
        if element.get("currencyID") is not None and (
            element.get("currencyID") != draft.data["BT-5"] or draft.currency
        ):
            element.set("currencyID", draft.currency or draft.data["BT-5"])
        if draft.currency and element.text == NO_CURRENCY:
            element.text = draft.currency
    for element in [one for one in root.iter() if one.text in _MISSING]:
        while element.getparent() is not None:
            above = element.getparent()
            above.remove(element)
            if len(above) or etree.QName(above).localname in _STAYS:
                break
            element = above
    objectify.deannotate(root, xsi_nil=True, cleanup_namespaces=True)
    out: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return out
