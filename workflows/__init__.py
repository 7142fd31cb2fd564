"""Definitions: every module of this package that holds a `Definition` is one, named as its module."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.definition import Definition


def definitions() -> dict[str, Definition]:
    """All definitions found, by name. A new module here and its folder in ``agents/`` are found with nothing else changed."""
    return {module.name: found for module in pkgutil.iter_modules(__path__) if (found := definition_of(module.name))}


@cache
def definition_of(name: str) -> Definition | None:
    """The definition of that name, without loading the others; None where there is none."""
    from workflows.definition import Definition

    if name not in {module.name for module in pkgutil.iter_modules(__path__)}:
        return None
    held = vars(importlib.import_module(f"{__name__}.{name}")).values()
    return next((value for value in held if isinstance(value, Definition) and value.name == name), None)
