"""What a policy says of a case. Pure: the same policy, case and day give the same answer, in a workflow or for an auditor.

Who a person is comes from their answer to the review alone. Days are those of UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from agents.controls.approval._case import Case, Escalation, Reminding, Requirement, Verdict
from agents.controls.approval._names import among, key_of, listed, name_problem, same_person
from agents.controls.approval._policy import BUILT_IN, GENERAL, AutoRule, Group, Limits, Policy


def auto(policy: Policy, case: Case) -> Verdict:
    """Whether the policy lets the case pass without a person. (Whether the document is sound, others say.)

    What whoever handed it in claims of it may keep it from passing, and lets nothing pass: of the case with and without the
    claim the stricter holds. What was corrected passes only if whoever corrected it could have approved it alone, as it stood
    before and as it stands.
    """
    readings = [case]
    if case.claimed_cost_centre and not among(case.claimed_cost_centre, [case.cost_centre or ""]):
        readings.append(replace(case, cost_centre=case.claimed_cost_centre))
    verdicts = [_within_limits(policy, reading) for reading in readings]
    verdict = min(verdicts, key=lambda v: (v.allowed, v.limit is not None, v.limit or Decimal(0)))
    unanswered = verdict.allowed and correction_problem(policy, case)
    return replace(verdict, allowed=False, reason=unanswered) if unanswered else verdict


def correction_problem(policy: Policy, case: Case) -> str | None:
    """Why what was corrected has to be approved by somebody else; None where nothing was, or where each who corrected it could
    have approved it alone, on that day, as it stood at first, between, and as it stands. (Of what was corrected before that
    was kept, a record says only by whom.)"""
    forbidden = policy.own_submission == "forbidden"
    if own := [name for name in case.correctors if forbidden and policy.known.may_be_one_of(name, case.submitters)]:
        return f"{own[0]} corrected what they handed in themselves, so somebody else has to approve it"
    if case.correctors and (two := two_needed(policy, case)):
        return f"{case.correctors[-1]} corrected it, and may not alone answer for it {two}"
    for was in case.corrections:
        for state in case.states:
            if problem := may_approve(policy, state, was.by, was.on, escalated=was.escalated):
                return f"{was.by} corrected it, and may not answer for that alone: {problem}"
    changed = [was for was in case.corrections if was.kind not in (None, case.kind)]
    if changed:
        return (
            f"before the correction by {changed[0].by} it did not look like {_KINDS.get(case.kind or '', 'what it is')}"
        )
    return None


_KINDS = {"invoice": "an invoice", "credit_note": "a credit note"}


def _within_limits(policy: Policy, case: Case) -> Verdict:
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
    return Verdict(True, id, f"total within the limit of {format(limit, 'f')} {case.currency}{by}", limit)


def needed(policy: Policy, case: Case) -> int:
    """How many different people have to approve: 1, or 2 where `two_needed` says why."""
    return 2 if two_needed(policy, case) else 1


def two_needed(policy: Policy, case: Case) -> str | None:
    """Why two different people have to approve, as the end of a sentence; None where one is enough. They do above the sum for
    four eyes, as it stands or stood; and where nobody knows who handed it in, who may be one of them, and may not approve
    it."""
    if above := _four_eyes(policy, case):
        return above
    if policy.own_submission == "forbidden" and not case.submitters:
        return "where nobody knows who handed it in"
    return None


def _four_eyes(policy: Policy, case: Case) -> str | None:
    for state in case.states:
        limit = policy.four_eyes.above.get(state.currency or "")
        if not policy.four_eyes.above or state.amount is None:
            continue
        if limit is None:
            return f"at any sum in {state.currency}"
        if abs(state.amount) > limit:
            return f"above {format(limit, 'f')} {state.currency}"
    return None


def requirement(
    policy: Policy, case: Case, on: date, *, already: Sequence[str] = (), escalated: bool = False
) -> Requirement:
    """Who has to approve the case on that day.

    Args:
        already: who has approved it.
        escalated: whether it has waited so long that the group for that may approve too.
    """
    two, barred = two_needed(policy, case), _barred(policy, case)
    powers = _free(policy, case, on, escalated, but=already)
    people = _people(policy, powers)
    own = {key_of(power.person) for power in powers if power.for_ is None}
    why = [f"two different people have to approve it{_eyes(policy, case, two)}"] if two else []
    if not policy.approvers:
        who = f"anyone but {listed(barred)}, who {_did(policy, case)}, may approve" if barred else "anyone may approve"
        why.append(f"{who}; the second has to be named: {_who(policy, case, on, already, escalated)}" if two else who)
    else:
        groups = list(dict.fromkeys(power.group for power in powers))
        why.append(f"{listed(people)} may approve ({listed(groups)})" if people else _nobody(policy, case))
        if people and len(people) + len(policy.known.distinct(already)) < (2 if two else 1):
            why.append(f"one person more is needed: {_NEXT}")
    remind, group = policy.reminders, policy.group(policy.reminders.escalate_to)
    return Requirement(
        needed=2 if two else 1,
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
    if not person.strip():
        return "an approval needs the name of who approves"
    if problem := name_problem(person):
        return problem
    if policy.known.may_be_one_of(person, already):
        return f"{person} has approved it already; a second person has to: {_who(policy, case, on, already, escalated)}"
    who = _who(policy, case, on, [*already, person], escalated)
    if policy.known.may_be_one_of(person, _barred(policy, case)):
        if policy.known.may_be_one_of(person, case.submitters):
            return f"{person} handed it in, and the policy {policy.name} lets nobody approve what they handed in: {who}"
        two = two_needed(policy, case)
        return f"{person} corrected it, and two others have to approve it{_eyes(policy, case, two)}: {who}"
    if not policy.approvers:
        if already and two_needed(policy, case) and not _named(policy, person):
            return f"the policy {policy.name} does not name {person}, who is no second person to it: {who}"
        return None
    powers = _powers(policy, case, on, escalated)
    mine = [power for power in powers if policy.known.is_one_of(person, [power.person])]
    if not mine:
        under = f"under the policy {policy.name}{_lapsed(policy, person, on)}{_misspelt(person, powers)}"
        return f"{person} may not approve {_totals(policy, case, person, on, escalated)} {under}: {who}"
    if not any(_is_free(policy, case, power) for power in mine):
        for_ = mine[0].for_
        return f"{person} may approve it only for {for_}, who {_did(policy, case)}: {who}"
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
    people += [d.to for d in policy.delegations if d.holds(on) and policy.known.is_one_of(d.from_, people)]
    if policy.known.is_one_of(person, people):
        return None
    may = listed(policy.known.distinct(people))
    return f"{person} is no approver of {case.tenant} under the policy {policy.name}: {may} may answer"


def after_approval(
    policy: Policy, case: Case, approvals: Sequence[str], on: date, *, escalated: bool = False
) -> str | None:
    """None if these approvals are enough; else what is still missing, as a reason for waiting on.

    Each was allowed when it was given (`may_approve`); here they are counted: different people, and nobody who may not for
    having handed it in. Where two have to, only those count whom the policy names: of others nobody can tell that they are two.
    """
    barred, two = _barred(policy, case), two_needed(policy, case)
    counted = [name for name in policy.known.distinct(approvals) if not policy.known.may_be_one_of(name, barred)]
    count = 2 if two else 1
    if len([name for name in counted if not two or _named(policy, name)]) >= count:
        return None
    by = f"approved by {' and '.join(counted)}; " if counted else ""
    who = _who(policy, case, on, approvals, escalated)
    person = "a second person" if counted else "two different people" if count == 2 else "a person"
    verb = "have" if person.startswith("two") else "has"
    eyes = _eyes(policy, case, two).removeprefix(": ").lstrip(", ") if two else ""
    return f"{by}{person} {verb} to approve{f' ({eyes})' if eyes else ''}: {who}"


def approval_notes(policy: Policy, case: Case, person: str, on: date, *, escalated: bool = False) -> list[str]:
    """What an auditor wants to read beside the approval of ``person``: by whose right, and if it was their own document."""
    known, notes = policy.known, []
    if known.may_be_one_of(person, case.submitters):
        notes.append(f"{person} handed it in too, which the policy {policy.name} allows")
    if known.may_be_one_of(person, case.correctors):
        notes.append(f"{person} corrected it too")
    mine = [power for power in _free(policy, case, on, escalated) if known.is_one_of(person, [power.person])]
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
    """Every right to approve the case, before anything is said of who handed it in: of those who may approve it as it stands,
    and as it stood before each correction."""
    *before, last = case.states
    powers = _rights(policy, last, on, escalated)
    for state in before:
        may = [right.person for right in _rights(policy, state, on, escalated)]
        powers = [power for power in powers if policy.known.is_one_of(power.person, may)]
    return powers


def _rights(policy: Policy, case: Case, on: date, escalated: bool) -> list[_Power]:
    """Every right to approve the case as it stands."""
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
        if policy.known.is_one_of(delegation.from_, [power.person])
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


def _barred(policy: Policy, case: Case) -> list[str]:
    """Who may not approve it, by name: who handed it in, where that is forbidden; and where four eyes have to see it, who corrected
    it, as if they had."""
    if policy.own_submission == "allowed":
        return []
    correctors = case.correctors if _four_eyes(policy, case) else ()
    return policy.known.distinct([*case.submitters, *correctors])


def _did(policy: Policy, case: Case) -> str:
    """What those who are barred did."""
    return "handed it in or corrected it" if case.correctors and _four_eyes(policy, case) else "handed it in"


def _is_free(policy: Policy, case: Case, power: _Power) -> bool:
    """Whether neither the person nor whoever they stand in for is barred."""
    barred = _barred(policy, case)
    return not any(policy.known.may_be_one_of(name, barred) for name in (power.person, power.for_))


def _free(policy: Policy, case: Case, on: date, escalated: bool, *, but: Sequence[str] = ()) -> list[_Power]:
    """The rights of those who may make use of them, and are not among ``but``."""
    powers = [power for power in _powers(policy, case, on, escalated) if _is_free(policy, case, power)]
    return [power for power in powers if not policy.known.may_be_one_of(power.person, but)]


def _named(policy: Policy, person: str) -> bool:
    """Whether the policy names the person, so that they are known to be another one than the others it names."""
    people = [name for group in policy.approvers for name in group.people]
    return policy.known.is_one_of(person, [*people, *(d.to for d in policy.delegations), *policy.aliases])


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


def _eyes(policy: Policy, case: Case, two: str | None) -> str:
    """Why two have to approve it, behind that they have to."""
    return f": four eyes {two}" if _four_eyes(policy, case) else f", {two}"


def _who(policy: Policy, case: Case, on: date, but: Sequence[str], escalated: bool) -> str:
    """Who may, as the end of a sentence."""
    if not policy.approvers:
        others = policy.known.distinct([*but, *_barred(policy, case)])
        if not (but and two_needed(policy, case)):
            return f"anyone but {listed(others)} may"
        named = [name for name in policy.aliases if not policy.known.may_be_one_of(name, others)]
        return f"{listed(named)} may" if named else f"nobody whom the policy names is left; {_NEXT}"
    people = _people(policy, _free(policy, case, on, escalated, but=but))
    return f"{listed(people)} may" if people else _nobody(policy, case)


def _nobody(policy: Policy, case: Case) -> str:
    later = policy.group(policy.reminders.escalate_to)
    if later and all(_covers_escalated(later, state) for state in case.states):
        return f"nobody else may before it is escalated to {later.id}"
    return f"nobody else may approve {case.total}{_scope(case)}; {_NEXT}"


def _totals(policy: Policy, case: Case, person: str, on: date, escalated: bool) -> str:
    """What a person may not approve: the case as it stands, or as it stood when that was beyond them."""
    for state in reversed(case.states):
        may = [right.person for right in _rights(policy, state, on, escalated)]
        if not policy.known.is_one_of(person, may):
            before = "" if state == case.states[-1] else ", as it stood before it was corrected"
            return f"{state.total}{_scope(state)}{before}"
    return f"{case.total}{_scope(case)}"


def _misspelt(person: str, powers: Sequence[_Power]) -> str:
    """Where somebody who may is only written otherwise, how."""
    like = [power.person for power in powers if same_person(person, [power.person])]
    return f" (who writes it {like[0]})" if like else ""


def _scope(case: Case) -> str:
    known = (("vendor", case.vendor), ("cost centre", case.cost_centre), ("tenant", case.tenant))
    return f" ({', '.join(f'{name} {value}' for name, value in known if value)})"


def _lapsed(policy: Policy, person: str, on: date) -> str:
    """Where they stand in for somebody on other days, which."""
    for delegation in policy.delegations:
        if policy.known.is_one_of(person, [delegation.to]) and not delegation.holds(on):
            return f" (they stand in for {delegation.from_} from {delegation.starts} to {delegation.ends})"
    return ""


def _people(policy: Policy, powers: Sequence[_Power]) -> list[str]:
    return policy.known.distinct([power.person for power in powers])
