"""Real processes on one ledger."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.ledger import Ledger
from infra.records import CallStatus

from .examples import a_call, a_posting

ROOT = Path(__file__).parents[3]
SCRIPT = """
import asyncio, json, pathlib, sys, time
from infra.ledger import Ledger, migrate
from infra.records import ModelCall, Posting

async def main(url, folder, call, posting):
    call, posting = ModelCall.model_validate_json(call), Posting.model_validate_json(posting)
    (pathlib.Path(folder) / sys.argv[1]).touch()
    while len(list(pathlib.Path(folder).iterdir())) < 2:
        time.sleep(0.001)
    migrate(url)
    ledger = Ledger(url)
    attempts = [(await ledger.begin_call(call)).attempt for _ in range(10)]
    print(json.dumps([attempts, await ledger.post(posting)]))
    # Not closed, as when a worker is killed: the process must end all the same.

asyncio.run(main(*sys.argv[2:]))
"""


@pytest.mark.exhaustive
async def test_two_processes_migrate_begin_calls_and_post_at_once(empty_url: str, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    arguments = [empty_url, str(meeting), a_call().model_dump_json(), a_posting().model_dump_json()]
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", SCRIPT, str(n), *arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for n in range(2)
    ]
    async with asyncio.timeout(60):
        outputs = await asyncio.gather(*(process.communicate() for process in processes))
    assert [error.decode() for _, error in outputs] == ["", ""]
    said = [json.loads(out) for out, _ in outputs]

    assert sorted(said[0][0] + said[1][0]) == list(range(1, 21))
    assert sorted([said[0][1], said[1][1]]) == [False, True]
    async with Ledger(empty_url) as ledger:
        statuses = [call.status for call in await ledger.calls(a_call().execution_id)]
        assert sorted(statuses) == [CallStatus.LOST] * 19 + [CallStatus.STARTED]
        assert len(await ledger.posted("acme")) == 1
