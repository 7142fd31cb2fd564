"""The lines of an invoice: `find_table` reads them by code, `runs_of` divides a table that a model has to read."""

from agents.pages.table._headings import MOST_LINES
from agents.pages.table._labels import CARRIED
from agents.pages.table._reading import Row, Table, TableCell, find_table
from agents.pages.table._runs import MOST_ROWS, ROW_TOKENS, Run, carried, missing, runs_of, tokens

__all__ = [
    "CARRIED",
    "MOST_LINES",
    "MOST_ROWS",
    "ROW_TOKENS",
    "Row",
    "Run",
    "Table",
    "TableCell",
    "carried",
    "find_table",
    "missing",
    "runs_of",
    "tokens",
]
