"""YAML of the house's own files, read strictly: a key that comes twice is an error, since one of the two would be lost in
silence. By the parser written in Python: the one in C is ten times as fast, and dies of a file that nests too deep."""

from __future__ import annotations

from typing import Any

import yaml


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
