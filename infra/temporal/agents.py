"""Temporal's LangGraph plugin, with task queues by role, and one more place to run: ``execute_in: "local_activity"``.

A local activity runs in the worker that has the workflow, within its workflow task: no round trip through the server, no
events but a marker, and its input is not written to the history. That suits quick, idempotent I/O such as the ledger's.
What is slow, needs a heartbeat or a task queue of its own stays ``"activity"``; where its ``task_queue`` is a `Role`, it goes to
that role's queue beside the workflow's own, so that an execution stays with the installation that began it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity, workflow
from temporalio.langgraph import LangGraphPlugin
from temporalio.langgraph._activity import ActivityInput, wrap_activity, wrap_execute_activity
from temporalio.langgraph._langgraph_config import get_langgraph_config
from temporalio.langgraph._task_cache import task_id

from infra.temporal.queues import Role

Node = Callable[..., Any]


class AgentsPlugin(LangGraphPlugin):
    """`LangGraphPlugin` that also takes nodes as local activities. Their metadata takes the options of
    `workflow.execute_local_activity`; they may neither interrupt nor return a ``Command``."""

    def execute(self, activity_name: str, func: Node, kwargs: dict[str, Any] | None = None) -> Node:
        options = dict(kwargs or {})
        if isinstance(options.get("task_queue"), Role):
            return self._beside(activity_name, func, options)
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

    def _beside(self, activity_name: str, func: Node, options: dict[str, Any]) -> Node:
        """The node as an activity on the queue of a role, which is known when the workflow runs."""
        role = options.pop("task_queue")
        super().execute(activity_name, func, dict(options))
        made = self.activities[-1]
        del options["execute_in"]
        summary, summary_fn = options.pop("summary", None), options.pop("summary_fn", None)

        async def run(*args: Any, **given: Any) -> Any:
            execute = wrap_execute_activity(
                made,
                task_id=task_id(func),
                summary_fn=summary_fn or (lambda *_: summary),
                task_queue=role.task_queue(workflow.info().task_queue),
                **options,
            )
            return await execute(*args, **given)

        return run
