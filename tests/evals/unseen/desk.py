"""Where documents are read: the invoice agent's graph with a ledger, a master and a reader of a chosen kind in place of a model."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from agents.fields.values import compact
from infra.connections import Connections, use
from infra.ledger import migrate
from infra.records import OwnCompany, Vendor
from infra.settings import Reads, Settings, TierSettings, TokenPrice
from tests.evals.attacks.desk import Attempt, Desk
from tests.scripted.endpoint import NONE, ScriptedEndpoint
from tests.scripted.readers import Hostile, Mediocre, Perfect

POLICY = """\
name: unseen
auto_approval:
  enabled: true
  limits: {EUR: 1000000, GBP: 1000000, USD: 1000000, CHF: 1000000, INR: 100000000}
approvers:
  - {id: heads, people: [Ada, Bodo], up_to: {EUR: 100000000, GBP: 100000000, USD: 100000000, CHF: 100000000, INR: 1000000000}}
"""
"""No limit that a document comes to: what stops one is doubt, never its sum."""


class Way(StrEnum):
    """Who reads beside code, and what the master knows."""

    CODE = "code"
    """Nobody: no model is asked, and the master is empty."""
    MASTER = "master"
    """Nobody, and the master has the seller with its identifiers and its account; the buyer is one of our own companies."""
    AGREE = "agree"
    """A reader that says what code thinks best of, with the same known: the most that a small model can add."""
    PERFECT = "perfect"
    """A strong model that reads the whole document and never errs, with the same known."""
    MEDIOCRE = "mediocre"
    """One that is right in four of five of its answers, though its tier is said to be strong."""
    HOSTILE = "hostile"
    """One that never is."""
    CHOOSING = "choosing"
    """The model that never errs, asked as a small one is: what reading the whole document is worth."""


class Agreeing(ScriptedEndpoint):
    """Chooses what it is offered first, which is what code thinks best of; of a table it reads nothing."""

    def read(self, body: dict[str, Any], shape: str) -> dict[str, Any]:
        schema = body["response_format"]["json_schema"]["schema"]
        if shape == "Lines":
            return {"lines": []}
        if shape == "Vendor":
            return {"vendor": NONE, "reason": "not certain"}
        return {key: (among.get("enum") or [NONE])[0] for key, among in schema["properties"].items()}


_READERS: Mapping[Way, type[ScriptedEndpoint]] = {
    Way.PERFECT: Perfect,
    Way.MEDIOCRE: Mediocre,
    Way.HOSTILE: Hostile,
    Way.CHOOSING: Perfect,
}


class Desks:
    """Desks of one way of reading, one for each document, so that none knows of another."""

    def __init__(self, connections: Connections, way: Way, reader: ScriptedEndpoint) -> None:
        self._connections, self._way, self._reader = connections, way, reader
        self._tenants = 0

    async def tried(self, document: bytes, name: str, truth: Mapping[str, Any]) -> Attempt:
        """``document`` through the graph until a person is asked, or to its end."""
        return await (await self.desk(truth)).hand_in(document, name=name)

    async def desk(self, truth: Mapping[str, Any], *others: Mapping[str, Any]) -> Desk:
        """One that knows nobody; but the seller of ``truth``, and that its buyer and that of ``others`` are we, where the way of
        reading has them on record."""
        self._tenants += 1
        tenant = f"unseen{self._tenants}"
        if isinstance(self._reader, Perfect):
            self._reader.truth = truth
        if self._way != Way.CODE and (vendor := vendor_of(truth, tenant)):
            await self._connections.ledger.put_vendors([vendor])
        ours = [] if self._way == Way.CODE else [ours for one in (truth, *others) for ours in companies_of(one)]
        return Desk(self._connections, tenant, ours)


def vendor_of(truth: Mapping[str, Any], tenant: str, id: str = "V1") -> Vendor | None:
    """The seller of ``truth`` as accounts payable knows it; None where it has no name."""
    seller, payment = truth.get("seller") or {}, truth.get("payment") or {}
    if not seller.get("name"):
        return None

    def of(value: object) -> list[str]:
        return [compact(str(value)).upper()] if value else []

    return Vendor(
        tenant=tenant,
        id=id,
        name=seller["name"],
        vat_ids=of(seller.get("vat_id")),
        tax_numbers=of(seller.get("tax_number")),
        legal_ids=of(seller.get("legal_id")),
        ibans=of(payment.get("iban")),
        destinations=of(payment.get("bic")),
    )


def companies_of(truth: Mapping[str, Any]) -> list[OwnCompany]:
    """The buyer of ``truth``, as who it is says of itself; none where it has no name."""
    buyer = truth.get("buyer") or {}
    if not buyer.get("name"):
        return []
    return [OwnCompany(name=buyer["name"], vat_ids=[buyer["vat_id"]] if buyer.get("vat_id") else [])]


@asynccontextmanager
async def desks(way: Way, **settings: Any) -> AsyncIterator[Desks]:
    """With a ledger and a document store of its own; ``settings`` over those of a plain installation."""
    with tempfile.TemporaryDirectory(prefix="unseen-") as folder, _READERS.get(way, Agreeing)() as endpoint:
        home = Path(folder)
        policy = home / "approval.yaml"
        policy.write_text(POLICY)
        ledger_url = f"sqlite:///{home / 'ledger.db'}"
        migrate(ledger_url)
        price = TokenPrice(input=Decimal(1), output=Decimal(2), source="a list")
        reads: Reads = "whole" if way in (Way.PERFECT, Way.MEDIOCRE, Way.HOSTILE) else "choose"
        tier = TierSettings(url=endpoint.url, model="scripted", price=price, timeout_seconds=10, reads=reads)
        made = Settings(
            home=home,
            ledger_url=ledger_url,
            tiers={"small": tier},
            approval_policy=policy,
            ask="nothing" if way in (Way.CODE, Way.MASTER) else "open",
            max_repairs=0,
            **settings,
        )
        connections = Connections.of(made)
        use(connections)
        try:
            yield Desks(connections, way, endpoint)
        finally:
            use(None)
            await connections.close()


def as_json(value: object) -> str:
    """For a file: Decimals as they are written."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=str)
