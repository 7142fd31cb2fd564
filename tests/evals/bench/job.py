"""The job that every contender does: which invoices, with which settings, against which endpoint, and when it is done."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self

import httpx

from tests.scripted.invoices import ALIKE, invoice_pdf
from tests.stack import PRICE, ROOT

IN_FLIGHT = 16
"""Model calls that one worker, of whichever contender, has in flight at most."""
Ask = Literal["all", "open"]
"""What a model is asked of each document: everything, or what code cannot prove (``COUNTERFOIL_ASK``)."""
CALLS: dict[Ask, int] = {"all": 3, "open": 1}
"""Model calls of one of these invoices, by what a model is asked."""


@dataclass(frozen=True)
class Load:
    """How the endpoint answers, and what it is asked of each document."""

    name: str
    ask: Ask = "all"
    script: Mapping[str, Any] | None = None

    @property
    def calls(self) -> int:
        """Model calls of one document."""
        return CALLS[self.ask]


AT_ONCE = Load("at once")
AT_ONCE_OPEN = Load("at once, open", ask="open")
FIXED_RATE = Load("20 calls/s", script={"slots": IN_FLIGHT, "seconds": 0.8, "spread": 0.25})
"""16 slots of 0.8 s: 20 calls a second, as a GPU that is fully used has a rate of its own."""


def _letters(label: str) -> str:
    """Six letters of its own for a label, none of which looks like a digit."""
    alphabet = "CDFHJKMNPRTVWXY"
    return "".join(alphabet[byte % len(alphabet)] for byte in sha256(label.encode()).digest()[:6])


def invoices(label: str, count: int) -> dict[str, bytes]:
    """``count`` invoices by file name, no two of one amount, and none with a number like those of another ``label``."""
    return {
        f"{label}-{n}.pdf": invoice_pdf(
            f"{_letters(label)}-{10_000 + n}", items=(("Paper", 3, "10.00"), ("Ink", 2, str(35 + Decimal(n) / 100)))
        )
        for n in range(count)
    }


def environment(home: Path, endpoint: Endpoint) -> dict[str, str]:
    """The settings under which every contender works, as environment variables."""
    return {
        "COUNTERFOIL_HOME": str(home),
        "COUNTERFOIL_MODEL_URL": endpoint.url,
        "COUNTERFOIL_MODEL_PRICE": PRICE,
        # Fixed, so that all have as many in flight: how a worker finds its number by itself is no matter here.
        **{f"COUNTERFOIL_MODEL_CONCURRENCY{bound}": str(IN_FLIGHT) for bound in ("", "_LEAST", "_MOST")},
        "COUNTERFOIL_ASK": "all",
        "COUNTERFOIL_LOOK": "false",  # what it costs to read a picture hides what it costs to be durable; it has a row of its own
        "COUNTERFOIL_APPROVAL_POLICY": str(ALIKE),
        "COUNTERFOIL_MODEL_RETRY_SECONDS": "0.2",
        "COUNTERFOIL_WORKFLOW_SANDBOX": "false",
    }


def process_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a contender's process: this one's, with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERFOIL_")}
    return kept | dict(settings) | {"PYTHONPATH": str(ROOT)}


class Endpoint:
    """The scripted endpoint in a process of its own, so that its processor time and its interpreter lock are not those
    of a contender; use as a context manager."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.scripted.endpoint"], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        self._http = httpx.Client(base_url=self.url.removesuffix("/v1"), trust_env=False, timeout=30)
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        self.process.terminate()
        self.process.wait(10)

    def behave(self, script: Mapping[str, Any] | None = None) -> None:
        """Answer by ``script`` (`tests.scripted.endpoint.Script`) from now on, and count from nothing."""
        self._http.post("/script", json=dict(script or {})).raise_for_status()

    def counts(self) -> dict[str, Any]:
        """What was counted since the last `behave`."""
        counted: dict[str, Any] = self._http.get("/script").json()
        return counted


def posted(ledger: Path) -> set[str]:
    """Names of the documents that the ledger has a posting of. Read past the ledger's own code, to cost next to nothing."""
    with closing(_reading(ledger)) as connection:
        return {id for (id,) in connection.execute("SELECT execution_id FROM postings")}


async def until_approved(ledger: Path, batch: str, count: int, seconds: float) -> None:
    """Wait until the ledger holds ``count`` approved executions of the batch.

    Raises:
        AssertionError: an execution ended otherwise, or they took longer than ``seconds``.
    """
    query = "SELECT status, count(*) FROM executions WHERE batch = ? GROUP BY status"
    give_up = time.monotonic() + seconds
    with closing(_reading(ledger)) as connection:
        while (statuses := dict(connection.execute(query, (batch,)))).get("approved", 0) < count:
            others = set(statuses) & {"failed", "rejected", "review"}
            assert not others, f"executions of {batch} ended otherwise than approved: {statuses}"
            assert time.monotonic() < give_up, f"{batch} came to {statuses} of {count} within {seconds:g} s"
            await asyncio.sleep(0.05)


def _reading(ledger: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{ledger}?mode=ro", uri=True, timeout=30)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of ``values`` do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def median(values: Sequence[float]) -> float:
    """The middle one of ``values``."""
    return percentile(values, 0.5)
