"""The pages that the month's invoices are printed on: six layouts, in the vendor's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from tests.evals.corpus.ids import ib
from tests.evals.corpus.kit import Col, Doc, Line, Party, Sheet, day, num, qn

WORDS: dict[str, dict[str, str]] = {
    "de": {
        "invoice": "Rechnung", "credit": "Gutschrift", "number": "Rechnungsnummer", "credit_number": "Gutschriftnummer",
        "date": "Rechnungsdatum", "credit_date": "Gutschriftdatum", "due": "Fällig am", "delivery": "Leistungsdatum",
        "order": "Ihre Bestellnummer", "to": "Rechnungsempfänger", "from": "Lieferant", "name": "Bezeichnung",
        "article": "Art.-Nr.", "quantity": "Menge", "unit": "Einheit", "price": "Einzelpreis", "rate": "USt",
        "amount": "Gesamtpreis", "net": "Nettobetrag", "tax": "zzgl. {} % USt", "taxes": "Summe USt", "total": "Gesamtbetrag",
        "of": "Gutschrift zur Rechnung {}", "vat": "USt-IdNr.", "bank": "Bankverbindung", "register": "Amtsgericht",
        "country": "Deutschland", "thanks": "Vielen Dank für Ihren Auftrag.", "position": "Pos.",
    },
    "fr": {
        "invoice": "Facture", "credit": "Avoir", "number": "Facture n°", "credit_number": "Avoir n°",
        "date": "Date de facture", "credit_date": "Date de l'avoir", "due": "Date d'échéance",
        "delivery": "Date de livraison", "order": "Votre commande n°", "to": "Facturé à", "from": "Fournisseur",
        "name": "Désignation", "article": "Réf.", "quantity": "Quantité", "unit": "Unité", "price": "P.U. HT",
        "rate": "TVA", "amount": "Montant HT", "net": "Total HT", "tax": "TVA {} %", "taxes": "Total TVA", "total": "Total TTC",
        "of": "Avoir sur la facture {}", "vat": "N° TVA", "bank": "Coordonnées bancaires", "register": "RCS",
        "country": "France", "position": "N°",
        "thanks": "Pénalités de retard : trois fois le taux légal. Indemnité forfaitaire de recouvrement : 40 €.",
    },
    "nl": {
        "invoice": "Factuur", "credit": "Creditnota", "number": "Factuurnummer", "credit_number": "Creditnotanummer",
        "date": "Factuurdatum", "credit_date": "Datum", "due": "Vervaldatum", "delivery": "Leverdatum",
        "order": "Uw ordernummer", "to": "Factuuradres", "from": "Leverancier", "name": "Omschrijving",
        "article": "Artikel", "quantity": "Aantal", "unit": "Eenheid", "price": "Prijs", "rate": "Btw",
        "amount": "Bedrag", "net": "Totaal excl. btw", "tax": "Btw {} %", "taxes": "Totaal btw", "total": "Totaal incl. btw",
        "of": "Creditering van factuur {}", "vat": "Btw-nummer", "bank": "Bankrekening", "register": "KvK",
        "country": "Nederland", "thanks": "Gelieve bij betaling het factuurnummer te vermelden.", "position": "Nr.",
    },
    "en": {
        "invoice": "Invoice", "credit": "Credit note", "number": "Invoice number", "credit_number": "Credit note number",
        "date": "Invoice date", "credit_date": "Credit note date", "due": "Due date", "delivery": "Delivery date",
        "order": "Your order number", "to": "Bill to", "from": "Supplier", "name": "Description", "article": "Item no.",
        "quantity": "Quantity", "unit": "Unit", "price": "Unit price", "rate": "VAT", "amount": "Amount",
        "net": "Net total", "tax": "VAT {} %", "taxes": "Total VAT", "total": "Total due", "of": "Credit note for invoice {}",
        "vat": "VAT no.", "bank": "Bank details", "register": "Company reg. no.", "country": "Ireland",
        "thanks": "Thank you for your business.", "position": "No.",
    },
}  # fmt: skip
STYLE = {"de": "de", "fr": "sp", "nl": "de", "en": "en"}
DATES = {"de": "%d.%m.%Y", "fr": "%d/%m/%Y", "nl": "%d-%m-%Y", "en": "{d} {B} %Y|en"}


def _said(doc: Doc) -> dict[str, str]:
    return WORDS[doc.lang]


def _money(doc: Doc, value: Decimal) -> str:
    text = num(value, STYLE[doc.lang])
    return f"€{text}" if doc.lang == "en" else f"{text} €"


def _figure(doc: Doc, value: Decimal) -> str:
    return num(value, STYLE[doc.lang])


def _day(doc: Doc, value: date | None) -> str:
    return day(value, DATES[doc.lang]) if value else ""


def _is_credit(doc: Doc) -> bool:
    return doc.type_code == "381"


def _title(doc: Doc) -> str:
    return _said(doc)["credit" if _is_credit(doc) else "invoice"]


def _particulars(doc: Doc) -> list[tuple[str, str]]:
    """Label and value of number, dates and order."""
    said, prefix = _said(doc), "credit_" if _is_credit(doc) else ""
    rows = [(said[f"{prefix}number"], doc.number), (said[f"{prefix}date"], _day(doc, doc.date))]
    rows.append((said["delivery"], _day(doc, doc.delivery)))
    if doc.due:
        rows.append((said["due"], _day(doc, doc.due)))
    if doc.po:
        rows.append((said["order"], doc.po))
    return rows


def _address(doc: Doc, party: Party) -> list[str]:
    return [*party.addr, _said(doc)["country"]]


def _columns(doc: Doc, given: str, x: float, w: float) -> list[Col]:
    """Columns by name, from ``x`` over a width of ``w``; the name of what is sold takes what is left."""
    said = _said(doc)
    kinds: dict[str, tuple[float, str, str, Callable[[Line, int], str]]] = {
        "position": (11, "l", "id", lambda _, n: str(n)),
        "article": (23, "l", "", lambda line, _: line.art),
        "quantity": (19, "r", "qty", lambda line, _: qn(line.qty, STYLE[doc.lang])),
        "unit": (19, "l", "unit", lambda line, _: line.unit),
        "price": (25, "r", "price", lambda line, _: _figure(doc, line.price)),
        "rate": (16, "r", "rate", lambda line, _: f"{qn(line.rate, STYLE[doc.lang])} %"),
        "amount": (27, "r", "net", lambda line, _: _figure(doc, line.net)),
    }
    names = given.split()
    left = w - sum(kinds[name][0] for name in names if name != "name")
    columns = []
    for name in names:
        if name == "name":
            columns.append(Col(said["name"], x, left - 3, lambda line, _: line.name, key="name"))
            x += left
        else:
            wide, align, key, get = kinds[name]
            columns.append(Col(said[name], x, wide - 3, get, align, key))
            x += wide
    return columns


def _sums(doc: Doc, sheet: Sheet, x: float, y: float, right: float, *, lh: float = 5.4) -> float:
    """Net, tax by rate and, where there are several, in all; total."""
    said = _said(doc)
    rows = [(said["net"], doc.basis)]
    rows += [(said["tax"].format(qn(rate, STYLE[doc.lang])), tax) for rate, _, tax in doc.taxes]
    if len(doc.taxes) > 1:
        rows.append((said["taxes"], doc.tax))
    for label, amount in rows:
        sheet.t(x, y, label)
        sheet.t(right, y, _money(doc, amount), a="r")
        y += lh
    sheet.line(x, y - lh + 1.4, right, y - lh + 1.4)
    sheet.t(x, y, said["total"], b=True)
    sheet.t(right, y, _money(doc, doc.grand), a="r", b=True)
    return y + 2 * lh


def _closing(doc: Doc, sheet: Sheet, x: float, y: float) -> float:
    """What stands below the sums: what a credit note credits, the terms, thanks."""
    rows = [_said(doc)["of"].format(doc.x["credits"])] if "credits" in doc.x else []
    rows += [doc.terms] if doc.terms else []
    return sheet.ts(x, y, [*rows, _said(doc)["thanks"]], lh=5)


def _bank(doc: Doc) -> str:
    return f"IBAN: {ib(doc.iban or '')}"


def _registered(doc: Doc) -> list[str]:
    said, seller = _said(doc), doc.seller
    town = {"de": " Hamburg", "fr": "", "nl": "", "en": ""}[doc.lang]
    return [f"{said['vat']} {seller.vat}", f"{said['register']}{town} {seller.legal}"]


def letter(doc: Doc, sheet: Sheet) -> None:
    """A letter: sender's line over the address, particulars to the right, a foot of three columns."""
    sheet.size = 9.5
    sheet.t(190, 22, doc.seller.name, size=15, b=True, a="r", col="#1f3b63")
    sheet.ts(190, 28, [doc.seller.street, doc.seller.city], a="r", size=8.5)
    sheet.t(20, 50, " · ".join((doc.seller.name, doc.seller.street, doc.seller.city)), size=6.5)
    sheet.ts(20, 56, _address(doc, doc.buyer), lh=4.8)
    sheet.kv(120, 56, [(f"{label}:", value) for label, value in _particulars(doc)], dx=42, lh=5)
    sheet.t(20, 96, f"{_title(doc)} {doc.number}", size=14, b=True)
    columns = _columns(doc, "position name quantity unit price rate amount", 20, 173)
    y = sheet.head(columns, 108) + 2.5
    sheet.line(20, y - 3.4, 190, y - 3.4)
    y = sheet.table(columns, doc.lines, y + 1)
    y = _sums(doc, sheet, 120, y + 6, 190)
    _closing(doc, sheet, 20, y + 4)
    sheet.line(20, 268, 190, 268, 0.3)
    sheet.ts(20, 273, [doc.seller.name, doc.seller.street, doc.seller.city], size=7.5, lh=3.6)
    sheet.ts(78, 273, [_said(doc)["bank"], _bank(doc)], size=7.5, lh=3.6)
    sheet.ts(145, 273, _registered(doc), size=7.5, lh=3.6)


