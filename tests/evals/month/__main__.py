"""``python -m tests.evals.month``: a generated month through the product, and what the checks found in it."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.evals.month.run import Run, run_month
from workers.cli._console import add_row, table

EPILOG = "Exit code 1 if something was approved without a person that must not have been."


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.month", description=__doc__, epilog=EPILOG)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--real", metavar="URL", help="a model's endpoint, such as http://127.0.0.1:8000/v1")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep documents, ledger and logs there")
    given = parser.parse_args()
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 180
    home = given.keep or Path(tempfile.mkdtemp(prefix="month-"))
    home.mkdir(parents=True, exist_ok=True)
    try:
        run = asyncio.run(
            run_month(
                home,
                seed=given.seed,
                documents=given.documents,
                real=given.real,
                workers=given.workers,
                told=lambda line: console.print(line, soft_wrap=True),
            )
        )
    finally:
        if given.keep is None:
            shutil.rmtree(home, ignore_errors=True)
    _print(console, run)
    if given.json:
        given.json.write_text(json.dumps(run.as_json(), indent=2))
    sys.exit(1 if run.score.wrong else 0)


def _print(console: Console, run: Run) -> None:
    score = run.score
    shown = table(
        "planted", "groups", "found", "recall", "flagged", "right", "precision", "later alone", "missed, or false"
    )
    for name, family in score.families.items():
        add_row(
            shown,
            name,
            family.planted,
            family.found,
            _share(family.recall),
            family.flagged,
            family.right,
            _share(family.precision),
            f"{family.later_alone} of {family.pairs}" if family.pairs else "",
            ", ".join([*(f"-{finding}" for finding in family.missed), *(f"+{finding}" for finding in family.false)])[
                :120
            ],
        )
    console.print(shown)
    console.print(f"wrongly approved without a person: {len(score.wrong)}")
    for finding in score.wrong:
        console.print(f"  {finding}", style="red", soft_wrap=True)
    console.print(
        f"untouched by a person: {score.untouched} of {score.documents} ({score.untouched / score.documents:.0%}); "
        f"of those that are sound {score.untouched_of_these} of {score.could_be} "
        f"({score.untouched_of_these / max(1, score.could_be):.0%})",
        soft_wrap=True,
    )
    held = ", ".join(f"{why} {count}" for why, count in score.held_for.items()) or "nothing"
    console.print(f"sound ones went to a person for: {held}", soft_wrap=True)
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(score.statuses.items()))
    cost = f"{run.cost} {run.currency}" if run.cost is not None else "unpriced"
    console.print(
        f"{statuses}; {run.seconds:.0f} s, {run.seconds / score.documents:.2f} s a document; "
        f"{run.model_calls} model calls, {cost}; endpoint: {run.endpoint}",
        soft_wrap=True,
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


if __name__ == "__main__":
    main()
