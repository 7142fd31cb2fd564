"""The lines of a draft, and the allowances and charges that lead from their sum to the net total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

from agents.documents.layout import Layout
from agents.documents.upright import UprightReading
from agents.fields.grounds import Ground
from agents.fields.schema import Fields
from agents.pages._draft_totals import DraftTotals, is_taken_off
from agents.pages._proposed import follows, placed
from agents.pages._totals import Sums, Totals
from agents.pages.table import Row, Table, TableCell, find_table

_MOST_BETWEEN = 8
_SIGNS = (("allowance_total", -1), ("charge_total", 1))


@dataclass(frozen=True)
class DraftLines:
    """``adjustments`` are the sums of the allowances and charges on the document, as the lines bear them out."""

    table: Table | None
    fields: Fields
    adjustments: Fields


def read_lines(layout: Layout, sums: Sums, around: DraftTotals) -> DraftLines:
    """The table of the lines, and what lies between their sum and the net total of ``around``."""
    totals, labelled = around.totals, around.adjustments
    table = find_table(layout, totals=_sums(totals))
    if table is None:
        return DraftLines(None, {}, labelled)
    amounts = _to_net(table, totals, sums, labelled)
    closes = table.closed or bool(amounts)
    fields = _rows(layout.reading, table, closes)
    if totals is not None and table.total == totals.net:
        # what a label calls so is one of the lines, or paid before
        labelled = {path: field for path, field in labelled.items() if field.number == 0}
    if closes and table.total is not None:
        fields["totals.line_total"] = follows(f"{table.total:f}", "sum of the lines (BR-CO-10)", Ground.PROVED)
        labelled = {**labelled, **_summed(table.total, amounts)}
    return DraftLines(table, fields, labelled)


def _sums(totals: Totals | None) -> list[Decimal]:
    """What the lines may come to."""
    if totals is None:
        return []
    return [totals.net, *([Decimal(totals.statement.start.value)] if totals.statement else [])]


def _rows(reading: UprightReading, table: Table, closes: bool) -> Fields:
    fields: Fields = {}
    for n, row in enumerate(table.rows):
        for column, cell in row.cells.items():
            grounds = _grounds(row, column, cell, closes)
            fields[f"lines[{n}].{column}"] = placed(reading, cell.page, cell.box, cell.text, cell.value, *grounds)
    return fields


def _grounds(row: Row, column: str, cell: TableCell, closes: bool) -> tuple[Ground, ...]:
    if column in ("name", "id", "unit"):
        return (Ground.TEXT, Ground.SEVERAL) if column == "name" and row.rivalled else (Ground.TEXT,)
    if cell.derived and column == "quantity":
        return (Ground.WORDING,)
    if cell.derived:
        return (Ground.FOLLOWS, Ground.PROVED) if row.proved and closes else (Ground.FOLLOWS,)
    if row.proved:
        return (Ground.PROVED if closes else Ground.ROW,)
    return (Ground.LAYOUT, Ground.CONTRADICTED) if row.contradicted else (Ground.LAYOUT,)


def _to_net(table: Table, totals: Totals | None, sums: Sums, labelled: Fields) -> Sequence[Decimal]:
    """The allowances (negative) and charges on the document that lead from the sum of the lines to the net total."""
    recognised = [a.amount for a in table.adjustments]
    if totals is None or table.total is None:
        return recognised if table.closed else []
    if table.total == totals.net:
        return []
    if table.total + sum(recognised, Decimal(0)) == totals.net:
        return recognised
    return _between(table, table.total, totals, sums, labelled) or (recognised if table.closed else [])


def _between(table: Table, lines: Decimal, totals: Totals, sums: Sums, labelled: Fields) -> list[Decimal]:
    """Amounts printed between the lines and the net total that lead from the one to the other: allowances and
    charges on the whole document, whatever they are called. At most four."""
    said = [sign * labelled[path].number for term, sign in _SIGNS if (path := f"totals.{term}") in labelled]
    if said and lines + sum(said, Decimal(0)) == totals.net:
        return said
    if "net" not in totals.cells:
        return []
    net = totals.cells["net"]
    printed = [c for c in sums.money if table.last_line < c.cell.line <= net.cell.line and c is not net]
    printed = [c for c in printed if Decimal(c.value) not in (0, lines, totals.net)][:_MOST_BETWEEN]
    for size in range(1, 5):
        for chosen in combinations(printed, size):
            amounts = [-abs(Decimal(c.value)) if is_taken_off(c) else Decimal(c.value) for c in chosen]
            for signs in product((1, -1), repeat=size):
                meant = [amount * sign for amount, sign in zip(amounts, signs, strict=True)]
                if lines + sum(meant, Decimal(0)) == totals.net:
                    return meant
    return []


def _summed(lines: Decimal, amounts: Sequence[Decimal]) -> Fields:
    """The sums of document allowances and charges (BR-CO-11, BR-CO-12), where they lead from the lines to the net."""
    fields: Fields = {}
    for term, sign in _SIGNS:
        if some := [a for a in amounts if (a * (lines or 1) > 0) == (sign > 0)]:
            fields[f"totals.{term}"] = follows(
                f"{sum(some, Decimal(0)) * sign:f}", "sum over the document", Ground.PROVED
            )
    return fields