def banner(doc: Doc, sheet: Sheet) -> None:
    """A bar of colour with the firm's name; particulars under their labels in a row."""
    sheet.size = 9
    sheet.box(0, 0, 210, 26, "#27524a", stroke=False)
    sheet.t(18, 16, doc.seller.name, size=16, b=True, col="#ffffff")
    sheet.t(192, 16, _title(doc).upper(), size=14, a="r", col="#ffffff")
    sheet.ts(18, 36, [doc.seller.street, doc.seller.city, _registered(doc)[0]])
    sheet.t(120, 36, f"{_said(doc)['to']}:", b=True)
    sheet.ts(120, 41, _address(doc, doc.buyer))
    x, wide = 18.0, 174 / len(_particulars(doc))
    for label, value in _particulars(doc):
        sheet.t(x, 74, label, size=7.5, b=True)
        sheet.t(x, 79, value)
        x += wide
    columns = _columns(doc, "name quantity unit price rate amount", 18, 177)
    y = sheet.head(columns, 94, fill="#dfeae7") + 3
    y = sheet.table(columns, doc.lines, y, rule="row")
    y = _sums(doc, sheet, 118, y + 6, 192)
    y = _closing(doc, sheet, 18, y + 2)
    sheet.ts(18, y + 4, [f"{_said(doc)['bank']}:", _bank(doc), *_registered(doc)[1:]])


