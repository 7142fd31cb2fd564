"""Every reason why a person has to look carries the rule it follows from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agents.controls.approval import Policy, Verdict
from agents.controls.matching import VendorLimit
from agents.fields.schema import Evidence, Field, Fields, dumped
from agents.invoice.reasons import ReviewRule, review_reasons
from agents.invoice.state import InvoiceState
from infra.records import Vendor, finding
from tests.agents.einvoice.en16931.invoices import PLAIN

PASSES = Verdict(allowed=True, rule="general", reason="within the limit")
ABOVE = Verdict(allowed=False, rule="small-vendors", reason="above the limit")


def sure(**changed: str) -> Fields:
    values = PLAIN | {name.replace("__", "."): value for name, value in changed.items()}
    return {
        path: Field(value=value, evidence=Evidence(source="rule"), confidence=0.99) for path, value in values.items()
    }


def rules(state: dict[str, Any], fields: Fields, passes: Verdict = PASSES) -> list[str]:
    whole = {
        "document": {"media_type": "application/xml", "pages": 0, "characters": 0, "xml": "a.xml"},
        "kind": "invoice",
        "fields": dumped(fields),
        "findings": {"check": [], "match": [], "comply": []},
        "options": {"policy": Policy(name="a policy").as_json()},
    }
    return [reason.rule for reason in review_reasons(InvoiceState(whole | state), passes)]


def test_what_is_sound_and_allowed_has_no_reason() -> None:
    assert rules({}, sure()) == []


@pytest.mark.parametrize(
    ("state", "changed", "rule"),
    [
        ({"kind": "credit_note"}, {}, ReviewRule.CREDIT_NOTE),
        ({"kind": "other"}, {}, ReviewRule.NOT_AN_INVOICE),
        ({"findings": {}}, {}, ReviewRule.INCOMPLETE),
        ({"matched": {"vendor": "V-1", "how": "name", "limit": "100.00"}}, {}, ReviewRule.VENDOR_LIMIT),
        ({"matched": {"vendor": "V-1", "how": "name", "limit": "0"}}, {}, ReviewRule.VENDOR_LIMIT),
        ({}, {"totals__grand_total": "0.00"}, ReviewRule.NOT_POSITIVE),
    ],
)
def test_a_reason_of_the_decision_itself_carries_its_rule(
    state: dict[str, Any], changed: dict[str, str], rule: ReviewRule
) -> None:
    assert rules(state, sure(**changed)) == [rule]


def test_a_reason_carries_the_rule_of_its_finding_or_of_the_approval_policy() -> None:
    errors = [finding("BR-CO-15", "error", "net and tax make another total"), finding("SKONTO", "info", "2 %")]
    found = {"check": [one.model_dump(mode="json") for one in errors], "match": [], "comply": []}
    assert rules({"findings": found}, sure(), ABOVE) == ["BR-CO-15", "small-vendors"]


def test_a_key_value_that_is_not_sure_is_a_reason_and_any_other_is_none() -> None:
    fields = sure()
    for path in ("payment.iban", "invoice_number", "buyer.name"):
        fields[path] = fields[path].model_copy(update={"confidence": 0.5})
    assert rules({}, fields) == [ReviewRule.UNSURE, ReviewRule.UNSURE]


def test_a_vendors_limit_is_nothing_in_another_currency_than_the_vendors() -> None:
    vendor = Vendor(tenant="acme", id="V-1", name="Muster", currency="EUR", limit=Decimal("500.00"))
    assert VendorLimit.of(vendor, "EUR") == VendorLimit(Decimal("500.00"))
    assert VendorLimit.of(vendor, "USD") == VendorLimit(Decimal(0))
    assert VendorLimit.of(vendor.model_copy(update={"limit": None}), "EUR") is None
    assert VendorLimit.of(None, "EUR") is None
