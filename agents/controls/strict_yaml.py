"""YAML of the house's own files, read strictly: a key that comes twice is an error, since one of the two would be lost in
silence; and what else is wrong with a file, a sentence each.

By the parser written in Python: the one in C is ten times as fast, and dies of a file that nests too deep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from types import ModuleType
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError


class NotYaml(Exception):
    """The bytes are no YAML, or have a key twice. The message says where."""


def load_yaml(data: bytes) -> Any:
    """What ``data`` holds, as plain data.

    Raises:
        NotYaml: it is none.
    """
    try:
        return yaml.load(data, Loader=_Strict)
    except (yaml.YAMLError, ValueError) as error:  # the latter of bytes that are no UTF-8, or a day that is none
        raise NotYaml(" ".join(str(error).split())) from error
    except RecursionError as error:
        raise NotYaml("it nests too deep") from error


def problems_of(
    error: ValidationError, models: ModuleType, place_of: Callable[[Sequence[int | str]], str]
) -> Iterator[str]:
    """A sentence for each thing that is wrong, with where it stands and what to do.

    Args:
        models: the module with the models of the file, whose keys are those that may be meant.
        place_of: what people call a place in the file.
    """
    for problem in error.errors(include_url=False):
        place = place_of(problem["loc"])
        where = f"{place}: " if place else ""
        given = problem.get("input")
        shown = f" (it is {given!r:.60})" if isinstance(given, (str, int, float)) else ""
        match problem["type"]:
            case "extra_forbidden":
                near = get_close_matches(str(problem["loc"][-1]), _keys(models), 1)
                yield f"{where}there is no such key here; {f'is it {near[0]}, or ' if near else ''}leave it out"
            case "missing":
                yield f"{where}is missing; add it"
            case "value_error":
                yield f"{where}{problem['msg'].removeprefix('Value error, ')}"
            case "string_pattern_mismatch" if "[key]" in problem["loc"]:
                yield f"{where}is no currency; write three capitals, such as EUR"
            case _:
                yield f"{where}{problem['msg'][:1].lower()}{problem['msg'][1:]}{shown}"


def path_of(place: Sequence[int | str]) -> str:
    """A place in a file as its keys with points between them."""
    return ".".join(str(part) for part in place if part != "[key]")


@cache
def _keys(models: ModuleType) -> list[str]:
    """All keys there are."""
    classes = [m for m in vars(models).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    return sorted({field.alias or name for m in classes for name, field in m.model_fields.items()} - {"digest"})


class _Strict(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is no plain word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} comes twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)
