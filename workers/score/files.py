"""What a run leaves in files: its report, what was read, and how often which grounds were right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workers.office.folders import exact_json
from workers.score.calibration import Calibration
from workers.score.report import Report


def write_report(file: Path, report: Report) -> None:
    """The report as JSON."""
    file.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")


def write_predictions(folder: Path, predictions: Mapping[str, Mapping[str, Any]]) -> None:
    """One file a document, by its id, empty for one of which nothing was read."""
    folder.mkdir(parents=True, exist_ok=True)
    for id, invoice in predictions.items():
        (folder / f"{id}.json").write_text(exact_json(invoice) + "\n", encoding="utf-8")


def add_grounds(file: Path, calibration: Calibration) -> None:
    """Add a run to a table in the shape of `agents/pages/confidence.json`: grounds to the sum of the issuers' shares of right
    values, and to how many issuers. An issuer of several runs counts in each."""
    table: dict[str, list[float]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for grounds, counts in calibration.grounds.items():
        right, of = table.get(grounds, [0, 0])
        table[grounds] = [round(right + counts.issuers_right, 3), of + counts.issuers]
    write_table(file, table)


def write_table(file: Path, table: Mapping[str, Sequence[float]]) -> None:
    """A line each, in order."""
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(counts)}" for name, counts in sorted(table.items()))
    file.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
