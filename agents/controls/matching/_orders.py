"""An invoice against its purchase order, line by line: prices, quantities, and what was billed and received before.

Two-way: what is billed is what was ordered. Three-way, where receipts are on record or the order wants them: it has been
received, too. Both count what earlier invoices of the order bill, so that partial deliveries add up and nothing is paid twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from agents.controls.firm_names import likeness, name_key
from agents.fields.rules import Rule
from agents.fields.schema import Fields, number_of, numbered_rows, value_of
from agents.fields.values import CENT
from infra.records import Billing, Finding, OrderLine, OrderOnRecord, Severity, Vendor, Verdict, finding

LEAST_ALIKE = 55.0
"""From 0 to 100: lines whose names are less alike are the same only if price or article number says so."""


@dataclass(frozen=True)
class Tolerances:
    """What passes: a price up to ``price_percent`` or ``price_amount`` (a unit, in the order's currency) above the order's,
    whichever is more; a quantity up to ``quantity_percent`` above."""

    price_percent: Decimal = Decimal(2)
    price_amount: Decimal = Decimal(0)
    quantity_percent: Decimal = Decimal(0)

    def price(self, ordered: Decimal) -> Decimal:
        """The highest price that passes."""
        return ordered + max(abs(ordered) * self.price_percent / 100, self.price_amount)

    def quantity(self, ordered: Decimal) -> Decimal:
        """The largest quantity that passes."""
        return ordered * (1 + self.quantity_percent / 100)


@dataclass(frozen=True)
class _Line:
    """A line of the invoice: its number there, and what it says."""

    number: int
    name: str
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal | None
    unit: str | None

    @property
    def path(self) -> str:
        return f"lines[{self.number}]"


@dataclass
class _Matching:
    """The work on one invoice."""

    on_record: OrderOnRecord
    sign: int
    tolerances: Tolerances
    execution_id: str
    findings: list[Finding] = field(default_factory=list)
    billings: list[Billing] = field(default_factory=list)

    def say(self, rule: str, message: str, *paths: str, severity: Any = "error", **evidence: Any) -> None:
        told: dict[str, Any] = {
            name: str(value) if isinstance(value, Decimal) else value for name, value in evidence.items()
        }
        self.findings.append(finding(rule, severity, message, *paths, order=self.on_record.order.number, **told))


def match_order(
    fields: Fields,
    kind: str,
    on_record: OrderOnRecord | None,
    vendor: Vendor | None,
    execution_id: str,
    tenant: str,
    wanted: str | None,
    tolerances: Tolerances,
) -> tuple[list[Billing], list[Finding]]:
    """Hold an invoice against the order it refers to.

    Args:
        kind: ``invoice`` or ``credit_note``; the latter gives back what was billed.
        on_record: the order with its receipts and what came before; None where no order has that number.
        vendor: the vendor of the master that the invoice is from, if known.
        wanted: the order's number as the invoice has it; None if it names none.

    Returns:
        What it bills against lines of the order, and findings: ``ORDER`` (passes) or those that say what differs, with both
        numbers.
    """
    if wanted is None:
        named = f"{vendor.id} {vendor.name}" if vendor else "this vendor"
        message = f"invoices of {named} need a purchase order, and it names none"
        return [], [finding(Rule.ORDER_MISSING, Severity.ERROR, message, "purchase_order_ref")]
    if on_record is None:
        message = f"there is no purchase order {wanted}, or several may be meant"
        return [], [finding(Rule.ORDER_UNKNOWN, Severity.ERROR, message, "purchase_order_ref", found=wanted)]
    matching = _Matching(on_record, -1 if kind == "credit_note" else 1, tolerances, execution_id)
    _whole(matching, fields, vendor)
    lines = _lines(fields)
    pairs = _paired(lines, on_record.order.lines)
    for line in lines:
        ordered = pairs.get(line.number)
        if ordered is None:
            message = (
                f"line {line.number + 1}, {line.name or 'without a name'}, is not in order {on_record.order.number}"
            )
            matching.say(Rule.ORDER_LINE, message, f"{line.path}.name", found=line.name)
        else:
            _line(matching, line, ordered, tenant)
    _quantities(matching, {line.number: line for line in lines}, pairs)
    if not lines:
        matching.say(Rule.ORDER_LINES_UNREAD, "it has no lines that could be held against the order", "lines[0].name")
    if not any(said.is_error for said in matching.findings):
        count = f"{len(lines)} line{'' if len(lines) == 1 else 's'}"
        message = f"{count} as ordered with {on_record.order.number}" + (", and received" if on_record.receipts else "")
        matching.findings.append(
            finding(
                Rule.ORDER,
                Severity.INFO,
                message,
                "purchase_order_ref",
                verdict=Verdict.PASS,
                order=on_record.order.number,
                billed={billing.line: str(billing.quantity) for billing in matching.billings},
            )
        )
    return matching.billings, matching.findings


def _whole(matching: _Matching, fields: Fields, vendor: Vendor | None) -> None:
    """What concerns the order as a whole."""
    order = matching.on_record.order
    if vendor and order.vendor_id and order.vendor_id != vendor.id:
        message = f"order {order.number} was placed with {order.vendor_id}, and it is from {vendor.id} {vendor.name}"
        matching.say(Rule.ORDER_VENDOR, message, "seller.name", expected=order.vendor_id, found=vendor.id)
    currency = fields.get("currency")
    if currency and currency.value != order.currency:
        message = f"order {order.number} is in {order.currency}, and it is in {currency.value}"
        matching.say(Rule.ORDER_CURRENCY, message, "currency", expected=order.currency, found=currency.value)
    if order.closed and matching.sign > 0:
        matching.say(
            Rule.ORDER_CLOSED, f"order {order.number} is closed: nothing more is billed on it", "purchase_order_ref"
        )
    charges = fields.get("totals.charge_total")
    if charges and charges.number > 0 and matching.sign > 0:
        message = f"charges of {charges.value} on the whole invoice are not in order {order.number}"
        matching.say(Rule.ORDER_LINE, message, "totals.charge_total", expected=Decimal(0), found=charges.number)
    if order.receipt_required and not matching.on_record.receipts and matching.sign > 0:
        message = f"nothing was received yet on order {order.number}, which wants a receipt before it is paid"
        matching.say(Rule.RECEIPT_MISSING, message, "purchase_order_ref", expected="a receipt", found="none")


def _line(matching: _Matching, line: _Line, ordered: OrderLine, tenant: str) -> None:
    """One line: its price, and what it bills."""
    order = matching.on_record.order
    if matching.sign > 0 and (odd := _billed_without_delivery(line)):
        message = f"line {line.number + 1}, {line.name}: {odd}"
        matching.say(Rule.ORDER_LINE, message, f"{line.path}.quantity", found=line.quantity, amount=line.amount)
        return
    quantity, price = _measured(line, ordered)
    if quantity is None or price is None:
        message = f"line {line.number + 1} has no quantity or price to hold against line {ordered.line} of the order"
        matching.findings.append(
            finding(
                Rule.ORDER_LINE,
                Severity.ERROR,
                message,
                f"{line.path}.quantity",
                verdict=Verdict.NOT_ASSESSABLE,
                order=order.number,
            )
        )
        return
    most = matching.tolerances.price(ordered.unit_price)
    if matching.sign > 0 and price > most:
        message = f"line {line.number + 1}, {line.name}: {price} a unit, and {ordered.unit_price} was ordered"
        matching.say(Rule.ORDER_PRICE, message, f"{line.path}.unit_price_net", expected=ordered.unit_price, found=price)
    elif price != ordered.unit_price:
        way = "less than ordered" if price < ordered.unit_price else "which is tolerated"
        message = f"line {line.number + 1}, {line.name}: {price} a unit for {ordered.unit_price}, {way}"
        matching.say(
            Rule.ORDER_PRICE, message, f"{line.path}.unit_price_net", severity=Severity.INFO,
            expected=ordered.unit_price, found=price,
        )  # fmt: skip
    if line.unit and ordered.unit and not _same_unit(line.unit, ordered.unit):
        message = f"line {line.number + 1} is in {line.unit}, and {ordered.unit} was ordered"
        matching.say(
            Rule.ORDER_UNIT,
            message,
            f"{line.path}.unit",
            severity=Severity.WARNING,
            expected=ordered.unit,
            found=line.unit,
        )
    amount = abs(line.amount if line.amount is not None else quantity * price)
    # A credit note gives back whether its numbers have a minus or not; a line of an invoice that has one gives back, too.
    signed = (line.amount,) if line.amount else (line.quantity, line.price)
    back = matching.sign < 0 or any(number is not None and number < 0 for number in signed)
    matching.billings.append(
        Billing(
            execution_id=matching.execution_id,
            tenant=tenant,
            order=order.number,
            line=ordered.line,
            quantity=-abs(quantity) if back else quantity,
            amount=-amount if back else amount,
        )
    )


def _billed_without_delivery(line: _Line) -> str:
    """How a line of an invoice asks for money for nothing, or for what it gives back; empty where it does not."""
    if line.quantity is None or line.amount is None or line.amount <= 0 or line.quantity > 0:
        return ""
    return f"{line.amount} for a quantity of {line.quantity}"


def _quantities(matching: _Matching, lines: Mapping[int, _Line], pairs: Mapping[int, OrderLine]) -> None:
    """What is billed of each line of the order in all, against what was ordered and what was received."""
    order, receipts = matching.on_record.order, matching.on_record.receipts
    before = _summed((of_line.line, of_line.quantity) for of_line in matching.on_record.billed)
    now = _summed((of_line.line, of_line.quantity) for of_line in matching.billings)
    received = _summed((of_line.line, of_line.quantity) for of_line in receipts)
    at = {ordered.line: lines[number] for number, ordered in pairs.items()}
    for ordered in order.lines:
        billed = now.get(ordered.line)
        if not billed:
            continue
        earlier = before.get(ordered.line, Decimal(0))
        line = at[ordered.line]
        told = f"line {line.number + 1}, {line.name}: {billed} billed" + (f" after {earlier}" if earlier else "")
        if earlier + billed < 0:
            matching.say(
                Rule.ORDER_QUANTITY,
                f"line {line.number + 1}, {line.name}: {-billed} given back, and {earlier} billed before",
                f"{line.path}.quantity",
                expected=earlier,
                found=-billed,
                billed_before=earlier,
            )
        elif billed > 0 and earlier + billed > matching.tolerances.quantity(ordered.quantity):
            left = max(ordered.quantity - earlier, Decimal(0))
            matching.say(
                Rule.ORDER_QUANTITY,
                f"{told}, and {ordered.quantity} ordered: {left} may be billed",
                f"{line.path}.quantity",
                expected=left,
                found=billed,
                ordered=ordered.quantity,
                billed_before=earlier,
            )
        elif (
            billed > 0
            and receipts
            and earlier + billed > matching.tolerances.quantity(received.get(ordered.line, Decimal(0)))
        ):
            came = received.get(ordered.line, Decimal(0))
            matching.say(
                Rule.RECEIPT_QUANTITY,
                f"{told}, and {came} of {ordered.quantity} received",
                f"{line.path}.quantity",
                expected=max(came - earlier, Decimal(0)),
                found=billed,
                received=came,
                billed_before=earlier,
            )


def _measured(line: _Line, ordered: OrderLine) -> tuple[Decimal | None, Decimal | None]:
    """Quantity and net price of a unit. A price of the line that does not make its amount (one per 100, one before a
    discount) gives way to what the amount comes to."""
    quantity, price, amount = line.quantity, line.price, line.amount
    if quantity is None and amount is not None:
        unit_price = price if price is not None else ordered.unit_price
        whole = amount / unit_price if unit_price else None
        quantity = whole if whole is not None and whole == whole.to_integral_value() else None
    if quantity and amount is not None:
        if abs(abs(quantity) * ordered.unit_price - abs(amount)) <= CENT:
            price = ordered.unit_price
        elif price is None or abs(abs(quantity * price) - abs(amount)) > CENT:
            # What is paid for a unit counts, however little its printed price differs: it is paid many times.
            price = (amount / quantity).quantize(Decimal("0.000001")).normalize()
    return quantity, abs(price) if price is not None else None


def _paired(lines: Sequence[_Line], ordered: Sequence[OrderLine]) -> dict[int, OrderLine]:
    """Which line of the order each line of the invoice is: the best fitting pair first, then the next best of what is left.
    What is left of the invoice may be of a line that is taken: a line of the order delivered in two."""
    scored = sorted(
        (
            (score, line.number, n)
            for line in lines
            for n, wanted in enumerate(ordered)
            if (score := _fit(line, wanted))
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    pairs: dict[int, OrderLine] = {}
    taken: set[int] = set()
    for again in (False, True):
        for _, number, n in scored:
            if number not in pairs and (again or n not in taken):
                pairs[number] = ordered[n]
                taken.add(n)
    return pairs


def _fit(line: _Line, ordered: OrderLine) -> float:
    """How well a line fits, by article number and name, then by price and quantity; 0 where it does not."""
    article = _has_article(line.name, ordered.article or "")
    named = likeness(line.name, ordered.name) if line.name else 0.0
    same_price = line.price is not None and abs(line.price - ordered.unit_price) <= CENT
    if name_key(ordered.name) and name_key(ordered.name) in name_key(line.name):
        named = max(named, 90.0)
    if not article and named < LEAST_ALIKE:
        return 0.0
    same_quantity = line.quantity == ordered.quantity
    return (200.0 if article else 0.0) + named + (10.0 if same_price else 0.0) + (5.0 if same_quantity else 0.0)


def _has_article(name: str, article: str) -> bool:
    """Whether an article number stands in a name, whatever signs stand within it: ``K 715`` is K-715, and no K-7. One of less
    than three letters and digits may be a quantity, and proves nothing."""
    letters = re.findall(r"[^\W_]", article.casefold())
    if len(letters) < 3 or not any(letter.isdigit() for letter in letters):
        return False
    return (
        re.search(r"(?<![^\W_])" + r"[\s./_-]?".join(map(re.escape, letters)) + r"(?![^\W_])", name.casefold())
        is not None
    )


def _lines(fields: Fields) -> list[_Line]:
    lines = []
    for number, row in numbered_rows(fields, "lines").items():
        quantity, price, amount = (number_of(row, column) for column in ("quantity", "unit_price_net", "net_amount"))
        if amount == 0 and not quantity:
            continue  # a line of text
        name, unit = (value_of(row, column) for column in ("name", "unit"))
        lines.append(_Line(number, name or "", quantity, price, amount, unit))
    return lines


_UNITS = (
    {"c62", "h87", "pce", "pcs", "pc", "piece", "pieces", "stk", "stück", "stuck", "st", "ea", "each", "unit", "units",
     "unité", "pièce", "pièces", "stuks", "one", "x"},
    {"hur", "h", "std", "stunde", "stunden", "hour", "hours", "heure", "heures", "uur"},
    {"kgm", "kg"},
    {"mtr", "m", "meter", "metre", "mètre"},
    {"ltr", "l", "liter", "litre"},
    {"mon", "month", "monat", "monate", "mois", "maand"},
    {"day", "tag", "tage", "jour", "jours", "dag", "days"},
)  # fmt: skip
"""Ways to write a unit, with its code of UN/ECE Recommendation 20."""


def _same_unit(one: str, other: str) -> bool:
    a, b = one.casefold().strip(". "), other.casefold().strip(". ")
    return a == b or any(a in ways and b in ways for ways in _UNITS)


def _summed(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, value in pairs:
        sums[key] += value
    return sums
