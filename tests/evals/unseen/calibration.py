"""``python -m tests.evals.unseen.calibration``: measures what confidence rests on, and whether it keeps its word of an issuer it
was not measured with."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from agents.fields.grounds import Ground
from agents.fields.schema import Evidence, Field
from agents.pages import SURE, confidence_of
from tests.evals.corpus.__main__ import write
from tests.evals.unseen.__main__ import OPEN
from tests.evals.unseen.desk import Way
from tests.evals.unseen.pairs import run as run_pairs
from tests.evals.unseen.pairs import seen_of
from tests.evals.unseen.reading import corpus_of, read_set
from tests.evals.unseen.seen import Seen, measured, seen_in
from workers.cli._console import add_row, table
from workers.score.files import write_table
from workers.score.rules import KEYS

WAYS = (Way.CODE, Way.MASTER, Way.AGREE)
"""Of a strong reader nothing is counted: that would measure the stand-in."""
SHIPPED = Path(__file__).resolve().parents[3] / "agents" / "pages" / "confidence.json"


def left_out(seen: Sequence[Seen]) -> list[tuple[Seen, float]]:
    """Each value with the confidence it has by what was measured of all *other* issuers."""
    judged = []
    for issuer in sorted({value.issuer for value in seen}):
        rest = measured(value for value in seen if value.issuer != issuer)
        for value in (value for value in seen if value.issuer == issuer):
            field = Field(value="1", evidence=Evidence(source="rule"), grounds=[Ground(g) for g in value.grounds])
            judged.append((value, confidence_of(value.path, field, rest)))
    return judged


async def collected(sets: Sequence[str], drawn: Path) -> dict[str, list[Seen]]:
    """All values of all sets in all ways, and of second invoices after a look at the first, by set."""
    write(drawn)
    seen: dict[str, list[Seen]] = {}
    for name in [*sets, str(drawn)]:
        for way in WAYS:
            result = await read_set(corpus_of(name), way, look=False)
            seen.setdefault("drawn" if name == str(drawn) else name, []).extend(seen_in(result))
    seen["second invoices"] = [value for name in sets for value in seen_of(await run_pairs(name, look=False))]
    return seen


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.unseen.calibration", description=__doc__)
    parser.add_argument("sets", nargs="*", default=OPEN, metavar="SET", help="besides the drawn invoices")
    parser.add_argument("--seen", type=Path, metavar="FILE", help="keep the values there, or take them from there")
    parser.add_argument("--write", type=Path, metavar="FILE", help=f"write the table, as {SHIPPED.name} is")
    given = parser.parse_args()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if given.seen and given.seen.exists():
        raw = json.loads(given.seen.read_text())
        by_set = {
            name: [Seen(**{**value, "grounds": tuple(value["grounds"])}) for value in values]
            for name, values in raw.items()
        }
    else:
        with tempfile.TemporaryDirectory(prefix="drawn-") as folder:
            by_set = asyncio.run(collected(given.sets, Path(folder)))
        if given.seen:
            told = {name: [asdict(value) for value in values] for name, values in by_set.items()}
            given.seen.write_text(json.dumps(told, ensure_ascii=False))
    seen = [value for values in by_set.values() for value in values]
    judged = left_out(seen)
    _print(console, by_set, judged)
    if given.write:
        write_table(given.write, measured(seen))


def _print(console: Console, by_set: dict[str, list[Seen]], judged: Sequence[tuple[Seen, float]]) -> None:
    confidence = {id(value): share for value, share in judged}
    shown = table("set", "values", "right", "sure", "of them right", "key values sure", "of them right")
    for name, values in [*by_set.items(), ("all", [value for value, _ in judged])]:
        sure = [value for value in values if confidence[id(value)] >= SURE]
        key = [value for value in sure if value.field in KEYS]
        keys = sum(value.field in KEYS for value in values)
        add_row(
            shown, name, str(len(values)), _percent(values), f"{len(sure)} ({len(sure) / len(values):.0%})",
            _percent(sure), f"{len(key)} of {keys}", _percent(key),
        )  # fmt: skip
    console.print("each issuer judged by what was measured of the others")
    console.print(shown)
    wrong = Counter(
        (value.field, "+".join(value.grounds)) for value, share in judged if share >= SURE and not value.right
    )
    for (field, grounds), n in wrong.most_common(25):
        console.print(f"  {n} wrong and sure: {field} = {grounds}")


def _percent(values: Sequence[Seen]) -> str:
    return f"{100 * sum(value.right for value in values) / len(values):.2f}" if values else ""


if __name__ == "__main__":
    main()
