"""How much of a document is looked at and carried on. What is beyond a bound is told of in a finding, which sends the
document to a person: nothing is cut in silence."""

from __future__ import annotations

from collections.abc import Mapping

from agents.fields.rules import Rule
from agents.fields.schema import Field, Fields
from agents.fields.table import ROW_PATH
from infra.records import Finding, Severity, finding

LONGEST_TEXT = 250_000
"""Characters of text in which values are looked for: some 1,900 lines of a table, more than a state carries, and some six
seconds of one core. A longer document is no invoice for a machine and goes to a person."""
MOST_BYTES = 1_000_000
"""Of the fields in a state, as JSON: some 1,150 lines of five cells, 800 of seven (870 to 1,200 bytes a line). Temporal
takes no payload above 2 MiB, in which the public invoice (170 bytes a line) and findings have to stand beside them, and
no message above 4 MiB, in which three questions asked at once each carry the state."""


def line_of(path: str) -> int:
    """The number of the invoice line that ``path`` belongs to, from 0; -1 for every other field."""
    row = ROW_PATH.match(path)
    return int(row[2]) if row and row[1] == "lines" else -1


def that_fit(fields: Mapping[str, Field]) -> tuple[Fields, list[Finding]]:
    """``fields``, as many of the lines in them as a state can carry, and a finding if that is not all."""
    size, last, behind = 0, -1, None
    for path in sorted(fields, key=line_of):
        last = max(last, line_of(path))
        size += len(path) + len(fields[path].model_dump_json(exclude_none=True, ensure_ascii=True)) + 4
        if size > MOST_BYTES and last >= 0 and behind is None:
            behind = last
    if behind is None:
        return dict(fields), []
    message = f"only the first {behind} of its {last + 1} lines are kept: more than that no execution can carry"
    return (
        {path: field for path, field in fields.items() if line_of(path) < behind},
        [
            finding(
                Rule.LONG_DOCUMENT,
                Severity.ERROR,
                f"{message}. Enter it by hand, or ask the sender for several invoices",
            )
        ],
    )
