"""The expense report: a definition that is one file in ``workflows/`` and one folder in ``agents/``, added to a copy of the
house, run through the real parts, and asked about by the command line as any other."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from infra.ledger import Ledger
from infra.records import Execution, Status
from tests.definitions.conftest import ADDED
from tests.stack import ROOT, Stack

PAGE = ROOT / "docs" / "add-a-definition.md"
LINES = (("Train to Hamburg", "89.90"), ("Hotel, one night", "120.00"))


def report_pdf(total: str, day: str = "12.10.2026") -> bytes:
    """An expense report of the same two lines."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.setFont("Courier", 10)
    lines = [f"{text:30}{amount:>10}" for text, amount in LINES]
    for n, line in enumerate(["EXPENSE REPORT", "Employee: Ada Muster", f"Date: {day}", *lines, f"Total: {total} EUR"]):
        canvas.drawString(50, 800 - 16 * n, line)
    canvas.save()
    return file.getvalue()


def blocks(language: str) -> list[str]:
    """What stands on the page in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def stack(house: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("home"), code=house) as stack:
        yield stack


def counterfoil(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line of the house with the definition in it, called where the stack has its home."""
    environment = stack.process_environment | {"COUNTERFOIL_REVIEWER": "anna"}
    command = [sys.executable, "-m", "workers.cli", *words]
    return subprocess.run(command, env=environment, cwd=stack.home, capture_output=True, text=True, timeout=60)


def hand_in(stack: Stack, batch: str, files: dict[str, bytes]) -> None:
    """Files in a folder named as the batch they make."""
    (stack.home / batch).mkdir()
    for name, data in files.items():
        (stack.home / batch / name).write_bytes(data)


async def executions(stack: Stack, batch: str) -> dict[str, Execution]:
    """By the names of their documents."""
    async with Ledger(stack.settings().ledger) as ledger:
        listed = await ledger.executions(batch=batch)
        return {execution.name: await ledger.execution(execution.id) or execution for execution in listed}


def test_the_page_adds_a_definition_whose_reports_are_approved_or_corrected_and_exported(stack: Stack) -> None:
    hand_in(stack, "reports", {"right.pdf": report_pdf("209.90"), "wrong.pdf": report_pdf("290.90", "13 October 2026")})
    said: dict[str, str] = {}
    for command in blocks("sh")[0].splitlines():
        done = counterfoil(stack, *shlex.split(command)[1:])
        assert done.returncode == 0, (command, done.stderr)
        said[command.split(" --")[0]] = done.stdout
    assert "the lines come to 209.90, the total is 290.90" in said["counterfoil review list"].replace("\n", " ")
    assert "total = 209.90" in said["counterfoil review correct wrong.pdf total=209,90"]
    ended = asyncio.run(executions(stack, "reports"))
    assert {name: execution.status for name, execution in ended.items()} == dict.fromkeys(ended, Status.APPROVED)
    assert [step.name for step in ended["right.pdf"].steps] == ["read", "check", "decide"]
    assert ended["right.pdf"].reasons == ["the lines come to the total"]
    assert [step.name for step in ended["wrong.pdf"].steps][3:] == ["review", "check", "decide"]
    assert ended["wrong.pdf"].result["fields"]["total"]["evidence"] == {"source": "person", "text": "anna"}
    assert json.loads((stack.home / "results" / "wrong.json").read_text()) == {
        "employee": "Ada Muster",
        "date": "2026-10-13",
        "currency": "EUR",
        "total": 209.90,
        "lines": [{"text": text, "amount": float(amount)} for text, amount in LINES],
        "findings": [],
    }
    assert "Train to Hamburg,89.90" in (stack.home / "results" / "lines.csv").read_text(encoding="utf-8-sig")


@pytest.mark.exhaustive
def test_what_is_no_answer_or_no_report_is_refused_and_people_approve_and_reject(stack: Stack) -> None:
    hand_in(stack, "doubted", {"accepted.pdf": report_pdf("1.00"), "rejected.pdf": report_pdf("2.00")})
    (stack.home / "report.txt").write_text("Total: 1.00 EUR")
    submit = ("submit", "--definition", "expense_report", "--batch", "doubted", "--wait")
    done = counterfoil(stack, *submit, "report.txt", "doubted")
    assert (done.returncode, "it is a text file; hand in a PDF" in done.stdout + done.stderr) == (1, True)
    nonsense = counterfoil(stack, "review", "correct", "accepted.pdf", "grand_total=209.90")
    assert "'grand_total' is no field of an expense report" in nonsense.stderr
    two_ways = counterfoil(stack, "review", "correct", "accepted.pdf", "total=1.234")
    assert (two_ways.returncode, "total: 1.234 may be" in two_ways.stderr) == (2, True)
    assert counterfoil(stack, "review", "approve", "accepted.pdf").returncode == 0
    assert counterfoil(stack, "review", "reject", "rejected.pdf", "--reason", "no receipts").returncode == 0
    ended = asyncio.run(executions(stack, "doubted"))
    accepted, rejected = ended["accepted.pdf"], ended["rejected.pdf"]
    assert (accepted.status, accepted.decided_by) == (Status.APPROVED, "anna")
    assert (rejected.status, rejected.reasons) == (Status.REJECTED, ["reject: no receipts"])


def test_what_the_page_shows_is_what_runs() -> None:
    shown = blocks("python")
    assert len(shown) == 3
    code = "\n".join(path.read_text() for path in ADDED.rglob("*.py"))
    assert [block for block in shown if block not in code] == []


def test_it_loads_nothing_of_other_agents(house: Path) -> None:
    code = "import sys, workflows; workflows.definition_of('expense_report').build_graph(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
    )
    assert loaded.returncode == 0, loaded.stderr
    modules = loaded.stdout.split()
    assert "agents.expense_report.graph" in modules
    assert not [name for name in modules if name.startswith(("agents.invoice", "agents.compliance"))]


def test_a_developer_writes_one_file_in_workflows_and_one_folder_in_agents() -> None:
    written = sorted(str(path.relative_to(ADDED)) for path in ADDED.rglob("*.py"))
    assert written == [
        "agents/expense_report/__init__.py",
        "agents/expense_report/graph.py",
        "agents/expense_report/report.py",
        "workflows/expense_report.py",
    ]
    assert not [path for path in written if (ROOT / path).exists()], "nothing of the house is replaced"


@pytest.mark.exhaustive
def test_its_types_hold(house: Path) -> None:
    added = [str(path.relative_to(ADDED)) for path in ADDED.rglob("*.py")]
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), *added]
    checked = subprocess.run(command, cwd=house, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
