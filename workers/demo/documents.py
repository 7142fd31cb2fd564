"""The demo's own invoices: nine files as a back office receives them, eight documents and one copy.

Sellers, buyer, VAT numbers and accounts are invented; their check digits are right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any, Literal

import pypdfium2  # type: ignore[import-untyped]
from facturx import generate_cii_xml, generate_from_binary  # type: ignore[import-untyped]
from PIL import Image, ImageFilter

from infra.extras import needs

with needs("local", "What draws the demo's documents"):
    from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
    from reportlab.lib.pagesizes import A4, LETTER  # type: ignore[import-untyped]
    from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

Decision = Literal["approve", "review", "reject"]


@dataclass(frozen=True)
class DemoDocument:
    """One file: its name, what it is in a few words and, for the narration, what should be decided and why."""

    name: str
    title: str
    expected: Decision
    why: str


@dataclass(frozen=True)
class BillLine:
    """One line: ``price`` per ``unit`` without tax, in the bill's currency; ``rate`` of tax in percent."""

    text: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal

    @property
    def amount(self) -> Decimal:
        return _cents(self.quantity * self.price)


@dataclass(frozen=True)
class Bill:
    """What an invoice or credit note states; ``misprint`` is a wrong total printed in place of the right one.

    ``due`` is the day by which it is paid, or by which a credit note is paid back. Amounts are in ``currency``.
    """

    number: str
    issued: date
    due: date
    currency: str
    lines: tuple[BillLine, ...]
    misprint: Decimal | None = None

    @property
    def net(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def taxes(self) -> Mapping[Decimal, tuple[Decimal, Decimal]]:
        """Per rate in percent, highest first: the amount taxed and its tax, rounded per rate (EN 16931, BR-CO-17)."""
        rates = sorted({line.rate for line in self.lines}, reverse=True)
        bases = {rate: sum((x.amount for x in self.lines if x.rate == rate), Decimal(0)) for rate in rates}
        return {rate: (basis, _cents(basis * rate / 100)) for rate, basis in bases.items()}

    @property
    def tax(self) -> Decimal:
        return sum((tax for _, tax in self.taxes.values()), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def printed_total(self) -> Decimal:
        return self.gross if self.misprint is None else self.misprint


OFFICE, STAY, SOFTWARE, ELECTRICIAN, SCAN, MISPRINT, COPY, DELIVERY, CREDIT = (
    "Rechnung_RE-2026-0417.pdf",
    "facture_atelier_heron.pdf",
    "invoice_cedar_lantern.pdf",
    "Windrose_WR-26-1093_facturx.pdf",
    "Scan_20261015_0931.pdf",
    "tidewater_rooms_invoice.pdf",
    "WG_Rechnung_Buerobedarf.pdf",
    "bon_de_livraison.pdf",
    "Gutschrift_Alsterlicht.pdf",
)

DOCUMENTS = (
    DemoDocument(OFFICE, "German invoice, EUR, 19 % and 7 % VAT", "approve", "it adds up and is under the limit"),
    DemoDocument(STAY, "French invoice, EUR, 20 % VAT", "review", "it adds up, but its total is over the limit"),
    DemoDocument(SOFTWARE, "English invoice, USD, no tax", "approve", "it adds up and is under the limit"),
    DemoDocument(ELECTRICIAN, "German invoice with Factur-X XML", "approve", "its XML is read without a model"),
    DemoDocument(SCAN, "scanned German invoice", "review", "a picture without text: a person has to read it"),
    DemoDocument(MISPRINT, "English invoice, EUR, wrong total", "review", "the total is not net plus tax"),
    DemoDocument(COPY, "the first invoice from a second mail", "approve", "the same bytes: decided once, paid once"),
    DemoDocument(DELIVERY, "French delivery note", "review", "it is no invoice"),
    DemoDocument(CREDIT, "German credit note, EUR", "review", "it takes money back: a person settles it"),
)


def write_documents(folder: Path, run: int) -> list[DemoDocument]:
    """Write the nine files into ``folder``, made if missing; files of the same names are replaced.

    ``run`` ends every document's number, so another run is other documents; the same run gives the same bytes.
    Returns what was written, in the order of the narration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    bill = bills(run)
    office = _office(bill[OFFICE])
    contents = {
        OFFICE: office,
        STAY: _stay(bill[STAY]),
        SOFTWARE: _software(bill[SOFTWARE]),
        ELECTRICIAN: _with_facturx(_electrician(bill[ELECTRICIAN]), bill[ELECTRICIAN]),
        SCAN: _scanned(_courier(bill[SCAN]), seed=run),
        MISPRINT: _rooms(bill[MISPRINT]),
        COPY: office,
        DELIVERY: _delivery_note(f"BL-2026-3381-{run}"),
        CREDIT: _credit_note(bill[CREDIT]),
    }
    for document in DOCUMENTS:
        (folder / document.name).write_bytes(contents[document.name])
    return list(DOCUMENTS)


def bills(run: int) -> dict[str, Bill]:
    """What the invoices and the credit note of ``run`` state, by file name; the delivery note states no amounts."""
    office = Bill(
        f"RE-2026-0417-{run}",
        date(2026, 10, 12),
        date(2026, 11, 11),
        "EUR",
        (
            _line("Kopierpapier A4, 80 g", "12", "Karton", "24.90", "19"),
            _line("Toner schwarz XL", "3", "Stk", "68.50", "19"),
            _line("Kaffeebohnen „Speicherstadt“", "8", "kg", "17.90", "7"),
            _line("Fachbuch „Büro ohne Papier“", "2", "Stk", "29.90", "7"),
        ),
    )
    return {
        OFFICE: office,
        STAY: Bill(
            f"F2026-1188-{run}",
            date(2026, 10, 9),
            date(2026, 11, 8),
            "EUR",
            (
                _line("Location salle Saône", "2", "jours", "480.00", "20"),
                _line("Vidéoprojecteur et sonorisation", "2", "jours", "95.00", "20"),
                _line("Accueil café, par personne", "24", "pers.", "6.50", "20"),
            ),
        ),
        SOFTWARE: Bill(
            f"INV-20418-{run}",
            date(2026, 10, 12),
            date(2026, 11, 11),
            "USD",
            (
                _line("Team plan, October 2026", "1", "month", "249.00", "0"),
                _line("Additional seats", "6", "seats", "24.50", "0"),
                _line("Onboarding workshop, remote", "2", "hours", "165.00", "0"),
            ),
        ),
        ELECTRICIAN: Bill(
            f"WR-26-1093-{run}",
            date(2026, 10, 14),
            date(2026, 10, 28),
            "EUR",
            (
                _line("Prüfung ortsfester Anlagen", "4.5", "Std", "78.00", "19"),
                _line("Steckdose erneuert", "6", "Stk", "14.20", "19"),
                _line("Kleinmaterial", "1", "Stk", "23.50", "19"),
                _line("Anfahrt", "1", "Stk", "39.00", "19"),
            ),
        ),
        SCAN: Bill(
            f"FK-7731-{run}",
            date(2026, 10, 13),
            date(2026, 10, 27),
            "EUR",
            (
                _line("Stadtkurier", "14", "Fahrten", "9.80", "19"),
                _line("Eilfahrt", "2", "Fahrten", "18.50", "19"),
                _line("Wartezeit", "0.5", "Std", "32.00", "19"),
            ),
        ),
        MISPRINT: Bill(
            f"TR-5526-{run}",
            date(2026, 10, 8),
            date(2026, 11, 7),
            "EUR",
            (
                _line("Single room, 5-8 October", "3", "nights", "124.00", "13.5"),
                _line("Breakfast", "3", "days", "14.50", "13.5"),
                _line("Early check-in", "1", "fee", "25.00", "13.5"),
            ),
            misprint=Decimal("499.79"),
        ),
        COPY: office,
        CREDIT: Bill(
            f"GS-2026-0052-{run}",
            date(2026, 10, 16),
            date(2026, 10, 30),
            "EUR",
            (
                _line("Pendelleuchte „Alster“, Glas gesprungen", "1", "Stk", "84.00", "19"),
                _line("Leuchtmittel E27, falsche Farbe", "4", "Stk", "7.90", "19"),
                _line("Rückfracht", "1", "Stk", "12.50", "19"),
            ),
        ),
    }


def _line(text: str, quantity: str, unit: str, price: str, rate: str) -> BillLine:
    return BillLine(text, Decimal(quantity), unit, Decimal(price), Decimal(rate))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


# How numbers and days are written.


def german(amount: Decimal) -> str:
    """``1.234,56``."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def french(amount: Decimal) -> str:
    """``1 234,56``."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", " ,"))


def english(amount: Decimal) -> str:
    """``1,234.56``."""
    return f"{amount:,.2f}"


def _plain(number: Decimal, point: str) -> str:
    """A quantity or rate without needless zeros: ``4,5``, ``19``."""
    return f"{number:f}".replace(".", point)


def _german_day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _french_day(day: date) -> str:
    return f"{day.day} {({10: 'octobre', 11: 'novembre'})[day.month]} {day.year}"


def _english_day(day: date) -> str:
    return f"{({10: 'October', 11: 'November'})[day.month]} {day.day}, {day.year}"


# Who sells and who buys.


@dataclass(frozen=True)
class _Party:
    name: str
    street: str
    town: str
    vat_id: str = ""
    account: str = ""
    """IBAN, in groups of four as printed."""


BUYER = _Party("Lindhafen Kontor GmbH", "Speicherkai 12", "20457 Hamburg", "DE927364152")
OFFICE_SELLER = _Party(
    "Möwe & Söhne Bürobedarf GmbH", "Möwensteg 4", "22767 Hamburg", "DE914827597", "DE50 9999 0000 0012 3456 78"
)
STAY_SELLER = _Party(
    "Les Ateliers du Héron SAS",
    "8 quai des Roseaux",
    "69002 Lyon",
    "FR33084201730",
    "FR76 9999 9004 1700 0651 0338 801",
)
SOFTWARE_SELLER = _Party("Cedar Lantern Software Inc.", "410 Larkspur Avenue", "Portland, OR 97205, USA")
ELECTRICIAN_SELLER = _Party(
    "Windrose Elektrotechnik GmbH", "Kompassweg 21", "24103 Kiel", "DE944903188", "DE03 9999 0002 0300 4172 20"
)
COURIER_SELLER = _Party(
    "Fährmann Kurierdienste e.K.", "Am Anleger 7", "20359 Hamburg", "DE959172644", "DE19 9999 0003 0077 1209 43"
)
ROOMS_SELLER = _Party(
    "Tidewater Rooms Ltd", "3 Claddagh Steps", "Galway, Ireland", "IE9417026AH", "IE87 ZZZZ 9999 9931 4159 26"
)
DELIVERY_SELLER = _Party("Imprimerie du Petit Phare SARL", "15 rue des Embruns", "44000 Nantes", "FR56079314522")
CREDIT_SELLER = _Party(
    "Alsterlicht Leuchten GmbH", "Laternengang 9", "22085 Hamburg", "DE973055186", "DE18 9999 0004 0065 1033 88"
)


# The page: points from the top left, as one reads.


@dataclass(frozen=True)
class _Column:
    heading: str
    x: float
    """Left edge, or the right edge of a column set to the right."""
    right: bool = False


class _Sheet:
    """One page. ``y`` counts down from the top edge, in points, to the baseline."""

    def __init__(self, title: str, author: str, size: tuple[float, float] = A4, face: str = "Helvetica") -> None:
        self.width, self.height = size
        self.face = {"Helvetica": ("Helvetica", "Helvetica-Bold"), "Times": ("Times-Roman", "Times-Bold"),
                     "Courier": ("Courier", "Courier-Bold")}[face]  # fmt: skip
        self._file = BytesIO()
        self.canvas = Canvas(self._file, pagesize=size, invariant=1, pageCompression=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)

    def put(
        self, x: float, y: float, text: str, size: float = 9.5, *, bold: bool = False, ink: str = "#222222",
        side: Literal["left", "right", "centre"] = "left",
    ) -> None:  # fmt: skip
        self.canvas.setFont(self.face[bold], size)
        self.canvas.setFillColor(HexColor(ink))
        draw = {"left": self.canvas.drawString, "right": self.canvas.drawRightString,
                "centre": self.canvas.drawCentredString}[side]  # fmt: skip
        draw(x, self.height - y, text)

    def block(self, x: float, y: float, texts: Iterable[str], *, leading: float = 13, **how: Any) -> float:
        """Lines under each other; returns the y after the last."""
        for text in texts:
            self.put(x, y, text, **how)
            y += leading
        return y

    def pairs(self, x: float, x2: float, y: float, rows: Iterable[tuple[str, str]], *, right: bool = False) -> float:
        """A label at ``x`` and its value at ``x2`` in each row."""
        for label, value in rows:
            self.put(x, y, label, 9, ink="#666666")
            self.put(x2, y, value, 9, side="right" if right else "left")
            y += 13.5
        return y

    def box(self, x: float, y: float, width: float, height: float, *, fill: str | None = None, line: str | None = None,
            radius: float = 0) -> None:  # fmt: skip
        if fill:
            self.canvas.setFillColor(HexColor(fill))
        if line:
            self.canvas.setStrokeColor(HexColor(line))
            self.canvas.setLineWidth(0.7)
        self.canvas.roundRect(x, self.height - y - height, width, height, radius, stroke=bool(line), fill=bool(fill))

    def rule(self, x: float, y: float, x2: float, *, ink: str = "#999999", width: float = 0.6) -> None:
        self.canvas.setStrokeColor(HexColor(ink))
        self.canvas.setLineWidth(width)
        self.canvas.line(x, self.height - y, x2, self.height - y)

    def table(
        self, x: float, x2: float, y: float, columns: Sequence[_Column], rows: Iterable[Sequence[str]], *,
        leading: float = 20, head: str | None = None, head_ink: str = "#222222", stripe: str | None = None,
        line: str | None = "#cccccc",
    ) -> float:  # fmt: skip
        """A heading row, filled with ``head`` if given, then the rows; returns the y of the lower edge."""
        if head:
            self.box(x, y, x2 - x, leading, fill=head)
        self._row(y, leading, columns, [c.heading for c in columns], bold=True, ink=head_ink)
        for number, row in enumerate(rows):
            y += leading
            if stripe and number % 2:
                self.box(x, y, x2 - x, leading, fill=stripe)
            if line:
                self.rule(x, y, x2, ink=line)
            self._row(y, leading, columns, row)
        self.rule(x, y + leading, x2, ink=line or head or "#222222")
        return y + leading

    def totals(self, x: float, x2: float, y: float, rows: Sequence[tuple[str, str]], *, ink: str = "#222222") -> float:
        """Label and amount in each row, the last one in bold under a rule."""
        for label, amount in rows[:-1]:
            self.put(x, y, label, 9.5)
            self.put(x2, y, amount, 9.5, side="right")
            y += 16
        self.rule(x, y - 9, x2, ink=ink, width=1)
        self.put(x, y + 5, rows[-1][0], 11, bold=True, ink=ink)
        self.put(x2, y + 5, rows[-1][1], 11, bold=True, ink=ink, side="right")
        return y + 21

    def pdf(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self._file.getvalue()

    def _row(self, y: float, leading: float, columns: Sequence[_Column], cells: Sequence[str], **how: Any) -> None:
        for column, cell in zip(columns, cells, strict=True):
            self.put(column.x, y + leading / 2 + 3, cell, 9, side="right" if column.right else "left", **how)


def _rows(bill: Bill, written: Callable[[Decimal], str], point: str, *, rate: bool = False) -> list[list[str]]:
    """The printed cells of each line: text, quantity with unit, the rate if asked for, price, amount."""
    return [
        [
            line.text,
            f"{_plain(line.quantity, point)} {line.unit}",
            *([f"{_plain(line.rate, point)} %"] if rate else []),
            written(line.price),
            written(line.amount),
        ]
        for line in bill.lines
    ]


# The documents, one layout each.


def _office(bill: Bill) -> bytes:
    blue, seller = "#1f4e79", OFFICE_SELLER
    sheet = _Sheet(f"Rechnung {bill.number}", seller.name)
    sheet.box(0, 0, sheet.width, 84, fill=blue)
    sheet.put(57, 46, seller.name, 19, bold=True, ink="#ffffff")
    sheet.put(57, 64, f"{seller.street} · {seller.town} · Papier, Tinte und guter Kaffee", 9, ink="#d5e3f0")
    sheet.block(57, 150, (BUYER.name, "Rechnungseingang", BUYER.street, BUYER.town), leading=14)
    sheet.pairs(365, 538, 150, (
        ("Rechnungsnummer", bill.number),
        ("Rechnungsdatum", _german_day(bill.issued)),
        ("Lieferdatum", "09.10.2026"),
        ("Ihre Bestellung", "BE-4471"),
    ), right=True)  # fmt: skip
    sheet.put(57, 262, "Rechnung", 20, bold=True, ink=blue)
    columns = (
        _Column("Bezeichnung", 65), _Column("Menge", 300, True), _Column("USt", 350, True),
        _Column("Einzelpreis", 440, True), _Column("Betrag EUR", 530, True),
    )  # fmt: skip
    y = sheet.table(57, 538, 284, columns, _rows(bill, german, ",", rate=True), leading=22, head=blue,
                    head_ink="#ffffff", stripe="#eef3f8", line=None)  # fmt: skip
    sheet.totals(330, 530, y + 24, [
        ("Nettobetrag", german(bill.net)),
        *[(f"USt {_plain(rate, ',')} % auf {german(basis)}", german(tax)) for rate, (basis, tax) in bill.taxes.items()],
        ("Rechnungsbetrag", f"{german(bill.printed_total)} €"),
    ], ink=blue)  # fmt: skip
    sheet.put(57, 530, f"Bitte überweisen Sie den Betrag ohne Abzug bis zum {_german_day(bill.due)}.")
    sheet.rule(57, 768, 538, ink=blue)
    sheet.put(57, 784, f"IBAN {seller.account}", 8, ink="#555555")
    sheet.put(538, 784, f"USt-IdNr. {seller.vat_id}", 8, ink="#555555", side="right")
    return sheet.pdf()


def _stay(bill: Bill) -> bytes:
    green, seller = "#2f5d50", STAY_SELLER
    sheet = _Sheet(f"Facture {bill.number}", seller.name, face="Times")
    middle = sheet.width / 2
    sheet.put(middle, 72, seller.name, 24, bold=True, ink=green, side="centre")
    sheet.put(middle, 92, "Salles de réunion et ateliers au bord de l'eau", 11, ink="#777777", side="centre")
    sheet.put(middle, 108, f"{seller.street}, {seller.town}", 10, ink="#777777", side="centre")
    sheet.rule(64, 122, 531, ink=green, width=1.4)
    sheet.rule(64, 125, 531, ink=green)
    sheet.put(64, 160, f"Facture n° {bill.number}", 15, bold=True)
    sheet.block(64, 182, (
        f"Date : {_french_day(bill.issued)}",
        f"Échéance : {_french_day(bill.due)}",
        "Prestation : 6 et 7 octobre 2026",
    ), size=10.5, leading=15)  # fmt: skip
    sheet.box(330, 144, 201, 84, line=green, radius=4)
    sheet.put(342, 162, "Client", 9, ink="#777777")
    sheet.block(342, 177, (BUYER.name, BUYER.street, f"{BUYER.town}, Allemagne", f"TVA {BUYER.vat_id}"), size=10.5)
    columns = (
        _Column("Désignation", 72), _Column("Quantité", 335, True), _Column("Prix unitaire HT", 440, True),
        _Column("Montant HT", 523, True),
    )  # fmt: skip
    top = 262
    y = sheet.table(64, 531, top, columns, _rows(bill, french, ","), leading=24, head="#e4eee9", line=green)
    for x in (64, 275, 345, 450, 531):
        sheet.canvas.line(x, sheet.height - top, x, sheet.height - y)
    sheet.rule(64, top, 531, ink=green)
    [(rate, (_, tax))] = bill.taxes.items()
    sheet.totals(350, 523, y + 26, [
        ("Total HT", f"{french(bill.net)} €"),
        (f"TVA {_plain(rate, ',')} %", f"{french(tax)} €"),
        ("Total TTC", f"{french(bill.printed_total)} €"),
    ], ink=green)  # fmt: skip
    sheet.block(64, 500, (
        "Règlement par virement, à 30 jours.",
        f"IBAN : {seller.account}",
        "Pénalités de retard : 3 fois le taux légal ; indemnité de recouvrement : 40 €.",
    ), size=10.5, leading=16)  # fmt: skip
    sheet.put(middle, 790, f"SAS au capital de 20 000 € · SIREN 084 201 730 · TVA {seller.vat_id}", 9, ink="#777777",
              side="centre")  # fmt: skip
    return sheet.pdf()


def _software(bill: Bill) -> bytes:
    amber, seller = "#c0651a", SOFTWARE_SELLER
    sheet = _Sheet(f"Invoice {bill.number}", seller.name, LETTER)
    sheet.box(54, 50, 30, 30, fill=amber, radius=7)
    sheet.box(63, 59, 12, 12, fill="#ffffff", radius=6)
    sheet.put(96, 70, seller.name, 15, bold=True)
    sheet.put(558, 74, "INVOICE", 26, bold=True, ink=amber, side="right")
    sheet.block(54, 108, (seller.street, seller.town, "EIN 90-0417026"), ink="#666666")
    sheet.put(54, 176, "BILL TO", 8, bold=True, ink=amber)
    sheet.block(54, 191, (BUYER.name, "Accounts payable", BUYER.street, f"{BUYER.town}, Germany"))
    sheet.pairs(380, 558, 191, (
        ("Invoice number", bill.number),
        ("Invoice date", _english_day(bill.issued)),
        ("Due date", _english_day(bill.due)),
        ("Terms", "Net 30"),
    ), right=True)  # fmt: skip
    columns = (
        _Column("Description", 54), _Column("Qty", 340, True), _Column("Unit price", 450, True),
        _Column("Amount", 558, True),
    )  # fmt: skip
    sheet.rule(54, 270, 558, ink=amber, width=1.6)
    y = sheet.table(54, 558, 272, columns, _rows(bill, english, "."), leading=26, line="#e3d8cd")
    sheet.totals(380, 558, y + 28, [
        ("Subtotal", english(bill.net)),
        ("Sales tax (0%)", english(bill.tax)),
        ("Total due", f"USD {english(bill.printed_total)}"),
    ], ink=amber)  # fmt: skip
    sheet.box(54, 520, 504, 62, fill="#faf4ee", radius=6)
    sheet.put(68, 541, "Payment in US dollars by wire", 10, bold=True)
    sheet.put(68, 557, "Bank of the Lantern · Routing 990004174 · Account 3004 1722 06")
    sheet.put(68, 571, f"Please quote {bill.number}. Services rendered in the USA; no sales tax applies.")
    sheet.put(306, 744, "Thank you for your business.", 9, ink="#888888", side="centre")
    return sheet.pdf()


def _electrician(bill: Bill) -> bytes:
    teal, seller = "#0f6b6f", ELECTRICIAN_SELLER
    sheet = _Sheet(f"Rechnung {bill.number}", seller.name)
    _compass(sheet, 502, 76, 32, teal)
    sheet.put(62, 70, "WINDROSE", 24, bold=True, ink=teal)
    sheet.put(62, 88, "Elektrotechnik GmbH · Prüfung, Wartung, Installation", 10, ink="#666666")
    sheet.put(62, 140, f"{seller.name} · {seller.street} · {seller.town}", 7.5, ink="#888888")
    sheet.rule(62, 144, 290, ink="#bbbbbb")
    sheet.block(62, 162, (BUYER.name, BUYER.street, BUYER.town), leading=14)
    sheet.box(62, 226, 471, 46, fill="#e6f1f1", radius=5)
    details = ("Rechnung Nr.", bill.number), ("Datum", _german_day(bill.issued)), ("Leistung am", "13.10.2026"), (
        "Zahlbar bis", _german_day(bill.due))  # fmt: skip
    for x, (label, _) in zip((74, 212, 318, 424), details, strict=True):
        sheet.put(x, 244, label, 8, ink="#557777")
    for x, (_, value) in zip((74, 212, 318, 424), details, strict=True):
        sheet.put(x, 260, value, 11, bold=True)
    sheet.put(62, 304, "Jährliche Prüfung der elektrischen Anlage, Speicherkai 12:")
    columns = (
        _Column("Pos. / Leistung", 74), _Column("Menge", 330, True), _Column("Preis EUR", 428, True),
        _Column("Gesamt EUR", 521, True),
    )  # fmt: skip
    rows = [[f"{n}  {row[0]}", *row[1:]] for n, row in enumerate(_rows(bill, german, ","), 1)]
    y = sheet.table(62, 533, 318, columns, rows, leading=22, line="#c9dddd")
    [(rate, (_, tax))] = bill.taxes.items()
    sheet.box(316, y + 12, 217, 74, fill="#e6f1f1", radius=5)
    sheet.totals(328, 521, y + 32, [
        ("Summe netto", german(bill.net)),
        (f"zzgl. {_plain(rate, ',')} % MwSt.", german(tax)),
        ("Gesamtbetrag EUR", german(bill.printed_total)),
    ], ink=teal)  # fmt: skip
    sheet.put(62, 566, f"Zahlbar innerhalb von 14 Tagen auf IBAN {seller.account}.")
    sheet.put(62, 581, "Diese Datei enthält die Rechnung auch als E-Rechnung (Factur-X, EN 16931).")
    sheet.put(
        62, 790, f"{seller.name} · Geschäftsführerin Inken Windrose · USt-IdNr. {seller.vat_id}", 8, ink="#777777"
    )
    return sheet.pdf()


def _compass(sheet: _Sheet, x: float, y: float, radius: float, ink: str) -> None:
    canvas, middle = sheet.canvas, sheet.height - y
    canvas.setStrokeColor(HexColor(ink))
    canvas.setLineWidth(1.2)
    canvas.circle(x, middle, radius * 0.8)
    for across, along, fill in ((0, 1, ink), (0, -1, ink), (1, 0, "#7fb3b5"), (-1, 0, "#7fb3b5")):
        star = canvas.beginPath()
        star.moveTo(x + across * radius, middle + along * radius)
        star.lineTo(x + along * radius / 6, middle + across * radius / 6)
        star.lineTo(x - along * radius / 6, middle - across * radius / 6)
        star.close()
        canvas.setFillColor(HexColor(fill))
        canvas.drawPath(star, stroke=0, fill=1)


def _courier(bill: Bill) -> bytes:
    seller = COURIER_SELLER
    sheet = _Sheet(f"Rechnung {bill.number}", seller.name, face="Courier")
    sheet.put(70, 80, seller.name.upper(), 16, bold=True)
    sheet.put(70, 97, f"{seller.street}, {seller.town}", 10)
    sheet.rule(70, 108, 525, ink="#222222", width=1.5)
    sheet.block(70, 150, (BUYER.name, BUYER.street, BUYER.town), size=11, leading=15)
    sheet.put(70, 240, f"RECHNUNG {bill.number}", 14, bold=True)
    sheet.put(525, 240, f"Hamburg, {_german_day(bill.issued)}", 11, side="right")
    sheet.put(70, 260, "Fahrten vom 01.10. bis 12.10.2026", 11)
    columns = (
        _Column("Leistung", 70), _Column("Menge", 310, True), _Column("Preis", 410, True), _Column("EUR", 525, True),
    )  # fmt: skip
    y = sheet.table(70, 525, 286, columns, _rows(bill, german, ","), leading=24, line="#222222")
    [(rate, (_, tax))] = bill.taxes.items()
    sheet.totals(310, 525, y + 26, [
        ("Netto", german(bill.net)),
        (f"{_plain(rate, ',')} % MwSt.", german(tax)),
        ("Zu zahlen EUR", german(bill.printed_total)),
    ])  # fmt: skip
    sheet.block(70, 530, (
        f"Zahlbar bis {_german_day(bill.due)}",
        f"IBAN {seller.account}",
        f"USt-IdNr. {seller.vat_id}",
    ), size=11, leading=16)  # fmt: skip
    _stamp(sheet, 410, 660, "EINGEGANGEN", "15. OKT. 2026")
    return sheet.pdf()


def _stamp(sheet: _Sheet, x: float, y: float, *texts: str) -> None:
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(x, sheet.height - y)
    canvas.rotate(9)
    canvas.setStrokeColor(HexColor("#3b4fa0"))
    canvas.setFillColor(HexColor("#3b4fa0"))
    canvas.setLineWidth(2)
    canvas.roundRect(-66, -24, 132, 48, 5)
    canvas.setFont("Helvetica-Bold", 14)
    for text, up in zip(texts, (4, -14), strict=True):
        canvas.drawCentredString(0, up, text)
    canvas.restoreState()


def _rooms(bill: Bill) -> bytes:
    navy, seller = "#27364f", ROOMS_SELLER
    sheet = _Sheet(f"Invoice {bill.number}", seller.name, face="Times")
    sheet.box(0, 0, 14, sheet.height, fill=navy)
    sheet.put(64, 84, seller.name, 26, ink=navy)
    sheet.block(64, 104, (f"{seller.street}, {seller.town}", f"VAT no. {seller.vat_id}"), size=10.5, ink="#666666")
    sheet.put(64, 176, "Invoice to", 10, ink="#888888")
    sheet.block(
        64,
        192,
        (BUYER.name, BUYER.street, f"{BUYER.town}, Germany", "Guest: Ms. R. Petersen, booking 88-2207"),
        size=11,
        leading=14.5,
    )
    sheet.put(330, 176, "Invoice", 10, ink="#888888")
    sheet.block(330, 192, (
        f"No. {bill.number}",
        f"Date: {_english_day(bill.issued)}",
        f"Payable by: {_english_day(bill.due)}",
    ), size=11, leading=14.5)  # fmt: skip
    columns = (
        _Column("Your stay", 64), _Column("Quantity", 320, True), _Column("Rate EUR", 425, True),
        _Column("Amount EUR", 531, True),
    )  # fmt: skip
    y = sheet.table(64, 531, 274, columns, _rows(bill, english, "."), leading=24, line=navy)
    [(rate, (_, tax))] = bill.taxes.items()
    sheet.totals(350, 531, y + 28, [
        ("Net amount", english(bill.net)),
        (f"VAT {_plain(rate, '.')}%", english(tax)),
        ("Total", f"€{english(bill.printed_total)}"),
    ], ink=navy)  # fmt: skip
    sheet.put(64, 530, "Please pay by bank transfer within 30 days:", 11)
    sheet.put(64, 546, f"IBAN {seller.account}, account name {seller.name}", 11)
    sheet.put(
        64,
        780,
        "A quiet house by the water, ten minutes from Eyre Square. We hope to see you again.",
        11,
        ink="#888888",
    )
    return sheet.pdf()


def _delivery_note(number: str) -> bytes:
    red, seller = "#a5322d", DELIVERY_SELLER
    sheet = _Sheet(f"Bon de livraison {number}", seller.name)
    for n, fill in enumerate((red, "#eadbd6", red, "#eadbd6")):
        sheet.box(60, 48 + 13 * n, 16, 13, fill=fill)
    sheet.put(92, 66, seller.name, 17, bold=True)
    sheet.put(92, 84, f"{seller.street}, {seller.town}", 9.5, ink="#666666")
    sheet.put(60, 150, "BON DE LIVRAISON", 22, bold=True, ink=red)
    sheet.put(60, 170, "Ceci n'est pas une facture.", 10, ink="#666666")
    sheet.pairs(360, 450, 140, (
        ("Numéro", number),
        ("Date", "13 octobre 2026"),
        ("Commande", "BE-4468"),
    ))  # fmt: skip
    sheet.box(60, 200, 225, 82, line="#cccccc")
    sheet.put(72, 218, "Livré à", 8.5, ink="#888888")
    sheet.block(72, 234, (BUYER.name, f"{BUYER.street}, {BUYER.town}", "Réception, quai 2"))
    sheet.box(310, 200, 225, 82, line="#cccccc")
    sheet.put(322, 218, "Transport", 8.5, ink="#888888")
    sheet.block(322, 234, ("Messagerie du Littoral", "3 colis, 41 kg", "Départ le 12 octobre 2026"))
    columns = (
        _Column("Référence", 68), _Column("Désignation", 150), _Column("Commandé", 410, True),
        _Column("Livré", 480, True), _Column("Vu", 524, True),
    )  # fmt: skip
    goods = (("PL-210", "Plaquette 12 pages, A5", "500"), ("CV-085", "Cartes de visite, 6 noms", "600"),
             ("EN-114", "Enveloppes à fenêtre, logo", "1 000"), ("AF-032", "Affiche salon, A2", "20"))  # fmt: skip
    y = sheet.table(60, 535, 312, columns, [(*row, row[2], "") for row in goods], leading=24, head=red,
                    head_ink="#ffffff", line="#dddddd")  # fmt: skip
    for n in range(len(goods)):
        sheet.box(514, 343 + 24 * n, 10, 10, line="#888888")
    sheet.put(60, y + 34, "Marchandise reçue en bon état. Réserves éventuelles à noter avant le départ du chauffeur.")
    sheet.put(60, y + 80, "Date et signature :")
    sheet.rule(150, y + 82, 350)
    sheet.put(60, 790, f"{seller.name} · SIREN 079 314 522 · TVA {seller.vat_id}", 8, ink="#777777")
    return sheet.pdf()


def _credit_note(bill: Bill) -> bytes:
    gold, dark, seller = "#b8860b", "#33312c", CREDIT_SELLER
    sheet = _Sheet(f"Gutschrift {bill.number}", seller.name)
    sheet.put(538, 66, "alsterlicht", 24, bold=True, ink=dark, side="right")
    sheet.canvas.setFillColor(HexColor(gold))
    sheet.canvas.circle(398, sheet.height - 58, 9, stroke=0, fill=1)
    sheet.block(538, 84, (seller.name, seller.street, seller.town), size=8.5, leading=11, ink="#777777", side="right")
    sheet.block(62, 130, (BUYER.name, BUYER.street, BUYER.town), leading=14)
    sheet.put(62, 226, "Gutschrift", 24, ink=gold)
    sheet.put(62, 246, "Rechnungskorrektur zu Rechnung AL-88213 vom 02.10.2026", 11)
    sheet.pairs(62, 150, 272, (
        ("Gutschrift Nr.", bill.number),
        ("Datum", _german_day(bill.issued)),
        ("Kundennummer", "20457"),
    ))  # fmt: skip
    columns = (
        _Column("Artikel und Grund", 70), _Column("Menge", 345, True), _Column("Einzelpreis", 435, True),
        _Column("Betrag", 530, True),
    )  # fmt: skip
    y = sheet.table(62, 538, 328, columns, _rows(bill, german, ","), leading=23, head=dark, head_ink="#ffffff",
                    stripe="#f6f1e4", line=None)  # fmt: skip
    [(rate, (_, tax))] = bill.taxes.items()
    sheet.totals(330, 530, y + 26, [
        ("Netto", f"{german(bill.net)} €"),
        (f"Umsatzsteuer {_plain(rate, ',')} %", f"{german(tax)} €"),
        ("Gutschriftbetrag", f"{german(bill.printed_total)} €"),
    ], ink=dark)  # fmt: skip
    sheet.block(62, 520, (
        f"Wir überweisen Ihnen den Betrag bis zum {_german_day(bill.due)}.",
        "Bitte entschuldigen Sie die beschädigte Lieferung.",
    ), leading=15)  # fmt: skip
    sheet.rule(62, 772, 538, ink=gold)
    sheet.put(62, 786, f"{seller.name} · USt-IdNr. {seller.vat_id} · IBAN {seller.account}", 8, ink="#777777")
    return sheet.pdf()


# What happens to a page after it is set.


def _with_facturx(pdf: bytes, bill: Bill) -> bytes:
    """The page with its invoice as Factur-X XML inside, checked against the schema of the EN 16931 profile."""
    xml = generate_cii_xml(_facturx_values(bill), level="en16931", check_schematron=None)
    metadata = {"author": ELECTRICIAN_SELLER.name, "title": f"Rechnung {bill.number}", "subject": "", "keywords": ""}
    stamped = generate_from_binary(pdf, xml, level="en16931", check_xsd=False, pdf_metadata=metadata, lang="de-DE",
                                   xmp_compression=False)  # fmt: skip
    # The library stamps the time of day it runs. Same length, so no offset in the file moves.
    stamped = re.sub(rb"(D:|D\\072)\d{14}", rf"\g<1>{bill.issued:%Y%m%d}090000".encode(), stamped)
    moment = f"{bill.issued.isoformat()}T09:00:00+00:00".encode()
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", moment, stamped)


def _facturx_values(bill: Bill) -> dict[str, Any]:
    """The invoice by the business terms (BT) and groups (BG) of EN 16931-1; units by UN/ECE Recommendation 20."""
    units = {"Std": "HUR", "Stk": "C62"}
    seller = ELECTRICIAN_SELLER
    return {
        "BT-1": bill.number,
        "BT-2": bill.issued,
        "BT-3": "380",
        "BT-5": bill.currency,
        "BT-9": bill.due,
        "BT-20": "Zahlbar innerhalb von 14 Tagen",
        "BT-72": date(2026, 10, 13),
        "BT-81": "58",
        "BT-84": seller.account.replace(" ", ""),
        "BG-4": _facturx_party(seller),
        "BG-7": _facturx_party(BUYER),
        "BG-23": [
            {"BT-116": str(basis), "BT-117": str(tax), "BT-118": "S", "BT-119": str(rate)}
            for rate, (basis, tax) in bill.taxes.items()
        ],
        "BG-25": [
            {
                "BT-126": str(number),
                "BT-129": str(line.quantity),
                "BT-130": units[line.unit],
                "BT-131": str(line.amount),
                "BT-146": str(line.price),
                "BT-151": "S",
                "BT-152": str(line.rate),
                "BT-153": line.text,
            }
            for number, line in enumerate(bill.lines, 1)
        ],
        "BT-106": str(bill.net),
        "BT-109": str(bill.net),
        "BT-110": str(bill.tax),
        "BT-112": str(bill.gross),
        "BT-115": str(bill.gross),
    }


def _facturx_party(party: _Party) -> dict[str, str]:
    postcode, city = party.town.split(" ", 1)
    return {
        "name": party.name,
        "addr_l1": party.street,
        "postcode": postcode,
        "city": city,
        "country_code": "DE",
        "vat_identifier": party.vat_id,
    }


def _scanned(pdf: bytes, seed: int) -> bytes:
    """The page as an office scanner gives it: a picture at 150 dots per inch, slightly askew, with paper's grain."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=150 / 72).to_pil().convert("RGB")
    paper = Image.new("RGB", page.size, (250, 248, 242))
    page = Image.blend(page.rotate(0.8, Image.Resampling.BICUBIC, fillcolor="white"), paper, 0.12)
    coarse = (page.width // 2, page.height // 2)
    grain = Image.frombytes("L", coarse, Random(seed).randbytes(coarse[0] * coarse[1])).resize(page.size)
    page = Image.blend(page, grain.convert("RGB"), 0.05).filter(ImageFilter.GaussianBlur(0.7))
    picture = BytesIO()
    page.save(picture, "JPEG", quality=55, dpi=(150, 150))
    sheet = _Sheet("Scan", "")
    sheet.canvas.drawImage(ImageReader(picture), 0, 0, sheet.width, sheet.height)
    return sheet.pdf()
