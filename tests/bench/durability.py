"""What durability costs: the same invoices, prompts, calls and checks through Counterfoil and as plain LangGraph.

The peer is the invoice agent's own graph with an in-memory checkpointer: no Temporal, no traces, nothing survives a kill. Both
ask the same scripted endpoint (it stands in for the GPU) at the same answering time. Run with ``make bench``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from rich.console import Console
from rich.table import Table

from agents.invoice.graph import build_graph, options
from infra import connections as connected
from infra.connections import Connections
from infra.ledger import Status, migrate
from infra.settings import Settings
from tests.scripted.invoices import invoice_pdf
from tests.stack import CALLS, PhoenixServer, Stack


async def plain_langgraph(stack: Stack, files: dict[str, bytes], at_once: int) -> float:
    """Seconds for all ``files`` through the plain graph, ``at_once`` at a time."""
    settings = Settings(
        home=stack.home / "plain",
        model_url=stack.endpoint.url,
        model_price=stack.settings().model_price,
        model_concurrency=stack.settings().model_concurrency,
        ask=stack.settings().ask,
        sure=stack.settings().sure,
    )
    migrate(settings.ledger)
    made = Connections.of(settings)
    connected.use(made)
    places = asyncio.Semaphore(at_once)

    async def one(name: str, data: bytes) -> None:
        async with places:
            execution = {
                "id": name,
                "tenant": "bench",
                "batch": "bench",
                "digest": made.documents.put(data),
                "name": name,
            }
            given: Any = {"execution": execution, "options": options(settings)}
            graph = build_graph().compile(checkpointer=InMemorySaver())
            state = await graph.ainvoke(given, {"configurable": {"thread_id": name}})
            assert state["decision"]["outcome"] == "approve", state["decision"]

    started = time.perf_counter()
    await asyncio.gather(*(one(name, data) for name, data in files.items()))
    seconds = time.perf_counter() - started
    await made.close()
    connected.use(None)
    return seconds


async def counterfoil(stack: Stack, files: dict[str, bytes], batch: str) -> float:
    """Seconds from handing in ``files`` until the ledger has the last of them approved."""
    started = time.perf_counter()
    for id in await stack.submit(files, batch=batch, tenant=batch):
        assert (await stack.until(id, seconds=600)).status is Status.APPROVED
    return time.perf_counter() - started


async def measure(documents: int, delay: float, rounds: int) -> dict[str, Any]:
    """The figures of ``rounds`` rounds of ``documents`` invoices, the endpoint answering after ``delay`` seconds."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "phoenix").mkdir()
        (home / "stack").mkdir()
        with PhoenixServer(home / "phoenix") as phoenix, Stack(home / "stack", phoenix_port=phoenix.port) as stack:
            stack.endpoint.script.delay = delay
            await counterfoil(stack, {"warm.pdf": invoice_pdf("WARM-1")}, "warm")
            taken: list[tuple[float, float]] = []
            for n in range(rounds):
                files = {f"{n}-{m}.pdf": invoice_pdf(f"BENCH-{n}-{m}") for m in range(documents)}
                plain = await plain_langgraph(stack, files, at_once=16)
                taken.append((await counterfoil(stack, files, f"bench-{n}"), plain))
    ratios = sorted(ours / plain for ours, plain in taken)
    return {
        "documents": documents,
        "model_calls": documents * CALLS,
        "endpoint_seconds_a_call": delay,
        "rounds": [{"counterfoil_seconds": round(a, 3), "plain_langgraph_seconds": round(b, 3)} for a, b in taken],
        "counterfoil_over_plain_median": round(ratios[len(ratios) // 2], 3),
    }


def main() -> None:
    """Print a table, and write the figures as JSON if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    figures = [asyncio.run(measure(given.documents, delay, given.rounds)) for delay in (0.0, 0.5)]
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    table = Table(
        title=f"{given.documents} invoices, {CALLS} calls each, {os.cpu_count()} cores; seconds, median of {given.rounds}"
    )
    for heading in ("endpoint answers after", "Counterfoil", "plain LangGraph", "ratio"):
        table.add_column(heading, justify="right")
    for row in figures:
        ours, plain = (
            sorted(r[k] for r in row["rounds"])[len(row["rounds"]) // 2]
            for k in ("counterfoil_seconds", "plain_langgraph_seconds")
        )
        ratio = f"{row['counterfoil_over_plain_median']:.2f}"
        table.add_row(f"{row['endpoint_seconds_a_call']} s", f"{ours:.1f}", f"{plain:.1f}", ratio)
    Console().print(table)
    if given.json:
        given.json.write_text(json.dumps({"machine": machine, "figures": figures}, indent=2))


if __name__ == "__main__":
    main()