def boxed(doc: Doc, sheet: Sheet) -> None:
    """A form: particulars in a box, the table in a grid."""
    sheet.font, sheet.size = "sans", 8.2
    sheet.t(18, 22, doc.seller.name, size=13, b=True)
    sheet.ts(18, 28, [doc.seller.street, doc.seller.city, *_registered(doc)])
    sheet.t(192, 22, _title(doc), size=18, b=True, a="r")
    sheet.box(18, 50, 84, 30)
    sheet.t(21, 56, _said(doc)["to"], size=7, b=True)
    sheet.ts(21, 61, _address(doc, doc.buyer))
    sheet.box(110, 50, 82, 30)
    sheet.kv(113, 56, _particulars(doc), dx=42, lh=5)
    columns = _columns(doc, "article name quantity unit price rate amount", 19, 176)
    sheet.box(18, 90, 174, 7, "#eeeeee")
    sheet.head(columns, 95)
    y = sheet.table(columns, doc.lines, 102)
    sheet.box(18, 97, 174, y - 98)
    y = _sums(doc, sheet, 118, y + 8, 192)
    y = _closing(doc, sheet, 18, y)
    sheet.ts(18, y + 4, [_said(doc)["bank"], _bank(doc)])


def sides(doc: Doc, sheet: Sheet) -> None:
    """Seller and buyer side by side under headings, rows in turn shaded."""
    sheet.font, sheet.size = "vera", 8.4
    sheet.t(18, 24, f"{_title(doc)}", size=20, col="#8a3b12")
    for x, heading, party in ((18, "from", doc.seller), (110, "to", doc.buyer)):
        sheet.t(x, 38, _said(doc)[heading], b=True, size=7.5)
        sheet.ts(x, 43, [*_address(doc, party), f"{_said(doc)['vat']} {party.vat}"])
    y = sheet.kv(18, 74, _particulars(doc), dx=48, lh=4.8, bl=True)
    columns = _columns(doc, "position article name quantity unit price amount", 18, 177)
    y = sheet.head(columns, y + 8, fill="#f0dccf") + 2.5
    y = sheet.table(columns, doc.lines, y, zebra="#f8f1ec")
    y = _sums(doc, sheet, 118, y + 6, 192)
    y = _closing(doc, sheet, 18, y + 2)
    sheet.line(18, 272, 192, 272, 0.3)
    sheet.t(18, 277, f"{_bank(doc)}   {_registered(doc)[1]}", size=7.5)


