"""How single invoices, orders and receipts of the month come about: drawn from what a vendor sells, within bounds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from infra.records import Order, OrderLine, Receipt
from tests.evals.corpus.kit import Doc, Line
from tests.evals.month.days import LIMIT, Calendar, working_days
from tests.evals.month.forms import Form
from tests.evals.month.vendors import BUYERS, ORDINARY, TENANT, Firm

TERMS = {
    "de": "Zahlbar innerhalb von {} Tagen ohne Abzug.", "fr": "Paiement à {} jours date de facture.",
    "nl": "Betaling binnen {} dagen na factuurdatum.", "en": "Payment within {} days of the invoice date.",
}  # fmt: skip
SETTLED = {
    "de": "Wird mit Ihrer nächsten Zahlung verrechnet.", "fr": "À déduire de votre prochain règlement.",
    "nl": "Te verrekenen met uw volgende betaling.", "en": "To be set off against your next payment.",
}  # fmt: skip
MONTHLY_UNIT = {"de": "Monat", "fr": "mois", "nl": "maand", "en": "months"}
_TRIES = 4000


@dataclass
class Bill:
    """An invoice as it comes together; ``number`` is given when all of the vendor's are known."""

    firm: Firm
    day: date
    lines: list[Line]
    number: str = ""
    name: str | None = None
    """Of the seller, where it is not the firm's own."""
    iban: str | None = None
    order: str | None = None
    order_beside: bool = False
    """Whether the order is named beside the file and not in it."""
    credits: str | None = None
    form: Form | None = None
    look_alike: str | None = None

    def doc(self) -> Doc:
        firm, lang = self.firm, self.firm.language
        days = firm.terms_days
        return Doc(
            id=self.number,
            lang=lang,
            number=self.number,
            date=self.day,
            cur="EUR",
            seller=firm.party(self.name),
            buyer=BUYERS[firm.cc],
            lines=self.lines,
            what="",
            layout=firm.layout,
            iban=self.iban or firm.iban,
            terms=SETTLED[lang] if self.credits else TERMS[lang].format(days),
            due=None if self.credits else self.day + timedelta(days),
            po=None if self.order_beside else self.order,
            delivery=self.day - timedelta(1 + len(self.lines) % 3),
            type_code="381" if self.credits else "380",
            x={"credits": self.credits} if self.credits else {},
        )

    @property
    def amount(self) -> Decimal:
        """The grand total."""
        return self.doc().grand


