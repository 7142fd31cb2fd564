"""``python -m tests.evals.unseen.pairs``: the second invoice of an issuer, after a person has looked at the first.

The first is read as it is used, with the seller in the master; a person then corrects it to the truth and approves it; then the
second is handed in, and nobody helps. Beside it the same second invoice without that look.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from rich.console import Console

from agents.fields.grounds import Ground
from agents.fields.schema import Field, correction_problem, numbered_rows
from agents.fields.table import COLUMNS, SCALARS, is_number
from agents.pages import _confidence
from tests.evals.attacks.desk import Attempt, Desk
from tests.evals.unseen.__main__ import OPEN, _percent, _tell
from tests.evals.unseen.desk import Desks, Way, desks
from tests.evals.unseen.reading import CORPUS, Read, Result, corpus_of, read_of
from tests.evals.unseen.seen import Seen, measured, seen_in
from workers.cli._console import add_row, table
from workers.score.corpus import Document
from workers.score.report import issuer_of

EPILOG = """\
examples:
  python -m tests.evals.unseen.pairs templates/a                what a look at the first is worth for the second
  python -m tests.evals.unseen.pairs --no-look --wrong --only 039     each value that is wrong after it
  python -m tests.evals.unseen.pairs --no-look --sure           as if values found by what was learnt were measured already

