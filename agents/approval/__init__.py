"""Who and what may approve an invoice: the policy, and what it says of a case."""

from agents.approval.case import Case, Requirement, Verdict
from agents.approval.evaluation import (
    after_approval,
    approval_notes,
    auto,
    may_answer,
    may_approve,
    needed,
    requirement,
)
from agents.approval.loading import BadPolicy, built_in, load_policy, policy_of, read_policy, starter
from agents.approval.names import among as same_person
from agents.approval.policy import Policy
from agents.approval.reminding import Notice, notices
from agents.approval.wording import in_words

__all__ = [
    "BadPolicy",
    "Case",
    "Notice",
    "Policy",
    "Requirement",
    "Verdict",
    "after_approval",
    "approval_notes",
    "auto",
    "built_in",
    "in_words",
    "load_policy",
    "may_answer",
    "may_approve",
    "needed",
    "notices",
    "policy_of",
    "read_policy",
    "requirement",
    "same_person",
    "starter",
]
