"""Checks on an extracted invoice: presence, arithmetic, identifiers, dates, grounding. No I/O, no model, no clock.

Rule names are those of EN 16931 where the rule is one of its own (BR-…); the rest are the house's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from agents.fields import identifiers, values
from agents.fields.document_types import INVOICE, PLAIN_CREDIT_NOTES
from agents.fields.rules import Rule
from agents.fields.schema import Field, number_of, numbered_rows, rows, value_of
from agents.fields.table import FIELDS
from agents.fields.values import CENT
from infra.records import Finding, Severity, finding

MOST_DAYS_TO_PAY = 400
MOST_DAYS_APART = 400
"""Days between issue and delivery beyond which one of the two is likely misread: a year's service, and a month."""
WANTED: dict[str, str] = {spec.path: spec.wanted for spec in FIELDS if spec.wanted}
"""Fields without which nothing is approved, and the EN 16931 rule that wants them."""


def check(fields: Mapping[str, Field]) -> list[Finding]:
    """All findings about ``fields``, errors first."""
    findings = [
        *_present(fields),
        *_sums(fields),
        *_lines(fields),
        *_tax(fields),
        *_accounts(fields),
        *_parties(fields),
        *_dates(fields),
    ]
    return sorted(findings, key=lambda f: list(Severity).index(f.severity))


def kind_of(fields: Mapping[str, Field]) -> Literal["invoice", "credit_note"]:
    """Invoice or credit note, by the type code (UNTDID 1001) of an e-invoice."""
    code = fields.get("type_code")
    return "credit_note" if code and code.value in PLAIN_CREDIT_NOTES else "invoice"


def type_code(fields: Mapping[str, Field]) -> list[Finding]:
    """A finding if an e-invoice is of a type that is not simply paid: pro forma, corrected, prepayment, self-billed, …"""
    code = fields.get("type_code")
    if code and (code.value == INVOICE or kind_of(fields) == "credit_note"):
        return []
    told = f"type {code.value}" if code else "no type"
    return [
        finding(
            Rule.BR_04,
            Severity.ERROR,
            f"the e-invoice has {told}; only a commercial invoice (380) is simply paid",
            "type_code",
        )
    ]


def _present(fields: Mapping[str, Field]) -> list[Finding]:
    findings = []
    for path, rule in WANTED.items():
        field = fields.get(path)
        if field is None:
            findings.append(finding(rule, Severity.ERROR, f"{path} was not found", path))
        elif field.evidence.source == "model" and field.evidence.page is None:
            findings.append(
                finding(Rule.EVIDENCE_MISSING, Severity.ERROR, f"{path} has no place in the document", path)
            )
    return findings


def _sums(fields: Mapping[str, Field]) -> list[Finding]:
    """The totals against each other: BR-CO-13, BR-CO-15 and BR-CO-16, to the cent."""
    lines, net, tax, gross, due, allowances, charges, prepaid, rounding = (
        number_of(fields, f"totals.{k}")
        for k in (
            "line_total", "tax_basis_total", "tax_total", "grand_total", "due_payable", "allowance_total", "charge_total",
            "prepaid", "rounding",
        )
    )  # fmt: skip
    findings = []
    if tax is None and gross is not None and not _is_of_xml(fields["totals.grand_total"]):
        findings.append(
            finding(
                Rule.BR_CO_14, Severity.ERROR, "totals.tax_total was not found, nor a rate of 0 %", "totals.tax_total"
            )
        )
    credit = kind_of(fields) == "credit_note"
    tax, allowances, charges, prepaid = (n or Decimal(0) for n in (tax, allowances, charges, prepaid))
    if net is not None and gross is not None and not _same(net + tax, gross, credit):
        message = f"net {net} and tax {tax} make {net + tax}, but the total is {gross}"
        paths = ("totals.tax_basis_total", "totals.tax_total", "totals.grand_total")
        findings.append(_sum(Rule.BR_CO_15, message, net + tax, gross, *paths))
    if net is not None and lines is not None:
        # An allowance is printed as what is taken off, with a minus before it or without.
        expected = lines - allowances + charges
        if not any(_same(net, e, credit) for e in (expected, lines - abs(allowances) + abs(charges))):
            message = f"lines, allowances and charges make {expected} before tax, but the net total is {net}"
            findings.append(_sum(Rule.BR_CO_13, message, expected, net, "totals.tax_basis_total", "totals.line_total"))
    if due is not None and gross is not None:
        expected = gross - prepaid + (rounding or 0)
        if not any(_same(due, e, credit) for e in (expected, gross - abs(prepaid) + (rounding or 0))):
            message = f"{expected} should be due, but {due} is"
            findings.append(_sum(Rule.BR_CO_16, message, expected, due, "totals.due_payable", "totals.grand_total"))
    return findings