Exit code 1 if a second document was approved with a wrong key value."""


@dataclass(frozen=True)
class Pair:
    """Two invoices of one issuer, in the order in which they came."""

    issuer: str
    first: Document
    second: Document


@dataclass(frozen=True)
class Outcome:
    """What became of a pair: the second as it was read with the look at the first, and without."""

    pair: Pair
    taught: str
    """What the step that learns said."""
    known: Read
    unknown: Read


def pairs_of(name: str) -> Iterator[Pair]:
    """As the manifest of a set pairs them; else the first two of each issuer."""
    documents = {document.id: document for document in corpus_of(name).documents}
    manifest = CORPUS / name / "manifest.json"
    rows = json.loads(manifest.read_text()) if manifest.is_file() else []
    told: dict[str, dict[str, Document]] = defaultdict(dict)
    for row in rows:
        if row.get("pair") in ("first", "second") and row["id"] in documents:
            told[row["issuer"]][row["pair"]] = documents[row["id"]]
    if told:
        yield from (Pair(issuer, of["first"], of["second"]) for issuer, of in told.items() if len(of) == 2)
        return
    by_issuer: dict[str, list[Document]] = defaultdict(list)
    for document in documents.values():
        by_issuer[issuer_of(document.truth)].append(document)
    yield from (Pair(issuer, of[0], of[1]) for issuer, of in by_issuer.items() if len(of) > 1)


def corrections(truth: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, str | None]:
    """What a person who sees the page types: each value that differs, and the totals that follow from those printed."""
    read = {path: Field.model_validate(field) for path, field in state["fields"].items() if field}
    wanted = dict(_scalars(truth))
    net, tax, gross = (wanted.get(f"totals.{name}") for name in ("tax_basis_total", "tax_total", "grand_total"))
    if gross is not None and net is None:
        wanted["totals.tax_basis_total"] = str(Decimal(gross) - Decimal(tax or 0))
    if gross is not None and tax is None:
        wanted["totals.tax_total"] = str(Decimal(gross) - Decimal(net or gross))
    made: dict[str, str | None] = {p: v for p, v in wanted.items() if p not in read or not _same(p, read[p].value, v)}
    for name in ("tax_breakdown", "lines"):
        true = [{c.name: row.get(c.name) for c in COLUMNS[name]} for row in truth.get(name) or []]
        mine = numbered_rows(read, name)
        for n, row in enumerate(true):
            for column, value in row.items():
                path = f"{name}[{n}].{column}"
                if value is not None and (path not in read or not _same(path, read[path].value, str(value))):
                    made[path] = _plain(path, value)
        surplus = [n for n in mine if n >= len(true)] if true else []
        made |= {f"{name}[{n}].{column}": None for n in surplus for column in mine[n]}
    return {path: value for path, value in made.items() if correction_problem(path, value) is None}


def _scalars(truth: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for spec in SCALARS:
        value = (truth.get(spec.group) or {}).get(spec.name) if spec.group else truth.get(spec.name)
        if value is not None and spec.printed:
            yield spec.path, _plain(spec.path, value)


def _plain(path: str, value: object) -> str:
    return f"{Decimal(str(value)):f}" if is_number(path) else str(value)


def _same(path: str, one: str, other: str) -> bool:
    return Decimal(one) == Decimal(other) if is_number(path) else one == other


async def looked_at(desk: Desk, document: Document) -> Attempt:
    """``document`` handed in, corrected to the truth where it differs, and approved by somebody who may."""
    attempt = await desk.hand_in(document.pdf.read_bytes(), name=document.pdf.name)
    if attempt.outcome == "review" and (said := corrections(document.truth, attempt.state)):
        await attempt.answer("correct", "Ada", said)
    if attempt.outcome == "review":
        await attempt.answer("approve", "Ada")
    return attempt


async def tried(made: Desks, pair: Pair) -> Outcome:
    account = pair.second.truth.get("payment") or pair.first.truth.get("payment")
    desk = await made.desk({**pair.first.truth, "payment": account}, pair.second.truth)
    first = await looked_at(desk, pair.first)
    taught = next(
        (s["note"] or "" for s in first.state["steps"] if s["name"] == "learn"), f"not learnt: {first.outcome}"
    )
    known = await _second(desk, pair.second)
    return Outcome(pair, taught, known, await _second(await made.desk(pair.second.truth), pair.second))


async def _second(desk: Desk, document: Document) -> Read:
    began = time.monotonic()
    try:
        attempt = await desk.hand_in(document.pdf.read_bytes(), name=document.pdf.name)
    except Exception as error:  # whatever it is: a document that stops the agent is told
        return read_of(document, None, f"{type(error).__name__}: {error}", time.monotonic() - began)
    return read_of(document, attempt, None, time.monotonic() - began)


async def run(name: str, only: Sequence[str] = (), **settings: Any) -> list[Outcome]:
    """Every pair of a set."""
    async with desks(Way.MASTER, **settings) as made:
        chosen = [p for p in pairs_of(name) if not only or any(o in (p.first.id + p.second.id) for o in only)]
        return [await tried(made, pair) for pair in chosen]


def seen_of(outcomes: Sequence[Outcome]) -> list[Seen]:
    """The values of the second invoices with their grounds, for calibration. Where something stands that was learnt is right as
    often as it is whatever else speaks for it, so each also counts as one that nothing else speaks for."""
    seen = seen_in(Result([outcome.known for outcome in outcomes]))
    learnt = [v for v in seen if Ground.LEARNT in v.grounds and Ground.OVERRULED not in v.grounds]
    alone = [Seen(v.issuer, v.document, v.field, (Ground.LEARNT,), v.right) for v in learnt if len(v.grounds) > 1]
    return [*seen, *alone]


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evals.unseen.pairs",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sets", nargs="*", default=OPEN, metavar="SET", help="of the corpus, or a folder of pdf and gt")
    parser.add_argument("--only", default="", metavar="ID,ID", help="those whose ids hold one of these")
    parser.add_argument("--wrong", action="store_true", help="tell each wrong value of the second")
    parser.add_argument("--no-look", action="store_true", help="read no pixels: quicker, and fewer are stopped")
    parser.add_argument(
        "--sure",
        action="store_true",
        help="count what was learnt as right as often as it is in the others of these sets",
    )
    given = parser.parse_args()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    only = [part for part in given.only.split(",") if part]
    settings = {"look": False} if given.no_look else {}
    outcomes = {name: asyncio.run(run(name, only, **settings)) for name in given.sets}
    if given.sure:
        every = [one for of in outcomes.values() for one in of]
        measures = _measured_with(measured(v for v in seen_of(every) if Ground.LEARNT in v.grounds))
        with patch.object(_confidence, "_measured", lambda: measures):
            outcomes = {name: asyncio.run(run(name, only, **settings)) for name in given.sets}
    shown = table("set", "second invoices", "", "micro", "header", "line F1", "untouched", "wrongly")
    wrongly = 0
    for name, of in outcomes.items():
        for one in of:
            console.print(f"{one.pair.first.id} then {one.pair.second.id}: {one.taught}")
            if given.wrong:
                _tell(console, one.known)
        for way, result in (
            ("as one nobody knows", Result([one.unknown for one in of])),
            ("after a look at the first", Result([one.known for one in of])),
        ):
            figures = result.figures
            wrongly += int(figures["approved_wrong"] or 0)
            shares = (_percent(figures[key]) for key in ("micro", "header_exact", "line_f1"))
            counts = (str(figures[key]) for key in ("untouched", "approved_wrong"))
            add_row(shown, name, str(figures["documents"]), way, *shares, *counts)
    console.print(shown)
    sys.exit(1 if wrongly else 0)


def _measured_with(learnt: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """What ships, and what was measured of values that were learnt."""
    table = dict(_confidence._measured())
    for entry, (right, of) in learnt.items():
        before = table.get(entry, (0.0, 0.0))
        table[entry] = before[0] + right, before[1] + of
    return table


if __name__ == "__main__":
    main()
