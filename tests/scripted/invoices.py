"""Labelled invoices that the scripted endpoint can read, as real PDFs."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

CORRECTED = {"totals.tax_basis_total": "100.00", "totals.tax_total": "20.00", "totals.grand_total": "120.00"}
"""What a person puts right in an `invoice_pdf` whose ``gross`` is misprinted."""
ALIKE = Path(__file__).with_name("alike.yaml")
"""The approval policy for runs of many such invoices: all are of one vendor, one day and one amount."""
_LINES_A_PAGE = 48


def invoice_pdf(
    number: str,
    *,
    title: str = "INVOICE",
    items: tuple[tuple[str, int, str], ...] = (("Paper", 3, "10.00"), ("Ink", 2, "35.00")),
    seller: str = "Northwind Papers Ltd",
    vat_id: str = "DE136695976",
    rate: int = 20,
    currency: str = "EUR",
    date: str = "2026-10-12",
    gross: str | None = None,
    columns: bool = True,
    extra: str = "",
) -> bytes:
    """A PDF. Amounts follow from ``items`` (name, quantity, unit price) and ``rate``; ``gross`` overrides the total.

    Code reads all of it but the buyer, who stands where the seller's address would. Without ``columns`` the items stand
    under no headings, and only a model reads them.
    """
    net = sum((quantity * Decimal(price) for _, quantity, price in items), Decimal(0))
    tax = (net * rate / 100).quantize(Decimal("0.01"))
    lines = [
        title,
        f"Number: {number}",
        f"Date: {date}",
        f"Seller: {seller}",
        f"Seller VAT: {vat_id}",
        "Buyer: Example Buyer GmbH",
        *([f"{'Description':24}{'Quantity':>10}{'Price':>12}{'Amount':>12}"] if columns else []),
        *(
            f"{name:24}{quantity:>10}{price:>12}{quantity * Decimal(price):>12.2f}"
            if columns
            else f"Item {name}    {quantity}    {price}    {quantity * Decimal(price):.2f}"
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
    for first in range(0, len(lines), _LINES_A_PAGE):
        canvas.setFont("Courier", 10)
        for n, line in enumerate(lines[first : first + _LINES_A_PAGE]):
            canvas.drawString(50, 800 - 16 * n, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()
