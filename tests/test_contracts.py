from __future__ import annotations

from grimp import ImportGraph
from importlinter import ContractCheck

from tests.contracts import NoCycles, PrivateModules


def _graph(*imports: tuple[str, str]) -> ImportGraph:
    graph = ImportGraph()
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    return graph


def _cycles(*imports: tuple[str, str]) -> list[list[str]]:
    check = NoCycles("", {}, {}).check(_graph(*imports), False)
    assert check.kept is not bool(check.metadata["cycles"])
    return list(check.metadata["cycles"])


def _private(*imports: tuple[str, str]) -> ContractCheck:
    return PrivateModules("", {}, {}).check(_graph(*imports), False)


def test_files_that_import_each_other_are_a_cycle() -> None:
    assert _cycles(("a.x", "a.y"), ("a.y", "a.z"), ("a.z", "a.x"), ("a.z", "b")) == [["a.x", "a.y", "a.z", "a.x"]]


def test_a_package_and_its_file_are_a_cycle_where_each_imports_the_other() -> None:
    assert _cycles(("a", "a.x"), ("a.x", "a")) == [["a", "a.x", "a"]]


def test_imports_that_only_go_down_are_none() -> None:
    assert _cycles(("a", "a.x"), ("a", "a.y"), ("a.x", "a.z"), ("a.y", "a.z")) == []


def test_a_private_module_is_for_its_own_package() -> None:
    within = (("a", "a._x"), ("a.y", "a._x"), ("a.b.c", "a._x"), ("a._d.e", "a._d._f"))
    assert _private(*within).kept
    outside = (("b", "a._x"), ("a", "a.b._x"), ("c", "a._d.e"))
    assert _private(*outside).metadata["broken"] == sorted(outside)
