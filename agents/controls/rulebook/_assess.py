"""Rules answered by code: by their check, else by a phrase that stands in the text. What is left is for a model."""

from __future__ import annotations

from collections.abc import Sequence

from agents.controls.rulebook._book import Rule, Rulebook
from agents.controls.rulebook._checks import CHECKS
from agents.controls.rulebook._checks.said import Said
from agents.controls.rulebook._facts import Facts
from infra.records import BY_RULE, DecidedBy, Finding, Severity, Verdict, finding


def by_code(facts: Facts, rulebook: Rulebook) -> tuple[list[Finding], list[str]]:
    """What code says of each rule that applies, and the ids of those it cannot answer, which are to be asked of a model.

    Every rule that applies is in one of the two; one that does not is in neither.
    """
    findings: list[Finding] = []
    open_rules: list[str] = []
    for rule in rulebook.rules:
        if not rule.applies(facts):
            continue
        said = _checked(rule, facts) or _by_phrases(rule, facts)
        if said is None:
            open_rules.append(rule.id)
        else:
            findings += [as_finding(rule, rulebook, what) for what in said]
    return findings, open_rules


def as_finding(rule: Rule, rulebook: Rulebook, said: Said, decided_by: DecidedBy = BY_RULE) -> Finding:
    """What was said of a rule, in the shape findings have."""
    severity = said.severity or (Severity.INFO if said.verdict is Verdict.PASS else rule.severity)
    return finding(
        rule.id,
        severity,
        f"{rule.title}: {said.message}",
        *said.fields,
        verdict=said.verdict,
        decided_by=decided_by,
        rulebook=f"{rulebook.name}@{rulebook.digest[:12]}",
        **said.evidence,
    )


def _checked(rule: Rule, facts: Facts) -> list[Said] | None:
    return CHECKS[rule.check](facts, rule.with_) if rule.check else None


def _by_phrases(rule: Rule, facts: Facts) -> Sequence[Said] | None:
    """The answer yes, where a phrase stands in the text; else what the rule says follows from there being none."""
    if rule.phrases:
        look = facts.passages.heading if rule.phrases_in == "heading" else facts.passages.phrase
        if at := look(rule.all_phrases):
            return [
                Said(Verdict.PASS if rule.passes("yes") else Verdict.FAIL, f"it says “{at.text}”", evidence=at.evidence)
            ]
    if rule.no_phrase == "ask":
        return None
    if rule.no_phrase == "pass":
        return [Said(Verdict.PASS, "nothing in it says otherwise")]
    return [Said(Verdict.FAIL, "nothing in it says so")]
