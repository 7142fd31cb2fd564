"""What a policy says of a case. Pure: the same policy, case and day give the same answer, in a workflow or for an auditor.

Who a person is comes from their answer to the review alone. Days are those of UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agents.controls.approval._case import Case, Escalation, Reminding, Requirement, Verdict
from agents.controls.approval._names import among, key_of, listed
from agents.controls.approval._policy import BUILT_IN, GENERAL, AutoRule, Group, Limits, Policy


def auto(policy: Policy, case: Case) -> Verdict:
    """Whether the policy lets the case pass without a person. (Whether the document is sound, others say.)"""
    rule = _rule(policy, case)
    id, limits = (rule.id, rule.limits) if rule else (GENERAL, policy.auto_approval.limits)
    by = "" if policy.name == BUILT_IN else f" (rule {id} of policy {policy.name})"
    if not policy.auto_approval.enabled:
        return Verdict(False, GENERAL, f"the policy {policy.name} approves nothing without a person")
    if rule and not rule.enabled:
        named = ", ".join(f"{key} {value}" for key, value in rule.when.named.items())
        return Verdict(False, id, f"nothing of {named} is approved without a person{by}")
    if case.kind != "invoice" and not (rule and rule.when.kind == case.kind):
        credit = "it is a credit note: a person settles it against its invoice"
        return Verdict(False, id, credit if case.kind == "credit_note" else "it does not look like an invoice")
    if case.amount is None or case.currency is None:
        return Verdict(False, id, f"there is no total and currency to hold against a limit{by}")
    limit = limits.get(case.currency)
    if limit is None:
        return Verdict(False, id, f"there is no approval limit for {case.currency}{by}")
    if case.amount <= 0:
        return Verdict(False, id, f"the total of {format(case.amount, 'f')} is not positive", limit)
    if case.amount > limit:
        return Verdict(
            False,
            id,
            f"the total of {case.total} is above the limit of {format(limit, 'f')} {case.currency}{by}",
            limit,
        )
    if own := [
        name for name in case.correctors if policy.own_submission == "forbidden" and among(name, case.submitters)
    ]:
        reason = f"{own[0]} corrected what they handed in themselves, so somebody else has to approve it"
        return Verdict(False, id, reason, limit)
    if case.correctors and needed(policy, case) > 1:
        reason = f"{case.correctors[-1]} corrected it, and may not alone answer for it {_above(policy, case)}"
        return Verdict(False, id, reason, limit)
    return Verdict(True, id, f"total within the limit of {format(limit, 'f')} {case.currency}{by}", limit)


def needed(policy: Policy, case: Case) -> int:
    """How many different people have to approve: 1, or 2 above the sum for four eyes."""
    above = policy.four_eyes.above
    if not above or case.amount is None:
        return 1
    limit = above.get(case.currency or "")
    return 2 if limit is None or abs(case.amount) > limit else 1


def requirement(
    policy: Policy, case: Case, on: date, *, already: Sequence[str] = (), escalated: bool = False
) -> Requirement:
    """Who has to approve the case on that day.

    Args:
        already: who has approved it.
        escalated: whether it has waited so long that the group for that may approve too.
    """
    count = needed(policy, case)
    barred = list(dict.fromkeys(case.submitters)) if policy.own_submission == "forbidden" else []
    powers = [
        p for p in _powers(policy, case, on, escalated) if _free(policy, case, p) and not among(p.person, already)
    ]
    people = _people(powers)
    own = {key_of(power.person) for power in powers if power.for_ is None}
    why = [f"two different people have to approve it: four eyes {_above(policy, case)}"] if count == 2 else []
    if not policy.approvers:
        why.append(f"anyone but {listed(barred)}, who handed it in, may approve" if barred else "anyone may approve")
    else:
        groups = list(dict.fromkeys(power.group for power in powers))
        why.append(f"{listed(people)} may approve ({listed(groups)})" if people else _nobody(policy, case))
        if len(people) + len(_distinct(already)) < count and people:
            why.append(f"one person more is needed: {_NEXT}")
    remind, group = policy.reminders, policy.group(policy.reminders.escalate_to)
    return Requirement(
        needed=count,
        anyone=not policy.approvers,
        people=people,
        groups=list(dict.fromkeys(power.group for power in powers)),
        barred=barred,
        deputies={p.person: p.for_ for p in powers if p.for_ is not None and key_of(p.person) not in own},
        reminders=None if remind.after_hours is None else Reminding(remind.after_hours, remind.every_hours),
        escalation=Escalation(remind.escalate_after_hours, group.id, list(group.people))
        if group and remind.escalate_after_hours is not None
        else None,
        why=why,
    )


def may_approve(
    policy: Policy, case: Case, person: str, on: date, already: Sequence[str] = (), *, escalated: bool = False
) -> str | None:
    """None if ``person`` may approve the case on that day; else why not, and who may."""
    if not key_of(person):
        return "an approval needs the name of who approves"
    if among(person, already):
        return f"{person} has approved it already; a second person has to: {_who(policy, case, on, already, escalated)}"
    submitted = policy.own_submission == "forbidden" and among(person, case.submitters)
    who = _who(policy, case, on, [*already, person], escalated)
    if submitted:
        return f"{person} handed it in, and the policy {policy.name} lets nobody approve what they handed in: {who}"
    if not policy.approvers:
        return None
    mine = [power for power in _powers(policy, case, on, escalated) if among(person, [power.person])]
    if not mine:
        under = f"under the policy {policy.name}{_lapsed(policy, person, on)}"
        return f"{person} may not approve {case.total}{_scope(case)} {under}: {who}"
    if not any(_free(policy, case, power) for power in mine):
        for_ = mine[0].for_
        return f"{person} may approve it only for {for_}, who handed it in: {who}"
    return None


def may_answer(policy: Policy, case: Case, person: str, on: date, *, escalated: bool = False) -> str | None:
    """None if ``person`` may reject or correct the case on that day; else why not.

    That is anyone; where there are groups, whoever is in one for the tenant, or stands in for someone who is, whatever the
    group's sums, vendors and cost centres: what could not be read must be mendable, and pays nothing by itself. It may be
    what they handed in.
    """
    if not policy.approvers:
        return None
    groups = [g for g in policy.approvers if g.tenants is None or among(case.tenant, g.tenants)]
    people = [name for group in groups if _open(policy, group, escalated) for name in group.people]
    people += [d.to for d in policy.delegations if d.holds(on) and among(d.from_, people)]
    if among(person, people):
        return None
    return f"{person} is no approver of {case.tenant} under the policy {policy.name}: {listed(_distinct(people))} may answer"


def after_approval(
    policy: Policy, case: Case, approvals: Sequence[str], on: date, *, escalated: bool = False
) -> str | None:
    """None if these approvals are enough; else what is still missing, as a reason for waiting on.

    Each was allowed when it was given (`may_approve`); here they are counted: different people, and nobody who may not for
    having handed it in.
    """
    barred = case.submitters if policy.own_submission == "forbidden" else ()
    counted = [name for name in _distinct(approvals) if not among(name, barred)]
    count = needed(policy, case)
    if len(counted) >= count:
        return None
    by = f"approved by {' and '.join(counted)}; " if counted else ""
    who = _who(policy, case, on, approvals, escalated)
    person = "a second person" if counted else "two different people" if count == 2 else "a person"
    verb = "have" if person.startswith("two") else "has"
    eyes = f" (four eyes {_above(policy, case)})" if count == 2 else ""
    return f"{by}{person} {verb} to approve{eyes}: {who}"


def approval_notes(policy: Policy, case: Case, person: str, on: date, *, escalated: bool = False) -> list[str]:
    """What an auditor wants to read beside the approval of ``person``: by whose right, and if it was their own document."""
    notes = (
        [f"{person} handed it in too, which the policy {policy.name} allows"] if among(person, case.submitters) else []
    )
    notes += [f"{person} corrected it too"] if among(person, case.correctors) else []
    mine = [p for p in _powers(policy, case, on, escalated) if among(person, [p.person]) and _free(policy, case, p)]
    if mine and all(power.for_ for power in mine):
        notes.append(f"{person} stands in for {mine[0].for_} until {mine[0].until}")
    elif mine and all(power.escalated for power in mine):
        notes.append(f"after it was escalated to {mine[0].group}")
    return notes


_NEXT = (
    "name somebody in the policy, have an operator cancel the execution, and hand the document in again: an execution "
    "keeps the policy it began with"
)


@dataclass(frozen=True)
class _Power:
    """A person's right to approve a case."""

    person: str
    group: str
    for_: str | None = None
    """Who delegated it."""
    until: date | None = None
    escalated: bool = False
    """Whether there is it only since the case was escalated."""


