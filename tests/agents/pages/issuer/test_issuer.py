"""What one look at an invoice teaches, and what the next is read by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agents.documents.layout import Layout
from agents.documents.reading import Reading
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Evidence, Field, Fields
from agents.pages import draft, issuer
from infra.records import Issuer, IssuerProfile, Severity
from tests.agents.drawn_pages import page
from tests.growth import grows_gently

TAUGHT = datetime(2026, 11, 2, tzinfo=UTC)


def invoice(
    number: str = "4518/26", day: str = "03/04/2026", net: str = "400.00", tax: str = "80.00", gross: str = "480.00",
    seller: str = "Quarrel & Sons Joinery", buyer: str = "Rose Cottage Tearoom", label: str = "Docket", below: str = "",
) -> Reading:  # fmt: skip
    """In words no language file has, so that code alone finds little."""
    return page(
        buyer,
        "19 Brewery Row",
        "",
        f"                              {label}  {number}",
        f"                              Struck  {day}",
        "",
        "Oak planks                                  4      100.00      400.00",
        "",
        f"                              Bare             {net}",
        f"                              Levy 20 %        {tax}",
        f"                              Whole            {gross}",
        below,
        f"{seller}",
        "VAT GB 342515129",
    )  # fmt: skip


CONFIRMED = {
    "invoice_number": "4518/26",
    "issue_date": "2026-03-04",
    "seller.name": "Quarrel & Sons Joinery",
    "seller.vat_id": "GB342515129",
    "buyer.name": "Rose Cottage Tearoom",
    "totals.tax_basis_total": "400.00",
    "totals.tax_total": "80.00",
    "totals.grand_total": "480.00",
}


def confirmed(values: dict[str, str] = CONFIRMED) -> Fields:
    return {path: Field(value=value, evidence=Evidence(source="person", text="Ada")) for path, value in values.items()}


def known(profile: IssuerProfile, id: str = "vat:GB342515129") -> Issuer:
    keys = [id, "name:quarrel sons joinery"]
    return Issuer(
        tenant="acme",
        id=id,
        version=1,
        keys=keys,
        profile=profile,
        execution_id="e1",
        taught_by="Ada",
        taught_at=TAUGHT,
    )


@pytest.fixture
def taught() -> Issuer:
    return known(issuer.learn(invoice(), confirmed()))


def test_a_number_under_a_label_nobody_knows_is_read_where_a_person_confirmed_it(taught: Issuer) -> None:
    second = invoice("4620/26", "07/05/2026")
    assert "invoice_number" not in draft(second).fields
    number = draft(second, [taught]).fields["invoice_number"]
    assert (number.value, number.grounds) == ("4620/26", [Ground.LEARNT])


def test_days_are_read_in_the_order_that_a_person_confirmed(taught: Issuer) -> None:
    assert taught.profile.day_order == "MDY"
    day = draft(invoice(day="07/05/2026"), [taught]).fields["issue_date"]
    assert (day.value, Ground.LEARNT in day.grounds) == ("2026-07-05", True)


def test_a_day_that_can_only_be_read_otherwise_is_no_ground_for_that_order(taught: Issuer) -> None:
    assert draft(invoice(day="25/05/2026"), [taught]).fields["issue_date"].value == "2026-05-25"


def test_totals_under_learnt_labels_are_taken_only_where_they_close_at_a_printed_rate(taught: Issuer) -> None:
    sound = draft(invoice(net="500.00", tax="100.00", gross="600.00"), [taught]).fields
    assert sound["totals.grand_total"].value == "600.00"
    assert Ground.LEARNT in sound["totals.grand_total"].grounds
    for net, tax, gross in (("500.00", "100.00", "650.00"), ("500.00", "90.00", "590.00")):
        fields = draft(invoice(net=net, tax=tax, gross=gross), [taught]).fields
        assert not any(Ground.LEARNT in field.grounds for path, field in fields.items() if path.startswith("totals."))


def test_who_sells_and_who_buys_are_not_taken_for_each_other(taught: Issuer) -> None:
    fields = draft(invoice(buyer="Möllenkamp Logistik GmbH"), [taught]).fields
    assert (fields["seller.name"].value, fields["buyer.name"].value) == (
        "Quarrel & Sons Joinery",
        "Möllenkamp Logistik GmbH",
    )


def test_an_account_an_amount_and_a_limit_are_not_learnt(taught: Issuer) -> None:
    assert not any(path.startswith("payment.") for path in issuer.LEARNABLE)
    fields = confirmed({**CONFIRMED, "payment.iban": "GB33BUKB20201555555555"})
    profile = issuer.learn(invoice(below="IBAN GB33 BUKB 2020 1555 5555 55"), fields).model_dump_json()
    assert "5555" not in profile
    assert "480" not in profile


def test_a_layout_that_has_changed_is_noticed_and_the_profile_is_not_used(taught: Issuer) -> None:
    other = page(
        "Quarrel & Sons Joinery", "VAT GB 342515129", "", "Ref 4620/26", "of 07/05/2026", "Sum 600.00", "Owed 600.00"
    )
    read = draft(other, [taught])
    told = [one for one in read.findings if one.rule == Rule.ISSUER_CHANGED]
    assert [one.severity for one in told] == [Severity.WARNING]
    assert "docket" in told[0].message
    assert not any(Ground.LEARNT in field.grounds for field in read.fields.values())


def test_a_value_under_another_label_or_of_another_shape_is_not_taken_for_the_number(taught: Issuer) -> None:
    moved = draft(invoice("4620/26", label="Till"), [taught]).fields
    assert Ground.LEARNT not in moved["invoice_number"].grounds if "invoice_number" in moved else True
    assert "invoice_number" not in draft(invoice("12 Mill Lane, PO1"), [taught]).fields


def test_another_total_than_the_sums_prove_goes_to_a_person() -> None:
    def plain(total: str) -> Reading:
        return page(
            "Quarrel & Sons Joinery Ltd", "VAT GB 342515129", "Invoice No  4620/26", "Invoice date  7 May 2026", "",
            "                 Net             400.00", "                 VAT 20 %         80.00",
            "                 Total           480.00", "                 Balance         " + total,
        )  # fmt: skip

    profile = issuer.learn(plain("480.00"), confirmed())
    only_last = profile.model_copy(
        update={
            "spots": {"totals.grand_total": [s for s in profile.spots["totals.grand_total"] if s.label == "balance"]}
        }
    )
    assert only_last.spots["totals.grand_total"]
    read = draft(plain("900.00"), [known(only_last)])
    assert [one.severity for one in read.findings if one.rule == Rule.ISSUER_DIFFERS] == [Severity.ERROR]
    assert read.fields["totals.grand_total"].value == "480.00"


def test_what_nothing_identifies_or_was_approved_in_spite_of_is_not_learnt() -> None:
    profile = issuer.learn(invoice(), confirmed(), but=["invoice_number", "seller.name"])
    assert "invoice_number" not in profile.spots
    assert profile.names == []


def test_a_place_that_a_later_look_proves_wrong_is_forgotten(taught: Issuer) -> None:
    second = invoice("4620/26", "07/05/2026", below="Docket of the carrier  9999/26")
    values = {**CONFIRMED, "invoice_number": "9999/26", "issue_date": "2026-07-05"}
    profile = issuer.learn(second, confirmed(values), before=taught.profile)
    assert {spot.label for spot in profile.spots["invoice_number"]} == {"docket of the carrier"}


def test_it_is_found_by_its_identifier_and_by_its_name() -> None:
    keys = issuer.keys_in(Layout(invoice()))
    assert "name:quarrel sons joinery" in keys
    assert issuer.keys_of(confirmed(), "V1", ["Quarrel & Sons Joinery"])[-2:] == [
        "vendor:V1",
        "name:quarrel sons joinery",
    ]


def test_a_buyers_vat_id_is_no_key_of_the_issuer() -> None:
    fields = confirmed({"seller.vat_id": "DE136695976", "buyer.vat_id": "DE136695976"})
    assert issuer.keys_of(fields, None) == []


def test_a_hostile_profile_and_page_take_time_that_grows_with_their_size(taught: Issuer) -> None:
    def work(size: int) -> Callable[[], object]:
        lines = [f"Docket {n}/26  Struck 07/05/2026  Whole 600.00" for n in range(size)]
        reading = page(*lines, "VAT GB 342515129")
        return lambda: draft(reading, [taught])

    assert grows_gently(work, 400)
