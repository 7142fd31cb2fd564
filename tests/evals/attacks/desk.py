"""Where attacks are tried: the invoice agent's graph with a ledger, a document store, a vendor master and an approval policy."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from agents.invoice.graph import build_graph, options
from agents.steps import reading_of
from infra.connections import Connections, use
from infra.ledger import migrate
from infra.records import OwnCompany, Vendor
from infra.settings import Settings, TierSettings, TokenPrice
from tests.evals.attacks.invoices import IBAN, SELLER
from tests.scripted.endpoint import ScriptedEndpoint

POLICY = """\
name: attacks
auto_approval:
  enabled: true
  limits: {EUR: 1000}
approvers:
  - {id: clerks, people: [Clara], up_to: {EUR: 0}}
  - {id: heads, people: [Ada, Bodo], up_to: {EUR: 100000}}
own_submission: forbidden
four_eyes: {above: {EUR: 5000}}
"""
"""Clara may approve nothing. Ada and Bodo may approve all: above 5000 both, and neither what they handed in themselves."""


class Attempt:
    """One document on its way; `state` is how far it got."""

    def __init__(self, app: Any, id: str) -> None:
        self._app = app
        self._config = {"configurable": {"thread_id": id}, "recursion_limit": 100}
        self.state: dict[str, Any] = {}

    async def go(self, given: object) -> None:
        self.state = await self._app.ainvoke(given, self._config)

    async def answer(self, action: str, reviewer: str, corrections: Mapping[str, str | None] | None = None) -> None:
        """What a person answers to a review."""
        given = {"action": action, "reviewer": reviewer, "reason": None, "corrections": dict(corrections or {})}
        await self.go(Command(resume=given))

    @property
    def outcome(self) -> str:
        """``review`` while a person is waited for; else what was decided."""
        return "review" if "__interrupt__" in self.state else str(self.state["decision"]["outcome"])

    @property
    def rules(self) -> list[str]:
        """Rules of the findings that speak against it, in the order of the steps."""
        findings = (one for found in self.state["findings"].values() for one in found)
        return list(dict.fromkeys(one["rule"] for one in findings if one["severity"] in ("error", "warning")))

    @property
    def reasons(self) -> list[str]:
        return list(self.state["decision"]["reasons"])

    @property
    def values(self) -> list[str]:
        """All values that were taken from the document."""
        return [field["value"] for field in self.state["fields"].values() if field]


class Desk:
    """Hands documents in, each as one execution, to the graph as it is: those of one attack, for a tenant of its own."""

    def __init__(self, connections: Connections, tenant: str, companies: Sequence[OwnCompany] = ()) -> None:
        self._connections, self._tenant = connections, tenant
        self._settings = connections.settings.model_copy(update={"companies": list(companies)})
        self._app = build_graph().compile(checkpointer=InMemorySaver())
        self._taken = 0

    async def hand_in(
        self,
        document: bytes,
        *,
        details: Mapping[str, str] | None = None,
        submitted_by: str | None = "Emil",
        name: str = "a.pdf",
    ) -> Attempt:
        """Run until a person is asked, or until the end."""
        self._taken += 1
        digest = self._connections.documents.put(document)
        ref: dict[str, Any] = {
            "id": f"{self._tenant}/{self._taken}",
            "tenant": self._tenant,
            "batch": "attacks",
            "digest": digest,
            "name": name,
            "submitted_by": submitted_by,
            "details": dict(details or {}),
        }
        attempt = Attempt(self._app, ref["id"])
        await attempt.go({"execution": ref, "options": options(self._settings)})
        return attempt

    def words(self, document: bytes) -> str:
        """The words of a document that was handed in, as evidence is looked up in them."""
        return " ".join(word.text for word in reading_of(self._connections.documents.put(document)).words)

    async def posted(self) -> int:
        """How many invoices were posted."""
        return len(await self._connections.ledger.posted(self._tenant))


class Office:
    """Where desks are had, one an attack."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._tenants = 0

    async def desk(self) -> Desk:
        """One with the one vendor in its master."""
        self._tenants += 1
        tenant = f"attack{self._tenants}"
        vendor = Vendor(
            tenant=tenant, id="V1", name=SELLER.name, vat_ids=[SELLER.vat or ""], ibans=[IBAN], currency="EUR"
        )
        await self._connections.ledger.put_vendors([vendor])
        return Desk(self._connections, tenant)


@asynccontextmanager
async def office() -> AsyncIterator[Office]:
    """With a ledger and a document store of its own, and a scripted endpoint in place of a model."""
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder, ScriptedEndpoint() as endpoint:
        home = Path(folder)
        policy = home / "approval.yaml"
        policy.write_text(POLICY)
        ledger_url = f"sqlite:///{home / 'ledger.db'}"
        migrate(ledger_url)
        price = TokenPrice(input=Decimal(1), output=Decimal(2), source="a list")
        tier = TierSettings(url=endpoint.url, model="scripted", price=price, timeout_seconds=10)
        made = Settings(
            home=home, ledger_url=ledger_url, tiers={"small": tier}, approval_policy=policy, ask="open", max_repairs=0
        )
        connections = Connections.of(made)
        use(connections)
        try:
            yield Office(connections)
        finally:
            use(None)
            await connections.close()
