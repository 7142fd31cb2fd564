"""How much of a document is looked at and carried on. What is beyond a bound is told of in a finding, which sends the
document to a person: nothing is cut in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from agents.fields.rules import Rule
from agents.fields.schema import Field, Fields
from agents.fields.table import ROW_PATH
from infra.records import Finding, Severity, Verdict, finding

LONGEST_TEXT = 250_000
"""Characters of text in which values are looked for: some 1,900 lines of a table, more than a state carries, and some six
seconds of one core. A longer document is no invoice for a machine and goes to a person."""
MOST_BYTES = 1_000_000
"""Of the fields in a state, as JSON, before it is said how sure each is: some 1,150 lines of five cells, 800 of seven (870 to
1,200 bytes a line). Temporal takes no payload above 2 MiB, in which the public invoice (170 bytes a line) and findings have to
stand beside them, and no message above 4 MiB, in which three questions asked at once each carry the state."""
MOST_FINDINGS = 200
"""Of one step: a person reads fewer, and a document made for it may earn tens of thousands."""
MOST_FINDINGS_BYTES = 100_000
"""Of the findings of one step, as JSON. Several steps find, and what they found has to stand in a state beside the fields."""
LONGEST_MESSAGE = 2_000
"""Characters of a finding's message."""
MOST_PATHS = 200
"""Fields that one finding speaks of; of more the first are named."""

_LONGEST_LIST = 600
_MOST_EVIDENCE = 20_000


def bounded(findings: Sequence[Finding]) -> list[Finding]:
    """``findings``, in their order, as many as a state can carry, and one more that says how many of which rule were left out.

    The gravest are kept, and of equally grave ones as many of each rule, so that a flood of one kind hides no other. What is
    left out goes to a person, except where it says no more than that things are in order. Findings that were bounded before
    stay as they are.
    """
    short = [_readable(one) for one in findings]
    of_rule: Counter[tuple[str, str]] = Counter()
    ranks: list[tuple[int, int, int]] = []
    kept, size, most = set[int](), 0, MOST_FINDINGS
    for n, one in enumerate(short):
        if one.rule == Rule.LONG_DOCUMENT:  # it tells of what was left out
            kept.add(n)
            most += 1
            continue
        of_rule[one.severity, one.rule] += 1
        ranks.append((list(Severity).index(one.severity), of_rule[one.severity, one.rule], n))
    for *_, n in sorted(ranks):
        if len(kept) == most:
            break
        own = len(short[n].model_dump_json(exclude={"decided_by"}))  # which an approval adds to
        if size + own <= MOST_FINDINGS_BYTES:
            size += own
            kept.add(n)
    if not (left := [one for n, one in enumerate(short) if n not in kept]):
        return short
    return [*(one for n, one in enumerate(short) if n in kept), _rest(left)]


def _rest(left: Sequence[Finding]) -> Finding:
    """What is said of findings in place of them."""
    of_kind = Counter(one.rule for one in left).most_common()
    told = ", ".join(f"{count:,} more of {rule}" for rule, count in of_kind)
    told = told if len(told) <= _LONGEST_LIST else f"{told[:_LONGEST_LIST]}…"
    harmless = all(one.severity is Severity.INFO for one in left)
    severity, verdict = (Severity.INFO, Verdict.NOT_ASSESSABLE) if harmless else (Severity.ERROR, Verdict.FAIL)
    message = f"{len(left):,} more findings than an execution carries are left out: {told}. Read it by eye"
    return finding(Rule.LONG_DOCUMENT, severity, message, verdict=verdict)


def _readable(one: Finding) -> Finding:
    """A finding no longer than can be read and carried."""
    changes: dict[str, object] = {}
    if len(one.message) > LONGEST_MESSAGE:
        changes["message"] = f"{one.message[: LONGEST_MESSAGE - 1]}…"
    if len(one.fields) > MOST_PATHS:
        changes["fields"] = one.fields[:MOST_PATHS]
    if len(str(one.evidence)) > _MOST_EVIDENCE:
        changes["evidence"] = {"left_out": f"evidence of {len(str(one.evidence)):,} characters"}
    return one.model_copy(update=changes) if changes else one


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
