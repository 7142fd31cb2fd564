"""Who and what may approve an invoice: the policy, and what it says of a case."""

from agents.controls.approval._case import (
    Case,
    Correction,
    Requirement,
    Verdict,
    corrections_as_json,
    corrections_of,
)
from agents.controls.approval._einvoice_rules import weighed
from agents.controls.approval._evaluation import (
    after_approval,
    approval_notes,
    auto,
    correction_problem,
    may_answer,
    may_approve,
    needed,
    requirement,
)
from agents.controls.approval._loading import BadPolicy, built_in, load_policy, policy_of, read_policy, starter
from agents.controls.approval._names import listed, name_problem, same_person
from agents.controls.approval._policy import Policy
from agents.controls.approval._reminding import Notice, notices
from agents.controls.approval._weaknesses import weaknesses
from agents.controls.approval._wording import in_words

__all__ = [
    "BadPolicy",
    "Case",
    "Correction",
    "Notice",
    "Policy",
    "Requirement",
    "Verdict",
    "after_approval",
    "approval_notes",
    "auto",
    "built_in",
    "correction_problem",
    "corrections_as_json",
    "corrections_of",
    "in_words",
    "load_policy",
    "listed",
    "may_answer",
    "may_approve",
    "name_problem",
    "needed",
    "notices",
    "policy_of",
    "read_policy",
    "requirement",
    "same_person",
    "starter",
    "weaknesses",
    "weighed",
]
