"""What a run came to: figures by layout, field and document, what it took, what was decided, and what may never happen.

`Report` is also the JSON that ``counterfoil score --json`` writes; its keys are stable.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel

from infra.records import PAID, Execution, Status
from workers.office.executions import seconds_taken
from workers.office.exports import public_shape
from workers.office.tally import Tally
from workers.score import rules
from workers.score.calibration import Calibration, Judged, Touchless, calibrate
from workers.score.corpus import Corpus
from workers.score.rules import DocumentScore, LineCount
from workers.score.running import Reading, Run

NEEDED_KEYS = rules.HEADER_KEYS - {"totals.tax_total"}
"""The key fields without which nothing goes through untouched. Not every invoice has tax or an account; where they were
read, they have to be as sure."""

_ROW = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")


class Figures(BaseModel):
    """How right some documents were read. Shares are None where there is nothing to score."""

    documents: int
    right: int
    """Scored values that are right, of ``scored``."""
    scored: int
    micro: float | None
    """Micro accuracy: ``right / scored``."""
    header_exact_documents: int
    header_exact: float
    """Share of documents with every key field of the header right."""
    lines_right: int
    lines_true: int
    lines_read: int
    line_precision: float | None
    line_recall: float | None
    line_f1: float | None
    approved: int
    """Documents approved without a person."""


class FieldFigures(BaseModel):
    """How right one field was read, over all documents that have it."""

    right: int
    scored: int
    accuracy: float


class Spread(BaseModel):
    """A quantity over documents; None where no document has it."""

    total: float
    mean: float | None
    median: float | None
    max: float | None


class Usage(BaseModel):
    """What documents took. ``computed_tokens`` are those the model had to compute: prompt less cached, and output."""

    model_calls: Spread
    prompt_tokens: Spread
    cached_tokens: Spread
    output_tokens: Spread
    computed_tokens: Spread
    seconds: Spread
    """From the start of an execution to its end, or to the end of its last step if a person is waited for."""
    wall_seconds: float
    """Of the whole run."""
    lost_calls: int
    cost: dict[str, Decimal]
    """By currency, of the priced calls."""
    unpriced_calls: int


class Decisions(BaseModel):
    """How documents ended. ``by_status`` has ``refused`` for what was not taken and ``running`` for what did not end."""

    by_status: dict[str, int]
    approved_without_a_person: int
    share: float


class WrongValue(BaseModel):
    """A scored value that is wrong; ``read`` is None where nothing was read."""

    field: str
    """Where the truth has it: ``lines[2].name``."""
    truth: str
    read: str | None
    confidence: float | None


class ApprovedWrong(WrongValue):
    """A wrong key field of an approved execution."""

    id: str
    execution_id: str
    decided_by: str | None


class Unaccounted(BaseModel):
    """A document without an outcome, or failed without a reason."""

    id: str
    execution_id: str | None
    why: str


class Never(BaseModel):
    """What may never happen; both lists should be empty."""

    approved_wrong: list[ApprovedWrong]
    unaccounted: list[Unaccounted]


class DocumentReport(BaseModel):
    """One document."""

    id: str
    group: str
    execution_id: str | None
    status: str
    decision: str | None
    decided_by: str | None
    why: str
    right: int
    scored: int
    micro: float | None
    header_exact: bool
    lines_right: int
    lines_true: int
    lines_read: int
    line_f1: float | None
    model_calls: int
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    computed_tokens: int
    seconds: float | None
    key_confidence: float | None
    """The lowest of its key fields; None where nothing may let it through untouched."""
    key_wrong: bool
    """Whether a key field is wrong, or was not read although it is there."""
    error_findings: list[str]
    """Rules of the findings that need a person."""
    wrong: list[WrongValue]


class ModelUsed(BaseModel):
    """A model that was asked."""

    tier: str
    model: str
    calls: int
    prompt_versions: list[str]


class RunFacts(BaseModel):
    """What the figures rest on."""

    corpus: str
    pdfs: str
    truths: str
    groups: str | None
    digest: str
    """Over the bytes of all PDFs and truths: runs with the same digest are comparable."""
    tenant: str
    batch: str
    definition: str
    at_once: int
    began: datetime
    version: str
    models: list[ModelUsed]
    options: dict[str, Any]
    """What executions were given of the settings of the process that handed them in."""


class Guard(BaseModel):
    """Whether the run may pass in CI; ``failures`` says in sentences why not."""

    passed: bool = True
    failures: list[str] = []


class Report(BaseModel):
    """A scored run."""

    run: RunFacts
    overall: Figures
    groups: dict[str, Figures]
    fields: dict[str, FieldFigures]
    usage: Usage
    decisions: Decisions
    never: Never
    calibration: Calibration
    documents: list[DocumentReport]
    guard: Guard = Guard()
    as_baseline: dict[str, Any] = {}
    """These figures in the shape ``--baseline`` reads."""


@dataclass(frozen=True)
class Scored:
    """A reading with its score."""

    reading: Reading
    prediction: Mapping[str, Any]
    score: DocumentScore
    confidences: Confidences
    tally: Tally

    @classmethod
    def of(cls, reading: Reading) -> Scored:
        """Score what became of a document, whatever was decided; one that failed has read nothing."""
        execution = reading.followed.execution
        read = prediction(execution)
        result = execution.result if execution and read else {}
        return cls(
            reading,
            read,
            rules.score(reading.document.truth, read),
            Confidences(result.get("fields") or {}),
            reading.followed.tally,
        )

    @property
    def execution(self) -> Execution | None:
        return self.reading.followed.execution

    @property
    def approved(self) -> bool:
        return self.execution is not None and self.execution.status is Status.APPROVED

    @property
    def approved_by_policy(self) -> bool:
        return self.approved and self.execution is not None and self.execution.decided_by == "policy"

    @property
    def status(self) -> str:
        """Where it stands, in one word."""
        status = self.reading.followed.status
        return "running" if status.startswith(("running", "submitted", "unknown")) else status

    @property
    def error_findings(self) -> list[str]:
        findings = self.execution.findings if self.execution else []
        return [finding.rule for finding in findings if finding.severity == "error"]

    @property
    def key_confidence(self) -> float | None:
        """The lowest confidence of the key fields; None if one is missing or carries none, or a finding is an error."""
        read = [key for key in rules.KEYS if rules.value_at(self.prediction, key) is not None]
        confidences = [self.confidences.of(key) for key in read]
        known = [confidence for confidence in confidences if confidence is not None]
        if not set(read) >= NEEDED_KEYS or len(known) < len(read) or self.error_findings:
            return None
        return min(known)


@dataclass(frozen=True)
class Confidences:
    """Confidence and grounds of the values of an execution, by their place in the public shape.

    ``fields`` maps paths to fields as JSON. Of a table the public shape counts only rows that have a value: row numbers
    are those of the places, not of the paths.
    """

    fields: Mapping[str, Any]
    _numbers: dict[str, list[int]] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        rows: dict[str, set[int]] = {}
        for path in self.fields:
            if row := _ROW.fullmatch(path):
                rows.setdefault(row[1], set()).add(int(row[2]))
        self._numbers.update({table: sorted(numbers) for table, numbers in rows.items()})

    def of(self, place: str | None) -> float | None:
        """Confidence from 0 to 1 of the value at ``place``; None where it carries none."""
        confidence = self._field(place).get("confidence")
        if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 <= confidence <= 1:
            return None
        return float(confidence)

    def grounds(self, place: str | None) -> tuple[str, ...]:
        """What the confidence rests on."""
        return tuple(str(ground) for ground in self._field(place).get("grounds") or ())

    def _field(self, place: str | None) -> Mapping[str, Any]:
        row = _ROW.fullmatch(place or "")
        if row:
            numbers = self._numbers.get(row[1], [])
            at = int(row[2])
            place = f"{row[1]}[{numbers[at]}].{row[3]}" if at < len(numbers) else None
        field = self.fields.get(place or "")
        return field if isinstance(field, Mapping) else {}


def prediction(execution: Execution | None) -> Mapping[str, Any]:
    """What an execution read, in the public shape: empty if it failed, did not end, or read nothing."""
    if execution is None or execution.status in (Status.FAILED, Status.RUNNING):
        return {}
    recorded = execution.result.get("invoice")
    return recorded if isinstance(recorded, Mapping) and recorded else public_shape(execution) or {}


def make_report(
    corpus: Corpus,
    readings: Sequence[Reading],
    how: Run,
    *,
    options: Mapping[str, Any],
    sure: float,
    began: datetime,
    ended: datetime,
) -> Report:
    """Score ``readings`` and put the figures together.

    Args:
        options: what the executions were given of the settings.
        sure: confidence from which a value is called sure, 0 to 1.
        began, ended: when the run did, aware.
    """
    scored = [Scored.of(reading) for reading in readings]
    groups: dict[str, list[Scored]] = {}
    for document in scored:
        groups.setdefault(document.reading.document.group, []).append(document)
    return Report(
        run=RunFacts(
            corpus=corpus.name,
            pdfs=str(corpus.pdfs),
            truths=str(corpus.truths),
            groups=str(corpus.manifest) if corpus.manifest else None,
            digest=corpus.digest,
            tenant=how.tenant,
            batch=how.batch,
            definition=how.definition,
            at_once=how.at_once,
            began=began.astimezone(UTC),
            version=version("counterfoil"),
            models=_models(scored),
            options=dict(options),
        ),
        overall=_figures(scored),
        groups={name: _figures(documents) for name, documents in sorted(groups.items())},
        fields=_fields(scored),
        usage=_usage(scored, (ended - began).total_seconds()),
        decisions=_decisions(scored),
        never=_never(scored),
        calibration=calibrate(
            [value for document in scored for value in _judged(document)],
            [Touchless(document.key_confidence, bool(document.score.wrong_keys)) for document in scored],
            sure=sure,
            surplus=_surplus(scored),
        ),
        documents=[_document(document) for document in scored],
    )


def _figures(scored: Sequence[Scored]) -> Figures:
    right = sum(document.score.right for document in scored)
    values = sum(len(document.score.cells) for document in scored)
    exact = sum(document.score.header_exact for document in scored)
    lines = sum((document.score.lines for document in scored), LineCount())
    return Figures(
        documents=len(scored),
        right=right,
        scored=values,
        micro=right / values if values else None,
        header_exact_documents=exact,
        header_exact=exact / len(scored),
        lines_right=lines.right,
        lines_true=lines.true,
        lines_read=lines.read,
        line_precision=lines.precision,
        line_recall=lines.recall,
        line_f1=lines.f1,
        approved=sum(document.approved_by_policy for document in scored),
    )


def _fields(scored: Sequence[Scored]) -> dict[str, FieldFigures]:
    right: Counter[str] = Counter()
    all: Counter[str] = Counter()
    for document in scored:
        for cell in document.score.cells:
            right[cell.name] += cell.right
            all[cell.name] += 1
    return {
        name: FieldFigures(right=right[name], scored=n, accuracy=right[name] / n) for name, n in sorted(all.items())
    }


def _usage(scored: Sequence[Scored], wall_seconds: float) -> Usage:
    tallies = [document.tally for document in scored]
    total = Tally.of(call for document in scored for call in document.reading.followed.calls)
    times = (seconds_taken(document.execution) for document in scored)
    return Usage(
        model_calls=_spread(tally.calls for tally in tallies),
        prompt_tokens=_spread(tally.prompt for tally in tallies),
        cached_tokens=_spread(tally.cached for tally in tallies),
        output_tokens=_spread(tally.output for tally in tallies),
        computed_tokens=_spread(_computed(tally) for tally in tallies),
        seconds=_spread(seconds for seconds in times if seconds is not None),
        wall_seconds=wall_seconds,
        lost_calls=total.lost,
        cost=total.costs,
        unpriced_calls=total.unpriced,
    )


def _computed(tally: Tally) -> int:
    return tally.prompt - tally.cached + tally.output


def _spread(of: Iterable[float]) -> Spread:
    values = list(of)
    if not values:
        return Spread(total=0, mean=None, median=None, max=None)
    return Spread(total=sum(values), mean=statistics.fmean(values), median=statistics.median(values), max=max(values))


def _decisions(scored: Sequence[Scored]) -> Decisions:
    approved = sum(document.approved_by_policy for document in scored)
    return Decisions(
        by_status=dict(sorted(Counter(document.status for document in scored).items())),
        approved_without_a_person=approved,
        share=approved / len(scored),
    )


def _never(scored: Sequence[Scored]) -> Never:
    wrong = [
        ApprovedWrong(
            id=document.reading.document.id,
            execution_id=document.execution.id,
            decided_by=document.execution.decided_by,
            **_wrong(document, cell).model_dump(),
        )
        for document in scored
        if document.approved and document.execution
        for cell in document.score.wrong_keys
    ]
    unaccounted = [
        Unaccounted(
            id=document.reading.document.id,
            execution_id=document.reading.followed.submitted.execution_id,
            why=document.reading.followed.ended_unrecorded or _unaccounted(document),
        )
        for document in scored
        if document.reading.followed.ended_unrecorded or _unaccounted(document)
    ]
    return Never(approved_wrong=wrong, unaccounted=unaccounted)


def _unaccounted(document: Scored) -> str:
    """Why a document has no outcome a person can act on; nothing if it has."""
    followed = document.reading.followed
    if not followed.settled:
        return "it has not ended in the time given"
    if followed.submitted.outcome == "already processed" and followed.execution is None:
        return "Temporal says it has ended, and the ledger does not know it"
    return "it failed without a reason" if followed.failed and not followed.why else ""


def _document(document: Scored) -> DocumentReport:
    followed, execution, score, tally = document.reading.followed, document.execution, document.score, document.tally
    return DocumentReport(
        id=document.reading.document.id,
        group=document.reading.document.group,
        execution_id=followed.submitted.execution_id,
        status=document.status,
        decision=followed.decision,
        decided_by=execution.decided_by if execution else None,
        why=followed.why,
        right=score.right,
        scored=len(score.cells),
        micro=score.right / len(score.cells) if score.cells else None,
        header_exact=score.header_exact,
        lines_right=score.lines.right,
        lines_true=score.lines.true,
        lines_read=score.lines.read,
        line_f1=score.lines.f1,
        model_calls=tally.calls,
        prompt_tokens=tally.prompt,
        cached_tokens=tally.cached,
        output_tokens=tally.output,
        computed_tokens=_computed(tally),
        seconds=seconds_taken(execution),
        key_confidence=document.key_confidence,
        key_wrong=bool(score.wrong_keys),
        error_findings=document.error_findings,
        wrong=[_wrong(document, cell) for cell in score.cells if not cell.right],
    )


def _wrong(document: Scored, cell: rules.Cell) -> WrongValue:
    read = None if cell.read is None or cell.read == "" else _text(cell.read)
    confidence = document.confidences.of(cell.read_at) if read is not None else None
    return WrongValue(field=cell.place, truth=_text(cell.truth), read=read, confidence=confidence)


def _text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _judged(document: Scored) -> list[Judged]:
    """The values that were read where the truth is known and visible."""
    return [
        Judged(
            field=cell.name,
            right=cell.right,
            confidence=document.confidences.of(cell.read_at),
            grounds=document.confidences.grounds(cell.read_at),
            issuer=issuer_of(document.reading.document.truth),
        )
        for cell in document.score.cells
        if cell.read is not None and cell.read != ""
    ]


def issuer_of(truth: Mapping[str, Any]) -> str:
    """Whose invoice it is: what its VAT id is, or its name."""
    seller = truth.get("seller") or {}
    return rules.folded(seller.get("vat_id") or seller.get("name") or "")


def _surplus(scored: Sequence[Scored]) -> list[float]:
    confidences = [document.confidences.of(place) for document in scored for place in document.score.surplus]
    return [confidence for confidence in confidences if confidence is not None]


def _models(scored: Sequence[Scored]) -> list[ModelUsed]:
    calls: Counter[tuple[str, str]] = Counter()
    prompts: dict[tuple[str, str], set[str]] = {}
    for document in scored:
        for call in document.reading.followed.calls:
            if call.status in PAID:
                calls[call.tier, call.model] += 1
                prompts.setdefault((call.tier, call.model), set()).add(call.prompt_version)
    return [
        ModelUsed(tier=tier, model=model, calls=n, prompt_versions=sorted(prompts[tier, model]))
        for (tier, model), n in sorted(calls.items())
    ]
