"""Invoices of many pages, and several in one file, as real PDFs."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

_WARES = ("Hinge, steel, galvanised", "Wood screw, countersunk", "Shelf bracket, white", "Cable tie", "Dowel, 8 mm")
_TOP, _PITCH = 770.0, 15.0


@dataclass(frozen=True)
class Item:
    """A line of an invoice."""

    name: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


def items(count: int) -> list[Item]:
    """``count`` different lines."""
    return [
        Item(f"{_WARES[n % len(_WARES)]}, article {n + 1}", n % 9 + 1, Decimal(100 + n * 37 % 4000) / 100)
        for n in range(count)
    ]


def long_invoice(lines: Sequence[Item], pages: int, *, columns: bool = True) -> bytes:
    """An invoice over ``pages`` pages: headings on each, what is carried forward at its foot and at the head of the
    next, totals on the last. Without ``columns`` no heading is known, every description is wrapped, and a line's
    numbers stand in its second half as words: no code of ours reads that."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    carried = Decimal(0)
    for page in range(pages):
        canvas.setFont("Helvetica", 9)
        y = _TOP
        if page == 0:
            y = _letterhead(canvas, "RE-2026-0400")
        if columns:
            for text, x in (("Pos.", 50), ("Description", 80)):
                canvas.drawString(x, y, text)
            for text, x in (("Quantity", 370), ("Unit price", 450), ("Amount", 540)):
                canvas.drawRightString(x, y, text)
            y -= _PITCH
        if page:
            y = _carried(canvas, y, "Carried forward (Übertrag)", carried)
        for n, item in _on_page(lines, page, pages):
            y = (_row if columns else _told)(canvas, y, n, item)
            carried += item.amount
        if page < pages - 1:
            y = _carried(canvas, y, "Carry forward (Übertrag)", carried)
        else:
            _totals(canvas, y - _PITCH, carried)
        canvas.drawRightString(540, 30, f"Page {page + 1} of {pages}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def short_invoice(canvas: Canvas, number: str, lines: Sequence[Item], pages: int = 1, *, counted: bool = True) -> None:
    """Draw an invoice of its own onto the next ``pages`` pages of ``canvas``."""
    for page in range(pages):
        canvas.setFont("Helvetica", 9)
        y = _letterhead(canvas, number) if page == 0 else _TOP
        for text, x in (("Pos.", 50), ("Description", 80)):
            canvas.drawString(x, y, text)
        for text, x in (("Quantity", 370), ("Unit price", 450), ("Amount", 540)):
            canvas.drawRightString(x, y, text)
        y -= _PITCH
        for n, item in _on_page(lines, page, pages):
            y = _row(canvas, y, n, item)
        if page == pages - 1:
            _totals(canvas, y - _PITCH, sum((item.amount for item in lines), Decimal(0)))
        if counted:
            canvas.drawRightString(540, 30, f"Page {page + 1} of {pages}")
        canvas.showPage()


def terms_page(canvas: Canvas) -> None:
    """Draw a page of terms and conditions."""
    canvas.setFont("Helvetica", 9)
    canvas.drawString(50, _TOP, "General terms and conditions of sale")
    for n in range(1, 20):
        text = f"{n}. Goods remain the property of the seller until paid in full. Claims are made within {n + 7} days."
        canvas.drawString(50, _TOP - 20 * n, text)
    canvas.showPage()


def _on_page(lines: Sequence[Item], page: int, pages: int) -> Iterator[tuple[int, Item]]:
    """The lines of a page, spread evenly, with their numbers."""
    first, behind = (len(lines) * n // pages for n in (page, page + 1))
    return zip(range(first + 1, behind + 1), lines[first:behind], strict=True)


def _letterhead(canvas: Canvas, number: str) -> float:
    texts = (
        "Northwind Papers Ltd · 4 Mill Lane · Leeds LS1 4AP", "", "Harbour Books Limited", "22 Quay Street",
        "Bristol BS1 4DJ", "", "INVOICE", f"Invoice number: {number}", "Invoice date: 2026-10-12", "VAT ID: DE136695976",
        "",
    )  # fmt: skip
    for n, text in enumerate(texts):
        canvas.drawString(50, _TOP - _PITCH * n, text)
    return _TOP - _PITCH * len(texts)


def _row(canvas: Canvas, y: float, n: int, item: Item) -> float:
    canvas.drawString(50, y, str(n))
    canvas.drawString(80, y, item.name)
    for text, x in ((str(item.quantity), 370), (f"{item.price:.2f}", 450), (f"{item.amount:,.2f}", 540)):
        canvas.drawRightString(x, y, text)
    return y - _PITCH


def _told(canvas: Canvas, y: float, n: int, item: Item) -> float:
    """A line as no table has it: the words first, then, at an edge of its own, how many for how much."""
    edge = 60 + n * 29 % 140
    canvas.drawString(edge, y, f"{item.name}, as ordered and delivered to")
    canvas.drawString(edge, y - _PITCH, "your warehouse in Bristol")
    told = f"{item.quantity} of these, {item.price:.2f} for each of them is {item.amount:.2f} together"
    canvas.drawString(edge + 14, y - 2 * _PITCH, told)
    return y - 3 * _PITCH


def _carried(canvas: Canvas, y: float, text: str, amount: Decimal) -> float:
    canvas.drawString(80, y, text)
    canvas.drawRightString(540, y, f"{amount:,.2f}")
    return y - _PITCH


def _totals(canvas: Canvas, y: float, net: Decimal) -> None:
    tax = (net * 20 / 100).quantize(Decimal("0.01"))
    for n, (label, amount) in enumerate((("Net total", net), ("VAT 20 %", tax), ("Total EUR", net + tax))):
        canvas.drawString(370, y - _PITCH * n, label)
        canvas.drawRightString(540, y - _PITCH * n, f"{amount:,.2f}")