def _powers(policy: Policy, case: Case, on: date, escalated: bool) -> list[_Power]:
    """Every right to approve the case, before anything is said of who handed it in."""
    own = []
    for group in policy.approvers:
        usual = not group.only_after_escalation and _covers(group, case)
        reached = escalated and group.id == policy.reminders.escalate_to and _covers_escalated(group, case)
        if usual or reached:
            own += [_Power(person, group.id, escalated=not usual) for person in group.people]
    return own + [
        _Power(delegation.to, power.group, delegation.from_, delegation.ends, power.escalated)
        for delegation in policy.delegations
        if delegation.holds(on)
        for power in own
        if among(delegation.from_, [power.person])
    ]


def _covers(group: Group, case: Case) -> bool:
    """Whether the case is one of the group's, by all it is bound to. A vendor or cost centre that is not known is not."""
    return (
        _covers_escalated(group, case)
        and (group.vendors is None or among(case.vendor, group.vendors))
        and (group.cost_centres is None or among(case.cost_centre, group.cost_centres))
    )


def _covers_escalated(group: Group, case: Case) -> bool:
    """Whether it is once it was escalated to the group: its sums and tenants hold, its vendors and cost centres do not."""
    return (group.tenants is None or among(case.tenant, group.tenants)) and _within(group.up_to, case)


