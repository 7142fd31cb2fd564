"""Elements of an XML and the paths that lead to them, by local names alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple


@dataclass(frozen=True, eq=False)
class Names:
    """What a syntax has to say of the elements that paths name."""

    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Further names of an element, of another version or kind of document."""
    once: frozenset[str] = frozenset()
    """Elements that the syntax has once: of more, the first that holds anything counts."""


class Element:
    """An element, or an ``attribute`` of it, and the readable path to it."""

    def __init__(self, element: Any, path: str, names: Names, attribute: str | None = None) -> None:
        self.element = element
        self.path = path
        self._names = names
        self._attribute = attribute

    @property
    def text(self) -> str:
        """Its text with runs of white space as one space; of an attribute what it holds."""
        if self._attribute:
            return str(self.element.get(self._attribute) or "").strip()
        return " ".join((self.element.text or "").split())

    def all(self, path: str) -> list[Element]:
        """What stands at a path, see `FieldSpec.cii`."""
        nodes = [self]
        for step in _steps(path, self._names):
            nodes = [below for node in nodes for below in node._at(step)]
        return nodes

    def first(self, ways: str) -> Element | None:
        """The first at any of ``ways``, paths divided by ``|``, that holds text or elements."""
        return next((node for path in ways.split("|") for node in self.all(path) if node._holds_anything), None)

    def _at(self, step: _Step) -> Iterator[Element]:
        if step.name.startswith("@"):
            if self.text:
                yield Element(self.element, f"{self.path}/{step.name}", self._names, step.name.removeprefix("@"))
            return
        children = [child for child in self.element if local_name(child) in step.names]
        for number, child in enumerate(children, 1):
            index = f"[{number}]" if len(children) > 1 else ""
            node = Element(child, f"{self.path}/{local_name(child)}{index}", self._names)
            if step.once:
                if node._holds_anything:
                    yield node
                    return
            elif step.condition is None or node._meets(step.condition):
                yield node

    @property
    def _holds_anything(self) -> bool:
        return bool(self.text or (self._attribute is None and len(self.element)))

    def _meets(self, condition: _Condition) -> bool:
        if condition.of.startswith("@"):
            return str(self.element.get(condition.of[1:]) or "").strip() in condition.values
        node = self.first(condition.of)
        return (node is not None and node.text.upper() in condition.values) is not condition.negated


class _Condition(NamedTuple):
    """Whether what stands at ``of`` is one of ``values``, or none of them."""

    of: str
    values: tuple[str, ...]
    negated: bool


class _Step(NamedTuple):
    """A step of a path: elements of any of ``names``, or an attribute ``@name``."""

    name: str
    names: frozenset[str]
    once: bool
    condition: _Condition | None


@cache
def _steps(path: str, names: Names) -> tuple[_Step, ...]:
    steps = []
    for step in re.split(r"/(?![^\[]*\])", path):
        name, _, bound = step.removesuffix("]").partition("[")
        of, _, values = bound.partition("=")
        condition = _Condition(of.removesuffix("!"), tuple(values.split(",")), of.endswith("!")) if bound else None
        steps.append(_Step(name, frozenset({name, *names.others.get(name, ())}), name in names.once, condition))
    return tuple(steps)


def local_name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
