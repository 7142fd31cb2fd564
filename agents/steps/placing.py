"""Where Temporal runs the nodes of agents' graphs, and with which limits: the metadata that nodes are added with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType

from infra.ledger import REFUSED_FOR_GOOD
from infra.settings import Settings
from infra.temporal.queues import Role

NodeMetadata = dict[str, Any]
"""Options of an activity by name, as Temporal's plugin for LangGraph takes them, with ``execute_in`` beside them; its
``task_queue`` is a `Role`, whose queue is the one beside the execution's own."""

PURE: NodeMetadata = {"execute_in": "workflow"}
"""No I/O, no model, no clock but the workflow's."""
QUICK: NodeMetadata = {
    "execute_in": "local_activity",
    "start_to_close_timeout": timedelta(seconds=60),
    # A ledger that is away is waited for; what it refuses for good is told as a failure and not tried again.
    "retry_policy": RetryPolicy(maximum_interval=timedelta(seconds=30), non_retryable_error_types=REFUSED_FOR_GOOD),
}
"""I/O that takes milliseconds and may be repeated, such as the ledger's."""
JUDGES: NodeMetadata = {**QUICK, "start_to_close_timeout": timedelta(minutes=5)}
"""The same with the official rules, whose process judges one document after the other: hundredths of a second each, but its
first loads the rules, and one that hangs is given its time before it is killed."""


_HUNG = timedelta(hours=12)


def reads(made: Settings) -> NodeMetadata:
    """Reading takes a core for a while, so it has a task queue of its own.

    What it may take is counted where it is done, in the processes that are killed, from when each begins: waiting for a turn at
    recognising pages counts nowhere. The limit here is for what hangs nevertheless; a worker that is gone, or an event loop that
    stands still, is noticed by the missing heartbeat.
    """
    return {
        "execute_in": "activity",
        "task_queue": Role.READING,
        "start_to_close_timeout": _HUNG,
        "heartbeat_timeout": timedelta(seconds=15),
        "retry_policy": RetryPolicy(maximum_attempts=8, maximum_interval=timedelta(seconds=30)),
    }


def asks_a_model(made: Settings) -> NodeMetadata:
    """Retries end (by default after ten tries, some four minutes of waiting): then a person is told, and the document can
    be submitted again without paying for what is already answered."""
    return {
        "execute_in": "activity",
        "task_queue": Role.MODELS,
        # An endpoint that cannot be reached is waited for within the try: an outage costs one of the tries and no more.
        "start_to_close_timeout": timedelta(
            minutes=made.model_outage_minutes, seconds=made.model_timeout_seconds * 2 + 60
        ),
        "heartbeat_timeout": timedelta(seconds=15),
        # When a sibling fails, this call's outcome is waited for, so that it is on record when the execution ends.
        "cancellation_type": ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        "retry_policy": RetryPolicy(
            initial_interval=timedelta(seconds=made.model_retry_seconds),
            maximum_interval=timedelta(seconds=45),
            maximum_attempts=made.model_attempts,
        ),
    }
