"""How much of a document is looked at and carried on. What is beyond a bound is told of in a finding, which sends the
document to a person: nothing is cut in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.fields.rules import Rule
from agents.fields.schema import Field, Fields
from agents.fields.table import ROW_PATH
from infra.records import Finding, Severity, finding

LONGEST_TEXT = 250_000
"""Characters of text in which values are looked for: some 1,900 lines of a table, more than a state carries, and some six
seconds of one core. A longer document is no invoice for a machine and goes to a person."""
MOST_BYTES = 1_000_000
"""Of the fields in a state, as JSON, before it is said how sure each is: some 1,150 lines of five cells, 800 of seven (870 to
1,200 bytes a line). Temporal takes no payload above 2 MiB, in which the public invoice (170 bytes a line) and findings have to
stand beside them, and no message above 4 MiB, in which three questions asked at once each carry the state."""
MOST_FINDINGS = 200
"""Of one step: a person reads fewer, and a document made for it may earn tens of thousands."""
LONGEST_MESSAGE = 2_000
"""Characters of a finding's message."""


def bounded(findings: Sequence[Finding]) -> list[Finding]:
    """``findings``, the gravest of them where they are more than a state can carry, each no longer than can be read, and a
    finding of how many were left out."""
    kept = list(findings)
    if len(kept) > MOST_FINDINGS:
        gravest = sorted(kept, key=lambda one: list(Severity).index(one.severity))
        left, kept = gravest[MOST_FINDINGS:], gravest[:MOST_FINDINGS]
        rules = ", ".join(dict.fromkeys(one.rule for one in left[:1000]))[:200]
        message = f"{len(left):,} more findings than an execution carries are left out, of {rules}: read it by eye"
        kept.append(finding(Rule.LONG_DOCUMENT, Severity.ERROR, message))
    return [
        one
        if len(one.message) <= LONGEST_MESSAGE
        else one.model_copy(update={"message": f"{one.message[: LONGEST_MESSAGE - 1]}…"})
        for one in kept
    ]


def line_of(path: str) -> int:
    """The number of the invoice line that ``path`` belongs to, from 0; -1 for every other field."""
    row = ROW_PATH.match(path)
    return int(row[2]) if row and row[1] == "lines" else -1


def that_fit(fields: Mapping[str, Field], most: int | None = None) -> tuple[Fields, list[Finding]]:
    """``fields``, as many of the lines in them as a state can carry (``most`` bytes, else `MOST_BYTES`), and a finding if that is
    not all."""
    most = MOST_BYTES if most is None else most
    size, last, behind = 0, -1, None
    for path in sorted(fields, key=line_of):
        last = max(last, line_of(path))
        size += len(path) + len(fields[path].model_dump_json(exclude_none=True, ensure_ascii=True)) + 4
        if size > most and last >= 0 and behind is None:
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