def _sum(rule: str, message: str, expected: Decimal, found: Decimal, *paths: str) -> Finding:
    return finding(rule, Severity.ERROR, message, *paths, expected=str(expected), found=str(found))


def _lines(fields: Mapping[str, Field]) -> list[Finding]:
    """Each line's amount against its quantity and price, and their sum: BR-16, BR-24, BR-CO-10."""
    numbered = numbered_rows(fields, "lines")
    numbers, lines = list(numbered), list(numbered.values())
    if not lines:
        return [finding(Rule.BR_16, Severity.ERROR, "no invoice line was found", "lines[0].name")]
    findings = [differs for n, line in numbered.items() if (differs := _product(n, line))]
    amounts = [number_of(line, "net_amount") for line in lines]
    if None in amounts:
        n = numbers[amounts.index(None)]
        findings.append(finding(Rule.BR_24, Severity.ERROR, f"line {n + 1} has no amount", f"lines[{n}].net_amount"))
        return findings
    total = sum((a for a in amounts if a is not None), Decimal(0))
    net, line_total = number_of(fields, "totals.tax_basis_total"), number_of(fields, "totals.line_total")
    allowances, charges = (number_of(fields, f"totals.{k}_total") or Decimal(0) for k in ("allowance", "charge"))
    if line_total is not None:
        sums, name = {line_total}, "totals.line_total"
    elif net is not None:
        sums, name = {net + allowances - charges, net + abs(allowances) - abs(charges)}, "totals.tax_basis_total"
    else:
        return findings
    if not any(_same(total, expected, kind_of(fields) == "credit_note") for expected in sums):
        expected = max(sums)
        message = f"the {len(lines)} lines add up to {total}, but their sum should be {expected}"
        findings.append(_sum(Rule.BR_CO_10, message, expected, total, name, f"lines[{numbers[0]}].net_amount"))
    return findings


def _product(n: int, line: Mapping[str, Field]) -> Finding | None:
    """A finding if a line's amount is not its quantity times its price, as exactly as they are printed.

    A price may be per 100 or 1000 (price base quantity, BT-149); an amount lower by a round percentage is a warning,
    as that of a discount that stands on the line. In an e-invoice the product is no rule at all: price base
    quantities and allowances of a line are stated there, and judged by the official rules.
    """
    quantity, price, amount = (number_of(line, c) for c in ("quantity", "unit_price_net", "net_amount"))
    if quantity is None or price is None or amount is None or _is_of_xml(line["net_amount"]):
        return None
    product = abs(quantity * price)
    unsure = CENT + abs(quantity) * _half_a_digit(price) + abs(price) * _half_a_digit(quantity)
    if any(abs(product / per - abs(amount)) <= unsure for per in (1, 100, 1000)):
        return None
    percent = (1 - abs(amount) / product) * 100 if product else Decimal(0)
    discount = 0 < percent <= 75 and abs(product * (1 - _round_percent(percent) / 100) - abs(amount)) <= unsure
    message = f"line {n + 1}: {quantity} x {price} is {quantity * price}, but the amount is {amount}"
    if discount:
        message += f", as with a discount of {_round_percent(percent).normalize():f} %"
    return finding(
        Rule.LINE_PRODUCT,
        Severity.WARNING if discount else Severity.ERROR,
        message,
        f"lines[{n}].net_amount",
        expected=str(quantity * price),
        found=str(amount),
    )


def _half_a_digit(number: Decimal) -> Decimal:
    """How far what was meant may be from the ``number`` that is printed, if its last digit is rounded. A whole number is
    not: pieces are counted, and a price of 25 is 25.00."""
    places = -int(number.as_tuple().exponent)
    return Decimal(5).scaleb(-places - 1) if places >= 2 else Decimal(0)


def _round_percent(percent: Decimal) -> Decimal:
    """To the next half: discounts are round."""
    return (percent * 2).quantize(Decimal(1)) / 2


