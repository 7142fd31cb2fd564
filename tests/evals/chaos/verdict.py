"""What must hold after everything has been killed: pure functions of what the records say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from infra.records import PAID, CallStatus, Execution, ModelCall, Posting, Status


@dataclass(frozen=True)
class Records:
    """What ledger, endpoint, Temporal and Phoenix hold of a run."""

    submitted: Sequence[str]
    """Ids of the executions that were handed in."""
    calls_each: int
    """Questions that each document takes to be read."""
    executions: Mapping[str, Execution]
    postings: Sequence[Posting]
    calls: Sequence[ModelCall]
    """Every try at a call."""
    paid: Mapping[str, int]
    """Digest of a request to how often the endpoint answered it."""
    counted: Mapping[Status, int] | None = None
    """What the batch says of its executions, where it was asked."""
    open_in_temporal: Sequence[str] = ()
    """Ids of executions that Temporal still runs."""
    call_spans: Mapping[str, int] = field(default_factory=dict)
    """Id of a model call's span to how often Phoenix has it."""
    roots: Mapping[str, int] = field(default_factory=dict)
    """Id of an execution to the root spans of its trace in Phoenix."""


@dataclass(frozen=True)
class Check:
    """One thing that must not be, and where it is: none, if all is well."""

    what: str
    offenders: Sequence[str]

    @property
    def holds(self) -> bool:
        return not self.offenders


def judged(records: Records) -> list[Check]:
    """Every check of the records but those of Phoenix."""
    executions, calls = records.executions, records.calls
    answered = [call for call in calls if call.status in PAID]
    by_status = _by_request(calls)
    kept = {d: sum(by_status[d][status] for status in PAID) for d in by_status}
    not_approved = [
        f"{id}: {executions[id].status}: {executions[id].error or executions[id].reasons}"
        for id in records.submitted
        if id in executions and executions[id].status.ended and executions[id].status is not Status.APPROVED
    ]
    usable: defaultdict[str, set[str]] = defaultdict(set)
    for call in calls:
        if call.status is CallStatus.COMPLETED:
            usable[call.execution_id].add(call.key)
    return [
        Check(
            "documents without an execution that ended",
            [id for id in records.submitted if id not in executions or not executions[id].status.ended],
        ),
        Check("executions that Temporal still runs", records.open_in_temporal),
        Check("executions that ended otherwise than approved", not_approved),
        Check("executions of documents that nobody handed in", sorted(set(executions) - set(records.submitted))),
        Check("statuses that the batch counts otherwise than its executions", _counted_otherwise(records)),
        Check(
            "approved executions that were not posted",
            sorted(
                {id for id, execution in executions.items() if execution.status is Status.APPROVED}
                - {posting.execution_id for posting in records.postings}
            ),
        ),
        Check("postings beyond the first of an execution", _repeated(p.execution_id for p in records.postings)),
        Check(
            "postings beyond the first of an invoice",
            _repeated(f"{p.tenant} {p.vendor} {p.number}" for p in records.postings),
        ),
        Check(
            "documents with a question that has no answer on record",
            [id for id in records.submitted if len(usable[id]) != records.calls_each],
        ),
        Check("recorded calls that were made again", repeated(calls)),
        Check("calls that never came to an end", [_name(c) for c in calls if c.status is CallStatus.STARTED]),
        Check(
            "requests paid at the endpoint more often than the ledger has them answered or lost",
            [d for d, times in records.paid.items() if times > kept.get(d, 0) + by_status[d][CallStatus.LOST]],
        ),
        Check(
            "requests answered in the ledger more often than the endpoint was paid",
            [d for d, times in kept.items() if times > records.paid.get(d, 0)],
        ),
        Check(
            "executions whose calls on record are not those they are charged for",
            [
                id
                for id, execution in executions.items()
                if execution.model_calls != len(own := [c for c in answered if c.execution_id == id])
                or execution.cost != sum(c.cost or 0 for c in own)
            ],
        ),
    ]


def judged_in_phoenix(records: Records) -> list[Check]:
    """The checks of what Phoenix holds."""
    span_ids = {call.span_id or f"no span of {_name(call)}" for call in records.calls if call.status in PAID}
    return [
        Check("recorded calls without a span in Phoenix", sorted(span_ids - set(records.call_spans))),
        Check("spans of calls that Phoenix has twice", [id for id, times in records.call_spans.items() if times > 1]),
        Check("spans in Phoenix of calls that are not on record", sorted(set(records.call_spans) - span_ids)),
        Check(
            "executions whose trace has not one root", [id for id in records.submitted if records.roots.get(id) != 1]
        ),
    ]


def repeated(calls: Iterable[ModelCall]) -> list[str]:
    """Tries that were made although the answer to the same question was on record by then."""
    of_key: defaultdict[str, list[ModelCall]] = defaultdict(list)
    for call in calls:
        of_key[call.key].append(call)
    return [
        _name(again)
        for tries in of_key.values()
        for again in tries
        if any(
            first.status in PAID
            and first.attempt != again.attempt
            and first.ended_at
            and first.ended_at <= again.started_at
            for first in tries
        )
    ]


def lost_in_flight(records: Records) -> int:
    """Answers the endpoint was paid for that nobody saw: what was to take them, or to send them, was killed."""
    kept = Counter(call.request_digest for call in records.calls if call.status in PAID)
    return sum(max(0, times - kept[digest]) for digest, times in records.paid.items())


def answered_twice(records: Records) -> int:
    """Answers on record beyond the first to a question: two tries were in flight at once, the first given up too early."""
    kept = Counter(call.key for call in records.calls if call.status in PAID)
    return sum(times - 1 for times in kept.values())


def _counted_otherwise(records: Records) -> list[str]:
    if records.counted is None:
        return []
    counts = Counter(execution.status for execution in records.executions.values())
    return [
        f"{status}: {records.counted.get(status, 0)}, not {counts[status]}"
        for status in Status
        if records.counted.get(status, 0) != counts[status]
    ]


def _by_request(calls: Iterable[ModelCall]) -> defaultdict[str, Counter[CallStatus]]:
    statuses: defaultdict[str, Counter[CallStatus]] = defaultdict(Counter)
    for call in calls:
        statuses[call.request_digest][call.status] += 1
    return statuses


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _name(call: ModelCall) -> str:
    return f"{call.key}#{call.attempt}"
