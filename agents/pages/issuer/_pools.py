"""Among what on a page a field is looked for, and which fields may be learnt at all."""

from __future__ import annotations

from collections.abc import Sequence

from agents.fields.schema import MAX_NAME
from agents.fields.table import Kind, spec_of
from agents.pages._candidates import Candidate, Candidates

LEARNABLE = (
    "invoice_number", "issue_date", "due_date", "delivery_date", "purchase_order_ref", "buyer.name",
    "totals.line_total", "totals.allowance_total", "totals.charge_total", "totals.tax_basis_total", "totals.tax_total",
    "totals.grand_total", "totals.prepaid", "totals.rounding", "totals.due_payable",
)  # fmt: skip
"""Fields whose place is learnt. Where it is paid to is none of them, nor who the seller is: that its name is one it goes by is."""
NUMBERS = ("invoice_number", "purchase_order_ref")
"""Whose values keep their shape from one invoice to the next."""
IDENTIFIERS = ("seller.vat_id", "seller.tax_number", "seller.legal_id")
"""That are the same on each of an issuer's invoices."""
_MOST_CELLS = 400


def pool(path: str, candidates: Candidates) -> Sequence[Candidate]:
    """What could be the field at ``path``."""
    spec = spec_of(path)
    assert spec is not None
    if spec.kind is Kind.DATE:
        return candidates.dates
    if spec.kind is Kind.AMOUNT:
        return candidates.amounts
    if spec.kind is Kind.NAME:
        return _cells(candidates)
    return [*candidates.references, *(c for c in _cells(candidates) if c.cell.has_digits and len(c.value) <= 40)]


def _cells(candidates: Candidates) -> list[Candidate]:
    """Cells of the first page, whole."""
    first = candidates.layout.pages[0].number
    cells = [cell for line in candidates.layout.lines[:_MOST_CELLS] for cell in line.cells if cell.page == first]
    return [candidates.whole(cell) for cell in cells[:_MOST_CELLS] if 1 < len(cell.text) <= MAX_NAME]
