"""What workflows are given and answered, by whoever hands documents in and by the people who review them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, JsonValue

Options = dict[str, JsonValue]
"""What an execution is given of the settings when its document is handed in, and keeps."""

HAND_IN_PARTS = "hand in parts"
"""Activity that takes a `PartsOrder` and returns the ids of the executions."""


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


class Part(BaseModel, extra="allow"):
    """One of several documents in a file, as a file of its own, with what else its agent says of it; its bytes are in the
    document store."""

    name: str
    digest: str


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
