"""What workflows are given and answered, by whoever hands documents in and by the people who review them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, JsonValue

from infra.records import Execution

Options = dict[str, JsonValue]
"""What an execution is given of the settings when its document is handed in, and keeps."""

HAND_IN_PARTS = "hand in parts"
"""Activity that takes a `PartsOrder` and returns the ids of the executions."""


class Reminder(BaseModel):
    """A reminder or an escalation that was given."""

    kind: str
    at: str
    """ISO 8601, UTC."""
    to: list[str]


class Waiting(BaseModel):
    """An execution that waits for a person, as a run of its own is given it: with nothing before it that would have to be
    replayed, it goes on under any version of the software."""

    node: str
    """The step of the agent's graph that asks."""
    channels: dict[str, Any]
    """The state of the graph before that step: plain JSON."""
    approval: dict[str, Any]
    """Who may answer and when they are reminded, as the step asked for it; empty where it did not."""
    stub: Execution
    """Without what follows from the channels."""
    root_run_id: str
    """The run that the root span of the trace is of."""
    since: datetime
    reminders: list[Reminder] = Field(default_factory=list)
    escalated: bool = False


class ExecutionOrder(BaseModel):
    """The input of every definition: which document, for whom, and the options it keeps for its lifetime."""

    tenant: str
    batch: str
    digest: str
    """SHA-256 of the document's bytes, hex; the bytes are in the document store."""
    name: str
    options: Options = Field(default_factory=dict)
    details: dict[str, str] = Field(default_factory=dict)
    """What whoever handed it in says of it, such as a purchase order."""
    submitted_by: str | None = None
    trace_link: str | None = None
    installation: str | None = None
    """The id of the installation that it is for; None where it began before they had any."""
    waiting: Waiting | None = None
    """Where the execution is to go on, if it does not begin."""


class Part(BaseModel, extra="allow"):
    """One of several documents in a file, as a file of its own, with what else its agent says of it; its bytes are in the
    document store."""

    name: str
    digest: str
    details: dict[str, str] = Field(default_factory=dict)
    """What its own execution has to know of how it came to be."""


class PartsOrder(BaseModel):
    """What a document was split into: each part becomes an execution of its own in the same batch."""

    tenant: str
    batch: str
    definition: str
    of: str
    """The execution that was split."""
    parts: list[Part]
    details: dict[str, str] = Field(default_factory=dict)


class ReviewAnswer(BaseModel):
    """What a person answers. ``corrections``, with the action ``correct``, maps field paths to values; None removes one."""

    action: Literal["approve", "reject", "correct"]
    reviewer: str = Field(min_length=1)
    reason: str | None = None
    corrections: dict[str, str | None] = Field(default_factory=dict)
    seen: int | None = None
    """How many reviews the execution had when the reviewer looked: an answer to what has changed since is refused."""
