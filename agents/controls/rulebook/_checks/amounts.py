"""Amounts that should make one look: split under a limit, round, nothing left to pay."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field

from agents.controls.rulebook._checks.said import CodeCheck, Parameters, Said, failed, not_assessable, passed
from agents.fields.schema import rows
from infra.ledger.keys import number_key
from infra.records import Claim, Status

if TYPE_CHECKING:
    from agents.controls.rulebook._facts import Facts


class Split(Parameters):
    """``days``: invoices of one vendor issued within so many days of each other are looked at together."""

    days: int = Field(default=3, ge=0, le=366)


class Round(Parameters):
    """A total from ``least`` on is looked at; it is round where it is a multiple of ``multiple``."""

    least: Decimal = Decimal(500)
    multiple: Decimal = Field(default=Decimal(100), gt=0)


def not_split(facts: Facts, given: Split) -> list[Said]:
    """Whether several invoices of the vendor, each within what passes without a person, go beyond it together.

    What an order covers is no split, and neither are credit notes or what was rejected.
    """
    days = given.days if facts.split_days is None else facts.split_days
    if days == 0:
        return passed("not looked at: it is switched off")
    gross, issued, currency = facts.number("totals.grand_total"), facts.day("issue_date"), facts.value("currency")
    if gross is None or issued is None or currency is None:
        return not_assessable("it states no total, currency or day of issue", "totals.grand_total", "issue_date")
    limit = _limit(facts, currency)
    if limit is None or gross > limit:
        return passed("it does not pass without a person", "totals.grand_total")
    if facts.order_matched:
        return passed("a purchase order covers it", "purchase_order_ref")
    stated = facts.value("invoice_number")
    number = number_key(stated) if stated else None
    others = [
        claim
        for claim in _standing(facts.claims)
        if claim.execution_id != facts.execution_id
        and (number is None or claim.number_key != number)  # that would be this invoice again
        and claim.order is None
        and claim.currency == currency
        and claim.amount is not None
        and 0 < claim.amount <= limit
        and claim.issue_date is not None
        and abs((claim.issue_date - issued).days) <= days
    ]
    together = gross + sum((claim.amount or Decimal(0) for claim in others), Decimal(0))
    if not others or together <= limit:
        return passed(f"with others within {days} days it comes to {together} {currency}, not above {limit}")
    told = ", ".join(
        f"{claim.number or 'without number'} of {claim.issue_date} over {claim.amount}" for claim in others[:5]
    )
    message = (
        f"with {len(others)} more of the same vendor within {days} days it comes to {together} {currency}, above the {limit} "
        f"that pass without a person, each of them below it, and no order covers it: {told}"
    )
    ids = [claim.execution_id for claim in others]
    return failed(
        message,
        "totals.grand_total",
        "issue_date",
        expected=str(limit),
        found=str(together),
        execution_id=ids[0],
        execution_ids=ids[:50],
    )


def not_round(facts: Facts, given: Round) -> list[Said]:
    """Whether the total is a round sum made of nothing but round sums: what is estimated or invented is often round."""
    gross = facts.number("totals.grand_total")
    if gross is None:
        return not_assessable("it states no total", "totals.grand_total")
    amounts = [line["net_amount"].number for line in rows(facts.fields, "lines") if "net_amount" in line]
    whole = all(amount == amount.to_integral_value() and amount % 10 == 0 for amount in amounts)
    if gross >= given.least and gross % given.multiple == 0 and amounts and whole:
        return failed(f"the total of {gross} and all its lines are round sums", "totals.grand_total", found=str(gross))
    return passed(f"the total of {gross} is not made of round sums", "totals.grand_total")


def something_due(facts: Facts, _: Parameters) -> list[Said] | None:
    """That nothing is left to pay, where it says so in its totals; what else may say so is for the rule's phrases."""
    gross, due, prepaid = (facts.number(f"totals.{name}") for name in ("grand_total", "due_payable", "prepaid"))
    if gross and due == 0:
        paid = f", {prepaid} being paid" if prepaid else ""
        return failed(f"nothing is due of its total of {gross}{paid}", "totals.due_payable", found="0")
    return None


def _limit(facts: Facts, currency: str) -> Decimal | None:
    """The vendor's own limit, where it is in this currency, and the policy's: the lower one."""
    vendor = facts.vendor
    own = vendor.limit if vendor and vendor.currency in (None, currency) else None
    known = [limit for limit in (own, facts.approval_limit) if limit is not None]
    return min(known, default=None)


def _standing(claims: Sequence[Claim]) -> list[Claim]:
    gone = (Status.REJECTED, Status.FAILED, Status.SPLIT)
    return [claim for claim in claims if claim.kind == "invoice" and claim.status not in gone]


CHECKS = {
    "not_split": CodeCheck(
        not_split, "It is not one of several that stay below the limit each, and not together.", Split
    ),
    "not_round": CodeCheck(not_round, "Total and lines are not all round sums.", Round),
    "something_due": CodeCheck(something_due, "Something is left to pay.", may_leave_open=True),
}
