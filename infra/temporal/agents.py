"""Temporal's LangGraph plugin, with one more place for a node to run: ``execute_in: "local_activity"``.

A local activity runs in the worker that has the workflow, within its workflow task: no round trip through the server, no
events but a marker, and its input is not written to the history. That suits quick, idempotent I/O such as the ledger's.
What is slow, needs a heartbeat or a task queue of its own stays ``"activity"``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity, workflow
from temporalio.langgraph import LangGraphPlugin
from temporalio.langgraph._activity import ActivityInput, wrap_activity
from temporalio.langgraph._langgraph_config import get_langgraph_config

Node = Callable[..., Any]


class AgentsPlugin(LangGraphPlugin):
    """`LangGraphPlugin` that also takes nodes as local activities. Their metadata takes the options of
    `workflow.execute_local_activity`; they may neither interrupt nor return a ``Command``."""

    def execute(self, activity_name: str, func: Node, kwargs: dict[str, Any] | None = None) -> Node:
        options = dict(kwargs or {})
        if options.get("execute_in") != "local_activity":
            return super().execute(activity_name, func, kwargs)
        del options["execute_in"]
        made = activity.defn(name=activity_name)(wrap_activity(func))
        self.activities.append(made)

        async def run(*args: Any, **given: Any) -> Any:
            if given:
                raise TypeError(
                    f"{activity_name} runs as a local activity and takes the state alone, not {list(given)}"
                )
            config = get_langgraph_config()
            input = ActivityInput(args=args, kwargs={}, langgraph_config=config)
            output = await workflow.execute_local_activity(made, input, **options)
            if output.langgraph_interrupts is not None or output.langgraph_command is not None:
                raise TypeError(f"{activity_name} runs as a local activity and can neither interrupt nor command")
            return output.result

        return run
