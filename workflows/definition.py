"""What a developer adds: a workflow with its agent, and how people and programs meet it.

A module of this package that holds a `Definition` is one, named as the module; see `workflows.invoice`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from temporalio import workflow as temporal

with temporal.unsafe.imports_passed_through():
    from agents.documents.kind import FileKind
    from agents.fields.schema import Fields, loaded
    from infra.records import Execution
    from infra.settings import Settings
    from workflows.execution import AgentWorkflow, Graph
    from workflows.messages import Options

PublicShape = Mapping[str, Any]
"""What was read, as other programs take it: nested, numbers as `Decimal`, what is not known as None. Tables show what stands
alone as a column named by its path, and the list ``lines`` as rows of their own."""


def _as_given(path: str, value: str) -> str:
    return value


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A workflow with its agent."""

    workflow: type[AgentWorkflow]
    build_graph: Callable[[], Graph]
    """Gives the agent's graph afresh. (Temporal's plugin changes the graph it is given.)"""
    takes: tuple[FileKind, ...] = ()
    """The kinds of file that are taken, by their content; empty where every file is."""
    options: Callable[[Settings], Options] = lambda _: {}
    variant: Callable[[Options], str] = lambda _: ""
    """What of the options tells two executions of the same bytes apart, as the rulebook they are held against: empty where
    nothing does."""
    public: Callable[[Fields], PublicShape] | None = None
    """The public shape of the fields that were read; without it, it is the result as the agent recorded it."""
    canonical: Callable[[str, str], str] = _as_given
    """The form in which the agent takes a person's value for the field at a path. What it cannot tell it leaves as it is, for
    the workflow to refuse; what can be read in two ways raises `agents.fields.corrections.Ambiguous`."""
    einvoices: bool = False
    """Whether what is approved may be exported as an e-invoice."""

    @property
    def name(self) -> str:
        return self.workflow.definition()

    def public_shape(self, execution: Execution) -> PublicShape | None:
        """What ``execution`` read, in the public shape; None where nothing was read."""
        if self.public is None:
            return recorded_result(execution)
        fields = execution.result.get("fields")
        return self.public(loaded(fields)) if fields else None


def recorded_result(execution: Execution) -> PublicShape | None:
    """The result of an execution as its agent recorded it, without fields and document; None where there is none."""
    return {k: v for k, v in execution.result.items() if k not in ("fields", "document")} or None
