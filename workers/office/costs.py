"""What was paid: executions with their model calls, added up by execution, step or model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workers.office import executions
from workers.office.errors import NotKnown
from workers.office.tally import Tally

if TYPE_CHECKING:
    from infra.records import Execution, ModelCall
    from workers.office import Office

By = Literal["execution", "step", "model"]


@dataclass(frozen=True)
class Costs:
    """Executions, each with its model calls."""

    executions: Sequence[tuple[Execution, list[ModelCall]]]

    @property
    def total(self) -> Tally:
        return Tally.of(call for _, calls in self.executions for call in calls)

    def by(self, by: By) -> dict[str, Tally]:
        """The sums by the execution's id, the step or the model, as they come."""
        if by == "execution":
            return {execution.id: Tally.of(calls) for execution, calls in self.executions}
        sums: dict[str, Tally] = {}
        for _, calls in self.executions:
            for call in calls:
                sums.setdefault(call.step if by == "step" else call.model, Tally()).add(call)
        return sums


async def paid(
    office: Office, *, meant: str | None = None, tenant: str | None = None, batch: str | None = None
) -> Costs:
    """The calls of one execution, or of all of a tenant or batch.

    Raises:
        NotKnown: there is no such execution.
        SeveralMeant: as `executions.find`.
    """
    if meant is not None:
        chosen = [await executions.find(office, meant, tenant)]
    else:
        chosen = await office.ledger.executions(tenant=tenant, batch=batch)
    if not chosen and (batch is not None or tenant is not None):
        raise NotKnown(executions.no_execution(batch, tenant))
    calls = await office.ledger.calls_of([execution.id for execution in chosen])
    return Costs([(execution, calls[execution.id]) for execution in chosen])
