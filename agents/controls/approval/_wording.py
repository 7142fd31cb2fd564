"""A policy in plain words, for people who do not read YAML."""

from __future__ import annotations

from collections.abc import Iterator

from agents.controls.approval._names import listed
from agents.controls.approval._policy import AutoRule, BreachAction, Group, Limits, Policy
from agents.fields.rules import EInvoiceRuleKind


def in_words(policy: Policy) -> list[str]:
    """What the policy says, a sentence each."""
    return [*_auto(policy), *_approvers(policy), *_time(policy), *_matching(policy), *_einvoices(policy)]


def _auto(policy: Policy) -> Iterator[str]:
    auto = policy.auto_approval
    if not auto.enabled:
        yield "Nothing is approved without a person."
        return
    sure = f"if all checks hold and every key value is at least {auto.sure:.0%} sure"
    yield (
        f"Approved without a person: up to {_sums(auto.limits)}, {sure}. (rule general)"
        if auto.limits
        else (f"Approved without a person: only what a rule below lets pass, {sure}.")
    )
    for rule in auto.rules:
        yield f"{_when(rule)}: {f'up to {_sums(rule.limits)}' if rule.enabled else 'never without a person'}. (rule {rule.id})"


def _approvers(policy: Policy) -> Iterator[str]:
    if not policy.approvers:
        yield "Anyone may approve the rest."
    for group in policy.approvers:
        yield f"{', '.join(group.people)} ({group.id}) may approve {_reach(group)}."
    if above := policy.four_eyes.above:
        yield f"Above {_sums(above)} two different people have to approve; in other currencies always."
    forbidden = policy.own_submission == "forbidden"
    yield (
        "Nobody may approve what they handed in."
        if forbidden
        else ("People may approve what they handed in; it is noted with the decision.")
    )
    yield (
        "What was corrected passes without a person only if whoever corrected it could have approved it alone, as it stood before "
        "and as it stands."
    )
    for first, more in policy.aliases.items():
        yield f"{first} is also called {listed(more)}."
    for delegation in policy.delegations:
        yield f"From {delegation.starts} to {delegation.ends} {delegation.to} may do what {delegation.from_} may."


def _time(policy: Policy) -> Iterator[str]:
    remind = policy.reminders
    if remind.after_hours is None:
        yield "Nobody is reminded of what waits."
    else:
        again = f", then every {remind.every_hours:g} hours" if remind.every_hours is not None else ", once"
        yield f"Who may approve is reminded after {remind.after_hours:g} hours{again}."
    if remind.escalate_after_hours is not None:
        yield f"After {remind.escalate_after_hours:g} hours {remind.escalate_to} may approve too."


def _matching(policy: Policy) -> Iterator[str]:
    allowed = policy.matching
    yield (
        f"A price may differ from the order's by {allowed.price_percent}% or {allowed.price_amount} a unit, a quantity by "
        f"{allowed.quantity_percent}%."
    )
    duplicates = f"within {allowed.duplicate_days} days" if allowed.duplicate_days else "only by their number"
    split = f"within {allowed.split_days} days" if allowed.split_days else "not"
    yield f"Duplicates by amount are looked for {duplicates}; invoices split into several {split}."


def _einvoices(policy: Policy) -> Iterator[str]:
    for action, does in _BREACH.items():
        kinds = [kind.value for kind in EInvoiceRuleKind if policy.breach(kind) is action]
        if kinds:
            yield f"An e-invoice that breaks a rule about {listed(kinds)} {does}."


_BREACH = {
    BreachAction.REVIEW: "is looked at by a person",
    BreachAction.WARN: "passes if all else holds; it is told",
    BreachAction.NOTE: "passes if all else holds; it is noted",
}


def _when(rule: AutoRule) -> str:
    named = " and ".join(f"{key.replace('_', ' ')} {value}" for key, value in rule.when.named.items())
    return f"For {named}"


def _reach(group: Group) -> str:
    reach = f"up to {_sums(group.up_to)}" if group.up_to is not None else "any sum"
    bound = {"vendors": group.vendors, "tenants": group.tenants, "cost centres": group.cost_centres}
    reach += "".join(f", of the {name} {listed(of)} only" for name, of in bound.items() if of is not None)
    return f"{reach}, once it was escalated to them" if group.only_after_escalation else reach


def _sums(limits: Limits) -> str:
    return ", ".join(f"{format(limit, 'f')} {currency}" for currency, limit in limits.items()) or "nothing"
