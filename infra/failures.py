"""The failures that end an execution with a reason a person can act on."""

from __future__ import annotations


class Failure(Exception):
    """Something went wrong that the message explains: what, where, and what to do next."""

    retryable = False
    """Whether trying again, without a person, can help."""
    retry_after: float | None = None
    """Seconds to wait before that, where the other side said so."""


class WronglyAsked(Failure):
    """It was asked for in a way that has no answer, whatever the state of things."""


class Unreadable(Failure):
    """The document cannot be read."""
