"""What operators see of workflows on Temporal's pages: current details in Markdown, and search attributes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from unicodedata import category

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from infra.records import BatchProgress, Execution
    from infra.temporal import search_attributes as sa
    from workflows.messages import Reminder

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#!|&~])")
_LINKS = re.compile(r"(:)(?=//)|(\bwww\.)(?=\S)|(?<=\S)(@)(?=\S)", re.IGNORECASE)
"""What a page makes a link of though no markup says so: it is written apart."""
_LONGEST_ATTRIBUTE = 200
"""Characters of a search attribute; Temporal refuses long ones."""


def plain(text: str) -> str:
    """Text of a document for a page that renders Markdown: no links, pictures or markup of the document's own, and no
    characters that do not print or turn the direction of others."""
    shown = "".join(c if c.isprintable() and not category(c).startswith("C") else " " for c in text[:2000])
    return _MARKDOWN.sub(r"\\\1", _LINKS.sub(r"\g<0> ", " ".join(shown.split())[:500]))


def show(lines: Sequence[str]) -> None:
    """Put ``lines`` of Markdown on the workflow's page, each a paragraph."""
    workflow.set_current_details("\n\n".join(lines))


def execution_lines(stub: Execution, *, step: str, trace: str | None) -> list[str]:
    """An execution's page: at which ``step`` it is, what was decided, at what cost; with the link to its ``trace``."""
    lines = [f"**{plain(stub.name)}**: {stub.status.value}" + (f", at step `{step}`" if not stub.ended_at else "")]
    if stub.decision:
        lines.append(f"**Decision**: {stub.decision} by {plain(stub.decided_by or '')}")
        lines += [f"- {plain(reason)}" for reason in stub.reasons]
    if stub.error:
        lines.append(f"**Failed**: {plain(stub.error)}")
    if stub.vendor or stub.amount is not None:
        number, vendor = plain(stub.number or "?"), plain(stub.vendor or "?")
        lines.append(f"**Invoice** {number} of {vendor}: {stub.amount} {plain(stub.currency or '')}")
    if stub.model_calls:
        lines.append(f"**Cost**: {_cost(stub)} for {stub.model_calls} model calls, {stub.usage.total} tokens")
    if trace:
        lines.append(f"[Trace in Phoenix]({trace})")
    return lines


def waiting_lines(
    id: str, *, since: datetime | None, people: Sequence[str], reminders: Sequence[Reminder]
) -> list[str]:
    """Of an execution that waits: for how long, on whom, what was done about it, and how to answer."""
    names = ", ".join(plain(name) for name in people)
    lines = ["**Waits**" + (f" since {since:%Y-%m-%d %H:%M} UTC" if since else "") + (f" for {names}" if names else "")]
    if reminders:
        counts = Counter(reminder.kind for reminder in reminders)
        given = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items())
        lines.append(f"{given}, the last at {reminders[-1].at[:16].replace('T', ' ')} UTC")
    return [*lines, f"Answer with `counterfoil review approve|reject|correct {id}`"]


def batch_lines(progress: BatchProgress, *, paused: bool, cancelled: bool, note: str | None) -> list[str]:
    """A batch's page: how far it is, at what cost, and how long it will take."""
    state = "cancelled" if cancelled else "paused" if paused else "running"
    if progress.idle and progress.documents and not paused:
        state = "cancelled" if cancelled else "done"
    lines = [f"**Batch {plain(progress.batch)}** of {plain(progress.tenant)}: {state}"]
    if note:
        lines.append(plain(note))
    if not progress.documents:
        return lines
    counts = ", ".join(f"{count} {status.value}" for status, count in sorted(progress.counts.items()))
    lines.append(
        f"{progress.settled} of {progress.documents} settled{f' ({counts})' if counts else ''}; "
        f"{progress.running} running, {progress.to_begin} to begin"
    )
    if progress.refused or progress.withheld:
        lines.append(f"{progress.refused} files refused, {progress.withheld} withheld")
    lines.append(f"{progress.model_calls} model calls, {progress.usage.total} tokens, {_cost(progress)}")
    if progress.documents_per_second and progress.seconds_left is not None and not progress.idle:
        left = timedelta(seconds=round(progress.seconds_left))
        lines.append(f"{progress.documents_per_second:.1f} documents a second, about {left} left")
    return lines


def _cost(of: Execution | BatchProgress) -> str:
    return f"{of.cost:.6f} {of.cost_currency}" if of.cost is not None else "unpriced"


class SearchAttributes:
    """The search attributes of an execution: only what has changed is sent."""

    def __init__(self) -> None:
        self._sent: dict[str, object] = {pair.key.name: pair.value for pair in workflow.info().typed_search_attributes}

    def send(self, stub: Execution) -> None:
        """Bring them up to date with the stub."""
        updates = _updates(stub)
        values = {update.key.name: getattr(update, "value", None) for update in updates}
        if changed := [update for update in updates if values[update.key.name] != self._sent.get(update.key.name)]:
            workflow.upsert_search_attributes(changed)
        self._sent = values


def _updates(stub: Execution) -> list[SearchAttributeUpdate[Any]]:
    texts = {
        sa.STATUS: stub.status.value,
        sa.TENANT: stub.tenant,
        sa.BATCH: stub.batch,
        sa.DOCUMENT: stub.name,
        sa.DECISION: stub.decision,
        sa.VENDOR: stub.vendor,
        sa.CURRENCY: stub.currency,
    }
    numbers = {sa.AMOUNT: stub.amount, sa.COST: stub.cost}
    return [
        *(key.value_set(text[:_LONGEST_ATTRIBUTE]) if text else key.value_unset() for key, text in texts.items()),
        *(key.value_set(float(n)) if n is not None else key.value_unset() for key, n in numbers.items()),
        sa.TOKENS.value_set(stub.usage.total),
    ]
