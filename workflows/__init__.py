"""Definitions: every module of this package that holds a subclass of `AgentWorkflow` is one, named as its module."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.execution import AgentWorkflow


@dataclass(frozen=True)
class Definition:
    """A workflow with its agent. ``options`` are taken from the settings when an execution is submitted; ``variant`` says of
    them what tells two executions of the same bytes apart, as the rulebook they are held against: empty where nothing does."""

    name: str
    workflow: type[AgentWorkflow]
    build_graph: Callable[[], Any]
    options: Callable[[Any], dict[str, Any]]
    variant: Callable[[dict[str, Any]], str] = lambda _: ""


def definitions() -> dict[str, Definition]:
    """All definitions found, by name. A new module here and its folder in ``agents/`` are found with nothing else changed."""
    found: dict[str, Definition] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for value in vars(loaded).values():
            own = isinstance(value, type) and value.__module__ == loaded.__name__
            if own and issubclass(value, AgentWorkflow) and value is not AgentWorkflow:
                agent = importlib.import_module(f"agents.{value.agent}.graph")
                found[module.name] = Definition(
                    module.name,
                    value,
                    agent.build_graph,
                    getattr(agent, "options", lambda _: {}),
                    getattr(agent, "variant", lambda _: ""),
                )
    return found
