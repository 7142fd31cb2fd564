"""The checks a controller makes between reading and paying: who is to be paid, what was ordered and received, whether it was
claimed before, what the rules of e-invoicing and the house say of it.

Nothing here decides: it finds. `deciding` weighs what was found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from agents.controls import matching
from agents.controls.approval import Case, Policy, auto, policy_of
from agents.controls.matching import VendorLimit, VendorMatch
from agents.controls.rulebook import Facts, ask_rules, by_code, kept_rulebook, kept_sanctions, unasked
from agents.documents.reading import Reading
from agents.einvoice import en16931
from agents.fields.schema import Fields, loaded, number_of, value_of
from infra.connections import Connections, connections
from infra.ledger import Ledger
from infra.ledger.keys import number_key
from infra.records import PART_OF, Claim, DecidedBy, Finding, Vendor, Verdict, finding
from infra.telemetry.steps import step

State = dict[str, Any]


@step("match", kind="RETRIEVER")
async def match(state: State) -> State:
    """Hold the invoice against the vendor master, its purchase order with what was received and billed, and all that the
    tenant was sent before, also what is still being processed.

    May be run again: the claim of the same run keeps its place, and what it bills replaces what it billed.
    """
    ledger, execution = connections().ledger, state["execution"]
    tenant = execution["tenant"]
    fields = loaded(state.get("fields", {}))
    known = await ledger.vendors(tenant)
    found = await asyncio.to_thread(matching.match_vendor, fields, known)
    choice = _choice(state, fields)
    if found.how == "near" and choice is None and state["options"]["ask"] != "nothing":
        # Nothing is claimed before it is known of whom: of two that come at once each would see the other.
        return {"matched": {"vendor": None, "how": "near", "near": _near(found)}, "findings": {"match": found.findings}}
    if found.how == "near" and choice:
        chosen = choice["vendor"] if choice["vendor"] in {vendor.id for vendor, _ in found.near} else None
        found = matching.settle_near(found, chosen, choice["reason"], DecidedBy.model_validate(choice["decided_by"]))
    found = matching.with_accounts(found, state["document"].get("accounts") or ())
    claim = _claim(state, fields, found)
    others = await ledger.claim(claim)
    policy = policy_of(state["options"])
    wanted = _order_number(state, fields)
    ordered: list[Finding] = []
    if found.vendor and found.vendor.order_required or wanted and await ledger.has_orders(tenant):
        ordered = await ledger.match_order(
            tenant,
            wanted or "",
            execution["id"],
            lambda on_record: matching.match_order(
                fields,
                claim.kind,
                on_record,
                found.vendor,
                execution["id"],
                tenant,
                wanted,
                _tolerances(policy),
            ),
        )
    else:
        if state.get("matched"):  # it may have billed an order before a person corrected it
            await ledger.bill_nothing(execution["id"])
        if wanted:
            message = f"it refers to order {wanted}, and no purchase orders are kept here: `counterfoil orders import` takes them"
            ordered = [finding("ORDER", "info", message, "purchase_order_ref", verdict="not assessable", found=wanted)]
    alike = matching.duplicates(claim, others, days=policy.matching.duplicate_days)
    return {
        "matched": {
            "vendor": found.vendor.id if found.vendor else None,
            "how": found.how,
            "named": matching.is_named(found, fields),
            "near": _near(found),
            "vendor_key": claim.vendor_key,
            "cost_centre": _cost_centre(state, found.vendor),
            "limit": str(limit) if (limit := VendorLimit.of(found.vendor, claim.currency)) else None,
            "order": wanted if any(one.rule == "ORDER" and one.verdict is Verdict.PASS for one in ordered) else None,
        },
        "submitters": sorted(await _submitters(ledger, execution)),
        "findings": {"match": [*found.findings, *ordered, *alike]},
    }


async def after_match(state: State) -> str:
    """Where only near names were found in the vendor master, a model is asked which of them it is; once for a name."""
    fields = loaded(state.get("fields", {}))
    near = state["matched"]["how"] == "near" and not _choice(state, fields)
    return "choose_vendor" if near and state["options"]["ask"] != "nothing" else "comply"


@step("choose vendor")
async def choose_vendor(state: State) -> State:
    """Ask which vendor of the master the seller is, of those with near names; the reason is kept."""
    fields = loaded(state.get("fields", {}))
    seller = fields["seller.name"].value
    known = {vendor.id: vendor for vendor in await connections().ledger.vendors(state["execution"]["tenant"])}
    near = [(known[id], score) for id, _, score in state["matched"]["near"] if id in known]
    said = await matching.ask_which(state["execution"]["id"], fields, near, tier=state["options"]["tiers"][0])
    return {
        "vendor_choice": {
            "for": seller,
            "vendor": said.vendor,
            "reason": said.reason,
            "decided_by": said.decided_by.model_dump(),
        },
        "calls": said.calls,
    }


@step("comply", kind="GUARDRAIL")
async def comply(state: State) -> State:
    """The rules of EN 16931, of the e-invoice as it was sent or of what was read from the page; and the house policies, as
    far as code can answer them. What is left of these is for a model."""
    to, execution = connections(), state["execution"]
    fields, kind = loaded(state.get("fields", {})), state.get("kind") or "invoice"
    reading = await asyncio.to_thread(_reading, to, execution["digest"])
    xml = reading.xml.text if reading.xml and state["document"]["xml"] else None
    french = bool(state["options"].get("french_rules"))
    official = await (en16931.findings(xml, french=french) if xml else en16931.assess_extracted(fields, kind))
    said = {one["rule"] for one in state["findings"].get("check", ()) if one["severity"] == "error"}
    facts = await _facts(to, state, fields, kind, reading)
    rulebook = await asyncio.to_thread(kept_rulebook, to.documents, state["options"]["rulebook"])
    house, open_rules = by_code(facts, rulebook)
    asks = state["options"]["ask"] != "nothing"
    left = None if asks else unasked(open_rules)
    return {
        "findings": {"comply": [*(one for one in official if one.rule not in said), *house], "policies": left},
        "open_rules": open_rules if asks else [],
    }


async def after_comply(state: State) -> str:
    """Policies that code could not answer are asked of a model."""
    return "ask_policies" if state["open_rules"] else "decide"


@step("ask policies")
async def ask_policies(state: State) -> State:
    """Ask about the house policies that are open, one call each, all at once."""
    to, execution = connections(), state["execution"]
    rulebook = await asyncio.to_thread(kept_rulebook, to.documents, state["options"]["rulebook"])
    found, calls = await ask_rules(
        execution["id"], execution["digest"], state["open_rules"], rulebook, tier=state["options"]["tiers"][0]
    )
    return {"findings": {"policies": found}, "calls": calls}


async def _facts(to: Connections, state: State, fields: Fields, kind: str, reading: Reading) -> Facts:
    """What the house policies may know."""
    execution, matched, policy = state["execution"], state["matched"], policy_of(state["options"])
    tenant, key = execution["tenant"], matched["vendor_key"]
    known = {vendor.id: vendor for vendor in await to.ledger.vendors(tenant)} if matched["vendor"] else {}
    issued = value_of(fields, "issue_date")
    days = policy.matching.split_days
    since = date.fromisoformat(issued) - timedelta(days=days) if issued and days else None
    claims = await to.ledger.claims(tenant, vendor_key=key, since=since) if key and since else []
    case = Case(
        amount=number_of(fields, "totals.grand_total"),
        currency=value_of(fields, "currency"),
        kind=kind,
        tenant=tenant,
        vendor=matched["vendor"],
        cost_centre=matched["cost_centre"],
    )
    return Facts(
        reading=reading,
        fields=fields,
        kind=kind,
        today=datetime.now(UTC).date(),
        execution_id=execution["id"],
        vendor=known.get(matched["vendor"]),
        claims=[claim for claim in claims if claim.execution_id != execution["id"]],
        order_matched=matched["order"] is not None,
        approval_limit=auto(policy, case).limit,
        split_days=policy.matching.split_days,
        sanctions=await asyncio.to_thread(kept_sanctions, to.documents, state["options"]["rulebook"]),
        details=execution.get("details") or {},
    )


def _near(found: VendorMatch) -> list[list[Any]]:
    return [[vendor.id, vendor.name, round(score, 1)] for vendor, score in found.near]


def _choice(state: State, fields: Fields) -> dict[str, Any] | None:
    """What a model said of the seller's name, if it was asked about the name that now stands."""
    choice, seller = state.get("vendor_choice"), fields.get("seller.name")
    return choice if choice and seller and choice["for"] == seller.value else None


