"""``python -m tests.evals.chaos``: strike everything at random under many documents, and say what stands in the records after.

Exits with 1 if anything that must hold does not, and says where.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.records import PAID
from tests.evals.chaos.run import Chaos, Told
from tests.evals.chaos.schedule import Part, drawn
from tests.evals.chaos.verdict import Check, Records, answered_twice, judged, judged_in_phoenix, lost_in_flight
from tests.postgres import Postgres
from tests.scripted.invoices import invoice_pdf
from tests.stack import EndpointProcess, PhoenixServer, Stack

_SHOWN_OFFENDERS = 10
_SPANS_SECONDS = 240.0


def main() -> None:
    """Run; print the table; write the JSON; exit."""
    given = _arguments()
    console = Console()
    since = time.monotonic()

    def say(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - since:6.1f} s[/dim] {text}", highlight=False)

    console.print(f"seed {given.seed}: {given.documents} documents, each part struck {given.times} times")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True)))
        (folder / "phoenix").mkdir()
        phoenix = stack.enter_context(PhoenixServer(folder / "phoenix"))
        endpoint = stack.enter_context(
            EndpointProcess(folder, slots=given.slots, seconds=given.service_seconds, spread=0.5)
        )
        environment = {"COUNTERFOIL_MODEL_URL": endpoint.url, "COUNTERFOIL_MODEL_OUTAGE_MINUTES": "10"}
        postgres = stack.enter_context(Postgres()) if given.ledger == "postgres" else None
        if postgres:
            environment["COUNTERFOIL_LEDGER_URL"] = postgres.url
        started = stack.enter_context(Stack(folder, phoenix_port=phoenix.port, environment=environment))
        files = {f"chaos-{n}.pdf": invoice_pdf(f"CHAOS-{n}") for n in range(given.documents)}
        chaos = Chaos(started, endpoint, phoenix, workers=given.workers, seed=given.seed, say=say, postgres=postgres)
        records = asyncio.run(
            chaos.run(files, drawn(given.seed, given.times), seconds=given.most_seconds, spans_seconds=_SPANS_SECONDS)
        )
        if given.keep_log:
            given.keep_log.write_bytes((folder / "worker.log").read_bytes())
    checks = [*judged(records), *judged_in_phoenix(records), *of_the_run(chaos.told, given.times)]
    figures = summary(records, chaos.told)
    _print(console, figures, checks)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        told = {"seed": given.seed, **figures, "checks": [asdict(check) for check in checks]}
        given.json.write_text(json.dumps(told, indent=2, default=str) + "\n")
    sys.exit(not all(check.holds for check in checks))


def of_the_run(told: Told, times: int) -> list[Check]:
    """Whether the run shows anything: every part was struck so often, and the last blow fell on work."""
    idle = (
        []
        if told.unsettled_at_last_blow
        else ["all documents had ended before; take more documents or a slower endpoint"]
    )
    return [
        Check("parts struck less often than planned", [part for part in Part if told.struck[part] < times]),
        Check("blows that fell on no work", idle),
        Check("workers that ended though nobody killed them", told.ended_by_themselves),
    ]


def summary(records: Records, told: Told) -> dict[str, Any]:
    """The figures of a run."""
    calls = Counter(call.status.value for call in records.calls)
    answered = sum(call.status in PAID for call in records.calls)
    return {
        "documents": len(records.submitted),
        "struck": {part.value: told.struck[part] for part in Part},
        "executions": dict(Counter(execution.status.value for execution in records.executions.values())),
        "postings": len(records.postings),
        "calls in the ledger": dict(calls),
        "paid at the endpoint": sum(records.paid.values()),
        "answered in the ledger": answered,
        "answers lost in flight": lost_in_flight(records),
        "answered twice, both in flight at once": answered_twice(records),
        "spans of calls in Phoenix": sum(records.call_spans.values()),
        "seconds": round(told.seconds, 1),
    }


def _print(console: Console, figures: dict[str, Any], checks: list[Check]) -> None:
    table = Table(show_header=False)
    for name, value in figures.items():
        told = ", ".join(f"{count} {what}" for what, count in value.items()) if isinstance(value, dict) else str(value)
        table.add_row(name, told)
    table.add_section()
    for check in checks:
        table.add_row(check.what, "0" if check.holds else f"[red]{len(check.offenders)}[/red]")
    console.print(table)
    for check in checks:
        for offender in check.offenders[:_SHOWN_OFFENDERS]:
            console.print(f"[red]{check.what}[/red]: {offender}", highlight=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.evals.chaos", description=__doc__)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the schedule; else a new one")
    parser.add_argument("--times", type=int, default=3, help="that each part is struck")
    parser.add_argument("--workers", type=int, default=2, help="worker processes")
    parser.add_argument("--ledger", choices=("sqlite", "postgres"), default="sqlite", help="Postgres is killed too")
    parser.add_argument("--slots", type=int, default=8, help="calls that the endpoint answers at once")
    parser.add_argument("--service-seconds", type=float, default=1.2, help="that it takes for one")
    parser.add_argument("--most-seconds", type=float, default=900, help="until all must have ended")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--keep-log", type=Path, help="write the workers' log to this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
