"""What the month is made of: what should not pass, what only looks like it, and ordinary invoices around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.evals.corpus.kit import Line
from tests.evals.month.days import LIMIT, SPLIT_DAYS
from tests.evals.month.forms import Form
from tests.evals.month.making import MONTHLY_UNIT, Bill, Making
from tests.evals.month.ordering import Part, plant_orders
from tests.evals.month.truth import Kind
from tests.evals.month.vendors import LISTED, ORDINARY, Firm

CROWDED = Decimal(820)
"""What a vendor bills in seven days without an order, at most: room is left for copies."""
_LEAST, _MOST = Decimal(40), Decimal(260)
DUPLICATES = (("same number", 3), ("number written differently", 3), ("other number", 2), ("misread number", 2))
RULE_OF = {
    "same number": "DUPLICATE", "number written differently": "DUPLICATE", "other number": "DUPLICATE-AMOUNT",
    "misread number": "DUPLICATE-TEXT",
}  # fmt: skip
ACCOUNTS, SPLITS, CREDITS, ALIASES = 5, 5, 4, 14
_CREDIT_NUMBER = {"de": "GS-{:03d}", "fr": "AV-{:03d}", "nl": "CN-{:03d}", "en": "CRN-{:03d}"}


@dataclass
class Group:
    """What was planted together; see `tests.evals.month.truth`."""

    kind: Kind
    variety: str
    rule: str | None
    bills: list[Bill] = field(default_factory=list)


def plant(making: Making, documents: int, share: float) -> list[Group]:
    """Make all invoices, orders and receipts, ``documents`` of them; what is planted is ``share`` of a whole month's."""

    def part(count: int) -> int:
        return max(1, round(count * share))

    groups = [_split(making, n) for n in range(part(SPLITS))]
    _monthly(making)
    groups += [Group(kind, variety, rule, bills) for kind, variety, rule, bills in plant_orders(making, part)]
    groups += _listed(making)
    groups += _other_accounts(making, part(ACCOUNTS))
    copies, credits = sum(part(count) for _, count in DUPLICATES), part(CREDITS)
    _ordinary(making, documents - copies - credits - len(making.bills))
    making.number()
    groups += _duplicates(making, part)
    groups += _credit_notes(making, credits)
    _aliases(making, groups, part(ALIASES))
    return groups


def _free_firms() -> list[Firm]:
    return [firm for firm in ORDINARY if not firm.order_required]


def _split(making: Making, n: int) -> Group:
    """One purchase in two or three invoices within days, each just below the limit."""
    parts = 3 if n % 3 == 1 else 2
    free = _free_firms()
    for _ in range(200):
        firm = making.dice.choice(free)
        first = making.dice.randrange(len(making.days) - parts)
        days = making.days[first : first + parts]
        if (days[-1] - days[0]).days <= SPLIT_DAYS and making.calendar.is_free(firm.id, days):
            bills = [
                making.add(Bill(firm, day, making.just_below(firm, LIMIT * 87 / 100, LIMIT * 99 / 100))) for day in days
            ]
            making.calendar.close(firm.id, days)
            return Group("split", f"in {parts}", "SPLIT", bills)
    raise ValueError("no vendor has days free for one more split invoice")


def _monthly(making: Making) -> None:
    """What is billed every month at the same sum: for this month at its beginning, for the next at its end."""
    for firm in ORDINARY:
        if firm.monthly:
            name, price = firm.monthly
            line = Line(name, Decimal(1), MONTHLY_UNIT[firm.language], price, firm.articles[0].rate)
            for day in (making.days[0], making.days[-1]):
                bill = Bill(firm, day, [line], look_alike="monthly, of the same sum")
                if making.calendar.has_room(firm.id, day, bill.amount, LIMIT):
                    making.add(bill)


def _listed(making: Making) -> list[Group]:
    groups = []
    for firm in LISTED:
        bill = Bill(firm, making.dice.choice(making.days), making.lines(firm, Decimal(90), Decimal(480)))
        groups.append(Group("sanctions", f"{firm.name} for {firm.listed}", "SANCTIONS", [making.add(bill)]))
    return groups


def _other_accounts(making: Making, count: int) -> list[Group]:
    groups = []
    for n in range(count):
        bill = _placed(making, _free_firms()[(3 * n + making.seed) % len(_free_firms())])
        bill.iban = bill.firm.other_iban
        groups.append(Group("account", "valid, and not the vendor's", "VENDOR-ACCOUNT", [bill]))
    return groups


def _ordinary(making: Making, count: int) -> None:
    """Invoices without an order that nothing is wrong with, spread over vendors and days."""
    for n in range(count):
        _placed(making, _free_firms()[n % len(_free_firms())])


