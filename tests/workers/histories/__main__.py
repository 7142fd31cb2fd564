"""Records the histories of a version that is released, beside those of the versions before it: ``python -m tests.workers.histories
record VERSION``, on a clean checkout of it. Say in the README what was recorded."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import subprocess
import tempfile
from pathlib import Path

from infra.records import Status
from tests.scripted.invoices import CORRECTED, invoice_pdf
from tests.stack import ROOT, Stack
from workflows.messages import ReviewAnswer

HERE = Path(__file__).parent
RELEASED = HERE / "released.txt"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.workers.histories", description="Record histories.")
    parser.add_argument("action", choices=["record"])
    parser.add_argument("version", help="a folder of this name is made for them; what is recorded is never replaced")
    version: str = parser.parse_args().version
    folder = HERE / version
    if folder.exists():
        parser.error(f"the histories of {version} are recorded: they are not recorded anew")
    histories = asyncio.run(_record())
    folder.mkdir()
    for name, history in histories.items():
        (folder / f"{name}.json.gz").write_bytes(gzip.compress(json.dumps(history).encode(), mtime=0))
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    RELEASED.write_text(commit)
    print(f"recorded {', '.join(histories)} in {folder}; the released version is {commit.strip()}")


async def _record() -> dict[str, object]:
    """What comes of some documents, by name: a history for each run of an execution."""
    files = {
        "approved": invoice_pdf("H-1"),
        "waiting": invoice_pdf("H-2", gross="131.00"),
        "corrected": invoice_pdf("H-3", gross="131.00"),
        "rejected": invoice_pdf("H-4", gross="131.00"),
        "failed": b"%PDF-1.7 and no more",
    }
    answers = {
        "corrected": ReviewAnswer(action="correct", reviewer="ada", corrections=CORRECTED),
        "rejected": ReviewAnswer(action="reject", reviewer="ada", reason="never ordered"),
    }
    with tempfile.TemporaryDirectory() as home, Stack(Path(home)) as stack:
        ids = dict(zip(files, await stack.submit({f"{n}.pdf": d for n, d in files.items()}), strict=True))
        client = await stack.client()
        for name, id in ids.items():
            if name in (*answers, "waiting"):
                await stack.until(id, Status.REVIEW)
            if answer := answers.get(name):
                await client.get_workflow_handle(id).execute_update("review", answer)
            if name != "waiting":
                await stack.until(id)
        histories: dict[str, object] = {}
        for name, id in ids.items():
            run_id: str | None = (await client.get_workflow_handle(id).describe()).run_id
            runs = []
            while run_id:
                history = await client.get_workflow_handle(id, run_id=run_id).fetch_history()
                runs.append({"id": id, "history": history.to_json_dict()})
                run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
            for number, run in enumerate(reversed(runs), start=1):
                histories[f"{name}-{number}"] = run
        return histories


if __name__ == "__main__":
    main()
