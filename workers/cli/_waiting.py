"""For whom an execution waits, and since when, in a few words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from workers.cli._console import moment
from workers.office.wording import counted

if TYPE_CHECKING:
    from workers.office.policies import Waits


def reminders_text(waits: Waits) -> str:
    """What was done about it: ``2 reminders, the last on 2026-11-03 08:30:00; escalated``."""
    reminders = [given for given in waits.reminders if given["kind"] == "reminder"]
    parts = []
    if reminders:
        last = moment(datetime.fromisoformat(reminders[-1]["at"]))
        parts.append(f"{counted(len(reminders), 'reminder')}, the last {last}")
    escalations = [given for given in waits.reminders if given["kind"] == "escalation"]
    parts += [f"escalated {moment(datetime.fromisoformat(given['at']))}" for given in escalations]
    return "; ".join(parts)


def since_text(waits: Waits) -> str:
    """Since when it waits, in the reader's zone."""
    return moment(datetime.fromisoformat(waits.since)) if waits.since else ""