def _claim(state: State, fields: Fields, found: VendorMatch) -> Claim:
    execution, document = state["execution"], state["document"]
    number, issued = fields.get("invoice_number"), fields.get("issue_date")
    return Claim(
        execution_id=execution["id"],
        run_id=execution.get("run_id") or "",
        tenant=execution["tenant"],
        kind="credit_note" if state.get("kind") == "credit_note" else "invoice",
        vendor_key=matching.vendor_key(found, fields),
        vendor=value_of(fields, "seller.name"),
        vat_id=value_of(fields, "seller.vat_id"),
        number=number.value if number else None,
        number_key=number_key(number.value) or None if number else None,
        currency=value_of(fields, "currency"),
        amount=number_of(fields, "totals.grand_total"),
        issue_date=date.fromisoformat(issued.value) if issued else None,
        preceding=number_key(document["preceding"]) if document.get("preceding") else None,
        order=_order_number(state, fields),
        name=execution["name"],
        tokens=document.get("sketch") or [],
    )


def _order_number(state: State, fields: Fields) -> str | None:
    """The order it refers to: what a person or the document says, else what whoever handed it in says."""
    return value_of(fields, "purchase_order_ref") or state["execution"].get("details", {}).get("purchase_order") or None


def _cost_centre(state: State, vendor: Vendor | None) -> str | None:
    given: str | None = state["execution"].get("details", {}).get("cost_centre")
    return given or (vendor.cost_centre if vendor else None)


async def _submitters(ledger: Ledger, execution: Mapping[str, Any]) -> set[str]:
    """Who handed the document in, or the file that it was a part of."""
    found = {execution["submitted_by"]} if execution.get("submitted_by") else set()
    for id in (execution["id"], (execution.get("details") or {}).get(PART_OF)):
        found |= set(await ledger.submitters(id)) if id else set()
    return found


def _tolerances(policy: Policy) -> matching.Tolerances:
    allowed = policy.matching
    return matching.Tolerances(
        price_percent=allowed.price_percent,
        price_amount=allowed.price_amount,
        quantity_percent=allowed.quantity_percent,
    )


def _reading(to: Connections, digest: str) -> Reading:
    return Reading.model_validate_json(to.documents.get_derived(digest, "reading.json"))