def _within(up_to: Limits | None, case: Case) -> bool:
    if up_to is None:
        return True
    limit = up_to.get(case.currency or "")
    return limit is not None and case.amount is not None and abs(case.amount) <= limit


def _open(policy: Policy, group: Group, escalated: bool) -> bool:
    return not group.only_after_escalation or (escalated and group.id == policy.reminders.escalate_to)


def _free(policy: Policy, case: Case, power: _Power) -> bool:
    """Whether neither the person nor whoever they stand in for handed it in, where that matters."""
    if policy.own_submission == "allowed":
        return True
    return not among(power.person, case.submitters) and not among(power.for_, case.submitters)


def _rule(policy: Policy, case: Case) -> AutoRule | None:
    """The most specific rule for the case; of equals that with the lowest limit, and none at all is lower than any."""
    facts = {"vendor": case.vendor, "tenant": case.tenant, "cost_centre": case.cost_centre, "kind": case.kind}
    due = [
        rule
        for rule in policy.auto_approval.rules
        if all(among(facts[key], [value]) for key, value in rule.when.named.items())
    ]

    def rank(rule: AutoRule) -> tuple[int, bool, Decimal, str]:
        limit = rule.limits.get(case.currency or "") if rule.enabled else None
        return -len(rule.when.named), limit is not None, limit or Decimal(0), rule.id

    return min(due, key=rank, default=None)


def _above(policy: Policy, case: Case) -> str:
    limit = policy.four_eyes.above.get(case.currency or "")
    return f"above {format(limit, 'f')} {case.currency}" if limit is not None else f"at any sum in {case.currency}"


def _who(policy: Policy, case: Case, on: date, but: Sequence[str], escalated: bool) -> str:
    """Who may, as the end of a sentence."""
    if not policy.approvers:
        barred = case.submitters if policy.own_submission == "forbidden" else ()
        return f"anyone but {listed(_distinct([*but, *barred]))} may"
    powers = [p for p in _powers(policy, case, on, escalated) if _free(policy, case, p) and not among(p.person, but)]
    return f"{listed(_people(powers))} may" if powers else _nobody(policy, case)


def _nobody(policy: Policy, case: Case) -> str:
    later = policy.group(policy.reminders.escalate_to)
    if later and _covers_escalated(later, case):
        return f"nobody else may before it is escalated to {later.id}"
    return f"nobody else may approve {case.total}{_scope(case)}; {_NEXT}"


def _scope(case: Case) -> str:
    known = (("vendor", case.vendor), ("cost centre", case.cost_centre), ("tenant", case.tenant))
    return f" ({', '.join(f'{name} {value}' for name, value in known if value)})"


def _lapsed(policy: Policy, person: str, on: date) -> str:
    """Where they stand in for somebody on other days, which."""
    for delegation in policy.delegations:
        if among(person, [delegation.to]) and not delegation.holds(on):
            return f" (they stand in for {delegation.from_} from {delegation.starts} to {delegation.ends})"
    return ""


def _people(powers: Sequence[_Power]) -> list[str]:
    return _distinct([power.person for power in powers])


def _distinct(names: Sequence[str]) -> list[str]:
    """Each person once, as first named."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(key_of(name), name)
    return list(first.values())
