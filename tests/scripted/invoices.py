"""Labelled invoices that the scripted endpoint can read, as real PDFs."""

from __future__ import annotations

import io
from decimal import Decimal

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]


def invoice_pdf(
    number: str,
    *,
    title: str = "INVOICE",
    items: tuple[tuple[str, int, str], ...] = (("Paper", 3, "10.00"), ("Ink", 2, "35.00")),
    seller: str = "Northwind Papers Ltd",
    rate: int = 20,
    currency: str = "EUR",
    date: str = "2026-10-12",
    gross: str | None = None,
    extra: str = "",
) -> bytes:
    """A one-page PDF. Amounts follow from ``items`` (name, quantity, unit price) and ``rate``; ``gross`` overrides the total."""
    net = sum((quantity * Decimal(price) for _, quantity, price in items), Decimal(0))
    tax = (net * rate / 100).quantize(Decimal("0.01"))
    lines = [
        title,
        f"Number: {number}",
        f"Date: {date}",
        f"Seller: {seller}",
        "Seller VAT: DE136695976",
        "Buyer: Example Buyer GmbH",
        *(
            f"Item {name}    {quantity}    {price}    {quantity * Decimal(price):.2f}"
            for name, quantity, price in items
        ),
        f"Net: {net:.2f}",
        f"Rate: {rate}",
        f"Tax: {tax:.2f}",
        f"Gross: {gross or f'{net + tax:.2f}'}",
        f"Currency: {currency}",
        *extra.splitlines(),
    ]
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.setFont("Courier", 10)
    for n, line in enumerate(lines):
        canvas.drawString(50, 800 - 16 * n, line)
    canvas.save()
    return file.getvalue()
