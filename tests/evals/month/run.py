"""Taking a generated month through the product as a user would: master data, policy, one batch, two workers."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from infra.ledger import Ledger
from infra.records import Execution
from tests.evals.month.generate import generate
from tests.evals.month.score import Score, score
from tests.stack import PRICE, ROOT, Stack

TENANT = "month"
BATCH = "october"
LIMIT = Decimal(1000)


@dataclass(frozen=True)
class Run:
    """A month as it was processed."""

    score: Score
    seconds: float
    model_calls: int
    cost: Decimal | None
    currency: str | None
    endpoint: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "score": self.score.as_json(), "cost": None if self.cost is None else str(self.cost)}


async def run_month(
    home: Path, *, seed: int, documents: int, real: str | None, told: Callable[[str], None], workers: int = 2
) -> Run:
    """Generate the month below ``home``, process it there, and score what the ledger says.

    Args:
        real: URL of a model's endpoint, with ``/v1``; None for the scripted one.
        told: is given lines about the progress.
    """
    told(f"generating {documents} documents from seed {seed}")
    month = home / "month"
    generate(month, seed=seed, documents=documents)
    truth = json.loads((month / "truth.json").read_text())["documents"]
    environment = {
        "COUNTERFOIL_TENANT": TENANT,
        "COUNTERFOIL_ASK": "open",
        "COUNTERFOIL_LOOK": "true",
        "COUNTERFOIL_APPROVAL_POLICY": str(month / "approval.yaml"),
        "COUNTERFOIL_SANCTIONS_LIST": str(month / "sanctions.csv"),
        "COUNTERFOIL_WORKFLOW_SANDBOX": "false",
        "COUNTERFOIL_MODEL_PRICE": PRICE,
    } | ({"COUNTERFOIL_MODEL_URL": real} if real else {})
    stack_home = home / "stack"
    stack_home.mkdir(parents=True)
    with Stack(stack_home, environment=environment) as stack:
        for _ in range(workers - 1):
            stack.start_worker()

        def counterfoil(*words: str) -> None:
            command = [sys.executable, "-m", "workers.cli", *words]
            done = subprocess.run(
                command, env=stack.process_environment, cwd=ROOT, capture_output=True, text=True, check=False
            )
            said = (done.stdout + done.stderr).strip().splitlines()
            told(f"$ counterfoil {' '.join(words)}: exit {done.returncode}" + (f", {said[-1]}" if said else ""))
            if done.returncode == 2:
                raise RuntimeError("\n".join(said))

        counterfoil("vendors", "import", str(month / "vendors.csv"))
        counterfoil("orders", "import", str(month / "orders.csv"))
        counterfoil("orders", "receive", str(month / "receipts.csv"))
        started = time.monotonic()
        manifest = ["--manifest", str(month / "manifest.csv")] if (month / "manifest.csv").exists() else []
        counterfoil("submit", str(month / "documents"), *manifest, "--batch", BATCH, "--wait")
        seconds = time.monotonic() - started
        executions = await _settled(stack)
        async with Ledger(stack.settings().ledger) as ledger:
            places = {claim.execution_id: claim.sequence for claim in await ledger.claims(TENANT)}
    costs = [execution.cost for execution in executions if execution.model_calls]
    return Run(
        score=score(truth, executions, LIMIT, places),
        seconds=seconds,
        model_calls=sum(execution.model_calls for execution in executions),
        cost=sum((cost for cost in costs if cost is not None), Decimal(0)) if None not in costs else None,
        currency=next((execution.cost_currency for execution in executions if execution.cost_currency), None),
        endpoint=real or "scripted, in place of a model",
    )


async def _settled(stack: Stack) -> list[Execution]:
    async with Ledger(stack.settings().ledger) as ledger:
        lines = await ledger.executions(tenant=TENANT)
        whole = [await ledger.execution(line.id) for line in lines]
    return [execution for execution in whole if execution is not None]
