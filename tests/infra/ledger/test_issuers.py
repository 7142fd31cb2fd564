"""What was learnt of issuers is kept version by version, per tenant, and can be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

from infra.ledger import Ledger
from infra.records import Issuer, IssuerProfile, Side, Spot

SPOT = Spot(page="first", side=Side.BESIDE, label="docket", x0=300.0, x1=340.5, top=120.0, shape="0/0")
LEARNT = Issuer(
    tenant="acme",
    id="vat:DE136695976",
    version=0,
    keys=["vat:DE136695976", "name:muster sohne gmbh"],
    profile=IssuerProfile(names=["Muster & Söhne GmbH"], spots={"invoice_number": [SPOT]}, day_order="DMY"),
    execution_id="e1",
    taught_by="Ada",
    taught_at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
)


async def test_each_look_makes_a_version_and_the_newest_counts(ledger: Ledger) -> None:
    first = await ledger.teach(LEARNT)
    assert first == LEARNT.model_copy(update={"version": 1})
    again = LEARNT.model_copy(update={"execution_id": "e2", "taught_by": "Bodo"})
    second = await ledger.teach(again)
    assert (second.version, second.taught_by) == (2, "Bodo")
    assert await ledger.issuers("acme") == [second]
    assert await ledger.issuer_history("acme", LEARNT.id) == [second, first]


async def test_the_same_execution_teaches_once(ledger: Ledger) -> None:
    first = await ledger.teach(LEARNT)
    assert await ledger.teach(LEARNT.model_copy(update={"taught_by": "Bodo"})) == first
    assert len(await ledger.issuer_history("acme", LEARNT.id)) == 1


async def test_issuers_are_found_by_any_of_their_keys_and_those_most_keys_name_come_first(ledger: Ledger) -> None:
    known = await ledger.teach(LEARNT)
    same_name = LEARNT.model_copy(
        update={"id": "name:muster#1", "keys": ["name:muster sohne gmbh"], "execution_id": "e2"}
    )
    other = await ledger.teach(same_name)
    assert await ledger.issuers_by("acme", ["name:muster sohne gmbh", "vat:DE136695976"]) == [known, other]
    assert await ledger.issuers_by("acme", ["vat:FR1"]) == []
    assert await ledger.issuers_by("acme", []) == []


async def test_tenants_know_nothing_of_each_other(ledger: Ledger) -> None:
    await ledger.teach(LEARNT)
    assert (await ledger.issuers("other"), await ledger.issuers_by("other", LEARNT.keys)) == ([], [])
    assert await ledger.forget_issuer("other", LEARNT.id) == 0
    assert len(await ledger.issuers("acme")) == 1


async def test_what_is_forgotten_is_found_no_more(ledger: Ledger) -> None:
    await ledger.teach(LEARNT)
    assert await ledger.forget_issuer("acme", LEARNT.id) == 1
    assert (await ledger.issuers("acme"), await ledger.issuers_by("acme", LEARNT.keys)) == ([], [])
