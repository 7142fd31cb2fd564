"""Checks on an extracted invoice: presence, arithmetic, identifiers, dates, grounding. No I/O, no model, no clock.

Rule names are those of EN 16931 where the rule is one of its own (BR-…); the rest are the house's.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from stdnum import bic

from agents.invoice import values
from agents.invoice.findings import Severity, finding
from agents.invoice.schema import Field, rows

CENT = Decimal("0.01")
KEY_FIELDS: dict[str, str] = {
    "invoice_number": "BR-02",
    "issue_date": "BR-03",
    "currency": "BR-05",
    "seller.name": "BR-06",
    "buyer.name": "BR-07",
    "totals.tax_basis_total": "BR-13",
    "totals.grand_total": "BR-14",
}
"""Fields without which nothing is approved, and the EN 16931 rule that wants them."""


def check(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    """All findings about ``fields``, errors first."""
    found = [*_present(fields), *_sums(fields), *_lines(fields), *_tax(fields), *_identifiers(fields), *_dates(fields)]
    return sorted(found, key=lambda f: ("error", "warning", "info").index(f["severity"]))


def kind_of(fields: Mapping[str, Field]) -> Literal["invoice", "credit_note"]:
    """Invoice or credit note, by the type code (UNTDID 1001) of an e-invoice."""
    code = fields.get("type_code")
    return "credit_note" if code and code.value in ("381", "396", "261", "532") else "invoice"


def type_code(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    """A finding if an e-invoice is of a type that is not simply paid: pro forma, corrected, prepayment, self-billed, …"""
    code = fields.get("type_code")
    if code and (code.value == "380" or kind_of(fields) == "credit_note"):
        return []
    told = f"type {code.value}" if code else "no type"
    return [
        finding(
            "BR-04", "error", f"the e-invoice has {told}; only a commercial invoice (380) is simply paid", "type_code"
        )
    ]


def _present(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    found = []
    for path, rule in KEY_FIELDS.items():
        field = fields.get(path)
        if field is None:
            found.append(finding(rule, "error", f"{path} was not found", path))
        elif field.evidence.source == "model" and field.evidence.page is None:
            found.append(finding("EVIDENCE-MISSING", "error", f"{path} has no place in the document", path))
    return found


def _sums(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    net, tax, gross = (_number(fields, f"totals.{k}") for k in ("tax_basis_total", "tax_total", "grand_total"))
    found = []
    if tax is None and gross is not None and not source_is_xml(fields["totals.grand_total"]):
        found.append(
            finding("BR-CO-14", "error", "totals.tax_total was not found, nor a rate of 0 %", "totals.tax_total")
        )
    if net is not None and gross is not None and not _close(net + (tax or 0), gross):
        found.append(
            finding(
                "BR-CO-15",
                "error",
                f"net {net} and tax {tax or 0} make {net + (tax or 0)}, but the total is {gross}",
                "totals.tax_basis_total",
                "totals.tax_total",
                "totals.grand_total",
                expected=str(net + (tax or 0)),
                found=str(gross),
            )
        )
    lines = _number(fields, "totals.line_total")
    if net is not None and lines is not None:
        allowances, charges = (_number(fields, f"totals.{k}_total") or 0 for k in ("allowance", "charge"))
        expected = lines - allowances + charges
        if not _close(net, expected):
            found.append(
                finding(
                    "BR-CO-13",
                    "error",
                    f"lines, allowances and charges make {expected} before tax, but the net total is {net}",
                    "totals.tax_basis_total",
                    "totals.line_total",
                    expected=str(expected),
                    found=str(net),
                )
            )
    due = _number(fields, "totals.due_payable")
    if due is not None and gross is not None:
        expected = gross - (_number(fields, "totals.prepaid") or 0) + (_number(fields, "totals.rounding") or 0)
        if not _close(due, expected):
            found.append(
                finding(
                    "BR-CO-16",
                    "error",
                    f"{expected} should be due, but {due} is",
                    "totals.due_payable",
                    "totals.grand_total",
                    expected=str(expected),
                    found=str(due),
                )
            )
    return found


def _lines(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    lines = rows(fields, "lines")
    if not lines:
        return [finding("BR-16", "error", "no invoice line was found", "lines[0].name")]
    found = []
    for n, line in enumerate(lines):
        quantity, price, amount = (_cell(line, c) for c in ("quantity", "unit_price_net", "net_amount"))
        if quantity is None or price is None or amount is None:
            continue
        if source_is_xml(line["net_amount"]):
            continue  # price base quantities and line allowances make the product no rule there
        if abs(quantity * price - amount) > max(CENT, abs(amount) * Decimal("0.005")):
            found.append(
                finding(
                    "LINE-PRODUCT",
                    "error",
                    f"line {n + 1}: {quantity} x {price} is {quantity * price}, but the amount is {amount}",
                    f"lines[{n}].net_amount",
                    expected=str(quantity * price),
                    found=str(amount),
                )
            )
    amounts = [_cell(line, "net_amount") for line in lines]
    if None in amounts:
        n = amounts.index(None)
        found.append(finding("BR-24", "error", f"line {n + 1} has no amount", f"lines[{n}].net_amount"))
        return found
    total = sum((a for a in amounts if a is not None), Decimal(0))
    net, line_total = _number(fields, "totals.tax_basis_total"), _number(fields, "totals.line_total")
    if line_total is not None:
        expected, name = line_total, "totals.line_total"
    elif net is not None:
        allowances = _number(fields, "totals.allowance_total") or 0
        expected = net + allowances - (_number(fields, "totals.charge_total") or 0)
        name = "totals.tax_basis_total"
    else:
        return found
    if not _close(total, expected):
        found.append(
            finding(
                "BR-CO-10",
                "error",
                f"the {len(lines)} lines add up to {total}, but their sum should be {expected}",
                name,
                "lines[0].net_amount",
                expected=str(expected),
                found=str(total),
            )
        )
    return found


def _tax(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    found = []
    breakdown = rows(fields, "tax_breakdown")
    amounts = [_cell(row, "amount") for row in breakdown]
    tax = _number(fields, "totals.tax_total")
    if breakdown and tax is not None and all(a is not None for a in amounts):
        total = sum((a for a in amounts if a is not None), Decimal(0))
        if not _close(total, tax):
            found.append(
                finding(
                    "BR-CO-14",
                    "error",
                    f"tax by rate adds up to {total}, but the tax total is {tax}",
                    "totals.tax_total",
                    "tax_breakdown[0].amount",
                    expected=str(total),
                    found=str(tax),
                )
            )
    for n, row in enumerate(breakdown):
        rate, basis, amount = (_cell(row, c) for c in ("rate", "basis", "amount"))
        if rate is None or basis is None or amount is None:
            continue
        if abs(basis * rate / 100 - amount) > Decimal("0.05"):
            expected = (basis * rate / 100).quantize(CENT)
            found.append(
                finding(
                    "BR-CO-17",
                    "error",
                    f"{rate} % of {basis} is {expected}, but the tax is {amount}",
                    f"tax_breakdown[{n}].amount",
                    expected=str(expected),
                    found=str(amount),
                )
            )
    return found


def _identifiers(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    found = []
    for path, valid, rule in (
        ("seller.vat_id", values.is_vat_id, "VAT-ID"),
        ("buyer.vat_id", values.is_vat_id, "VAT-ID"),
        ("payment.iban", values.is_iban, "IBAN"),
        ("payment.bic", bic.is_valid, "BIC"),
    ):
        field = fields.get(path)
        if field and not valid(field.value) and not (rule == "VAT-ID" and field.value[:2] not in _EU):
            severity: Severity = "warning" if rule == "BIC" else "error"
            found.append(finding(rule, severity, f"{path} {field.value}: the check digits do not hold", path))
    return found


_EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
        "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip


def _dates(fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    issue, due = fields.get("issue_date"), fields.get("due_date")
    if issue and due and due.value < issue.value:
        message = f"due on {due.value}, before it was issued on {issue.value}"
        return [finding("DATE-ORDER", "error", message, "due_date", "issue_date")]
    return []


def source_is_xml(field: Field) -> bool:
    """Whether the value comes from an embedded e-invoice."""
    return field.evidence.source == "xml"


def _number(fields: Mapping[str, Field], path: str) -> Decimal | None:
    field = fields.get(path)
    return field.number if field else None


def _cell(row: Mapping[str, Field], column: str) -> Decimal | None:
    return row[column].number if column in row else None


def _close(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= CENT