def _placed(making: Making, firm: Firm) -> Bill:
    """One of the firm, or of whichever other still has days with room."""
    firms = _free_firms()
    at = firms.index(firm)
    for most in (_MOST, _MOST / 2, _LEAST * 2):
        for vendor in (*firms[at:], *firms[:at]):
            try:
                lines = making.lines(vendor, _LEAST, most)
            except ValueError:
                continue
            if bill := making.place(vendor, lines, CROWDED):
                return bill
    raise ValueError("the month is full: no vendor has days with room for one more invoice; take fewer documents")


# Those that follow from others


def _duplicates(making: Making, part: Part) -> list[Group]:
    groups = []
    ways = {
        "same number": _same_number, "number written differently": _other_writing, "other number": _other_number,
        "misread number": _misread_number,
    }  # fmt: skip
    taken: set[int] = set()
    for variety, count in DUPLICATES:
        for n in range(part(count)):
            first = _to_copy(making, taken, variety)
            taken.add(id(first))
            copy = making.add(ways[variety](making, first, n))
            taken.add(id(copy))
            groups.append(Group("duplicate", variety, RULE_OF[variety], [first, copy]))
    return groups


def _to_copy(making: Making, taken: set[int], variety: str) -> Bill:
    """One in order, without a purchase order, beside which there is room for a copy."""
    days = making.days

    def suits(bill: Bill) -> bool:
        plain = bill.order is None and bill.look_alike is None and bill.iban is None and bill.firm.listed is None
        if variety == "number written differently" and not _writings(bill.number):
            return False
        room = plain and making.calendar.has_room(bill.firm.id, bill.day, bill.amount, LIMIT)
        return (
            room and id(bill) not in taken and bill.day <= days[-5] and (variety != "other number" or bill.amount < 150)
        )

    return making.dice.choice([bill for bill in making.bills if suits(bill)])


def _same_number(making: Making, first: Bill, n: int) -> Bill:
    forms: tuple[tuple[Form, Form], ...] = (("facturx", "plain"), ("cii", "ubl"), ("plain", "facturx"))
    first.form, again = forms[n % 3]
    return replace(first, form=again)


def _other_writing(making: Making, first: Bill, n: int) -> Bill:
    """The number with other signs between, without leading zeros, in small letters."""
    ways = _writings(first.number)
    return replace(first, number=ways[n % len(ways)], form="facturx")


def _writings(number: str) -> list[str]:
    """Other ways to write the number; none where it is of one piece."""
    groups = re.findall(r"[A-Za-z]+|\d+", number)
    shorter = [group.lstrip("0") if group.isdigit() else group for group in groups]
    ways = (" ".join(shorter), "-".join(groups).lower(), ".".join(groups))
    return [way for way in ways if way != number and len(groups) > 1]


def _other_number(making: Making, first: Bill, n: int) -> Bill:
    """Sent again some days later under a number of its own."""
    day = first.day + timedelta(2 + n)
    day += timedelta(max(0, 7 - day.weekday())) if day.weekday() > 4 else timedelta()
    return replace(first, number=making.next_number(first.firm), day=day, form="plain" if n % 2 else "facturx")


def _misread_number(making: Making, first: Bill, n: int) -> Bill:
    """The page as a scanner's software typed it, or scanned once more, with one digit of the number read wrongly."""
    at = [n for n, c in enumerate(first.number) if c.isdigit()][-2]
    wrong = str((int(first.number[at]) + 5) % 10)
    first.form = "plain"
    number = first.number[:at] + wrong + first.number[at + 1 :]
    return replace(first, number=number, form="scan" if n % 2 else "plain")


def _credit_notes(making: Making, count: int) -> list[Group]:
    """Of invoices in order: all of one, or some of it. They look like duplicates and are a person's by rule."""
    several = [bill for bill in making.bills if len(bill.lines) > 1 and bill.order is None and bill.look_alike is None]
    firsts = making.dice.sample([bill for bill in several if bill.firm.listed is None and bill.iban is None], count)
    groups = []
    for n, first in enumerate(firsts):
        lines = first.lines if n % 2 else first.lines[:1]
        number = _CREDIT_NUMBER[first.firm.language].format(n + 11)
        day = min(first.day + timedelta(1), making.days[-1])
        bill = making.add(Bill(first.firm, day, lines, number, credits=first.number))
        groups.append(Group("credit note", "of all" if n % 2 else "of some", None, [bill]))
    return groups


def _aliases(making: Making, groups: list[Group], count: int) -> None:
    """Let some good ones be written under another name of their vendor."""
    marked = {id(bill) for group in groups for bill in group.bills}
    good = [bill for bill in making.bills if id(bill) not in marked and bill.firm.aliases and bill.look_alike is None]
    for bill in making.dice.sample(good, min(count, len(good))):
        bill.name, bill.look_alike = bill.firm.aliases[0], "another name of the vendor"


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
