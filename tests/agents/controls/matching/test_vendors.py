"""Which vendor an invoice is from, and what of it differs from the master."""

from __future__ import annotations

import pytest

from agents.controls.firm_names import NEAR, likeness
from agents.controls.matching._vendors import match_vendor, settle_near, vendor_key
from infra.records import DecidedBy
from tests.agents.controls.matching.examples import (
    IBAN,
    OTHER_IBAN,
    OTHER_VAT_ID,
    VAT_ID,
    a_vendor,
    fields_of,
    the,
    told,
)
from tests.agents.controls.matching.names_alike import OTHER, SAME

BY_MODEL = DecidedBy(by="model", tier="small", model="m", prompt_version="vendor@1")
MUSTER = a_vendor()
HERON = a_vendor("V2", "Atelier Héron SARL", vat_ids=["FR40303265045"], ibans=[OTHER_IBAN])


def test_without_a_master_one_finding_says_that_nothing_can_be_said() -> None:
    match = match_vendor(fields_of(seller__name="Muster"), [])
    assert (match.how, match.vendor, told(match.findings)) == ("no master", None, [("VENDOR", "info")])
    assert match.findings[0].verdict == "not assessable"


@pytest.mark.parametrize(
    ("stated", "how"),
    [
        ({"seller__vat_id": "DE 136 695 976"}, "vat id"),
        ({"seller__vat_id": VAT_ID, "seller__name": "Unlike"}, "vat id"),
        ({"seller__tax_number": "21/815/08150", "seller__name": "Unlike"}, "tax number"),
        ({"seller__legal_id": "hrb 4711"}, "legal id"),
        ({"seller__name": "MUSTER UND SOEHNE"}, "name"),
        ({"seller__name": "Bürohaus am Markt"}, "name"),
        ({"seller__name": "Muster & Söhne", "payment__iban": IBAN}, "name and account"),
    ],
)
def test_a_vendor_is_found_by_identifiers_first_then_by_name_or_alias(stated: dict[str, str], how: str) -> None:
    known = a_vendor(tax_numbers=["21 815 08150"], legal_ids=["HRB 4711"], aliases=["Bürohaus am Markt GmbH"])
    match = match_vendor(fields_of(**stated), [HERON, known])
    assert (match.vendor, match.how) == (known, how)
    assert the(match.findings, "VENDOR").verdict == "pass"


def test_a_swiss_and_a_greek_id_are_the_same_however_they_are_written() -> None:
    swiss = a_vendor(vat_ids=["CHE107787577", "GR094259216"])
    for stated in ("CHE-107.787.577 MWST", "EL094259216"):
        match = match_vendor(fields_of(seller__vat_id=stated, seller__name="Muster & Söhne"), [swiss])
        assert told(match.findings) == [("VENDOR", "info")]


def test_identifiers_of_two_vendors_are_a_conflict_that_a_person_settles() -> None:
    known = [a_vendor(legal_ids=["HRB 1"]), HERON]
    match = match_vendor(fields_of(seller__vat_id="FR40303265045", seller__legal_id="HRB 1"), known)
    assert match.vendor is None
    assert told(match.findings) == [("VENDOR-CONFLICT", "error")]


def test_branches_with_one_vat_id_are_told_apart_by_name_and_else_by_account() -> None:
    north, south = a_vendor("N", "Muster Nord"), a_vendor("S", "Muster Süd", ibans=[OTHER_IBAN])
    by_name = match_vendor(fields_of(seller__vat_id=VAT_ID, seller__name="Muster Süd AG"), [north, south])
    by_account = match_vendor(fields_of(seller__vat_id=VAT_ID, payment__iban=OTHER_IBAN), [north, south])
    assert (by_name.vendor, by_account.vendor) == (south, south)
    neither = match_vendor(fields_of(seller__vat_id=VAT_ID, seller__name="Muster"), [north, south])
    assert told(neither.findings) == [("VENDOR-CONFLICT", "error")]


@pytest.mark.parametrize("known", [[OTHER_IBAN], []])
def test_an_account_that_the_master_does_not_have_is_always_an_error(known: list[str]) -> None:
    match = match_vendor(fields_of(seller__vat_id=VAT_ID, payment__iban=IBAN), [a_vendor(ibans=known)])
    found = the(match.findings, "VENDOR-ACCOUNT")
    assert (found.severity, found.evidence) == ("error", {"expected": known, "found": IBAN})


