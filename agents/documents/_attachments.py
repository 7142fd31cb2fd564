"""The e-invoice inside a PDF, by whatever name.

Factur-X, ZUGFeRD 1 and 2 and XRechnung each prescribe a file name and a place in the PDF; what senders do varies. So
every attached file is looked at, found through the name tree or through an associated-files array (``/AF``), and what
decides is its root element.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from agents.documents._container import at, items, leaves
from agents.documents._messages import EmbeddedXmlAnswer
from agents.documents._page import open_pdf
from agents.documents.kind import kind_of
from agents.documents.safe_xml import BrokenXml, UnsafeXml, decode_xml, parse_xml

_INVOICES = {"CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote"}
_OTHERS = {"SCRDMCCBDACIOMessageStructure", "CrossIndustryOrder", "Order", "DespatchAdvice"}
"""Order-X and its kin: no invoice, but what the document is; taken where there is no invoice."""

_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
"""The prescribed names, newest standard first: the order in which one of several is taken."""

_MARKS = (b"/EmbeddedFile", b"/AF", b"/ObjStm")
"""A PDF with none of these has no attached file: the names of its objects are in the open unless in object streams."""


class _Identity(NamedTuple):
    """What two attached e-invoices must agree on to be one invoice in two standards. Empty where it is not stated."""

    number: str
    total: str
    type_code: str


def embedded_invoice(data: bytes) -> tuple[EmbeddedXmlAnswer | None, str | None]:
    """``(the e-invoice, or None; what is wrong with what was attached, or None)``.

    pdfium is asked first, being loaded already; pypdf where pdfium sees no invoice and something may be attached.
    """
    if not any(mark in data for mark in _MARKS):
        return None, None
    for files in (_files_by_pdfium, _files_by_pypdf):
        invoice, trouble = _choose(_unless_broken(files, data))
        if invoice or trouble:
            return invoice, trouble
    return None, None


def _choose(files: list[tuple[str, bytes]]) -> tuple[EmbeddedXmlAnswer | None, str | None]:
    usable: list[tuple[int, int, str, str]] = []
    stated: set[_Identity] = set()
    broken: str | None = None
    for name, content in files:
        named = name.lower() in _NAMES
        rank = _NAMES.index(name.lower()) if named else len(_NAMES)
        if not (name.lower().endswith(".xml") or kind_of(content)[0] == "xml"):
            continue
        try:
            text = decode_xml(content)
            root = parse_xml(text)
        except (BrokenXml, UnsafeXml) as error:
            if named or b"CrossIndustry" in content:
                broken = f"The e-invoice in the PDF ({name}) cannot be used: {error}. Ask the sender for a correct one."
            continue
        local = root.tag.rpartition("}")[2]
        if local in _INVOICES:
            usable.append((0, rank, name, text))
            stated.add(_identity(root))
        elif local in _OTHERS:
            usable.append((1, rank, name, text))
    if len(stated) > 1:
        return None, _differ(stated)
    if not usable:
        return None, broken
    _, _, name, text = min(usable, key=lambda ranked: ranked[:2])
    return {"name": name, "text": text}, broken


def _identity(root: Any) -> _Identity:
    """Number, grand total and type of an invoice: CII has them in header and summation, UBL under the root."""
    credit_note = root.tag.rpartition("}")[2] == "CreditNote"
    return _Identity(
        _at_path(root, "ExchangedDocument|HeaderExchangedDocument/ID", "ID"),
        _plain(
            _at_path(
                root,
                "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction"
                "/ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement"
                "/SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
                "/GrandTotalAmount",
                "LegalMonetaryTotal/TaxInclusiveAmount",
            )
        ),
        _at_path(root, "ExchangedDocument|HeaderExchangedDocument/TypeCode", "InvoiceTypeCode|CreditNoteTypeCode")
        or ("381" if credit_note else ""),
    )


def _at_path(root: Any, cii: str, ubl: str) -> str:
    """The text at the path of local names that belongs to the syntax of ``root``."""
    path = ubl if root.tag.rpartition("}")[2] in ("Invoice", "CreditNote") else cii
    steps = (" or ".join(f"local-name()='{name}'" for name in step.split("|")) for step in path.split("/"))
    text = root.xpath("string((/*" + "".join(f"/*[{step}]" for step in steps) + ")[1])")
    return str(text).strip()


def _plain(number: str) -> str:
    """``number`` without the zeros that do not matter: 119, 119.0 and 119.00 are one amount."""
    match = re.fullmatch(r"([+-]?)0*(\d{1,30})(?:\.(\d{0,30}?)0*)?", number)
    if not match:
        return number
    sign, whole, rest = match.groups()
    return ("-" if sign == "-" else "") + whole + (f".{rest}" if rest else "")


def _differ(stated: set[_Identity]) -> str:
    numbers = sorted({identity.number for identity in stated})
    if len(numbers) > 1:
        return (
            f"The PDF carries e-invoices with different numbers ({_listed(numbers)}). "
            "Ask the sender which one is meant, or hand them in one by one."
        )
    each = _listed([f"type {type_code or '?'} of {total or '?'}" for _, total, type_code in sorted(stated)])
    return (
        f"The PDF carries e-invoices that say different things under one number ({each}). "
        "Ask the sender which one is meant."
    )


def _listed(texts: list[str]) -> str:
    """The first few of ``texts``, each shortened: a stranger wrote them."""
    return ", ".join(text if len(text) <= 60 else text[:59] + "…" for text in texts[:5]) + (
        ", …" if len(texts) > 5 else ""
    )


def _unless_broken(files: Callable[[bytes], Iterator[tuple[str, bytes]]], data: bytes) -> list[tuple[str, bytes]]:
    try:
        return list(files(data))
    except MemoryError:
        raise
    except Exception:  # either library raises what it likes on a broken file: RecursionError, KeyError, TypeError …
        return []


def _files_by_pdfium(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in the name tree."""
    document, _ = open_pdf(data)
    for index in range(document.count_attachments()):
        attachment = document.get_attachment(index)
        yield attachment.get_name(), bytes(attachment.get_data())


def _files_by_pypdf(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The name tree's files, then those of the catalog's ``/AF`` array."""
    from pypdf import PdfReader  # importing it takes longer than reading most documents: only where it is needed

    catalog = PdfReader(io.BytesIO(data)).root_object
    for specification in (*leaves(at(at(catalog, "/Names"), "/EmbeddedFiles")), *items(at(catalog, "/AF"))):
        file = _file(specification.get_object())
        if file:
            yield file


def _file(specification: Any) -> tuple[str, bytes] | None:
    """Name and content of a file specification; None where it has no content that can be read."""
    try:
        streams = specification["/EF"].get_object()
        stream = next(streams[key].get_object() for key in ("/UF", "/F") if key in streams)
        names = [str(specification[key]) for key in ("/UF", "/F", "/Desc") if key in specification]
        return (names or ["attachment.xml"])[0], bytes(stream.get_data())
    except MemoryError:
        raise
    except Exception:  # one broken attachment must not hide the next
        return None