def _tax(fields: Mapping[str, Field]) -> list[Finding]:
    """The tax of each rate: BR-CO-14, BR-CO-17, and what it is the tax of: BR-S-08 and its like."""
    findings = []
    breakdown = numbered_rows(fields, "tax_breakdown")
    amounts = [number_of(row, "amount") for row in breakdown.values()]
    tax = number_of(fields, "totals.tax_total")
    credit = kind_of(fields) == "credit_note"
    if breakdown and tax is not None and all(a is not None for a in amounts):
        total = sum((a for a in amounts if a is not None), Decimal(0))
        if not _same(total, tax, credit):
            message = f"tax by rate adds up to {total}, but the tax total is {tax}"
            findings.append(_sum(Rule.BR_CO_14, message, total, tax, "totals.tax_total", "tax_breakdown[0].amount"))
    for n, row in breakdown.items():
        rate, basis, amount = (number_of(row, c) for c in ("rate", "basis", "amount"))
        if rate is None or basis is None or amount is None:
            continue
        if not any(abs(abs(basis * rate) / 100 - a) <= Decimal("0.05") for a in _signs(basis, amount, credit)):
            expected = (basis * rate / 100).quantize(CENT)
            message = f"{rate} % of {basis} is {expected}, but the tax is {amount}"
            findings.append(_sum(Rule.BR_CO_17, message, expected, amount, f"tax_breakdown[{n}].amount"))
    return [*findings, *_bases(fields)]


def _signs(basis: Decimal, amount: Decimal, either: bool) -> tuple[Decimal, ...]:
    """The tax with the sign it has against its basis; in a credit note with either."""
    return (abs(amount),) if either else (amount if basis >= 0 else -amount,)


def _bases(fields: Mapping[str, Field]) -> list[Finding]:
    """Whether what is taxed at a rate is what the lines of that rate come to (BR-S-08, BR-Z-08, BR-E-08, …, which allow
    for less than one unit of the currency). Only where no allowance or charge of the document belongs to some rate."""
    lines, breakdown = rows(fields, "lines"), numbered_rows(fields, "tax_breakdown")
    others = (number_of(fields, f"totals.{k}_total") for k in ("allowance", "charge"))
    if any(others) or not all("tax_rate" in line and "net_amount" in line for line in lines) or not lines:
        return []
    findings = []
    for n, row in breakdown.items():
        rate, basis = number_of(row, "rate"), number_of(row, "basis")
        if rate is None or basis is None or _split(row, breakdown.values()):
            continue
        total = sum((line["net_amount"].number for line in lines if line["tax_rate"].number == rate), Decimal(0))
        if abs(abs(total) - abs(basis)) >= 1:
            message = f"the lines at {rate} % come to {total}, but the tax of that rate is on {basis}"
            findings.append(_sum(_basis_rule(row), message, total, basis, f"tax_breakdown[{n}].basis"))
    return findings


def _split(row: Mapping[str, Field], breakdown: Iterable[Mapping[str, Field]]) -> bool:
    """Whether its rate occurs under another category, too (exempt and reverse charge are both 0 %): lines do not say."""
    return any(
        other is not row
        and number_of(other, "rate") == number_of(row, "rate")
        and "category" in row
        and other.get("category") != row["category"]
        and other["category"].value != row["category"].value
        for other in breakdown
        if "category" in other
    )


def _basis_rule(row: Mapping[str, Field]) -> str:
    """The rule about the basis of a tax category (UNTDID 5305)."""
    category = value_of(row, "category") or "S"
    return f"BR-{ {'K': 'IC', 'L': 'AF', 'M': 'AG'}.get(category, category) }-08".replace(" ", "")


def _accounts(fields: Mapping[str, Field]) -> list[Finding]:
    """Where the money goes, and which: IBAN (ISO 13616), BIC (ISO 9362), currency (ISO 4217, BR-CL-04).

    An IBAN whose check digits fail is an error wherever it comes from: no money can be sent there.
    """
    findings = []
    iban, bic, currency = (fields.get(p) for p in ("payment.iban", "payment.bic", "currency"))
    if iban and not values.is_iban(iban.value):
        message = f"payment.iban {iban.value}: the check digits do not hold"
        findings.append(finding(Rule.IBAN, Severity.ERROR, message, "payment.iban", found=iban.value))
    if bic and not identifiers.is_bic(bic.value):
        message = f"payment.bic {bic.value} does not have the form of a BIC"
        findings.append(finding(Rule.BIC, Severity.WARNING, message, "payment.bic", found=bic.value))
    elif bic and iban and values.is_iban(iban.value) and not identifiers.same_country(bic.value, iban.value):
        of_bank, of_account = bic.value[4:6], iban.value[:2]
        message = f"the bank {bic.value} is in {of_bank}, but the account is of {of_account}"
        paths = ("payment.bic", "payment.iban")
        findings.append(
            finding(Rule.BIC_COUNTRY, Severity.WARNING, message, *paths, expected=of_account, found=of_bank)
        )
    if currency and currency.value not in identifiers.CURRENCIES:
        message = f"{currency.value} is no currency of ISO 4217"
        findings.append(finding(Rule.BR_CL_04, Severity.ERROR, message, "currency", found=currency.value))
    return findings


