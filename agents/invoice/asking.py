"""Asking a model about a part of an invoice, and what its answers change in the state.

A header and totals are one question each. A table is as many as it has `runs`, asked at once, each a model call of its
own: when some of them fail, only those are asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from agents.documents.places import Places
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Field, Fields
from agents.fields.table import Part
from agents.invoice import agreement, extraction, questions, whole
from agents.invoice.extraction import PlacedRow
from agents.invoice.prompts import messages, prompt, version
from agents.invoice.state import EXTRACT, InvoiceState, InvoiceUpdate, TableRun
from agents.pages.table import Run, carried, missing, runs_of
from agents.steps import DraftedDocument, document_of, that_fit
from infra.connections import connections
from infra.models import ContextExceeded, InvalidAnswer, Question
from infra.records import Finding, ModelCall, Severity, finding

FIRST = "small"
"""The tier that is asked first."""


async def extract(
    state: InvoiceState, part: Part, *, tier: str = FIRST, reasons: Sequence[str] = (), round: int = 0
) -> InvoiceUpdate:
    """Ask about one part of the invoice; what the model answers becomes fields only where the document bears it out.

    Args:
        reasons: why it is asked again, in our own words; empty the first time.
        round: which repair this is, from 1; 0 for the first question.

    Returns:
        An update of the state.
    """
    data = await asyncio.to_thread(connections().documents.get_derived, state.execution.digest, "reading.json")
    document = await document_of(data)
    asking = _Asking(state, part, document, tier, tuple(reasons), round)
    if part == "lines":
        return await asking.lines()
    return await (asking.header_and_totals() if tier in state.options.whole else asking.scalars())


@dataclass(frozen=True)
class _Said:
    """What came of one question: the answer, or the finding that says why there is none."""

    answer: dict[str, Any] | None  # its keys are those of the shape that was made for this document
    call: ModelCall | None
    problem: Finding | None = None


class _Asking:
    def __init__(
        self,
        state: InvoiceState,
        part: Part,
        document: DraftedDocument,
        tier: str,
        reasons: tuple[str, ...],
        round: int,
    ) -> None:
        self._state = state
        self._part = part
        self._document = document
        self._tier = tier
        self._step = str(EXTRACT[part]) if round == 0 else f"repair {part} {round}"
        self._whole = tier in state.options.whole
        self._prompt = f"whole_{'lines' if part == 'lines' else 'header'}" if self._whole else part
        self._question = prompt(self._prompt)
        if reasons and not self._whole:  # which tell what code read
            self._question += "\nAn earlier answer was wrong: " + "; ".join(reasons) + ". Look again and answer anew."
        self._ground = Ground.READER if self._whole else Ground.MODEL
        self._known = state.fields
        self._way = way_asked(tier, reasons)

    async def scalars(self) -> InvoiceUpdate:
        """The header or the totals."""
        draft, reading = self._document.draft, self._document.reading
        text = questions.shown(self._part, draft, self._document.layout)
        shape = questions.answer_shape(self._part, draft, text)
        said = await self._ask(self._step, text, shape, questions.max_tokens(self._part, draft))
        calls = [said.call] if said.call else []
        if said.answer is None:
            return self._update({}, calls, [said.problem] if said.problem else [])
        update: InvoiceUpdate = {}
        if self._part == "header":
            fields = extraction.fields_of_header(said.answer, draft, self._known)
            if "kind" in said.answer and draft.kind is None:
                update["kind"] = said.answer["kind"]
        else:
            fields = extraction.fields_of_totals(said.answer, self._known, reading)
        return {**update, **self._update(fields, calls, [])}

    async def header_and_totals(self) -> InvoiceUpdate:
        """All but the table, read from the whole document by a model that is told nothing of what code read."""
        layout, context = self._document.layout, connections().settings.model_context
        runs = await asyncio.to_thread(runs_of, layout, context)
        text = whole.shown(layout, runs, context)
        said = await self._ask(self._step, text, whole.header_shape(), whole.header_tokens())
        calls = [said.call] if said.call else []
        if said.answer is None:
            return self._update({}, calls, [said.problem] if said.problem else [])
        return await asyncio.to_thread(self._read_twice, said.answer, calls)

    def _read_twice(self, answer: Mapping[str, Any], calls: Sequence[ModelCall]) -> InvoiceUpdate:
        shown = whole.Shown(self._document.layout, Places(self._document.reading))
        read = whole.pointed_at(answer, shown, self._known)
        fields, told = agreement.joined(self._known, read)
        update: InvoiceUpdate = {}
        if self._document.draft.kind is None:
            update["kind"] = answer["kind"]
        elif answer["kind"] != self._document.draft.kind:
            mine = self._document.draft.kind
            message = f"the document is read twice and not alike: as {mine}, and as {answer['kind']}"
            told.append(finding(Rule.READINGS_DIFFER, Severity.ERROR, message, "type_code"))
        update |= self._update(fields, calls, told)
        update["asked"] = {part: [self._way] for part in ("header", "totals")}
        return update

    async def lines(self) -> InvoiceUpdate:
        """The table: every run of it that has no answer that holds."""
        runs = await asyncio.to_thread(runs_of, self._document.layout, connections().settings.model_context)
        held = self._held(runs)
        due = [n for n in range(len(runs)) if n not in held]
        asked = (self._ask_run(runs[n], f" {n + 1}/{len(runs)}" if len(runs) > 1 else "") for n in due)
        # All are waited for before a failure is told: what is answered meanwhile is on record, and not paid again.
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        said = {}
        for n, outcome in zip(due, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            said[n] = outcome
        return await asyncio.to_thread(self._joined, runs, held, said)

    def _held(self, runs: Sequence[Run]) -> dict[int, list[PlacedRow]]:
        """The rows of runs that need not be asked again: some other run failed, and they did not."""
        before = self._state.runs
        if [run.lines for run in before] != [(run.first, run.last) for run in runs]:
            return {}
        if not any(run.failed for run in before):
            return {}
        return {
            n: [PlacedRow(self._line(cells, runs[n]), cells) for cells in extraction.rows_in(self._known, *run.rows)]
            for n, run in enumerate(before)
            if not run.failed
        }

    def _line(self, cells: Mapping[str, Field], run: Run) -> int:
        """The line of ``run`` on which a row known from an earlier question stands, by its evidence."""
        columns = ("net_amount", "unit_price_net", "quantity", "name")
        at = next(cells[column].evidence for column in columns if column in cells)
        if at.page is None or at.box is None:
            return run.first
        tops = {(word.page, word.box[1]): line.number for line in run.own for cell in line.cells for word in cell.words}
        return tops.get((at.page, self._document.layout.reading.upright(at.page, at.box)[1]), run.first)

    async def _ask_run(self, run: Run, which: str) -> _Said:
        where = f" on {run.pages}" if which else ""
        step = f"{self._step}{which}"
        if self._whole:
            text = whole.numbered(run.shown)
            return await self._ask(step, text, whole.rows_shape(run.rows), whole.rows_tokens(run.rows), where=where)
        shape = questions.answer_shape("lines", self._document.draft, run.text, run.rows)
        most = questions.max_tokens("lines", self._document.draft, run.rows)
        return await self._ask(step, run.text, shape, most, where=where)

    def _joined(
        self, runs: Sequence[Run], held: Mapping[int, list[PlacedRow]], said: Mapping[int, _Said]
    ) -> InvoiceUpdate:
        """The rows of all runs, one behind the other, taken if they are better than what is known."""
        found = dict(held)
        for n, one in said.items():
            found[n] = (
                extraction.rows_of_run(one.answer, runs[n], self._document.reading, self._ground) if one.answer else []
            )
        goods = set(map(id, extraction.goods([row for n in range(len(runs)) for row in found[n]])))
        kept = [[row for row in found[n] if id(row) in goods] for n in range(len(runs))]
        fields = extraction.fields_of_lines(row for rows in kept for row in rows)
        field = self._known.get("totals.tax_basis_total")
        net = field.number if field else None
        # What adds up is whole, whatever became of a part: that held no line.
        failed = {} if extraction.adds_up(fields, net) else self._failed(runs, kept, said)
        before = [run.failed for run in self._state.runs]
        taken = extraction.better_lines(self._known, fields, net) or bool(held and len(failed) < sum(before))
        problems = [problem for problem in failed.values() if problem]
        if not taken and not before:  # code's lines stand: what the model missed of them is no matter
            problems = [one.problem for one in said.values() if one.problem]
        calls = [one.call for one in said.values() if one.call]
        if self._whole:
            stands = extraction.adds_up(self._known, net) or agreement.are_proved(self._known)
            taken = bool(fields) and not stands
            changed, told = agreement.joined_lines(self._known, fields, stands=stands)
            update = self._update(changed, calls, [*(map(_told_only, problems) if stands else problems), *told])
        else:
            update = self._update(fields if taken else {}, calls, problems)
        if taken:  # a table is replaced whole
            gone = [path for path in self._known if path.startswith("lines") and path not in update["fields"]]
            update["fields"] |= dict.fromkeys(gone)
        if taken or not before:
            update["runs"] = _record(runs, kept, failed)
        return update

    def _failed(
        self, runs: Sequence[Run], kept: Sequence[Sequence[PlacedRow]], said: Mapping[int, _Said]
    ) -> dict[int, Finding | None]:
        """The runs that did not yield all their rows, with the finding that says so, where one does."""
        failed: dict[int, Finding | None] = dict.fromkeys(sorted(self._misadded(runs, kept)))
        for n, run in enumerate(runs):
            lines = missing(run, [row.line for row in kept[n]])
            if n in said and said[n].problem:
                failed[n] = said[n].problem
            elif lines:
                failed[n] = _missing(run, len(lines))
            elif run.cut:
                failed[n] = finding(
                    Rule.LINE_CUT, Severity.ERROR, f"{run.pages}: a line is too long to be shown whole to a model"
                )
        return failed

    def _misadded(self, runs: Sequence[Run], kept: Sequence[Sequence[PlacedRow]]) -> set[int]:
        """The runs within which rows do not add up to what is printed as carried forward."""
        wrong: set[int] = set()
        placed = [row for rows in kept for row in rows]
        top, before = 0, Decimal(0)
        for line, amount in carried(self._document.layout):
            within = [
                row.cells["net_amount"].number for row in placed if top <= row.line < line and "net_amount" in row.cells
            ]
            if amount - before != sum(within, Decimal(0)):
                wrong |= {n for n, run in enumerate(runs) if run.first < line and run.last >= top}
            top, before = line, amount
        return wrong

    async def _ask(self, step: str, text: str, shape: type[BaseModel], most: int, where: str = "") -> _Said:
        try:
            answer = await connections().models.ask(
                Question(
                    execution_id=self._state.execution.id,
                    step=step,
                    messages=messages(text, self._question),
                    answer=shape,
                    max_tokens=most,
                    prompt_version=version(self._prompt),
                    tier=self._tier,
                )
            )
        except InvalidAnswer as error:
            return _Said(
                None, error.call, finding(Rule.ANSWER_UNUSABLE, Severity.ERROR, f"{self._part}{where}: {error}")
            )
        except ContextExceeded as error:
            return _Said(None, None, finding(Rule.CONTEXT_EXCEEDED, Severity.ERROR, f"{self._part}{where}: {error}"))
        return _Said(answer.value.model_dump(), answer.call)

    def _update(self, fields: Fields, calls: Sequence[ModelCall], problems: Sequence[Finding]) -> InvoiceUpdate:
        findings = [*problems, *extraction.not_on_page(fields, self._part)]
        kept, too_long = that_fit(fields)
        return {
            "fields": {**kept},
            "findings": {EXTRACT[self._part]: [*findings, *too_long] or None},
            "asked": {self._part: [self._way]},
            "calls": list(calls),
        }


def way_asked(tier: str, reasons: Sequence[str]) -> str:
    """A way a part was asked: its tier, and the reasons that were given."""
    return f"{tier}: {'; '.join(reasons)}"


def _told_only(problem: Finding) -> Finding:
    """A ``problem`` of a second reading, where the first stands: a person need not look for that."""
    return problem.model_copy(update={"severity": Severity.WARNING})


def _missing(run: Run, lines: int) -> Finding:
    what = "a printed line is" if lines == 1 else f"{lines} printed lines are"
    return finding(Rule.LINES_MISSING, Severity.ERROR, f"{run.pages}: {what} not among those that were read")


def _record(runs: Sequence[Run], kept: Sequence[Sequence[PlacedRow]], failed: Collection[int]) -> list[TableRun]:
    record, at = [], 0
    for n, run in enumerate(runs):
        rows = (at, at + len(kept[n]))
        record.append(TableRun(lines=(run.first, run.last), rows=rows, failed=n in failed))
        at = rows[1]
    return record
