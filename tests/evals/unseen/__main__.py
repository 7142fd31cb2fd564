"""``python -m tests.evals.unseen``: how well invoices are read, and how many need nobody, without stack and without GPU."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console

from tests.evals.unseen.desk import Way, as_json
from tests.evals.unseen.reading import Read, Result, corpus_of, read_set
from workers.cli._console import add_row, table

OPEN = ("invoices", "invoices2", "templates/a")
EPILOG = """\
examples:
  python -m tests.evals.unseen                              the open sets of the corpus, by code alone
  python -m tests.evals.unseen templates/a --way master     as they are used: the seller is in the master
  python -m tests.evals.unseen invoices --with-xml          e-invoices as they come, with the XML in the PDF
  python -m tests.evals.unseen invoices2 --only rw-0 --wrong     each value that is wrong, with what it rests on

Exit code 1 if a document was approved with a wrong key value. A figure of documents that the rules were made with says
nothing of others. A scripted reader stands in for the model; `counterfoil score` asks a real one."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evals.unseen",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sets", nargs="*", default=OPEN, metavar="SET", help="of the corpus, or a folder of pdf and gt")
    parser.add_argument("--way", type=Way, choices=list(Way), default=Way.CODE, help="who reads, and what is known")
    parser.add_argument("--only", default="", metavar="ID,ID", help="those whose id holds one of these")
    parser.add_argument("--wrong", action="store_true", help="tell each wrong value, and why a person was asked")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--no-look", action="store_true", help="read no pixels: quicker, and fewer are stopped")
    parser.add_argument("--with-xml", action="store_true", help="with the e-invoice that a PDF carries, where it does")
    given = parser.parse_args()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    only = [part for part in given.only.split(",") if part]
    settings = {"look": False} if given.no_look else {}
    results: dict[str, Result] = {}
    for name in given.sets:
        told = (lambda read: _tell(console, read)) if given.wrong else (lambda _: None)
        results[name] = asyncio.run(
            read_set(corpus_of(name, with_xml=given.with_xml), given.way, only=only, told=told, **settings)
        )
    shown = table(
        "set", "documents", "micro", "header", "line F1", "sure", "of them right", "untouched", "wrongly", "s"
    )
    for name, result in results.items():
        figures = result.figures
        shares = (_percent(figures[key]) for key in ("micro", "header_exact", "line_f1"))
        add_row(
            shown, name, str(figures["documents"]), *shares, str(figures["sure"]), _percent(figures["sure_right"]),
            str(figures["untouched"]), str(figures["approved_wrong"]),
            f"{figures['seconds_median']:.1f} to {figures['seconds_max']:.1f}",
        )  # fmt: skip
    console.print(f"read by: {given.way}")
    console.print(shown)
    why = Counter(
        reason.split(":")[0]
        for result in results.values()
        for read in result.reads
        if read.attempt and not read.untouched
        for reason in read.attempt.reasons
    )
    for reason, times in why.most_common(12):
        console.print(f"  {times} wait: {reason}")
    if given.json:
        given.json.write_text(as_json({name: result.figures for name, result in results.items()}))
    sys.exit(1 if any(result.figures["approved_wrong"] for result in results.values()) else 0)


def _tell(console: Console, read: Read) -> None:
    became = read.failed or (read.attempt.outcome if read.attempt else "")
    console.print(f"{read.document.id}: {became}; {'header exact' if read.score.header_exact else 'header wrong'}")
    if read.attempt and not read.untouched:
        for reason in read.attempt.reasons:
            console.print(f"    waits: {reason}")
    for cell in read.score.cells:
        if not cell.right:
            confidence = read.confidence(cell)
            known = (
                ""
                if confidence is None
                else f" ({confidence:.3f}: {', '.join(read.confidences.grounds(cell.read_at))})"
            )
            mark = "SURE " if read.sure(cell) else ""
            console.print(f"    {mark}{cell.place}: {cell.truth!s} was read as {cell.read!s}{known}")
    for place in read.score.surplus:
        console.print(f"    surplus: {place}")


def _percent(share: float | int | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


if __name__ == "__main__":
    main()
