"""What rules are asked about: the document with all that is known of it, and the circumstances that decide which rules apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from agents.controls.rulebook._passages import Passages
from agents.controls.rulebook._sanctions import SanctionsList
from agents.documents.reading import Reading
from agents.fields.identifiers import EU
from agents.fields.schema import Fields, number_of, rows, value_of
from infra.records import Claim, Vendor


@dataclass(frozen=True)
class Facts:
    """One document, and what checks may know of the world around it. Checks read nothing else: the same facts give the same
    findings."""

    reading: Reading
    fields: Fields
    kind: str
    """``invoice``, ``credit_note`` or ``other``."""
    today: date
    execution_id: str = ""
    vendor: Vendor | None = None
    claims: Sequence[Claim] = ()
    """Of the same vendor, without this document's own."""
    order_matched: bool = False
    """Whether a purchase order covers it."""
    approval_limit: Decimal | None = None
    """Largest total in the document's currency that passes without a person; None where no limit is known."""
    split_days: int | None = None
    """Days within which invoices are looked at as one that was split; None leaves it to the rule, 0 is off."""
    sanctions: SanctionsList | None = None
    """None where no list is configured."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What whoever handed it in says of it."""

    @cached_property
    def passages(self) -> Passages:
        """Its text, as it is searched and quoted."""
        return Passages(self.reading)

    def value(self, path: str) -> str | None:
        return value_of(self.fields, path)

    def number(self, path: str) -> Decimal | None:
        return number_of(self.fields, path)

    def day(self, path: str) -> date | None:
        value = self.value(path)
        return date.fromisoformat(value) if value else None

    @property
    def rates(self) -> list[Decimal]:
        """The tax rates it states, of its breakdown, else of its lines."""
        breakdown = [row["rate"].number for row in rows(self.fields, "tax_breakdown") if "rate" in row]
        return breakdown or [row["tax_rate"].number for row in rows(self.fields, "lines") if "tax_rate" in row]

    @property
    def zero_tax(self) -> bool:
        """Whether it asks for money and charges no tax on it."""
        tax, gross = self.number("totals.tax_total"), self.number("totals.grand_total")
        if not gross:
            return False
        return tax == 0 if tax is not None else bool(self.rates) and not any(self.rates)

    @property
    def taxed(self) -> bool:
        """Whether it charges tax."""
        return bool(self.number("totals.tax_total"))

    def country(self, role: str) -> str | None:
        """Of ``seller`` or ``buyer``, ISO 3166: as stated, else that of the VAT id, which is not by whom it is addressed from
        but where it is taxed."""
        vat_id = (self.value(f"{role}.vat_id") or "")[:2]
        by_tax = {"EL": "GR", "XI": "GB"}.get(vat_id, vat_id)
        return (by_tax if vat_id in EU or by_tax == "GB" else None) or self.value(f"{role}.country")

    @property
    def cross_border(self) -> bool:
        """Whether seller and buyer are known to be in two countries."""
        seller, buyer = self.country("seller"), self.country("buyer")
        return bool(seller and buyer and seller != buyer)

    @property
    def eu_seller(self) -> bool:
        """Whether the seller is known to be in the EU, by its country, its VAT id or its account."""
        account = (self.value("payment.iban") or "")[:2]
        country = self.country("seller") or account
        return country in EU or country == "GR"
