"""The lines (BG-25) of an e-invoice in the making."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agents.einvoice.en16931 import _units
from agents.einvoice.en16931._concluded_amounts import category
from agents.einvoice.en16931._draft import NO_NUMBER, NO_TEXT, EInvoiceDraft, number, written
from agents.fields.schema import Field, number_of, rows, value_of
from agents.fields.values import CENT

_PLACES = 6
"""Of a price that is concluded from an amount."""


def put(draft: EInvoiceDraft, fields: Mapping[str, Field], sign: int) -> None:
    """All lines, in their order."""
    found = rows(fields, "lines")
    stated = [row["id"].value for row in found if "id" in row]
    numbered = len(stated) == len(found) and len(set(stated)) == len(stated)
    if found and not numbered:
        draft.note("BT-126", "the line's place in the table")
    draft.data["BG-25"] = []
    for place, row in enumerate(found, 1):
        unit, certain = _units.code_of(value_of(row, "unit"))
        if "unit" not in row or row["unit"].value != unit:
            said = value_of(row, "unit") or "no unit"
            draft.note("BT-130", f"{unit} for {said}", assumed=not certain)
        line: dict[str, Any] = {
            "BT-126": row["id"].value if numbered else str(place),
            "BT-130": unit,
            "BT-131": written(row["net_amount"].number * sign) if "net_amount" in row else NO_NUMBER,
            "BT-153": value_of(row, "name") or NO_TEXT,
        }
        _rate(draft, line, row)
        _price(draft, line, row)
        draft.data["BG-25"].append(line)


def _rate(draft: EInvoiceDraft, line: dict[str, Any], row: Mapping[str, Field]) -> None:
    """Category and rate: as the tax of that rate has it; of the only rate there is, where the line states none."""
    taxes = draft.data["BG-23"]
    rate = number_of(row, "tax_rate")
    same = [tax for tax in taxes if rate is not None and number(tax["BT-119"]) == rate]
    if rate is None and len(taxes) == 1:
        same = taxes
        draft.note("BT-152", "the only rate of the invoice")
    if same:
        draft.note("BT-151", "the category of the tax at that rate", assumed=len({t["BT-118"] for t in same}) > 1)
        line["BT-151"], line["BT-152"] = same[0]["BT-118"], same[0]["BT-119"]
    else:
        draft.note("BT-151", "from the rate", assumed=not rate)
        line["BT-151"] = category(draft, rate)
        line["BT-152"] = NO_NUMBER if rate is None else written(rate)
    if line["BT-151"] == "O":
        line.pop("BT-152")


def _price(draft: EInvoiceDraft, line: dict[str, Any], row: Mapping[str, Field]) -> None:
    """Quantity and net price. A price is never negative (BR-27): then the quantity is."""
    quantity = number_of(row, "quantity")
    price = number_of(row, "unit_price_net")
    amount = number(line["BT-131"])
    if quantity is None and price and amount is not None and amount % price == 0:
        quantity = amount / price
        draft.note("BT-129", "amount by price")
    elif quantity is None:
        quantity, price = Decimal(1), amount if price is None or amount is not None else price
        draft.note("BT-129", "1: no quantity is stated, the price is the amount", assumed=True)
        draft.note("BT-146", "the amount of the line, for a quantity of 1", assumed=True)
    if price is None and amount is not None:
        price = (amount / quantity).quantize(Decimal(1).scaleb(-_PLACES)) if quantity else amount
        draft.note("BT-146", "amount by quantity")
    if price is not None and price < 0:
        quantity, price = -quantity, -price
        draft.note("BT-129", "negative, as a net price may not be")
    elif price is not None and amount is not None and price > 0 and quantity * amount < 0:
        quantity = -quantity
        draft.note("BT-129", "with the sign of the amount")
    line["BT-129"] = written(quantity)
    line["BT-146"] = written(price) if price is not None else NO_NUMBER
    if price is not None and amount is not None:
        _reconcile(draft, line, quantity, price, amount)


def _reconcile(draft: EInvoiceDraft, line: dict[str, Any], quantity: Decimal, price: Decimal, amount: Decimal) -> None:
    """What stands between quantity times price and the amount: a price per 100 or 1000, an allowance, a charge."""
    product = quantity * price
    if abs(product - amount) <= CENT:
        return
    for per in (100, 1000):
        if abs(product / per - amount) <= CENT:
            line["BT-149"] = str(per)
            draft.note("BT-149", f"a price per {per}")
            return
    differs = amount - product.quantize(CENT)
    if differs < 0:
        line["BG-27"] = [{"amount": written(-differs), "reason": "Discount"}]
        draft.note("BT-136", "what the amount is below quantity times price", assumed=True)
    elif differs > 0:
        line["BG-28"] = [{"amount": written(differs), "reason": "Surcharge"}]
        draft.note("BT-141", "what the amount is above quantity times price", assumed=True)
