"""The month's invoices as files: a plain PDF, a Factur-X PDF, or a bare XML in CII or UBL.

The XML is made by factur-x from business terms and by nothing of our own: what reads and judges it here has no part in it.
"""

from __future__ import annotations

import io
import logging
import re
from datetime import date
from typing import Any, Literal

import pypdfium2  # type: ignore[import-untyped]
from facturx import generate_cii_xml, generate_from_binary, generate_ubl_xml  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.evals.corpus.kit import Doc, Party
from tests.evals.month.pages import drawn

Form = Literal["plain", "scan", "facturx", "cii", "ubl"]
ENDING: dict[Form, str] = {"plain": "pdf", "scan": "pdf", "facturx": "pdf", "cii": "xml", "ubl": "xml"}
_UNITS = {
    "Karton": "XCT", "Stk": "H87", "Pack": "XPK", "Std": "HUR", "m": "MTR", "m²": "MTK", "Paar": "PR", "jour": "DAY",
    "pièce": "H87", "heure": "HUR", "stuks": "H87", "uur": "HUR", "hours": "HUR", "pcs": "H87", "Monat": "MON",
    "mois": "MON", "maand": "MON", "months": "MON",
}  # fmt: skip
"""Code of UN/ECE Recommendation 20 for a unit as it is printed."""

logging.getLogger("factur-x").setLevel(logging.ERROR)


def written(doc: Doc, form: Form) -> bytes:
    """The invoice in a form; the same invoice gives the same bytes."""
    if form == "plain":
        return drawn(doc)
    if form == "scan":
        return _scanned(drawn(doc))
    if form == "ubl":
        return _bytes(generate_ubl_xml(terms(doc), level="en16931", check_xsd=False, check_schematron=None))
    cii = _bytes(generate_cii_xml(terms(doc), level="en16931", check_xsd=False, check_schematron=None))
    if form == "cii":
        return cii
    about = {"author": doc.seller.name, "title": doc.number, "subject": "", "keywords": ""}
    pdf = generate_from_binary(
        drawn(doc), cii, flavor="factur-x", level="en16931", check_xsd=False, check_schematron=False, pdf_metadata=about,
        lang={"en": "en-IE"}.get(doc.lang, doc.lang), xmp_compression=False,
    )  # fmt: skip
    return _at(doc.date, pdf)


def terms(doc: Doc) -> dict[str, Any]:
    """What the invoice says, by the business terms (BT) and groups (BG) of EN 16931-1, as factur-x takes them."""
    said: dict[str, Any] = {
        "BT-1": doc.number, "BT-2": doc.date, "BT-3": doc.type_code, "BT-5": doc.cur, "BT-9": doc.due, "BT-13": doc.po,
        "BT-20": doc.terms, "BT-72": doc.delivery, "BT-81": "58", "BT-84": doc.iban,
        "BT-106": f"{doc.line_total:.2f}", "BT-109": f"{doc.basis:.2f}", "BT-110": f"{doc.tax:.2f}",
        "BT-112": f"{doc.grand:.2f}", "BT-115": f"{doc.payable:.2f}",
        "BG-4": _party(doc.seller), "BG-7": _party(doc.buyer),
        "BG-23": [
            {"BT-116": f"{basis:.2f}", "BT-117": f"{tax:.2f}", "BT-118": "S", "BT-119": str(rate)}
            for rate, basis, tax in doc.taxes
        ],
        "BG-25": [
            {
                "BT-126": str(n), "BT-129": f"{line.qty:f}", "BT-130": _UNITS[line.unit], "BT-131": f"{line.net:.2f}",
                "BT-146": f"{line.price:.2f}", "BT-151": "S", "BT-152": str(line.rate), "BT-153": line.name,
                "BT-155": line.art or None,
            }
            for n, line in enumerate(doc.lines, 1)
        ],
    }  # fmt: skip
    if credited := doc.x.get("credits"):
        said["BG-3"] = [{"BT-25": credited}]
    known: dict[str, Any] = _known(said)
    return known


def _party(party: Party) -> dict[str, str | None]:
    words = party.city.split()
    if party.cc == "IE":
        city, postcode = words[0], " ".join(words[1:])
    else:
        parts = 2 if party.cc == "NL" else 1
        postcode, city = " ".join(words[:parts]), " ".join(words[parts:])
    return {
        "name": party.name, "addr_l1": party.street, "postcode": postcode, "city": city, "country_code": party.cc,
        "vat_identifier": party.vat, "legal_identifier": party.legal,
    }  # fmt: skip


def _known(said: Any) -> Any:
    """Without what is not there: the library wants it left out."""
    if isinstance(said, dict):
        return {name: _known(value) for name, value in said.items() if value is not None}
    return [_known(value) for value in said] if isinstance(said, list) else said


def _bytes(xml: Any) -> bytes:
    data: bytes = xml
    return data


def _scanned(pdf: bytes) -> bytes:
    """Its page as a picture at 200 dots an inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=200 / 72).to_pil().convert("L")
    packed, file = io.BytesIO(), io.BytesIO()
    picture.save(packed, "JPEG", quality=70, dpi=(200, 200))
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.drawImage(ImageReader(packed), 0, 0, *A4)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _at(day: date, pdf: bytes) -> bytes:
    """The PDF as if made on ``day``: the library stamps the time it runs at. No offset in the file moves."""
    pdf = re.sub(rb"(D:|D\\072)\d{14}", rf"\g<1>{day:%Y%m%d}090000".encode(), pdf)
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", f"{day.isoformat()}T09:00:00+00:00".encode(), pdf)
