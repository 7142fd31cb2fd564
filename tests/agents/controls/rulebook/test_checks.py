"""What code says of an invoice under the shipped rules for payables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from agents.controls.rulebook import by_code, load_rulebook
from agents.controls.rulebook.examples import cases_of, try_by_code
from infra.records import Claim, Status, Vendor
from tests.agents.controls.rulebook.facts import asked, claim, facts, said, verdict

VENDOR = Vendor(
    tenant="default", id="V1", name="Northwind Papers Ltd", terms_days=30, limit=Decimal(1000), currency="EUR"
)
ABROAD: dict[str, Any] = {"totals__tax_total": "0.00", "totals__grand_total": "800.00", "buyer__country": "FR"}
NO_RATE: dict[str, Any] = {"tax_breakdown[0]__rate": None}
NO_QUANTITY: dict[str, Any] = {"lines[0]__quantity": None}
ROUND: dict[str, Any] = {"totals__grand_total": "5000.00", "lines[0]__net_amount": "5000.00"}
ROUND_AND_SMALL: dict[str, Any] = {"totals__grand_total": "400.00", "lines[0]__net_amount": "400.00"}
AT_HOME: dict[str, Any] = {"totals__tax_total": "0.00", "totals__grand_total": "800.00"}


def test_every_example_of_a_shipped_rulebook_comes_out_as_its_author_says() -> None:
    book = load_rulebook("payables")[1]
    tried = [try_by_code(book, rule, example) for rule, example in cases_of(book)]
    assert len(tried) > 25
    assert [(one.rule.id, one.example.text, one.verdict) for one in tried if not one.right] == []


def test_an_invoice_in_order_passes_every_rule_that_applies_and_leaves_none_open() -> None:
    found, open_rules = by_code(
        facts("Invoice R-1\nDelivery date 2026-10-10", known={"vendor": VENDOR}), load_rulebook("payables")[1]
    )
    assert open_rules == []
    assert {one.rule for one in found if one.verdict == "fail"} == set()
    assert {one.rule for one in found if one.verdict == "not assessable"} == {"SANCTIONS"}
    assert all(one.severity == "info" for one in found)


def test_what_an_invoice_must_state_and_does_not_is_named() -> None:
    missing = said("PARTICULARS", facts(invoice_number=None, buyer__name=None))
    assert missing
    assert (missing.verdict, missing.severity) == ("fail", "error")
    assert missing.fields == ["invoice_number", "buyer.name"]
    assert verdict("SELLER-TAX-ID", facts(seller__vat_id=None, seller__country="DE")) == ("fail", "error")
    assert verdict("SELLER-TAX-ID", facts(seller__vat_id=None, seller__country="US")) is None
    assert verdict("TAX-RATE", facts(**NO_RATE)) == ("fail", "warning")
    assert verdict("LINES-DESCRIBED", facts(**NO_QUANTITY)) == ("fail", "warning")


def test_terms_are_held_against_the_vendor_master_and_against_reason() -> None:
    assert verdict("TERMS-AGREED", facts(due_date="2026-10-24", known={"vendor": VENDOR})) == ("fail", "warning")
    assert verdict("TERMS-AGREED", facts(known={"vendor": VENDOR})) == ("pass", "info")
    assert verdict("TERMS-AGREED", facts()) is None
    assert verdict("TERMS-PLAUSIBLE", facts(due_date="2026-10-13")) == ("fail", "error")
    assert verdict("TERMS-PLAUSIBLE", facts(due_date="2027-10-14")) == ("fail", "warning")
    assert verdict("TERMS-PLAUSIBLE", facts(due_date="2026-10-14")) == ("pass", "info")
    assert verdict("ISSUED-LATELY", facts(issue_date="2026-12-01")) == ("fail", "warning")


def test_several_invoices_below_the_limit_and_above_it_together_are_one_that_was_split() -> None:
    others = [claim("R-7", "600.00", 13), claim("R-8", "450.00", 16)]
    found = said("SPLIT", facts(known={"claims": others}))
    assert found
    assert (found.verdict, found.severity) == ("fail", "error")
    assert found.evidence["execution_ids"] == ["invoice-default-R-7", "invoice-default-R-8"]
    assert (found.evidence["expected"], found.evidence["found"]) == ("1000", "2002.00")


@pytest.mark.parametrize(
    "others",
    [
        [claim("R-7", "600.00", 9)],
        [claim("R-7", "40.00", 14)],
        [claim("R-7", "1400.00", 14)],
        [claim("R-7", "600.00", 14, order="PO-1")],
        [claim("R-7", "600.00", 14, kind="credit_note")],
        [claim("R-7", "600.00", 14, status=Status.REJECTED)],
        [claim("R-7", "600.00", 14, currency="USD")],
        [claim("r 1", "952.00", 14)],
    ],
    ids=["other days", "not above it", "over it alone", "ordered", "credit note", "rejected", "currency", "this one again"],
)  # fmt: skip
def test_what_is_no_split_is_not_called_one(others: list[Claim]) -> None:
    assert verdict("SPLIT", facts(known={"claims": others})) == ("pass", "info")


def test_a_split_is_not_looked_for_where_an_order_covers_it_or_it_is_switched_off() -> None:
    others = [claim("R-7", "600.00", 14)]
    assert verdict("SPLIT", facts(known={"claims": others, "order_matched": True})) == ("pass", "info")
    assert verdict("SPLIT", facts(known={"claims": others, "split_days": 0})) == ("pass", "info")
    assert verdict("SPLIT", facts(known={"claims": others, "approval_limit": None, "vendor": VENDOR})) == (
        "fail",
        "error",
    )


def test_round_sums_and_weekends_are_noticed_and_stop_nothing() -> None:
    assert verdict("ROUND-SUM", facts(**ROUND)) == (
        "fail",
        "warning",
    )
    assert verdict("ROUND-SUM", facts(**ROUND_AND_SMALL)) == (
        "pass",
        "info",
    )
    assert verdict("WEEKEND", facts(issue_date="2026-10-17")) == ("fail", "info")


@pytest.mark.parametrize(
    "note",
    [
        "Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG)",
        "Innergemeinschaftliche Lieferung, steuerfrei nach § 4 Nr. 1b UStG",
        "Autoliquidation, article 283-2 du CGI",
        "VAT reverse charge: the customer accounts for the VAT",
        "Btw verlegd naar de afnemer",
        "Operación con inversión del sujeto pasivo",
        "Inversione contabile ai sensi dell'art. 17",
    ],
)
def test_a_note_on_reverse_charge_is_found_in_six_languages_without_a_model(note: str) -> None:
    found = said("TAX-REVERSE-CHARGE", facts(f"Invoice\n{note}", **ABROAD))
    assert found
    assert found.verdict == "pass"
    assert found.evidence["quote"].casefold() in note.casefold()
    assert found.evidence["page"] == 1


@pytest.mark.parametrize(
    "note",
    [
        "Gemäß §19 UStG keine USt",
        "TVA non applicable, art. 293 B du CGI",
        "Regime forfettario, L. 190/2014",
        "VAT exempt",
    ],
)
def test_a_note_on_exemption_is_found_without_a_model(note: str) -> None:
    assert verdict("TAX-EXEMPTION-NOTE", facts(f"Invoice\n{note}", **AT_HOME)) == ("pass", "info")


def test_without_a_note_a_model_is_asked_once_and_only_of_the_rule_that_applies() -> None:
    assert asked(facts(**ABROAD)) == ["TAX-REVERSE-CHARGE"]
    assert asked(facts(**AT_HOME)) == ["TAX-EXEMPTION-NOTE"]
    assert asked(facts()) == []


def test_a_phrase_that_a_word_before_it_denies_does_not_count() -> None:
    assert asked(facts("Invoice\nThis is not a reverse charge supply", **ABROAD)) == ["TAX-REVERSE-CHARGE"]
    for harmless in (
        "The goods remain ours until they are paid in full.",
        "If this invoice has been paid, please disregard it.",
        "Sofern die Rechnung bereits vollständig bezahlt ist, danken wir.",
        "Montant déjà payé : 0,00",
    ):
        assert verdict("ALREADY-PAID", facts(f"Invoice\n{harmless}")) == ("pass", "info")


def test_the_category_of_an_e_invoice_says_it_but_not_one_that_was_guessed() -> None:
    category: dict[str, Any] = {"tax_breakdown[0]__category": "AE", **ABROAD}
    assert verdict("TAX-REVERSE-CHARGE", facts(source="xml", **category)) == ("pass", "info")
    assert asked(facts(**category)) == ["TAX-REVERSE-CHARGE"]


def test_what_is_paid_reminded_of_or_only_announced_is_not_paid() -> None:
    assert verdict("ALREADY-PAID", facts("Der Rechnungsbetrag wurde bereits beglichen.")) == ("fail", "error")
    assert verdict("ALREADY-PAID", facts(totals__due_payable="0.00")) == ("fail", "error")
    assert verdict("REMINDER", facts("2. Mahnung zu Rechnung R-1")) == ("fail", "error")
    assert verdict("PRO-FORMA", facts("PRO-FORMA INVOICE")) == ("fail", "error")
    assert verdict("STATEMENT", facts("Statement of account")) == ("fail", "error")
    assert verdict("REMINDER", facts("Rechnung\nFür jede Mahnung, die wir schreiben müssen, berechnen wir 5 EUR")) == (
        "pass",
        "info",
    )


def test_the_same_facts_give_the_same_findings_whatever_day_the_clock_says() -> None:
    about = facts(known={"claims": [claim("R-7", "600.00", 13)]})
    book = load_rulebook("payables")[1]
    assert by_code(about, book) == by_code(about, book)
    assert about.today == date(2026, 10, 20)