def plain(doc: Doc, sheet: Sheet) -> None:
    """Typewritten, without lines or colour."""
    sheet.font, sheet.size = "cour", 9
    sheet.ts(18, 20, [doc.seller.name, doc.seller.street, doc.seller.city, *_registered(doc)])
    sheet.ts(18, 50, [f"{_said(doc)['to']}:", *_address(doc, doc.buyer)])
    sheet.t(18, 80, _title(doc).upper(), b=True)
    y = sheet.kv(18, 88, [(f"{label}:", value) for label, value in _particulars(doc)], dx=50)
    columns = _columns(doc, "name quantity unit price rate amount", 18, 177)
    y = sheet.head(columns, y + 8) + 1
    y = sheet.table(columns, doc.lines, y + 2)
    y = _sums(doc, sheet, 112, y + 5, 192)
    y = _closing(doc, sheet, 18, y + 2)
    sheet.t(18, y + 3, _bank(doc))


def modern(doc: Doc, sheet: Sheet) -> None:
    """Much white, particulars at the right edge, the account in a panel at the foot."""
    sheet.size = 9.2
    sheet.t(20, 28, doc.seller.name, size=17, b=True, col="#20407a")
    sheet.ts(20, 35, [doc.seller.street, doc.seller.city, *_registered(doc)], size=8)
    sheet.t(190, 28, _title(doc), size=17, a="r", col="#777777")
    sheet.t(20, 64, _said(doc)["to"], b=True, col="#20407a")
    sheet.ts(20, 69.5, _address(doc, doc.buyer), lh=4.8)
    sheet.kv(112, 64, _particulars(doc), dx=78, lh=5.4, va="r")
    columns = _columns(doc, "article name quantity price rate amount", 20, 173)
    y = sheet.head(columns, 106, col="#20407a") + 2
    sheet.line(20, y - 3, 190, y - 3, 0.8, "#20407a")
    y = sheet.table(columns, doc.lines, y + 2, gap=2.6)
    y = _sums(doc, sheet, 125, y + 6, 190)
    _closing(doc, sheet, 20, y + 4)
    sheet.box(20, 250, 170, 16, "#eef2f8", stroke=False)
    sheet.t(24, 256, _said(doc)["bank"], b=True, size=8)
    sheet.t(24, 261, _bank(doc), size=8.5)


LAYOUTS: dict[str, Callable[[Doc, Sheet], None]] = {
    layout.__name__: layout for layout in (letter, banner, boxed, sides, plain, modern)
}


def drawn(doc: Doc) -> bytes:
    """The invoice as a PDF; the same invoice gives the same bytes."""
    sheet = Sheet(doc, doc.pagesize)
    LAYOUTS[doc.layout](doc, sheet)
    return sheet.finish()
