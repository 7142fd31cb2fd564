"""Contracts about imports that import-linter does not bring itself; ``pyproject.toml`` names them, ``make lint`` runs them."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.application.contract_utils import AlertLevel, remove_ignored_imports_and_report


class NoCycles(Contract):
    """No file imports itself by way of others. An ``__init__`` is a file like any other, and so is an import in a function."""

    type_name = "no_cycles"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        cycles = [_way_round(graph, members) for members in _strongly_connected(graph) if len(members) > 1]
        return ContractCheck(kept=not cycles, metadata={"cycles": sorted(cycles)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for cycle in check.metadata["cycles"]:
            output.print_error(" -> ".join(cycle))


class PrivateModules(Contract):
    """What is underscored is imported within the package it stands in, and nowhere else."""

    type_name = "private_modules"
    ignore_imports = fields.SetField(subfield=fields.ImportExpressionField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        removal = remove_ignored_imports_and_report(
            graph=graph,
            ignore_imports=self.ignore_imports,  # type: ignore[arg-type]  # import-linter types a field as the field
            unmatched_alerting=AlertLevel.ERROR,
        )
        broken = [
            (importer, imported)
            for importer in graph.modules
            for imported in graph.find_modules_directly_imported_by(importer)
            if not all(_within(importer, package) for package in _packages_of_private(imported))
        ]
        return ContractCheck(
            kept=not broken,
            warnings=list(removal.warnings),
            ignored_import_count=removal.ignored_import_count,
            metadata={"broken": sorted(broken)},
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} -> {imported}")


def _packages_of_private(module: str) -> list[str]:
    """The packages that have a private part on the way down to ``module``."""
    names = module.split(".")
    return [".".join(names[:n]) for n, name in enumerate(names) if name.startswith("_")]


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _strongly_connected(graph: ImportGraph) -> list[set[str]]:
    """The modules in groups that all reach each other, by Kosaraju's two walks: one for the order, one against the arrows."""
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(graph.modules):
        walk = [(start, False)]
        while walk:
            module, done = walk.pop()
            if done:
                order.append(module)
            elif module not in seen:
                seen.add(module)
                walk.append((module, True))
                walk += [(imported, False) for imported in graph.find_modules_directly_imported_by(module)]
    groups: list[set[str]] = []
    grouped: set[str] = set()
    for start in reversed(order):
        group: set[str] = set()
        reached = [start]
        while reached:
            module = reached.pop()
            if module not in grouped:
                grouped.add(module)
                group.add(module)
                reached += graph.find_modules_that_directly_import(module)
        if group:
            groups.append(group)
    return groups


def _way_round(graph: ImportGraph, members: set[str]) -> list[str]:
    """A way from the first of ``members`` back to itself, for a person to see where to cut."""
    start = min(members)
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for imported in sorted(graph.find_modules_directly_imported_by(way[-1]) & members - seen):
            if imported == start:
                return [*way, start]
            seen.add(imported)
            ways.append([*way, imported])
    raise AssertionError(f"no way leads from {start} back to itself")
