"""Our scorer and the corpus' own come to the same figures, whatever is predicted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.agents.documents.samples import CORPUS, needs_corpus
from workers.office.folders import exact_json
from workers.score import rules
from workers.score.corpus import read_corpus
from workers.score.rules import LineCount

pytestmark = needs_corpus
PDFS, TRUTHS = CORPUS / "invoices" / "pdf_noxml", CORPUS / "invoices" / "gt"

Invoice = dict[str, Any]
Change = Callable[[Random, Invoice], Invoice]


def _each(change: Callable[[Random, str, Any], Any]) -> Change:
    """Change single values, wherever they stand, with what ``change`` makes of (random, name, value)."""

    def walk(random: Random, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: walk(random, inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(random, inner, name) for inner in value]
        return value if value is None else change(random, name, value)

    return lambda random, invoice: walk(random, invoice, "")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _dropped(random: Random, name: str, value: Any) -> Any:
    return random.choice([None, "", value, value, value])


def _changed_number(random: Random, name: str, value: Any) -> Any:
    steps = ("0.005", "0.01", "0.011", "0.02", "-0.01", "1", "-7.5")
    if not _is_number(value):
        return value
    return random.choice(
        [value, -value, value * 10, *(value + Decimal(step) for step in steps), value * Decimal("1.004")]
    )


def _written_number(random: Random, name: str, value: Any) -> Any:
    if not _is_number(value):
        return value
    english = f"{value:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    odd = ("n/a", "-", "1.2.3", "1,234,567", "1 234,5", True, float(value), [value])
    return random.choice([str(value), english, german, f"EUR {german}", f"{english} EUR", f"{value}%", *odd])


def _rewritten_text(random: Random, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    half = value[: max(1, len(value) // 2)]
    typo = value.replace("e", "3", 2)
    ways = (
        value.upper(),
        f" {value} ",
        value.replace(" ", "-"),
        half,
        typo,
        f"{value}T00:00:00",
        f"The {value}",
        "…",
        7,
    )
    return random.choice([value, *ways])


def _other_rows(random: Random, invoice: Invoice) -> Invoice:
    for table in ("lines", "tax_breakdown"):
        rows = list(invoice[table])
        random.shuffle(rows)
        if rows and random.random() < 0.5:
            rows.insert(random.randrange(len(rows) + 1), dict(random.choice(rows)))
        if rows and random.random() < 0.3:
            rows.pop()
        if random.random() < 0.3:
            rows += [{"name": "Porto", "net_amount": Decimal("4.90")}, "no row", None, {}]
        instead: list[Any] = [None, {"0": rows}, []]
        invoice[table] = rows if random.random() < 0.9 else random.choice(instead)
    return invoice


def _mixed_cells(random: Random, invoice: Invoice) -> Invoice:
    """Values of one line in another: what a reader does that slips by a row."""
    lines = [line for line in invoice["lines"] if isinstance(line, dict)]
    for line in lines:
        column = random.choice(["name", "quantity", "net_amount", "unit_price_net", "tax_rate"])
        line[column] = random.choice(lines).get(column)
    return invoice


CHANGES: dict[str, Change] = {
    "nothing": lambda _, invoice: invoice,
    "everything gone": lambda _, __: {},
    "fields dropped": _each(_dropped),
    "numbers changed": _each(_changed_number),
    "numbers written otherwise": _each(_written_number),
    "texts rewritten": _each(_rewritten_text),
    "cells mixed up": _mixed_cells,
    "rows shuffled, doubled, added, lost": _other_rows,
}


def _several(random: Random, invoice: Invoice) -> Invoice:
    for name in list(CHANGES)[2:-1]:
        if random.random() < 0.5:
            invoice = CHANGES[name](random, invoice)
    return invoice


CHANGES["several at once"] = _several


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("change", CHANGES)
def test_both_scorers_come_to_the_same_figures(change: str, seed: int, tmp_path: Path) -> None:
    random = Random(f"{change} {seed}")
    ours: dict[str, rules.DocumentScore] = {}
    for document in read_corpus(PDFS, TRUTHS).documents:
        invoice = {k: v for k, v in json.loads(_truth(document.id), parse_float=Decimal).items() if k != "visible"}
        path = tmp_path / f"{document.id}.json"
        path.write_text(exact_json(CHANGES[change](random, invoice)), encoding="utf-8")
        if seed == 2 and random.random() < 0.1:
            path.unlink()  # as of an execution that failed
        predicted = json.loads(path.read_bytes(), parse_float=Decimal) if path.exists() else {}
        ours[document.id] = rules.score(document.truth, predicted)
    theirs = _their_figures(tmp_path)
    right, scored = sum(s.right for s in ours.values()), sum(len(s.cells) for s in ours.values())
    assert (right, scored) == (theirs["micro_correct"], theirs["micro_total"])
    assert sum(s.header_exact for s in ours.values()) / len(ours) == pytest.approx(theirs["header_exact"])
    lines = sum((s.lines for s in ours.values()), LineCount())
    assert lines.f1 == pytest.approx(theirs["line_f1"])
    assert lines.recall == pytest.approx(theirs["line_recall"])
    assert lines.precision == pytest.approx(theirs["line_precision"])
    assert _by_field(ours) == {k: (v["correct"], v["total"]) for k, v in theirs["fields"].items()}
    for theirs_of_one in theirs["docs"]:
        mine = ours[theirs_of_one["id"]]
        assert mine.header_exact == theirs_of_one["header_exact"]
        assert sorted({c.name for c in mine.cells if not c.right}) == theirs_of_one["wrong"]


def test_the_changes_above_make_a_difference(tmp_path: Path) -> None:
    """So that agreement is not agreement on everything being right, or wrong."""
    for name, change in CHANGES.items():
        random, right, scored = Random(name), 0, 0
        for document in read_corpus(PDFS, TRUTHS).documents:
            invoice = {k: v for k, v in json.loads(_truth(document.id), parse_float=Decimal).items() if k != "visible"}
            made = rules.score(document.truth, change(random, invoice))
            right, scored = right + made.right, scored + len(made.cells)
        share = right / scored
        assert share == {"nothing": 1.0, "everything gone": 0.0}.get(name, share)
        assert name in ("nothing", "everything gone") or 0.2 < share < 0.995, name


def _truth(id: str) -> bytes:
    return (TRUTHS / f"{id}.json").read_bytes()


def _by_field(scores: Mapping[str, rules.DocumentScore]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for score in scores.values():
        for cell in score.cells:
            right, scored = found.get(cell.name, (0, 0))
            found[cell.name] = (right + cell.right, scored + 1)
    return found


def _their_figures(predictions: Path) -> Any:
    written = predictions / "figures.out"
    command = [sys.executable, str(CORPUS / "score.py"), str(predictions), str(TRUTHS), "--json", str(written)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return json.loads(written.read_bytes())
