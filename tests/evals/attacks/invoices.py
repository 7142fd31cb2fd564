"""A sound invoice of the one vendor, and what can be done to its page."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.evals.corpus.kit import Doc, Line, Party
from tests.evals.month.forms import Form, written

IBAN = "DE89370400440532013000"
SELLER = Party(
    "Nordlicht Papier GmbH", "Speicherstraße 4", "20457 Hamburg", "DE", "DE136695976", legal="HRB 104711"
)  # fmt: skip
BUYER = Party("Example Buyer GmbH", "Hafenweg 12", "28195 Bremen", "DE", "DE811907980")


@dataclass(frozen=True)
class Sound:
    """An invoice over 121.38 EUR that nothing is wrong with."""

    number: str = "R-100"
    day: date = date(2026, 10, 12)
    quantity: int = 3
    price: str = "34.00"
    iban: str | None = IBAN
    seller: str = SELLER.name
    layout: str = "letter"
    extra: tuple[str, ...] = ()
    """Lines that stand below the sums."""
    form: Form = "plain"

    def doc(self) -> Doc:
        return Doc(
            id=self.number,
            lang="de",
            number=self.number,
            date=self.day,
            cur="EUR",
            seller=replace(SELLER, name=self.seller),
            buyer=BUYER,
            lines=[Line("Kopierpapier A4 80 g", Decimal(self.quantity), "Karton", Decimal(self.price), Decimal(19))],
            what="",
            layout=self.layout,
            iban=self.iban,
            terms="Zahlbar innerhalb von 30 Tagen ohne Abzug.",
            due=date.fromordinal(self.day.toordinal() + 30),
            delivery=self.day,
        )

    def pdf(self) -> bytes:
        document = written(self.doc(), self.form)
        return over(document, lambda canvas: _lines(canvas, self.extra)) if self.extra else document

    def but(self, **changes: object) -> Sound:
        return replace(self, **changes)  # type: ignore[arg-type]


def over(document: bytes, draw: Callable[[Canvas], None], *, under: bool = False) -> bytes:
    """The document with more drawn over its first page, or ``under`` it."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    draw(canvas)
    canvas.save()
    added = PdfReader(io.BytesIO(file.getvalue())).pages[0]
    writer = PdfWriter(clone_from=io.BytesIO(document))
    writer.pages[0].merge_page(added, over=not under)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _lines(canvas: Canvas, lines: Sequence[str]) -> None:
    canvas.setFont("Helvetica", 9)
    for n, line in enumerate(lines):
        canvas.drawString(57, 250 - 13 * n, line)
