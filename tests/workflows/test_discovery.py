"""A definition is found by being there."""

from __future__ import annotations

from workflows import definition_of, definitions


def test_the_definitions_of_the_project_are_found_by_name() -> None:
    assert {"invoice", "compliance"} <= definitions().keys()
    assert all(definition_of(name) is found for name, found in definitions().items())


def test_a_module_without_a_definition_is_none() -> None:
    assert [definition_of(name) for name in ("batch", "execution", "_stub", "no_such_module", "")] == [None] * 5