def _parties(fields: Mapping[str, Field]) -> list[Finding]:
    """VAT ids, tax numbers and registration numbers of seller and buyer.

    One that was read may be misread, so a VAT id whose check digits fail is an error then; in an e-invoice, or in a
    person's word, it is what the sender or the person states, and a warning. Nothing is paid by the other numbers.
    """
    findings = []
    for role in ("seller", "buyer"):
        vat_id, tax_number, legal_id = (fields.get(f"{role}.{c}") for c in ("vat_id", "tax_number", "legal_id"))
        country = value_of(fields, f"{role}.country")
        if vat_id and vat_id.value[:2] in identifiers.EU and not values.is_vat_id(vat_id.value):
            # Code reads what is printed, letter by letter: then it is the sender's mistake. A model may have misread it.
            severity = Severity.ERROR if vat_id.evidence.source == "model" else Severity.WARNING
            message = f"{role}.vat_id {vat_id.value}: the check digits do not hold"
            findings.append(finding(Rule.VAT_ID, severity, message, f"{role}.vat_id", found=vat_id.value))
        if tax_number and country == "DE" and not _of_germany(tax_number.value):
            message = f"{role}.tax_number {tax_number.value} does not have the form of a German tax number"
            findings.append(
                finding(Rule.TAX_NUMBER, Severity.WARNING, message, f"{role}.tax_number", found=tax_number.value)
            )
        if legal_id and country and (expected := identifiers.legal_id_problem(country, legal_id.value)):
            message = f"{role}.legal_id {legal_id.value} is not {expected}, as companies of {country} have"
            path = f"{role}.legal_id"
            findings.append(
                finding(Rule.LEGAL_ID, Severity.WARNING, message, path, expected=expected, found=legal_id.value)
            )
        elif legal_id and vat_id and (company := _other_company(vat_id.value, legal_id.value)):
            message = f"{role}.vat_id is that of the company {company}, but {role}.legal_id is {legal_id.value}"
            paths = (f"{role}.legal_id", f"{role}.vat_id")
            findings.append(
                finding(Rule.LEGAL_ID, Severity.WARNING, message, *paths, expected=company, found=legal_id.value)
            )
    return findings


def _of_germany(tax_number: str) -> bool:
    """A German tax number, or the VAT id that some put in its place."""
    return identifiers.is_german_tax_number(tax_number) or tax_number.startswith("DE")


def _other_company(vat_id: str, legal_id: str) -> str | None:
    """The SIREN within a French VAT id (its last nine digits), if the registration number is of another company."""
    plain = "".join(c for c in legal_id if c.isdigit())
    siren = vat_id[-9:]
    if not (vat_id.startswith("FR") and siren.isdigit() and len(plain) in (9, 14)):
        return None
    return None if plain.startswith(siren) else siren


def _dates(fields: Mapping[str, Field]) -> list[Finding]:
    """The days in order. Whether a day is long past is not said here: that would take a clock."""
    issue = fields.get("issue_date")
    if issue is None:
        return []
    issued, findings = date.fromisoformat(issue.value), []
    for path, most, event in (("due_date", MOST_DAYS_TO_PAY, "due"), ("delivery_date", MOST_DAYS_APART, "delivered")):
        if path not in fields:
            continue
        day = date.fromisoformat(fields[path].value)
        evidence = {"expected": issue.value, "found": day.isoformat()}
        if path == "due_date" and day < issued:
            message = f"due on {day}, before it was issued on {issued}"
            severity = Severity.WARNING if kind_of(fields) == "credit_note" else Severity.ERROR
            findings.append(
                finding(Rule.DATE_ORDER, severity, message, "due_date", "issue_date").with_evidence(**evidence)
            )
        elif abs((day - issued).days) > most:
            message = f"{event} on {day}, {abs((day - issued).days)} days from the day it was issued, {issued}"
            findings.append(
                finding(Rule.DATE_DISTANCE, Severity.WARNING, message, path, "issue_date").with_evidence(**evidence)
            )
    return findings


def _is_of_xml(field: Field) -> bool:
    """Whether the value comes from an embedded e-invoice."""
    return field.evidence.source == "xml"


def _same(a: Decimal, b: Decimal, either_sign: bool = False) -> bool:
    """Equal to the cent; in a credit note whichever sign its amounts are printed with."""
    return abs(a - b) <= CENT or (either_sign and abs(abs(a) - abs(b)) <= CENT)
