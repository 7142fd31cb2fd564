"""When those who may approve are reminded, and when others may too: a plan in hours of waiting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

MOST_REMINDERS = 100
"""Reminders of one wait: then everybody knows, and the history of the execution stays short."""


@dataclass(frozen=True)
class Notice:
    """What is due after so many hours of waiting."""

    kind: Literal["reminder", "escalation"]
    after_hours: float


def notices(requirement: Mapping[str, Any], *, escalated: bool = False) -> Iterator[Notice]:
    """What is due while a case waits, in order of time; at the same time, the escalation is first.

    Args:
        requirement: a `Requirement` as JSON; one without a plan gives nothing.
        escalated: whether it was escalated before: then it is not again.
    """
    remind, escalation = requirement.get("reminders"), requirement.get("escalation")
    escalates = None if escalated or not escalation else float(escalation["after_hours"])
    due = float(remind["after_hours"]) if remind else None
    sent = 0
    while due is not None or escalates is not None:
        if escalates is not None and (due is None or escalates <= due):
            yield Notice("escalation", escalates)
            escalates = None
        elif due is not None:
            yield Notice("reminder", due)
            sent += 1
            every = remind["every_hours"] if remind else None
            due = due + float(every) if every is not None and sent < MOST_REMINDERS else None