def test_an_account_alone_identifies_nobody() -> None:
    match = match_vendor(fields_of(seller__name="Quite Another Ltd", payment__iban=IBAN), [MUSTER])
    assert (match.vendor, match.how) == (None, "near")
    settled = settle_near(match, "V1", "same account", BY_MODEL)
    assert told(settled.findings)[0] == ("VENDOR-NEAR", "error")


def test_a_seller_that_nobody_knows_is_an_error_that_says_what_to_do() -> None:
    match = match_vendor(fields_of(seller__name="Zebra Ltd", seller__vat_id=OTHER_VAT_ID), [MUSTER, HERON])
    assert (match.how, told(match.findings)) == ("unknown", [("VENDOR-UNKNOWN", "error")])
    assert "is not in the vendor master: add it there, or reject" in match.findings[0].message


def test_what_differs_from_the_master_is_told_with_both() -> None:
    known = a_vendor(currency="EUR", blocked="in court")
    stated = fields_of(seller__name="Muster & Söhne", seller__vat_id=OTHER_VAT_ID, currency="CHF")
    found = match_vendor(stated, [known]).findings
    assert told(found) == [
        ("VENDOR", "info"), ("VENDOR-VAT-ID", "error"), ("VENDOR-BLOCKED", "error"), ("VENDOR-CURRENCY", "warning"),
    ]  # fmt: skip
    assert the(found, "VENDOR-VAT-ID").evidence == {"expected": [VAT_ID], "found": OTHER_VAT_ID}


@pytest.mark.parametrize(
    ("account", "severity", "account_differs"),
    [(IBAN, "warning", "info"), (OTHER_IBAN, "error", "error"), (None, "error", None)],
)
def test_what_a_model_says_of_a_near_name_stands_only_if_the_account_confirms_it(
    account: str | None, severity: str, account_differs: str | None
) -> None:
    stated = fields_of(seller__name="Muster & Söhnc GmbH", **({"payment__iban": account} if account else {}))
    match = match_vendor(stated, [MUSTER, a_vendor("V9", "Musterhaus", ibans=[], vat_ids=[])])
    assert (match.how, told(match.findings)) == ("near", [("VENDOR-NEAR", "error")])
    settled = settle_near(match, "V1", "a misread letter", BY_MODEL)
    near = the(settled.findings, "VENDOR-NEAR")
    assert (settled.vendor, near.severity, near.decided_by) == (MUSTER, severity, BY_MODEL)
    assert near.evidence["reason"] == "a misread letter"
    assert dict(told(settled.findings)).get("VENDOR-ACCOUNT") == account_differs
    assert all(one.verdict != "pass" or one.rule == "VENDOR-ACCOUNT" for one in settled.findings)


@pytest.mark.parametrize("chosen", [None, "V77"])
def test_where_a_model_takes_none_or_one_it_was_not_asked_about_the_seller_is_unknown(chosen: str | None) -> None:
    match = match_vendor(fields_of(seller__name="Muster & Söhnc"), [MUSTER])
    settled = settle_near(match, chosen, "not sure", BY_MODEL)
    assert settled.vendor is None
    assert told(settled.findings) == [("VENDOR-NEAR", "info"), ("VENDOR-UNKNOWN", "error")]


def test_claims_are_found_by_the_vendor_or_by_the_plain_name() -> None:
    known = fields_of(seller__name="Muster & Söhne GmbH")
    assert vendor_key(match_vendor(known, [MUSTER]), known) == "vendor:V1"
    assert vendor_key(match_vendor(known, [HERON]), known) == "name:muster sohne"
    assert vendor_key(match_vendor({}, [HERON]), {}) is None


def test_names_of_one_firm_are_found_and_names_of_two_are_never_the_same() -> None:
    """Of 60 pairs: 30 of one firm, of which 19 are the same without a question; 30 of two, of which 6 are asked about."""
    same = [likeness(*pair) for pair in SAME]
    other = [likeness(*pair) for pair in OTHER]
    assert [pair for pair, score in zip(OTHER, other, strict=True) if score >= 100] == []
    assert [pair for pair, score in zip(SAME, same, strict=True) if score < NEAR] == []
    assert sum(score >= 100 for score in same) >= 19
    assert sum(score >= NEAR for score in other) <= 6


def test_among_all_names_of_the_list_the_right_vendor_is_the_nearest() -> None:
    names = dict.fromkeys(master for _, master in (*SAME, *OTHER))
    vendors = [a_vendor(f"V{n}", name, vat_ids=[], ibans=[]) for n, name in enumerate(names)]
    for printed, meant in SAME:
        match = match_vendor(fields_of(seller__name=printed), vendors)
        best = match.vendor or match.near[0][0]
        assert likeness(best.name, meant) >= 100, printed
