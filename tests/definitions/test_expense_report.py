"""The expense report: a definition that is one file in ``workflows/`` and one folder in ``agents/``, added to a copy of the
house, run through the real parts, and asked about by the command line as any other."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from infra.records import Status
from tests.definitions.conftest import ADDED
from tests.stack import ROOT, Stack

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


@pytest.fixture(scope="module")
def stack(house: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("home"), code=house) as stack:
        yield stack


def counterfoil(stack: Stack, house: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command line of the house with the definition in it."""
    command = [sys.executable, "-m", "workers.cli", *map(str, words)]
    environment = stack.process_environment | {"COUNTERFOIL_REVIEWER": "anna"}
    return subprocess.run(command, env=environment, cwd=house, capture_output=True, text=True, timeout=60)


def submitted(stack: Stack, house: Path, files: dict[str, bytes], batch: str) -> list[str]:
    """The ids of the executions of some files, handed in on the command line."""
    folder = stack.home / batch
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    done = counterfoil(stack, house, "submit", "--definition", "expense_report", "--batch", batch, folder)
    assert done.returncode == 0, done.stderr
    return asyncio.run(stack.executions(batch=batch))


def test_what_adds_up_is_approved_and_what_does_not_is_corrected_by_a_person_and_exported(
    stack: Stack, house: Path, tmp_path: Path
) -> None:
    files = {"right.pdf": report_pdf("209.90"), "wrong.pdf": report_pdf("290.90", day="13 October 2026")}
    right, wrong = submitted(stack, house, files, "reports")
    ended = asyncio.run(stack.until(right))
    assert (ended.status, ended.reasons) == (Status.APPROVED, ["the lines come to the total"])
    assert [step.name for step in ended.steps] == ["read", "check", "decide"]
    waiting = asyncio.run(stack.until(wrong, Status.REVIEW))
    assert waiting.reasons == ["the lines come to 209.90, the total is 290.90"]

    nonsense = counterfoil(stack, house, "review", "correct", wrong, "grand_total=209.90")
    assert "'grand_total' is no field of an expense report" in nonsense.stderr
    two_ways = counterfoil(stack, house, "review", "correct", wrong, "total=1.234")
    assert (two_ways.returncode, "total: 1.234 may be" in two_ways.stderr) == (2, True)
    corrected = counterfoil(stack, house, "review", "correct", wrong, "total=209,90", "--reason", "misprinted")
    assert (corrected.returncode, "total = 209.90" in corrected.stdout) == (0, True), corrected.stderr
    assert asyncio.run(stack.until(wrong)).status is Status.APPROVED

    done = counterfoil(stack, house, "export", "--format", "json", "--out", tmp_path, "--batch", "reports")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "wrong.json").read_text()) == {
        "employee": "Ada Muster",
        "date": "2026-10-13",
        "currency": "EUR",
        "total": 209.90,
        "lines": [{"text": text, "amount": float(amount)} for text, amount in LINES],
        "findings": [],
    }
    done = counterfoil(stack, house, "export", "--format", "csv", "--out", tmp_path, "--batch", "reports")
    assert done.returncode == 0, done.stderr
    assert "Train to Hamburg,89.90" in (tmp_path / "lines.csv").read_text(encoding="utf-8-sig")


@pytest.mark.exhaustive
def test_an_approval_in_spite_of_the_sum_and_a_rejection_end_it(stack: Stack, house: Path) -> None:
    accepted, rejected = submitted(stack, house, {f"{n}.pdf": report_pdf(f"{n}.00") for n in (1, 2)}, "doubted")
    for id in (accepted, rejected):
        asyncio.run(stack.until(id, Status.REVIEW))
    assert counterfoil(stack, house, "review", "approve", accepted).returncode == 0
    assert counterfoil(stack, house, "review", "reject", rejected, "--reason", "no receipts").returncode == 0
    ended = asyncio.run(stack.until(accepted))
    assert (ended.status, ended.decided_by) == (Status.APPROVED, "anna")
    ended = asyncio.run(stack.until(rejected))
    assert (ended.status, ended.reasons) == (Status.REJECTED, ["reject: no receipts"])


@pytest.mark.exhaustive
def test_a_file_of_another_kind_is_refused_at_the_door(stack: Stack, house: Path) -> None:
    (stack.home / "report.txt").write_text("Total: 1.00 EUR")
    done = counterfoil(stack, house, "submit", "--definition", "expense_report", stack.home / "report.txt")
    assert (done.returncode, "it is a text file; hand in a PDF" in done.stderr + done.stdout) == (1, True), done.stdout


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
