"""The process of a peer that needs no server to give it work: carries out orders from standard input, one a line of JSON,
and answers each with a line, until the input is closed."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import sys
import time
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any

from infra.connections import Connections
from tests.evals.bench.job import posted
from tests.evals.bench.peers.process import Engine, connections, execution


async def _carry_out(order: dict[str, Any], engine: Engine, opened: Connections) -> dict[str, Any]:
    places = asyncio.Semaphore(order["at_once"])
    latencies = []
    done = posted(opened.settings.home / "ledger.db") if order["resume"] else set()

    async def carry_out(path: Path) -> None:
        id = f"{order['batch']}-{path.stem}"
        if id in done:
            return
        async with places:
            started = time.perf_counter()
            given = execution(opened, id, path.name, order["batch"], path.read_bytes(), order["ask"])
            state = await (engine.resume(id, given) if order["resume"] else engine.process(id, given))
            assert state["decision"]["outcome"] == "approve", state["decision"]
            latencies.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(carry_out(path) for path in sorted(Path(order["folder"]).iterdir())))
    return {"seconds": time.perf_counter() - started, "latencies": latencies}


async def _serve(named: str, postgres: str | None, forgetful: bool) -> None:
    module, _, function = named.partition(":")
    make = getattr(importlib.import_module(module), function)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(connections(forgetful))
        opening: AbstractAsyncContextManager[Engine] = make(opened.settings.home, postgres)
        engine = await stack.enter_async_context(opening)
        print("{}", file=sys.__stdout__, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await _carry_out(json.loads(line), engine, opened)), file=sys.__stdout__, flush=True)


def main() -> None:
    """Open the engine that is named, say so, and work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--postgres")
    parser.add_argument("--forgetful", action="store_true")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    sys.stdout = sys.stderr  # what libraries print is no answer
    asyncio.run(_serve(given.engine, given.postgres, given.forgetful))


if __name__ == "__main__":
    main()
