"""What of a valid policy is weaker than it looks."""

from __future__ import annotations

from collections.abc import Iterator

from agents.controls.approval._names import listed
from agents.controls.approval._policy import BreachAction, Policy
from agents.fields.rules import EInvoiceRuleKind


def weaknesses(policy: Policy) -> list[str]:
    """What holds less, or lets less through, than whoever wrote the policy may think; a sentence each, with what to do."""
    return [*_eyes(policy), *_names(policy), *_breaches(policy)]


def _eyes(policy: Policy) -> Iterator[str]:
    named = policy.known.distinct(
        [*(name for group in policy.approvers for name in group.people), *(d.to for d in policy.delegations)]
    )
    known = policy.known.distinct([*named, *policy.aliases])
    above = bool(policy.four_eyes.above)
    if above and not policy.approvers:
        second = f"only {listed(known)} count as two people" if len(known) > 1 else "nobody counts as the second person"
        yield f"four_eyes.above, and no approvers: {second}; name who approves in approvers"
    elif above and policy.own_submission == "forbidden" and len(named) < 3:
        yield (
            f"four_eyes.above, and only {' and '.join(named)} approve: what one of them hands in or corrects nobody can approve; "
            "name a third in approvers"
        )
    if policy.own_submission == "forbidden" and not policy.approvers:
        yield "own_submission: forbidden, and no approvers: anyone may answer under another name; name who approves"


def _names(policy: Policy) -> Iterator[str]:
    people = list(dict.fromkeys(name for group in policy.approvers for name in group.people))
    for n, name in enumerate(people):
        like = [other for other in people[:n] if policy.known.may_be_one_of(name, [other])]
        if like and not policy.known.is_one_of(name, like):
            yield f"approvers: {like[0]} and {name} look alike, and count as one person; write their full names"


def _breaches(policy: Policy) -> Iterator[str]:
    """Kinds of rules that are about what is paid, and to whom."""
    grave = (EInvoiceRuleKind.AMOUNTS, EInvoiceRuleKind.TAX, EInvoiceRuleKind.PAYMENT, EInvoiceRuleKind.PARTIES)
    if passes := [kind.value for kind in grave if policy.breach(kind) is not BreachAction.REVIEW]:
        yield f"einvoice_rules: an e-invoice that breaks a rule about {listed(passes)} passes without a person; write review"
