"""The plan of reminders and of the escalation."""

from __future__ import annotations

from itertools import islice
from typing import Any

from agents.controls.approval import notices
from agents.controls.approval._reminding import MOST_REMINDERS

DAILY = {"after_hours": 24.0, "every_hours": 24.0}


def plan(most: int = 5, *, escalated: bool = False, **parts: Any) -> list[tuple[str, float]]:
    return [(one.kind, one.after_hours) for one in islice(notices(parts, escalated=escalated), most)]


def test_reminders_come_again_and_the_escalation_in_its_time_and_before_a_reminder_of_the_same_hour() -> None:
    made = plan(reminders=DAILY, escalation={"after_hours": 48, "to": "board", "people": []})
    assert made == [("reminder", 24), ("escalation", 48), ("reminder", 48), ("reminder", 72), ("reminder", 96)]


def test_what_was_escalated_is_not_again_and_one_reminder_may_be_all() -> None:
    once = {"after_hours": 2, "every_hours": None}
    assert plan(reminders=once, escalation={"after_hours": 1, "to": "b", "people": []}, escalated=True) == [
        ("reminder", 2)
    ]
    assert plan(reminders=None, escalation={"after_hours": 1, "to": "b", "people": []}) == [("escalation", 1)]
    assert plan() == []


def test_reminders_end_some_time() -> None:
    assert len(plan(10_000, reminders=DAILY)) == MOST_REMINDERS
