"""The business terms of EN 16931 and the fields of an invoice here: which is which, and which a page prints."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agents.fields.schema import Field

FIELD_OF: dict[str, str] = {
    "BT-1": "invoice_number",
    "BT-2": "issue_date",
    "BT-3": "type_code",
    "BT-5": "currency",
    "BT-9": "due_date",
    "BT-13": "purchase_order_ref",
    "BT-20": "payment.terms",
    "BT-24": "profile",
    "BT-27": "seller.name",
    "BT-30": "seller.legal_id",
    "BT-31": "seller.vat_id",
    "BT-32": "seller.tax_number",
    "BT-40": "seller.country",
    "BT-44": "buyer.name",
    "BT-47": "buyer.legal_id",
    "BT-48": "buyer.vat_id",
    "BT-55": "buyer.country",
    "BT-72": "delivery_date",
    "BT-84": "payment.iban",
    "BT-86": "payment.bic",
    "BT-106": "totals.line_total",
    "BT-107": "totals.allowance_total",
    "BT-108": "totals.charge_total",
    "BT-109": "totals.tax_basis_total",
    "BT-110": "totals.tax_total",
    "BT-112": "totals.grand_total",
    "BT-113": "totals.prepaid",
    "BT-114": "totals.rounding",
    "BT-115": "totals.due_payable",
}
"""Terms that an invoice has once."""
TAX_COLUMN: dict[str, str] = {"BT-116": "basis", "BT-117": "amount", "BT-118": "category", "BT-119": "rate"}
LINE_COLUMN: dict[str, str] = {
    "BT-126": "id",
    "BT-129": "quantity",
    "BT-130": "unit",
    "BT-131": "net_amount",
    "BT-146": "unit_price_net",
    "BT-152": "tax_rate",
    "BT-153": "name",
}
"""Terms of a row, and the column of our tables they stand in."""
NOT_PRINTED = frozenset({"BT-3", "BT-24", "BT-40", "BT-55", "BT-118", "BT-126", "BT-130", "BT-151"})
"""Terms that pages do not print as such: what they hold was concluded, or is a code of the XML's own."""
DOCUMENT_ALLOWANCE = frozenset({"BT-92", "BT-99"})
"""Allowances and charges of the document: of these a page has the sums alone."""

_ROW = re.compile(r"(?:InvoiceLine|CreditNoteLine|IncludedSupplyChainTradeLineItem)(?:\[(\d+)\])?")
_TAX_ROW = re.compile(r"(?:TaxSubtotal|ApplicableHeaderTradeSettlement(?:\[1\])?/ApplicableTradeTax)(?:\[(\d+)\])?")


def paths_of(term: str, location: str = "") -> list[str]:
    """The fields a term is, in the row at ``location`` where it is one of a row; without a row, the first."""
    if term in FIELD_OF:
        return [FIELD_OF[term]]
    if term in TAX_COLUMN:
        return [f"tax_breakdown[{_number(_TAX_ROW, location)}].{TAX_COLUMN[term]}"]
    if term in LINE_COLUMN:
        return [f"lines[{_number(_ROW, location)}].{LINE_COLUMN[term]}"]
    return []


def values_of(term: str, fields: Mapping[str, Field], location: str = "") -> str | None:
    """The value of a term in ``fields``; of a term of many rows, where the place names none, those of the first few."""
    paths = paths_of(term, location)
    if not paths:
        return None
    pattern = _TAX_ROW if term in TAX_COLUMN else _ROW
    if term in FIELD_OF or pattern.search(location):
        field = fields.get(paths[0])
        return field.value if field else None
    table, column = paths[0].split("[0].")
    values = [f.value for path, f in fields.items() if path.startswith(f"{table}[") and path.endswith(f"].{column}")]
    more = f" and {len(values) - 8} more" if len(values) > 8 else ""
    return ", ".join(values[:8]) + more if values else None


def readable(term: str) -> bool:
    """Whether pages print the term, and we read it there."""
    if term in NOT_PRINTED:
        return False
    return term in FIELD_OF or term in TAX_COLUMN or term in LINE_COLUMN


def is_read(term: str, fields: Mapping[str, Field]) -> bool:
    """Whether ``fields`` have the term; of one of a row, whether every row has it, and there is one."""
    if term in FIELD_OF:
        return FIELD_OF[term] in fields
    table, column = ("tax_breakdown", TAX_COLUMN[term]) if term in TAX_COLUMN else ("lines", LINE_COLUMN.get(term, ""))
    numbers = {path.partition(".")[0] for path in fields if path.startswith(f"{table}[")}
    return bool(numbers) and all(f"{row}.{column}" in fields for row in numbers)


def _number(pattern: re.Pattern[str], location: str) -> int:
    match = pattern.search(location)
    return int(match[1]) - 1 if match and match[1] else 0
