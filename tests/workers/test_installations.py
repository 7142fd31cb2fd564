"""Two installations beside each other: in one Temporal namespace, and as two clones on one machine, with the same documents."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.ledger import Ledger
from infra.records import Status
from infra.temporal.queues import BelongsToAnother
from tests.scripted.endpoint import ScriptedEndpoint
from tests.scripted.invoices import invoice_pdf
from tests.stack import ASKING, PRICE, ROOT, Stack

SAME = {f"{n}.pdf": invoice_pdf(f"SAME-{n}") for n in range(4)}


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Stack, Stack]]:
    """Two installations at one Temporal, in one namespace."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with Stack(tmp_path / "one") as one:
        address = {"COUNTERFOIL_TEMPORAL_ADDRESS": f"127.0.0.1:{one.temporal_port}"}
        with Stack(tmp_path / "two", environment=address) as two:
            yield one, two


async def test_two_installations_in_one_namespace_end_the_same_documents_each_in_its_own_ledger(
    both: tuple[Stack, Stack],
) -> None:
    handed_in = await asyncio.gather(*(stack.submit(SAME, batch="march", tenant="acme") for stack in both))
    assert not set(handed_in[0]) & set(handed_in[1]), "one document is an execution of each"
    for stack, ids, others in zip(both, handed_in, reversed(handed_in), strict=True):
        ended = [await stack.until(id) for id in ids]
        assert [execution.status for execution in ended] == [Status.APPROVED] * len(SAME)
        async with Ledger(stack.settings().ledger) as ledger:
            assert {execution.id for execution in await ledger.executions()} == set(ids)
            assert await ledger.executions_of(others) == []
            assert (await ledger.progress(tenant="acme", batch="march")).counts == {Status.APPROVED: len(SAME)}


@pytest.mark.exhaustive
async def test_a_queue_that_is_set_for_both_is_the_firsts_and_the_second_is_told(
    both: tuple[Stack, Stack], tmp_path: Path
) -> None:
    one, two = both
    (kept,) = await one.submit({"a.pdf": SAME["0.pdf"]})
    first = await one.installation()
    shared = {"COUNTERFOIL_TASK_QUEUE": first.task_queue}
    refused = subprocess.run(
        [sys.executable, "-m", "workers.worker"],
        env=two.process_environment | shared,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert refused.returncode == 1
    assert f"belongs to the installation {first.id}" in refused.stderr
    two.environment |= shared
    with pytest.raises(BelongsToAnother, match=first.id):
        await two.hand_in(SAME)
    async with Ledger(two.settings().ledger) as ledger:
        assert await ledger.submissions() == [], "nothing was handed in"
    assert (await one.until(kept)).status is Status.APPROVED


@pytest.mark.exhaustive
async def test_what_was_begun_before_installations_had_an_identity_goes_on_under_its_names(tmp_path: Path) -> None:
    with Stack(tmp_path, unnamed=True) as stack:
        (id,) = await stack.submit({"a.pdf": SAME["0.pdf"]}, tenant="acme")
        assert "@" in id, "what is new is named"
        assert (await stack.until(id)).status is Status.APPROVED
        former = id.partition("@")[0]
        async with Ledger(stack.settings().ledger) as ledger:
            execution = await ledger.execution(id)
            assert execution
            await ledger.record(execution.model_copy(update={"id": former, "run_id": "before"}))
        (again,) = await stack.hand_in({"b.pdf": SAME["0.pdf"]}, tenant="acme")
        assert (again.execution_id, again.outcome) == (former, "already processed")


@pytest.mark.exhaustive
def test_two_clones_on_one_machine_are_brought_up_and_used_at_once(tmp_path: Path) -> None:
    with ScriptedEndpoint() as endpoint:
        clones = [tmp_path / name for name in ("one", "two")]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERFOIL_")} | {
            "PYTHONPATH": str(ROOT),
            "COUNTERFOIL_CACHE": str(tmp_path / "cache"),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "COUNTERFOIL_MODEL_URL": endpoint.url,
            "COUNTERFOIL_MODEL_PRICE": PRICE,
            **ASKING,
        }
        for clone in clones:
            clone.mkdir()
            for name, data in SAME.items():
                (clone / name).write_bytes(data)

        def begun(clone: Path, *words: str) -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "workers.cli", *words]
            return subprocess.Popen(
                command, cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )

        def said(running: subprocess.Popen[str]) -> Any:
            out, err = running.communicate(timeout=600)
            assert running.returncode == 0, err + out
            return json.loads(out)

        def of_both(*words: str) -> list[Any]:
            return [said(running) for running in [begun(clone, *words) for clone in clones]]

        try:
            up = of_both("up", "--only", "temporal,worker", "--json")
            assert all(status["origin"] == "managed" for of in up for status in of)
            assert up[0][0]["address"] != up[1][0]["address"]
            handed_in = of_both("submit", *SAME, "--batch", "march", "--wait", "--json")
            for of in handed_in:
                assert [document["execution"]["status"] for document in of["documents"]] == ["approved"] * len(SAME)
            ids = [{document["execution_id"] for document in of["documents"]} for of in handed_in]
            assert not ids[0] & ids[1]
            assert [{e["id"] for e in of["executions"]} for of in of_both("status", "--json")] == ids
            assert sorted(said(begun(clones[0], "down", "--json"))["stopped"]) == ["temporal", "worker"]
            assert said(begun(clones[1], "batch", "show", "march", "--json"))["state"] == "ended", (
                "it has its Temporal still"
            )
        finally:
            of_both("down", "--json")
