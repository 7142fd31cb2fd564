"""``python -m tests.evals.unseen.cases``: small inputs, each of a kind, with the right answer beside it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from agents.fields.schema import Field, public
from infra.failures import Failure
from tests.evals.attacks.desk import Attempt
from tests.evals.unseen.desk import Desks, Way, as_json, desks
from workers.cli._console import add_row, table
from workers.score.report import Confidences
from workers.score.rules import KEYS, score

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "invoices"
EPILOG = """\
A case is a folder with an input (PDF or XML) and truth.json: the right values, and `_decision` where it must go to a person.
Each is read by code alone, with the seller in the master, and with a reader that agrees with code (the most a model can add).
Exit code 1 if a value is wrong and sure, or anything was approved that must not have been. What code leaves to a person is safe.
CSV files of master, orders and manifests are cases of `tests/workers/test_handed_files.py`."""
SURE = 0.95


@dataclass(frozen=True)
class Outcome:
    """What became of a case in one way of reading."""

    case: str
    way: str
    outcome: str
    """``approve`` or ``review``, or why it could not be read."""
    wrong: list[str] = field(default_factory=list)
    sure: list[str] = field(default_factory=list)
    """Those of the wrong values that are called sure."""
    absent: list[str] = field(default_factory=list)
    fault: str | None = None
    """What must not be: wrong and sure, or approved."""

    @property
    def is_right(self) -> bool:
        return not (self.wrong or self.absent or self.fault)


def cases(folder: Path, only: str = "") -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Name, document and truth of each case that has a document."""
    for truth in sorted(folder.glob("*/truth.json")):
        documents = [path for path in truth.parent.glob("input.*") if path.suffix in (".pdf", ".xml")]
        if documents and only in truth.parent.name:
            yield truth.parent.name, documents[0], json.loads(truth.read_text(encoding="utf-8"), parse_float=Decimal)


def held(case: str, way: Way, truth: Mapping[str, Any], attempt: Attempt) -> Outcome:
    """What was read and decided against the truth; of it all that is not None counts."""
    raw = {path: found for path, found in attempt.state["fields"].items() if found}
    fields = {path: Field.model_validate(found) for path, found in raw.items()}
    confidences = Confidences(raw)
    scored = score(_all_visible(truth), public(fields))
    wrong = [cell for cell in scored.cells if not cell.right and cell.read not in (None, "")]
    sure = [cell for cell in wrong if (confidences.of(cell.read_at) or 0) >= SURE]
    absent = [cell.place for cell in scored.cells if cell.read in (None, "")]
    told = [f"{cell.place}: {cell.read} for {cell.truth}" for cell in wrong]
    surely = [f"{cell.place}: {cell.read} for {cell.truth}" for cell in sure]
    fault = None
    if attempt.outcome == "approve" and truth.get("_decision") == "review":
        fault = "WRONGLY APPROVED"
    elif attempt.outcome == "approve" and any(cell.name in KEYS for cell in wrong):
        fault = "APPROVED with a wrong key value"
    elif sure:
        fault = "wrong and sure"
    return Outcome(case, way, attempt.outcome, told, surely, absent, fault)


def _all_visible(truth: Mapping[str, Any]) -> dict[str, Any]:
    """``truth`` in the shape that is scored: what it has is to be read."""
    seen: dict[str, Any] = {}
    for key, value in truth.items():
        if key in ("lines", "tax_breakdown"):
            seen[key] = [{column: row.get(column) is not None for column in _COLUMNS[key]} for row in value or []]
        elif isinstance(value, dict):
            seen |= {f"{key}.{name}": True for name, one in value.items() if one is not None}
        elif value is not None and not key.startswith("_"):
            seen[key] = True
    made = {key: value for key, value in truth.items() if not key.startswith("_")}
    for table_name, columns in _COLUMNS.items():
        made[table_name] = [{column: row.get(column) for column in columns} for row in made.get(table_name) or []]
        seen.setdefault(table_name, [])
    totals = {name: Decimal(str(total)) for name, total in made.get("totals", {}).items() if total is not None}
    return {**made, "totals": totals, "visible": seen}


_COLUMNS: Mapping[str, Sequence[str]] = {
    "lines": ("name", "quantity", "unit_price_net", "net_amount", "tax_rate", "unit", "id"),
    "tax_breakdown": ("category", "rate", "basis", "amount"),
}


async def tried(made: Desks, way: Way, case: str, document: Path, truth: Mapping[str, Any]) -> Outcome:
    try:
        attempt = await made.tried(document.read_bytes(), document.name, truth)
    except Failure as error:  # refused in words, which leaves it to whoever handed it in
        return Outcome(case, way, f"refused: {error}")
    except Exception as error:  # a document that stops the agent is an outcome, and a wrong one
        return Outcome(case, way, "failed", fault=f"{type(error).__name__}: {error}")
    return held(case, way, truth, attempt)


async def run(folder: Path, ways: Sequence[Way], only: str = "") -> list[Outcome]:
    """Every case in every way."""
    outcomes = []
    for way in ways:
        async with desks(way) as made:
            outcomes += [await tried(made, way, *case) for case in cases(folder, only)]
    return outcomes


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evals.unseen.cases",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=Path, default=CASES, metavar="DIR", help="where the cases are")
    parser.add_argument("--only", default="", metavar="TEXT", help="those whose name holds this")
    parser.add_argument("--way", type=Way, choices=list(Way), action="append", help="in this way only; may be repeated")
    parser.add_argument(
        "--approved", action="store_true", help="fail only if anything was approved that must not have been"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all outcomes there")
    given = parser.parse_args()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    outcomes = asyncio.run(run(given.cases, given.way or list(Way), given.only))
    shown = table("case", "way", "outcome", "fault", "wrong", "absent")
    if not console.is_terminal:
        console.width = 220
    for one in sorted(outcomes, key=lambda one: (one.case, one.way)):
        if not one.is_right or given.only:
            add_row(shown, one.case, one.way, one.outcome, one.fault or "", "; ".join(one.wrong), ", ".join(one.absent))
    console.print(shown)
    for way in dict.fromkeys(one.way for one in outcomes):
        of_way = [one for one in outcomes if one.way == way]
        faults = Counter(one.fault for one in of_way if one.fault)
        told = "; ".join(f"{fault}: {n}" for fault, n in faults.items()) or "none wrong and sure, none wrongly approved"
        console.print(f"{way}: {len(of_way)} cases, {sum(one.is_right for one in of_way)} all right; {told}")
    if given.json:
        given.json.write_text(as_json([asdict(one) for one in outcomes]))
    failing = [one for one in outcomes if one.fault and (not given.approved or one.outcome == "approve")]
    sys.exit(1 if not outcomes or failing else 0)


if __name__ == "__main__":
    main()
