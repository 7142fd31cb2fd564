"""The approval policy: the one in force, the one an execution began with, and for whom an execution waits under it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from agents.controls.approval import Case, Policy, listed, load_policy, may_approve, requirement, same_person
from workers.office import executions
from workers.office.errors import CannotDo

if TYPE_CHECKING:
    from infra.records import Execution
    from infra.settings import Settings
    from workers.office import Office


@dataclass(frozen=True)
class Waits:
    """For whom an execution waits: ``anyone`` but the ``barred``, or the ``people``."""

    anyone: bool
    people: list[str]
    """Who may approve it today and has not yet."""
    barred: list[str]
    needed: int
    """How many people have to approve."""
    why: list[str]
    approved: list[str]
    """Who has."""
    since: str | None
    """When it began to wait, ISO 8601."""
    reminders: list[dict[str, Any]]
    """What was done about it since: ``kind`` (``reminder`` or ``escalation``), ``at``, ``to``."""

    @property
    def who(self) -> str:
        """Who may approve, in a few words."""
        if self.anyone:
            return f"anyone but {listed(self.barred)}" if self.barred else "anyone"
        more = "" if self.needed <= 1 or self.approved else " (two of them)"
        return f"{listed(self.people)}{more}"


@dataclass(frozen=True)
class Explained:
    """What the policy said of an execution."""

    execution: Execution
    policy: Policy | None
    """The one it began with; None where nobody has it any more."""
    approval: Mapping[str, Any]
    """As recorded: ``policy`` (name and digest), ``rule``, ``case``, ``requirement``, ``approvals``."""
    waits: Waits


def in_force(settings: Settings) -> tuple[Policy, str]:
    """The policy of the settings, and where it comes from.

    Raises:
        BadPolicy: it cannot be used.
    """
    file = settings.approval_policy
    policy = load_policy(file, limits=settings.approval_limits, sure=settings.sure)
    return policy, str(file.absolute() if file else "the settings approval_limits and sure")


async def explain(office: Office, meant: str, tenant: str | None = None) -> Explained:
    """The rule that let an execution pass or wants a person, who may approve, and who has.

    Raises:
        NotKnown, SeveralMeant: as `executions.find`.
        CannotDo: nothing of a policy is on its record.
    """
    execution = await executions.find(office, meant, tenant)
    policy = await kept(office, execution)
    approval = approval_of(execution)
    if not approval:
        raise CannotDo(f"{execution.name} has no record of an approval policy: it is {execution.status.value}")
    return Explained(execution, policy, approval, waits_of(execution, policy))


def approval_of(execution: Execution) -> Mapping[str, Any]:
    """What is recorded of its approval; nothing where no policy was asked."""
    return execution.result.get("approval") or {}


async def kept(office: Office, execution: Execution, seen: dict[str, Policy | None] | None = None) -> Policy | None:
    """The policy the execution began with, found by its recorded digest: among the options of its batch, or in the document
    store. None where neither has it. ``seen``, by digest, saves looking twice."""
    digest: str = (approval_of(execution).get("policy") or {}).get("digest") or ""
    seen = {} if seen is None else seen
    if digest and digest not in seen:
        options = await office.ledger.batch_options(execution.tenant, execution.batch)
        plain = (options.get(execution.definition) or {}).get("policy") or {}
        if plain.get("digest") == digest:
            seen[digest] = Policy.model_validate(plain)
        else:
            seen[digest] = _stored(office, digest)
    return seen.get(digest)


def _stored(office: Office, digest: str) -> Policy | None:
    try:
        stored = office.documents.get(digest)
    except (FileNotFoundError, ValueError):
        return None
    return Policy.model_validate({**json.loads(stored), "digest": digest})


def waits_of(execution: Execution, policy: Policy | None) -> Waits:
    """For whom it waits today, by ``policy`` if it is known, else as it was recorded."""
    case, approved, escalated = _asked(execution)
    asked: Mapping[str, Any] = approval_of(execution).get("requirement") or {}
    if policy and case:
        asked = requirement(policy, case, _today(), already=approved, escalated=escalated).as_json()
    return Waits(
        anyone=bool(asked.get("anyone", True)),
        people=[name for name in asked.get("people", []) if name not in approved],
        barred=list(asked.get("barred", [])),
        needed=asked.get("needed", 1),
        why=list(asked.get("why", [])),
        approved=approved,
        since=execution.result.get("waits_since"),
        reminders=list(execution.result.get("reminders") or []),
    )


def may(execution: Execution, policy: Policy | None, person: str) -> bool:
    """Whether ``person`` may approve it today; as far as is known, where its policy is not."""
    case, approved, escalated = _asked(execution)
    if policy and case:
        return may_approve(policy, case, person, _today(), approved, escalated=escalated) is None
    waits = waits_of(execution, None)
    if same_person(person, [*waits.barred, *waits.approved]):
        return False
    return waits.anyone or same_person(person, waits.people)


def _asked(execution: Execution) -> tuple[Case | None, list[str], bool]:
    """What the policy is asked about, who has approved, and whether it was escalated."""
    recorded = approval_of(execution)
    case = Case.from_json(recorded["case"]) if recorded.get("case") else None
    approved = [approval["by"] for approval in recorded.get("approvals") or []]
    reminders = execution.result.get("reminders") or []
    return case, approved, any(reminder["kind"] == "escalation" for reminder in reminders)


def _today() -> date:
    """The days of a policy are those of UTC."""
    return datetime.now(UTC).date()
