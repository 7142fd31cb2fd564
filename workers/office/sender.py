"""What a sender did wrong, in words that can be sent: the rules that an e-invoice does not keep, where, and what stands there."""

from __future__ import annotations

from collections.abc import Mapping

from infra.records import Execution, Finding, Verdict
from workers.office.wording import shortened

KIND = "kind"
"""Of the evidence of a finding: what the rule is about. Only findings of official rules have it."""


def to_sender(execution: Execution) -> list[str]:
    """The text, a paragraph each; empty where the e-invoice keeps all rules, or there is none. It says nothing of what was decided,
    nor of what anybody but the sender wrote."""
    broken = [one for one in execution.findings if one.verdict is Verdict.FAIL and one.evidence.get(KIND)]
    if not broken:
        return []
    named = {name: value for name, value in _headline(execution).items() if value}
    invoice = " of ".join([f"invoice {named.get('number', execution.name)}", *filter(None, [named.get("day")])])
    faults = [f"{number}. {fault(one)}" for number, one in enumerate(broken, 1)]
    many = "these rules" if len(broken) > 1 else "this rule"
    return [
        f"The e-invoice with your {invoice} does not keep {many}:",
        *faults,
        "Please mend it in the invoices you send.",
    ]


def fault(finding: Finding) -> str:
    """One rule that is not kept: what it demands, and what stands where."""
    given = finding.evidence
    source = " ".join(str(part) for part in (given.get("layer"), finding.rule) if part)
    demanded = finding.message.rstrip(". ")
    parts = [f"{demanded} ({source})."]
    if location := given.get("location"):
        times = int(given.get("times") or 1)
        more = f" and {times - 1} more" if times > 1 else ""
        parts.append(f"It is not so at {location}{more}.")
    elements, terms = given.get("elements"), given.get("terms")
    stands = elements if isinstance(elements, Mapping) and elements else terms if isinstance(terms, Mapping) else {}
    if told := [f"{name} “{shortened(str(value), 60)}”" for name, value in list(stands.items())[:6] if value]:
        parts.append(f"There stands {', '.join(told)}.")
    elif found := given.get("found"):
        parts.append(f"There stands “{shortened(str(found), 60)}”.")
    return " ".join(parts)


def _headline(execution: Execution) -> dict[str, str | None]:
    fields: Mapping[str, object] = execution.result.get("fields") or {}

    def value(path: str) -> str | None:
        found = fields.get(path)
        return str(found["value"]) if isinstance(found, Mapping) and found.get("value") else None

    return {"number": value("invoice_number"), "day": value("issue_date")}
