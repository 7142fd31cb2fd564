"""Beginning again what failed, what a cancelled batch held back, and what was noted while Temporal was away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from infra.records import Execution, Status, Submission
from workers.office import Office, batches, executions
from workers.office.submission import Submitted, begin_batch
from workers.office.wording import counted

Only = Literal["failed", "withheld"]

_LOOKED_AFTER = (
    "{running} of the batch are said to run; one that Temporal has ended without a record of why will be shown as failed, "
    "and can then be begun again"
)


@dataclass
class Again:
    """What begins again in one batch."""

    tenant: str
    batch: str
    failed: list[Execution] = field(default_factory=list)
    withheld: list[Submission] = field(default_factory=list)
    """One for each execution, as in ``due``."""
    due: list[Submission] = field(default_factory=list)
    """What was noted and never begun."""
    earlier: dict[str, str] = field(default_factory=dict)
    """The run that failed, by execution."""
    running: int = 0
    """Documents that are said to run."""

    @property
    def documents(self) -> int:
        return len(self.failed) + len(self.withheld) + len(self.due)

    @property
    def text(self) -> str:
        """How many of what, for a person."""
        counts = {"failed": len(self.failed), "withheld": len(self.withheld), "not begun before": len(self.due)}
        return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)

    @property
    def submitted(self) -> list[Submitted]:
        """The documents, to be followed."""
        again = [
            Submitted(
                execution.name,
                "queued",
                digest=execution.digest,
                execution_id=execution.id,
                earlier_run_id=self.earlier.get(execution.id),
                tenant=self.tenant,
                batch=self.batch,
            )
            for execution in self.failed
        ]
        unbegun = (*self.withheld, *self.due)
        return again + [Submitted.noted(document, self.earlier.get(document.execution_id)) for document in unbegun]


@dataclass(frozen=True)
class Retried:
    """What was begun again, by batch; and a sentence for each that was not."""

    begun: list[Again] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


async def retry_executions(office: Office, meant: Sequence[str], tenant: str | None = None) -> Retried:
    """Begin again the executions that are ``meant``, those of them that failed.

    Raises:
        NotKnown, SeveralMeant: as `executions.find`.
        TemporalUnreachable: nothing was begun.
    """
    by_batch: dict[tuple[str, str], Again] = {}
    skipped: list[str] = []
    seen: set[str] = set()
    for name in meant:
        execution = await executions.find(office, name, tenant)
        if execution.id in seen:
            continue
        seen.add(execution.id)
        if execution.status is not Status.FAILED:
            skipped.append(f"{execution.name} is {execution.status.value}: it did not fail, so it is not begun again")
            continue
        of = execution.tenant, execution.batch
        again = by_batch.setdefault(of, Again(*of))
        again.failed.append(execution)
        again.earlier[execution.id] = execution.run_id
    retried = Retried(skipped=skipped)
    for again in by_batch.values():
        await _begin(office, again, retried)
    return retried


async def retry_batch(office: Office, name: str, tenant: str | None = None, *, only: Only | None = None) -> Retried:
    """Begin again all of a batch that can, or only what failed, or was held back. What was noted and never begun begins in any
    case.

    Raises:
        NotKnown, SeveralTenants: as `batches.find`.
        TemporalUnreachable: nothing was begun.
    """
    of_tenant, batch = await batches.find(office, name, tenant)
    ledger = office.ledger
    progress = await ledger.progress(tenant=of_tenant, batch=batch)
    failed = await ledger.executions(tenant=of_tenant, batch=batch, statuses=[Status.FAILED])
    noted = await ledger.submissions(tenant=of_tenant, batch=batch) if progress.withheld or progress.to_begin else []
    unbegun = {document.execution_id: document for document in noted if document.begun_at is None}
    again = Again(
        of_tenant,
        batch,
        failed=[] if only == "withheld" else [execution for execution in failed if execution.id not in unbegun],
        withheld=[] if only == "failed" else [document for document in unbegun.values() if document.withheld],
        due=[document for document in unbegun.values() if not document.withheld],
        earlier={execution.id: execution.run_id for execution in failed},
        running=progress.running,
    )
    retried = Retried()
    if again.documents or again.running:
        await _begin(office, again, retried)
    return retried


async def _begin(office: Office, again: Again, retried: Retried) -> None:
    await office.temporal()
    ids = [execution.id for execution in again.failed] + [document.execution_id for document in again.withheld]
    if ids:
        await office.ledger.release(tenant=again.tenant, batch=again.batch, execution_ids=ids)
    await begin_batch(office, again.tenant, again.batch)
    if again.documents:
        retried.begun.append(again)
    else:
        retried.skipped.append(_LOOKED_AFTER.format(running=counted(again.running, "document")))
