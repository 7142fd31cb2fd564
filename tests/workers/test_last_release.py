"""The last released version and this one after it, as on the day of a release: what waits for a person and what is at work goes
on, none fails, none is stuck, and no recorded call is made again.

The released version is the commit that `tests/workers/histories/released.txt` names. Its code is taken from the repository's
history, so a clone needs that; a copy of the sources without one skips this test.
"""

from __future__ import annotations

import asyncio
import io
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from infra.ledger import Ledger, migrate
from infra.records import CallStatus, Status
from tests.scripted.invoices import invoice_pdf
from tests.stack import CALLS, ROOT, Stack, eventually
from workers.office import Office, reviews
from workers.office.errors import NobodyAnswers, NotTaken

RELEASED = Path(__file__).parent / "histories" / "released.txt"
SECONDS = 240
"""Longest that a part of it may take. It is no measurement: a machine that is busy is slow."""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code of the last released version."""
    commit = RELEASED.read_text().strip()
    if not (ROOT / ".git").exists():
        pytest.skip("these sources are no clone: there is no history to take the released version from")
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    assert not archive.returncode, (
        f"{commit}, the released version that {RELEASED.name} names, is not in this clone's history. Fetch all of it, as by "
        f"`git fetch --unshallow`: {archive.stderr.decode()}"
    )
    code = tmp_path_factory.mktemp("released")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(code, filter="data")
    return code


@pytest.fixture
def stack(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of the released version, as its own code makes it."""
    settings = {
        "COUNTERFOIL_MODEL_CONCURRENCY": "64",
        "COUNTERFOIL_MODEL_CONCURRENCY_LEAST": "64",
        "COUNTERFOIL_MODEL_CONCURRENCY_MOST": "64",
        "COUNTERFOIL_DRAIN_SECONDS": "1",
        "COUNTERFOIL_WORKFLOW_SANDBOX": "false",  # as in production
    }
    stack = Stack(tmp_path_factory.mktemp("home"), code=released, environment=settings)
    with stack.endpoint:
        try:
            stack.start_temporal()
            ledger = stack.settings().ledger
            _in(stack, "-c", f"from infra.ledger import migrate; migrate({ledger!r})")
            stack.start_worker()
            yield stack
        finally:
            stack.__exit__()


@pytest.mark.parametrize(
    ("waiting", "at_work"),
    [pytest.param(10, 4, marks=pytest.mark.release), pytest.param(100, 20, marks=pytest.mark.exhaustive)],
)
async def test_what_waits_and_what_is_at_work_outlives_the_release(
    stack: Stack, tmp_path: Path, waiting: int, at_work: int
) -> None:
    # Under the released version, so many documents come to wait, and so many are in the middle of their calls.
    _hand_in(stack, tmp_path / "waiting", {f"w-{n}.pdf": invoice_pdf(f"W-{n}", gross="131.00") for n in range(waiting)})
    await _until(stack, {Status.REVIEW: waiting})
    stack.endpoint.script.mode, stack.endpoint.script.only = "hang", "Lines"
    _hand_in(stack, tmp_path / "at-work", {f"a-{n}.pdf": invoice_pdf(f"A-{n}") for n in range(at_work)})
    await eventually(lambda: _answered(stack, (waiting + at_work) * CALLS - at_work), SECONDS)

    # The release: the workers of that version drain, the ledger is brought up to date, those of this one start.
    assert stack.worker
    stack.worker.terminate()
    stack.worker.wait(60)
    stack.endpoint.script.mode = "answer"
    stack.code = ROOT
    migrate(stack.settings().ledger)
    stack.start_worker()
    await _until(stack, {Status.REVIEW: waiting, Status.APPROVED: at_work})

    asked_twice = await _answer_all(stack)
    await _until(stack, {Status.APPROVED: waiting + at_work})
    print(f"answered {waiting}, {asked_twice} of them twice, since their steps were not those of this version")
    assert not _paid_twice(stack)
    client = await stack.client()
    ended: Counter[WorkflowExecutionStatus | None] = Counter()
    async with Ledger(stack.settings().ledger) as ledger:
        for execution in await ledger.executions():
            ended[(await client.get_workflow_handle(execution.id).describe()).status] += 1
            calls = Counter(
                call.key for call in await ledger.calls(execution.id) if call.status is CallStatus.COMPLETED
            )
            assert list(calls.values()) == [1] * CALLS, execution.name
            assert execution.model_calls == CALLS
    assert ended == {WorkflowExecutionStatus.COMPLETED: waiting + at_work}


def _in(stack: Stack, *arguments: str) -> None:
    """Run Python with a version's code."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=stack.code,
        env=stack.process_environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert not ran.returncode, ran.stdout + ran.stderr


def _hand_in(stack: Stack, folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    _in(stack, "-m", "workers.cli", "submit", str(folder), "--batch", folder.name, "--tenant", "tests")


async def _until(stack: Stack, wanted: dict[Status, int]) -> None:
    deadline = time.monotonic() + SECONDS
    while (there := dict(_rows(stack, "SELECT status, count(*) FROM executions GROUP BY status"))) != wanted:
        failed = _rows(stack, "SELECT error FROM executions WHERE status = 'failed'")
        assert not failed, failed[0]
        assert time.monotonic() < deadline, f"{there} in place of {wanted}"
        await asyncio.sleep(0.5)


async def _answered(stack: Stack, calls: int) -> bool:
    """Whether so many answers are on record."""
    [(there,)] = _rows(stack, "SELECT count(*) FROM model_calls WHERE status = 'completed'")
    return bool(there >= calls)


def _rows(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    """What the ledger says, whichever version made its tables."""
    with closing(sqlite3.connect(stack.home / "ledger.db", timeout=60)) as ledger:
        return ledger.execute(query).fetchall()


async def _answer_all(stack: Stack) -> int:
    """Approve all that waits, as `counterfoil review` does; how many had to be approved twice, since they had begun again."""
    asked: Counter[str] = Counter()
    deadline = time.monotonic() + SECONDS
    async with Ledger(stack.settings().ledger) as ledger:
        office = Office(stack.settings(), ledger, await stack.client())

        async def approve(id: str) -> None:
            asked[id] += 1
            try:
                await reviews.answer(office, id, "approve", reviewer="ada", reason="the vendor confirmed it")
            except (NotTaken, NobodyAnswers) as error:
                print(f"{id}: {error}")

        while waiting := await ledger.executions(statuses=[Status.RUNNING, Status.REVIEW]):
            assert time.monotonic() < deadline, f"{len(waiting)} still wait: {waiting[0]}"
            ids = [execution.id for execution in waiting if execution.status is Status.REVIEW]
            for first in range(0, len(ids), 8):
                await asyncio.gather(*(approve(id) for id in ids[first : first + 8]))
            await asyncio.sleep(0.5)
    return sum(times > 1 for times in asked.values())


def _paid_twice(stack: Stack) -> dict[str, int]:
    return {digest: times for digest, times in stack.endpoint.script.paid.items() if times > 1}