class Making:
    """Everything made so far; ``orders_wanted`` is how many orders the month is to have."""

    def __init__(self, seed: int, *, orders: int) -> None:
        self.seed, self.orders_wanted = seed, orders
        self.dice = random.Random(seed)
        self.calendar = Calendar()
        self.days = working_days()
        self.bills: list[Bill] = []
        self.orders: list[Order] = []
        self.receipts: list[Receipt] = []
        self._amounts: set[Decimal] = set()
        self._numbers: dict[str, int] = {}

    # Lines

    def lines(self, firm: Firm, least: Decimal, most: Decimal, *, count: int | None = None) -> list[Line]:
        """Lines of what the firm sells whose grand total lies between ``least`` and ``most`` and was not there before."""
        for _ in range(_TRIES):
            wanted = count or self.dice.randint(1, 4)
            articles = self.dice.sample(firm.articles, min(wanted, len(firm.articles)))
            lines = [
                Line(a.name, Decimal(self.dice.randint(1, a.most)), a.unit, a.price, a.rate, art=a.number)
                for a in articles
            ]
            if self._taken(firm, lines, least, most):
                return lines
        raise ValueError(f"{firm.name} sells nothing that comes to between {least} and {most}")

    def just_below(self, firm: Firm, least: Decimal, most: Decimal) -> list[Line]:
        """As `lines`, with as much of one article as it takes."""
        for _ in range(_TRIES):
            article = self.dice.choice(firm.articles)
            target = least + (most - least) * self.dice.randint(0, 100) / 100
            quantity = (target / (article.price * (100 + article.rate) / 100)).to_integral_value()
            if quantity < 1:
                continue
            line = Line(article.name, quantity, article.unit, article.price, article.rate, art=article.number)
            others = self.dice.sample(firm.articles, 1)
            more = [
                Line(a.name, Decimal(self.dice.randint(1, 3)), a.unit, a.price, a.rate, art=a.number)
                for a in others
                if a != article
            ]
            for lines in ([line], [line, *more]):
                if self._taken(firm, lines, least, most):
                    return lines
        raise ValueError(f"{firm.name} sells nothing that comes to between {least} and {most}")

    def _taken(self, firm: Firm, lines: list[Line], least: Decimal, most: Decimal) -> bool:
        amount = Bill(firm, self.days[0], lines).amount
        if not least <= amount <= most or amount in self._amounts:
            return False
        self._amounts.add(amount)
        return True

    def is_new(self, bill: Bill) -> bool:
        """Whether no invoice has its total yet; from now on one has."""
        known = bill.amount in self._amounts
        self._amounts.add(bill.amount)
        return not known

    # Invoices

    def add(self, bill: Bill) -> Bill:
        self.bills.append(bill)
        if bill.order is None and bill.amount <= LIMIT and bill.credits is None:
            self.calendar.add(bill.firm.id, bill.day, bill.amount)
        return bill

    def place(self, firm: Firm, lines: list[Line], most: Decimal) -> Bill | None:
        """An invoice without an order on a day that has room for it; None where none has."""
        amount = Bill(firm, self.days[0], lines).amount
        days = [day for day in self.days if self.calendar.has_room(firm.id, day, amount, most)]
        return self.add(Bill(firm, self.dice.choice(days), lines)) if days else None

    def quiet_day(self, firm: Firm, amount: Decimal) -> date:
        """A day on which an invoice whose order does not cover it stays within the limit beside those without an order."""
        days = [day for day in self.days if self.calendar.near(firm.id, day) + amount <= LIMIT]
        return self.dice.choice(days)

    def number(self) -> None:
        """Number all that have no number yet: each vendor's in the order of their days."""
        for bill in sorted(self.bills, key=lambda bill: (bill.firm.id, bill.day)):
            if not bill.number:
                bill.number = self.next_number(bill.firm)

    def next_number(self, firm: Firm) -> str:
        known = self._numbers.get(firm.id, 40 + 7 * (sum(map(ord, firm.id)) % 29))
        self._numbers[firm.id] = known + 1
        return firm.numbers.format(known + 1)

    # Orders

    def ordering(self) -> Firm:
        """A vendor for the next order, in turn."""
        return ORDINARY[len(self.orders) % len(ORDINARY)]

    def order(self, firm: Firm, lines: Sequence[Line], *, receipt_required: bool = False) -> Order:
        number = f"45{70000 + len(self.orders) * 13 + self.seed % 10:05d}"
        order = Order(
            tenant=TENANT,
            number=number,
            vendor_id=firm.id,
            currency="EUR",
            ordered_on=self.days[0] - timedelta(10 + len(self.orders) % 12),
            ordered_by="carla",
            cost_centre=firm.cost_centre,
            receipt_required=receipt_required,
            lines=[
                OrderLine(
                    line=str(10 * n), name=line.name, article=line.art, quantity=line.qty, unit=line.unit,
                    unit_price=line.price,
                )
                for n, line in enumerate(lines, 1)
            ],
        )  # fmt: skip
        self.orders.append(order)
        return order

    def receive(self, order: Order, quantities: Sequence[Decimal], day: date) -> None:
        """A delivery note with so much of each line of the order."""
        number = f"LS-{len({receipt.number for receipt in self.receipts}) + 301}"
        for line, quantity in zip(order.lines, quantities, strict=True):
            if quantity:
                self.receipts.append(
                    Receipt(
                        tenant=TENANT, number=number, order=order.number, line=line.line, quantity=quantity,
                        received_on=day,
                    )
                )  # fmt: skip

    def parted(self, lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
        """The lines in two deliveries: of each some now and the rest later."""
        first: list[Line] = []
        second: list[Line] = []
        for line in lines:
            now = Decimal(self.dice.randint(0 if first else 1, int(line.qty)))
            if now == line.qty and not second and line is lines[-1]:
                now -= 1
            first += [replace(line, qty=now)] if now else []
            second += [replace(line, qty=line.qty - now)] if now < line.qty else []
        return first, second
