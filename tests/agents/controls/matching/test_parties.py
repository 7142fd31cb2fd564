"""Who sells and who buys, by our own companies and by the vendor master."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agents.controls.matching import Companies, addressee_findings, is_named, known_parties, match_vendor
from agents.fields.grounds import Ground
from agents.fields.schema import Evidence, Field, Fields
from agents.pages import Offer
from infra.records import OwnCompany, Vendor
from tests.agents.controls.matching.examples import IBAN, OTHER_IBAN, OTHER_VAT_ID, VAT_ID, a_vendor, told

PLACE = Evidence(source="rule", page=1, box=(0, 0, 10, 10))
OURS = OwnCompany(name="Vanta Ridge Capital Ltd", aliases=["Ridge Stores"], vat_ids=[OTHER_VAT_ID])
SELLER = a_vendor("V1", "Greenholm Nurseries", vat_ids=[VAT_ID], ibans=[IBAN])


def us(*companies: OwnCompany, tenant: str = "t") -> Companies:
    return Companies(companies or [OURS], tenant)


def page(**fields: tuple[str, Sequence[Ground]]) -> Fields:
    return {
        path.replace("__", "."): Field(value=value, evidence=PLACE, grounds=list(grounds))
        for path, (value, grounds) in fields.items()
    }


def offers(*texts: str) -> list[Offer]:
    return [Offer(text, text, n, PLACE, 1.0 - n / 10) for n, text in enumerate(texts)]


def known(
    fields: Fields,
    names: Sequence[str],
    ids: Sequence[str] = (),
    vendors: Sequence[Vendor] = (),
    ours: Companies | None = None,
) -> dict[str, str]:
    """Values and grounds of what is settled, ``value (grounds)`` by path."""
    choices = {"seller.name": offers(*names), "buyer.name": offers(*names), "seller.vat_id": offers(*ids)}
    settled = known_parties(fields, choices, vendors, Companies([], "t") if ours is None else ours)
    return {path: f"{field.value} ({', '.join(field.grounds)})" for path, field in settled.items()}


GUESSED_WRONG = page(
    seller__name=("Vanta Ridge Capital", [Ground.GUESS]),
    seller__vat_id=(OTHER_VAT_ID, [Ground.CHECK_DIGITS, Ground.POSITION]),
    seller__country=("US", [Ground.ADDRESS]),
)
BOTH = ("Vanta Ridge Capital", "Greenholm Nurseries")


def test_of_two_guessed_parties_ours_is_the_buyer_and_the_other_id_the_sellers() -> None:
    assert known(GUESSED_WRONG, BOTH, [OTHER_VAT_ID, VAT_ID], ours=us()) == {
        "seller.name": "Greenholm Nurseries (guess)",
        "buyer.name": "Vanta Ridge Capital (company)",
        "seller.vat_id": f"{VAT_ID} (check digits, position)",
        "buyer.vat_id": f"{OTHER_VAT_ID} (company)",
    }


def test_with_us_as_the_buyer_a_vendor_whose_id_is_printed_is_the_seller() -> None:
    settled = known(GUESSED_WRONG, BOTH, [OTHER_VAT_ID, VAT_ID], [SELLER], us())
    assert settled["seller.name"] == "Greenholm Nurseries (guess, vendor)"


def test_a_vendor_is_the_seller_by_name_and_account_though_another_was_guessed() -> None:
    paid = GUESSED_WRONG | page(payment__iban=(IBAN, [Ground.CHECK_DIGITS]))
    settled = known(paid, BOTH, [OTHER_VAT_ID, VAT_ID], [SELLER])
    assert settled["seller.name"] == "Greenholm Nurseries (vendor)"
    assert settled["seller.vat_id"].startswith(VAT_ID)


def test_a_vendor_that_buys_is_not_made_the_seller_by_its_id() -> None:
    """An invoice of somebody unknown to one of our vendors, which came to us by mistake."""
    customer = a_vendor("V9", "Vanta Ridge Capital", vat_ids=[OTHER_VAT_ID], ibans=[OTHER_IBAN])
    labelled = page(
        seller__name=("Greenholm Nurseries", [Ground.GUESS]),
        seller__vat_id=(VAT_ID, [Ground.CHECK_DIGITS, Ground.POSITION]),
        buyer__name=("Vanta Ridge Capital", [Ground.LABEL]),
        buyer__vat_id=(OTHER_VAT_ID, [Ground.LABEL]),
    )
    assert known(labelled, BOTH, [VAT_ID, OTHER_VAT_ID], [customer])["seller.name"] == "Greenholm Nurseries (guess)"
    settled = known_parties(GUESSED_WRONG, {}, [customer], Companies([], "t"))
    match = match_vendor(settled, [customer])
    assert match.vendor == customer
    assert not is_named(match, settled), "code guessed who sells, and the id goes with the guess"


def test_what_a_label_says_is_not_overruled() -> None:
    labelled = page(
        seller__name=("Vanta Ridge Capital", [Ground.LABEL]), buyer__name=("Greenholm Nurseries", [Ground.LABEL])
    )
    assert known(labelled, BOTH, [], [SELLER], us()) == {
        "seller.name": "Vanta Ridge Capital (label)",
        "buyer.name": "Greenholm Nurseries (label)",
    }
    assert ("SELLER-IS-US", "error") in told(addressee_findings(labelled, us()))


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("VANTA RIDGE CAPITAL LIMITED", True),
        ("Vanta Ridge Capital", True),
        ("Ridge Stores", True),
        ("Vanta Ridge Capital GmbH", False),
        ("Vanta Bridge Capital Ltd", False),
        ("Vanta Ridge Capital Partners Ltd", False),
        ("V\u0430nta Ridge Capital", True),
    ],
)
def test_ours_is_a_name_in_another_writing_and_not_one_that_is_only_near(name: str, ours: bool) -> None:
    found = addressee_findings(page(buyer__name=(name, [Ground.LABEL])), us())
    assert told(found) == [("ADDRESSEE", "info" if ours else "error")]


def test_an_invoice_to_somebody_else_or_to_nobody_goes_to_a_person() -> None:
    assert told(addressee_findings(page(buyer__name=("Otto Ltd", [Ground.LABEL])), us())) == [("ADDRESSEE", "error")]
    assert told(addressee_findings({}, us())) == [("ADDRESSEE", "error")]
    by_id = page(buyer__name=("Accounts", [Ground.LABEL]), buyer__vat_id=(OTHER_VAT_ID, [Ground.LABEL]))
    assert told(addressee_findings(by_id, us())) == [("ADDRESSEE", "info")]


def test_without_companies_of_the_tenant_nobody_is_looked_for() -> None:
    others = us(OURS.model_copy(update={"tenant": "another"}))
    assert addressee_findings(page(buyer__name=("Otto Ltd", [Ground.LABEL])), others) == []
    assert (
        known(GUESSED_WRONG, BOTH, [OTHER_VAT_ID, VAT_ID], ours=others)["seller.name"] == "Vanta Ridge Capital (guess)"
    )


def test_who_is_only_delivered_to_is_not_the_buyer() -> None:
    to_another = page(seller__name=("Greenholm Nurseries", [Ground.FIRM]), buyer__name=("Otto Ltd", [Ground.LABEL]))
    assert known(to_another, [*BOTH, "Otto Ltd"], ours=us())["buyer.name"] == "Otto Ltd (label)"


@pytest.mark.parametrize(("printed", "named"), [("GREENHOLM NURSERIES LTD", True), ("Greenholm Nursery", False)])
def test_a_name_and_an_account_of_a_vendor_are_beyond_doubt_and_a_near_name_is_not(printed: str, named: bool) -> None:
    fields = page(seller__name=(printed, [Ground.FIRM]), payment__iban=(IBAN, [Ground.CHECK_DIGITS]))
    assert is_named(match_vendor(fields, [SELLER]), fields) is named


def test_another_name_under_a_vendors_id_goes_to_a_person() -> None:
    fields = page(
        seller__name=("Otto Ltd", [Ground.LABEL]), seller__vat_id=(VAT_ID, [Ground.CHECK_DIGITS, Ground.ONLY])
    )
    match = match_vendor(fields, [SELLER])
    assert ("VENDOR-NAME", "error") in told(match.findings)
    assert not is_named(match, fields)
