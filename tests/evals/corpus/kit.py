"""Model of an invoice, its ground truth, and a thin drawing layer over reportlab (millimetres from the top left)."""

import datetime as dt
import importlib.util
import io
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from reportlab.graphics.barcode.qr import QrCodeWidget  # type: ignore[import-untyped]
from reportlab.graphics.shapes import Drawing  # type: ignore[import-untyped]
from reportlab.lib.colors import HexColor, black  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

CENT = Decimal("0.01")
ZERO = Decimal(0)
Num = int | str | Decimal


def dec(value: Num) -> Decimal:
    return Decimal(value)


def q2(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


# ---------------------------------------------------------------- model
@dataclass
class Party:
    name: str
    street: str
    city: str
    cc: str
    vat: str | None = None
    tax_number: str | None = None
    legal: str | None = None
    extra: str = ""

    @property
    def addr(self) -> list[str]:
        return [s for s in (self.name, self.extra, self.street, self.city) if s]


@dataclass
class Line:
    name: str
    qty: Decimal
    unit: str
    price: Decimal
    rate: Decimal
    disc: Decimal = ZERO
    art: str = ""
    notes: list[str] = field(default_factory=list)
    day: dt.date | None = None
    group: str = ""
    code: str = ""

    @property
    def net(self) -> Decimal:
        return q2(self.qty * self.price * (100 - self.disc) / 100)


def ln(
    name: str,
    qty: Num,
    price: Num,
    rate: Num = 0,
    unit: str = "",
    disc: Num = 0,
    art: str = "",
    notes: Sequence[str] = (),
    day: str = "",
    group: str = "",
    code: str = "",
) -> Line:
    when = dt.date.fromisoformat(day) if day else None
    return Line(name, dec(qty), unit, dec(price), dec(rate), dec(disc), art, list(notes), when, group, code)


@dataclass
class Doc:
    id: str
    lang: str
    number: str
    date: dt.date
    cur: str
    seller: Party
    buyer: Party
    lines: list[Line]
    what: str
    layout: str = ""
    iban: str | None = None
    bic: str | None = None
    terms: str | None = None
    due: dt.date | None = None
    po: str | None = None
    delivery: dt.date | None = None
    type_code: str = "380"
    gross: bool = False
    allowances: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)
    charges: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    withheld: Decimal | None = None
    slip: dict[str, Decimal] = field(default_factory=dict)
    defect: str | None = None
    cat: str = ""
    x: dict[str, Any] = field(default_factory=dict)
    pagesize: tuple[float, float] = A4
    keys_off: set[str] = field(default_factory=set)

    # --- arithmetic
    def _by_rate(self) -> dict[Decimal, Decimal]:
        sums: dict[Decimal, Decimal] = {}
        for line in self.lines:
            sums[line.rate] = sums.get(line.rate, ZERO) + line.net
        for _, amount, rate in self.allowances:
            sums[rate] = sums.get(rate, ZERO) - amount
        for _, amount, rate in self.charges:
            sums[rate] = sums.get(rate, ZERO) + amount
        return sums

    @property
    def taxes(self) -> list[tuple[Decimal, Decimal, Decimal]]:
        """(rate, basis, amount), highest rate first."""
        out = []
        for rate, total in sorted(self._by_rate().items(), reverse=True):
            if self.gross:
                tax = q2(total * rate / (100 + rate))
                out.append((rate, total - tax, tax))
            else:
                out.append((rate, total, q2(total * rate / 100)))
        return out

    @property
    def order_no(self) -> str | None:
        """The buyer's order number: a name, a call or a reference of another kind printed in its place is none."""
        return None if self.po in NOT_ORDER_NUMBERS else self.po

    @property
    def line_total(self) -> Decimal:
        return sum((line.net for line in self.lines), ZERO)

    @property
    def basis(self) -> Decimal:
        return sum((b for _, b, _ in self.taxes), ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((t for _, _, t in self.taxes), ZERO)

    @property
    def grand(self) -> Decimal:
        return self.slip.get("grand", self.basis + self.tax)

    @property
    def payable(self) -> Decimal:
        return self.grand - (self.prepaid or ZERO) + (self.rounding or ZERO) - (self.withheld or ZERO)

    # --- ground truth
    def gt(self, text: str, keys: set[str], pages: int) -> dict[str, Any]:
        def party(p: Party) -> dict[str, Any]:
            return {"name": p.name, "vat_id": p.vat, "tax_number": p.tax_number, "country": p.cc, "legal_id": p.legal}

        allow = sum((a for _, a, _ in self.allowances), ZERO) if self.allowances else None
        charge = sum((a for _, a, _ in self.charges), ZERO) if self.charges else None
        g: dict[str, Any] = {
            "invoice_number": self.number,
            "type_code": self.type_code,
            "issue_date": iso(self.date),
            "due_date": iso(self.due),
            "currency": self.cur,
            "seller": party(self.seller),
            "buyer": party(self.buyer),
            "payment": {"iban": self.iban, "bic": self.bic, "terms": self.terms},
            "totals": {
                "line_total": None if self.gross else js(self.line_total),
                "allowance_total": js(allow),
                "charge_total": js(charge),
                "tax_basis_total": js(self.basis),
                "tax_total": js(self.tax),
                "grand_total": js(self.grand),
                "prepaid": js(self.prepaid),
                "due_payable": js(self.payable),
                "rounding": js(self.rounding),
            },
            "tax_breakdown": [
                {"category": ("S" if r else self.cat or "E"), "rate": js(r), "basis": js(b), "amount": js(t)}
                for r, b, t in self.taxes
            ],
            "lines": [
                {
                    "id": str(i),
                    "name": n.name,
                    "quantity": js(n.qty),
                    "unit": UNITS.get(n.unit.casefold().strip(". ")),
                    "unit_price_net": None if self.gross else js(n.price),
                    "net_amount": None if self.gross else js(n.net),
                    "tax_rate": js(n.rate),
                }
                for i, n in enumerate(self.lines, 1)
            ],
            "purchase_order_ref": self.order_no,
            "delivery_date": iso(self.delivery),
            "profile": None,
        }
        g["visible"] = self._visible(g, text, keys)
        g["_meta"] = {
            "id": self.id,
            "gt_source": "synthetic",
            "language": self.lang,
            "layout": "issuer",
            "issuer": self.layout,
            "pages": pages,
            "what": self.what,
            "withheld": js(self.withheld),
            "defect": self.defect,
        }
        return g

    def _visible(self, g: dict[str, Any], text: str, keys: set[str]) -> dict[str, Any]:
        folded = fold(text)

        def has(s: str | None) -> bool:
            return bool(s) and fold(s or "") in folded

        def amount(v: Any) -> bool:
            return v is not None and amount_in(Decimal(str(v)), text)

        def country(p: Party, other: Party) -> bool:
            named = any(has(n) for n in COUNTRY[p.cc])
            return has(p.vat) or (named and (p is self.seller or p.cc != other.cc))

        def rated(rate: float) -> bool:
            return rate_in(Decimal(str(rate)), text) or ("rate" in keys and rate != 0)

        vis: dict[str, Any] = {
            "invoice_number": has(self.number),
            "type_code": True,
            "issue_date": date_in(self.date, text),
            "due_date": date_in(self.due, text),
            "delivery_date": date_in(self.delivery, text),
            "currency": has(self.cur) or any(s in text for s in SYMBOL.get(self.cur, ())),
        }
        for side, p, o in (("seller", self.seller, self.buyer), ("buyer", self.buyer, self.seller)):
            vis[f"{side}.name"] = has(p.name)
            vis[f"{side}.country"] = country(p, o)
            vis[f"{side}.vat_id"] = has(p.vat)
            vis[f"{side}.tax_number"] = has(p.tax_number)
            vis[f"{side}.legal_id"] = has(p.legal)
        vis |= {
            "payment.iban": has(self.iban),
            "payment.bic": has(self.bic),
            "payment.terms": has(self.terms),
        }
        for k, v in g["totals"].items():
            vis[f"totals.{k}"] = amount(v) if v != 0 or k == "tax_total" else False
        vis["tax_breakdown"] = [
            {"category": False, "rate": rated(r["rate"]), "basis": amount(r["basis"]), "amount": amount(r["amount"])}
            for r in g["tax_breakdown"]
        ]
        on = {"name": "name", "quantity": "qty", "unit_price_net": "price", "net_amount": "net", "tax_rate": "rate"}
        vis["lines"] = []
        for row in g["lines"]:
            v = {"id": "id" in keys, "unit": False}
            v |= {k: c in keys and c not in self.keys_off and row[k] is not None for k, c in on.items()}
            v["tax_rate"] = v["tax_rate"] and rated(row["tax_rate"])
            assert not v["name"] or has(row["name"]), (self.id, row["name"])
            assert not v["net_amount"] or amount(abs(row["net_amount"])), (self.id, row)
            vis["lines"].append(v)
        vis |= {"purchase_order_ref": has(self.order_no), "profile": False}
        return vis


NOT_ORDER_NUMBERS = frozenset(
    {
        "TEL. HR. SIEVERS", "mündl. 20.11.", "e-mail 16.05.", "e-mail 20.05.", "VERBAL-TOM", "mail 2/05",
        "TÉL DU 18/06", "TÉL DU 07/07", "muntlig", "mondeling", "BV Ostwall 12",
        "Kitchen", "Jetty B", "D-2025-044", "ST-2025-08", "SJ-2025-19",
    }
)  # fmt: skip

UNITS = {
    "stk": "H87",
    "stück": "H87",
    "st": "H87",
    "pcs": "H87",
    "szt": "H87",
    "pce": "H87",
    "pièce": "H87",
    "u": "H87",
    "un": "H87",
    "stuks": "H87",
    "pz": "H87",
    "nr": "H87",
    "h": "HUR",
    "std": "HUR",
    "hours": "HUR",
    "uur": "HUR",
    "ore": "HUR",
    "heures": "HUR",
    "tim": "HUR",
    "kg": "KGM",
    "t": "TNE",
    "m": "MTR",
    "m²": "MTK",
    "m2": "MTK",
    "m³": "MTQ",
    "l": "LTR",
    "km": "KMT",
    "kwh": "KWH",
    "tag": "DAY",
    "tage": "DAY",
    "days": "DAY",
    "jours": "DAY",
    "monat": "MON",
    "psch": "LS",
    "pal": "PX",
}
SYMBOL = {
    "EUR": ("€",),
    "GBP": ("£",),
    "USD": ("$",),
    "AUD": ("$",),
    "CHF": ("Fr.", "SFr."),
    "PLN": ("zł",),
    "SEK": (" kr",),
    "DKK": (" kr", "Kr."),
}
COUNTRY = {
    "DE": ("Deutschland", "Germany", "Allemagne"),
    "AT": ("Österreich", "Austria", "Autriche"),
    "CH": ("Schweiz", "Suisse", "Switzerland"),
    "FR": ("France", "Frankreich"),
    "BE": ("Belgique", "België", "Belgien", "Belgium"),
    "NL": ("Nederland", "Netherlands", "Niederlande"),
    "GB": ("United Kingdom", "England", "Großbritannien"),
    "IE": ("Ireland",),
    "US": ("USA", "United States"),
    "AU": ("Australia",),
    "IT": ("Italia", "Italy", "Italien"),
    "ES": ("España", "Spain", "Spanien"),
    "PT": ("Portugal",),
    "PL": ("Polska", "Poland", "Polen"),
    "SE": ("Sverige", "Sweden", "Schweden"),
    "DK": ("Danmark", "Denmark", "Dänemark"),
}


def fold(s: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", s).casefold() if c.isalnum())


def js(v: Decimal | None) -> int | float | None:
    if v is None:
        return None
    return int(v) if v == v.to_integral_value() else float(v)


def iso(d: dt.date | None) -> str | None:
    return d.isoformat() if d else None


# ---------------------------------------------------------------- formats
def num(v: Decimal | int, style: str = "de", places: int = 2) -> str:
    """de 1.234,56 | fr 1 234,56 (no-break) | en 1,234.56 | ch 1'234.56 | p, 1234,56 | p. 1234.56"""
    text = f"{Decimal(v):,.{places}f}"
    thousands, point = {
        "de": (".", ","),
        "fr": ("\xa0", ","),
        "sp": (" ", ","),
        "en": (",", "."),
        "ch": ("'", "."),
        "ch2": ("\u2019", "."),
        "p,": ("", ","),
        "p.": ("", "."),
    }[style]
    return text.replace(",", "\0").replace(".", point).replace("\0", thousands)


def qn(v: Decimal, style: str = "de") -> str:
    """A quantity with no more decimals than it needs."""
    places = max(0, -int(v.normalize().as_tuple().exponent))
    return num(v, style, places)


MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "at": "Jänner Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
}


def day(d: dt.date, form: str) -> str:
    """Forms: strftime patterns, with {B} = month name and {b} = short name in the language after '|'; {d}, {m} unpadded."""
    pattern, _, lang = form.partition("|")
    name = MONTHS[lang or "en"].split()[d.month - 1]
    text = pattern.replace("{B}", name).replace("{b}", name[:3]).replace("{d}", str(d.day)).replace("{m}", str(d.month))
    return d.strftime(text)


def date_in(d: dt.date | None, text: str) -> bool:
    if d is None:
        return False
    forms = [
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%d.%m.%y",
        "{d}.{m}.%Y",
        "%d/%m/%Y",
        "%d/%m/%y",
        "%m/%d/%Y",
        "{m}/{d}/%Y",
        "%m/%d/%y",
        "%d-%m-%Y",
        "%Y.%m.%d",
        "%d-%m-%y",
        "{d}-{m}-%Y",
        "%d %m %Y",
        "%Y%m%d",
        "{d}. {m}. %Y",
        "%d. %m. %Y",
        "{d}/{m}/%Y",
        "{d}/{m}/%y",
        "%y%m%d",
    ]
    for lang in MONTHS:
        for f in (
            "{d} {B} %Y",
            "{d}. {B} %Y",
            "%d {B} %Y",
            "%d. {B} %Y",
            "{B} {d}, %Y",
            "{b} {d}, %Y",
            "{d} {b} %Y",
            "%d {b} %Y",
            "%d-{b}-%Y",
            "%d-{b}-%y",
            "{d} de {B} de %Y",
            "{b} %d, %Y",
            "{d}er {B} %Y",
            "{d}. {b} %Y",
            "{B} {d} %Y",
            "{d}. {b}. %Y",
        ):
            forms.append(f"{f}|{lang}")
    flat = " ".join(text.split()).casefold()
    return any(re.search(rf"(?<!\d){re.escape(day(d, f).casefold())}(?!\d)", flat) for f in forms)


def amount_in(v: Decimal, text: str) -> bool:
    flat = text.replace("\u202f", "\xa0")
    for style in ("de", "fr", "sp", "en", "ch", "ch2", "p,", "p."):
        for places in (2, 3, 4):
            if q2(v) == v and re.search(rf"(?<![\d.,']){re.escape(num(abs(v), style, places))}(?!\d)", flat):
                return True
    return False


def rate_in(r: Decimal, text: str) -> bool:
    forms = {qn(r, "p,"), qn(r, "p."), num(r, "p,", 1), num(r, "p.", 1), num(r, "p,"), num(r, "p.")}
    return any(
        re.search(rf"(?<![\d.,]){re.escape(f)}\s*(%|v\.?\s?H)", text)
        or re.search(rf"%\s*{re.escape(f)}(?![\d.,])", text)
        for f in forms
    )


# ---------------------------------------------------------------- drawing
FONTS = {
    "helv": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    "times": ("Times-Roman", "Times-Bold", "Times-Italic"),
    "cour": ("Courier", "Courier-Bold", "Courier-Oblique"),
    "sans": ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique"),
    "serif": ("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic"),
    "mono": ("DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSansMono-Oblique"),
    "stix": ("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic"),
    "vera": ("Vera", "VeraBd", "VeraIt"),
}


def _register(name: str) -> str:
    """Register a TrueType font that comes with matplotlib or reportlab."""
    if name in pdfmetrics.standardFonts or name in pdfmetrics.getRegisteredFontNames():
        return name
    for package, sub in (("matplotlib", "mpl-data/fonts/ttf"), ("reportlab", "fonts")):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            path = Path(spec.origin).parent / sub / f"{name}.ttf"
            if path.exists():
                pdfmetrics.registerFont(TTFont(name, str(path)))
                return name
    raise FileNotFoundError(name)


Get = Callable[[Line, int], str]


@dataclass
class Col:
    head: str
    x: float
    w: float
    get: Get
    a: str = "l"
    key: str = ""


class Sheet:
    """One PDF under construction."""

    def __init__(self, doc: Doc | None = None, pagesize: tuple[float, float] = A4) -> None:
        self.buf = io.BytesIO()
        self.c = Canvas(self.buf, pagesize=pagesize, invariant=1, pageCompression=1)
        self.w, self.h = pagesize[0] / mm, pagesize[1] / mm
        self.font = "helv"
        self.size: float = 9
        self.page = 1
        self.keys: set[str] = set()
        self.lh: float = 4.2
        self.c.setTitle("")

    def face(self, bold: bool = False, italic: bool = False, font: str = "") -> str:
        return _register(FONTS[font or self.font][1 if bold else 2 if italic else 0])

    def width(self, s: str, size: float = 0, bold: bool = False) -> float:
        return float(pdfmetrics.stringWidth(s, self.face(bold), size or self.size) / mm)

    def t(
        self,
        x: float,
        y: float,
        s: str,
        size: float = 0,
        b: bool = False,
        a: str = "l",
        col: str = "",
        i: bool = False,
        font: str = "",
    ) -> None:
        """Text with its baseline at y; a = l(eft), r(ight) or c(entre)."""
        self.c.setFillColor(HexColor(col) if col else black)
        self.c.setFont(self.face(b, i, font), size or self.size)
        draw = {"l": self.c.drawString, "r": self.c.drawRightString, "c": self.c.drawCentredString}[a]
        draw(x * mm, (self.h - y) * mm, s)
        self.c.setFillColor(black)

    def ts(self, x: float, y: float, rows: Sequence[str], lh: float = 0, **kw: Any) -> float:
        for row in rows:
            self.t(x, y, row, **kw)
            y += lh or self.lh
        return y

    def kv(
        self,
        x: float,
        y: float,
        rows: Sequence[tuple[str, str]],
        dx: float = 35,
        lh: float = 0,
        va: str = "l",
        size: float = 0,
        bl: bool = False,
        bv: bool = False,
    ) -> float:
        """Label / value rows; dx is the distance from label start to value start (or end, for va='r')."""
        for label, value in rows:
            self.t(x, y, label, size=size, b=bl)
            self.t(x + dx, y, value, size=size, a=va, b=bv)
            y += lh or self.lh
        return y

    def wrap(self, s: str, w: float, size: float = 0, bold: bool = False) -> list[str]:
        out: list[str] = []
        for part in s.split("\n"):
            row = ""
            for word in part.split(" "):
                probe = f"{row} {word}" if row else word
                if row and self.width(probe, size, bold) > w:
                    out.append(row)
                    row = word
                else:
                    row = probe
            out.append(row)
        return out

    def para(self, x: float, y: float, w: float, s: str, size: float = 0, lh: float = 0, **kw: Any) -> float:
        for row in self.wrap(s, w, size, bool(kw.get("b"))):
            self.t(x, y, row, size=size, **kw)
            y += lh or self.lh
        return y

    def line(
        self, x1: float, y1: float, x2: float, y2: float, w: float = 0.5, col: str = "", dash: bool = False
    ) -> None:
        self.c.saveState()
        self.c.setLineWidth(w)
        self.c.setStrokeColor(HexColor(col) if col else black)
        if dash:
            self.c.setDash(2, 2)
        self.c.line(x1 * mm, (self.h - y1) * mm, x2 * mm, (self.h - y2) * mm)
        self.c.restoreState()

    def box(
        self, x: float, y: float, w: float, h: float, fill: str = "", lw: float = 0.5, stroke: bool = True, r: float = 0
    ) -> None:
        """y is the upper edge."""
        self.c.saveState()
        self.c.setLineWidth(lw)
        if fill:
            self.c.setFillColor(HexColor(fill))
        args = (x * mm, (self.h - y - h) * mm, w * mm, h * mm)
        if r:
            self.c.roundRect(*args, r * mm, stroke=int(stroke), fill=int(bool(fill)))
        else:
            self.c.rect(*args, stroke=int(stroke), fill=int(bool(fill)))
        self.c.restoreState()

    def disc(self, x: float, y: float, r: float, fill: str) -> None:
        self.c.saveState()
        self.c.setFillColor(HexColor(fill))
        self.c.circle(x * mm, (self.h - y) * mm, r * mm, stroke=0, fill=1)
        self.c.restoreState()

    def qr(self, x: float, y: float, side: float, data: str) -> None:
        widget = QrCodeWidget(data, barLevel="M")
        x1, y1, x2, y2 = widget.getBounds()
        s = side * mm / (x2 - x1)
        drawing = Drawing(side * mm, side * mm, transform=[s, 0, 0, s, 0, 0])
        drawing.add(widget)
        drawing.drawOn(self.c, x * mm, (self.h - y - side) * mm)

    def new(self) -> None:
        self.c.showPage()
        self.page += 1

    def head(
        self,
        cols: Sequence[Col],
        y: float,
        size: float = 0,
        b: bool = True,
        fill: str = "",
        col: str = "",
        lh: float = 3.6,
    ) -> float:
        """Column heads; returns the y below them."""
        rows = max(c.head.count("\n") + 1 for c in cols)
        if fill:
            self.box(
                min(c.x for c in cols) - 1,
                y - 4,
                max(c.x + c.w for c in cols) - min(c.x for c in cols) + 2,
                1.8 + rows * lh,
                fill,
                stroke=False,
            )
        for c in cols:
            for k, part in enumerate(c.head.split("\n")):
                self.t(_anchor(c), y + k * lh, part, size=size, b=b, a=c.a, col=col)
        return y + rows * lh

    def table(
        self,
        cols: Sequence[Col],
        lines: Sequence[Line],
        y: float,
        bottom: float = 240,
        lh: float = 4.2,
        gap: float = 1.4,
        rule: str = "",
        brk: Callable[[Decimal], float] | None = None,
        start: int = 1,
        zebra: str = "",
        note_size: float = 0,
        running: Decimal = ZERO,
    ) -> float:
        """Body rows. rule: '' none, 'row' a hairline below each row. brk draws the page change and returns the new y."""
        self.keys |= {c.key for c in cols if c.key}
        left, right = min(c.x for c in cols) - 1, max(c.x + c.w for c in cols) + 1
        group = ""
        for n, item in enumerate(lines, start):
            cells = [self.wrap(c.get(item, n), c.w) if c.a == "l" else c.get(item, n).split("\n") for c in cols]
            notes: list[tuple[float, list[str]]] = []
            for c in cols:
                if c.key == "name":
                    notes = [(c.x, [w for note in item.notes for w in self.wrap(note, c.w, note_size)])]
            own = max(len(cell) for cell in cells)
            extra = sum(len(rows) for _, rows in notes)
            high = (own + extra) * lh + gap
            if brk and y + high + (lh * 1.5 if item.group != group else 0) > bottom:
                y = brk(running)
            if item.group and item.group != group:
                self.t(left + 1, y, item.group, b=True)
                y += lh + gap
            group = item.group
            if zebra and n % 2 == 0:
                self.box(left, y - lh + 0.6, right - left, high, zebra, stroke=False)
            for c, cell in zip(cols, cells, strict=True):
                for k, part in enumerate(cell):
                    self.t(_anchor(c), y + k * lh, part, a=c.a)
            for x, rows in notes:
                for k, part in enumerate(rows):
                    self.t(x, y + (own + k) * lh, part, size=note_size)
            y += high
            running += item.net
            if rule == "row":
                self.line(left, y - lh + 0.6, right, y - lh + 0.6, 0.25, "#999999")
        return y

    def vgrid(self, xs: Sequence[float], y1: float, y2: float) -> None:
        for x in xs:
            self.line(x, y1, x, y2, 0.4)
        self.line(xs[0], y1, xs[-1], y1, 0.4)
        self.line(xs[0], y2, xs[-1], y2, 0.4)

    def finish(self) -> bytes:
        self.c.showPage()
        self.c.save()
        return self.buf.getvalue()


def _anchor(c: Col) -> float:
    return c.x if c.a == "l" else c.x + c.w if c.a == "r" else c.x + c.w / 2


Layout = Callable[[Doc, Sheet], None]


@dataclass
class Case:
    doc: Doc
    draw: Layout


def render(case: Case) -> tuple[bytes, dict[str, Any]]:
    sheet = Sheet(case.doc, case.doc.pagesize)
    case.draw(case.doc, sheet)
    data = sheet.finish()
    reader = PdfReader(io.BytesIO(data))
    text = "\n".join(page.extract_text() for page in reader.pages)
    return data, case.doc.gt(text, sheet.keys, len(reader.pages))


def dump(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf8")


def d8(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


__all__ = [
    "Case",
    "Col",
    "Doc",
    "Layout",
    "Line",
    "Party",
    "Sheet",
    "d8",
    "day",
    "dec",
    "dump",
    "ln",
    "num",
    "q2",
    "qn",
    "render",
]
