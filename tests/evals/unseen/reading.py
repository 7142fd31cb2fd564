"""A set of documents with their truth, read and decided in one way, and what that came to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.fields.schema import Field, public
from agents.pages import SURE
from tests.evals.attacks.desk import Attempt
from tests.evals.unseen.desk import Way, desks
from workers.score.corpus import Corpus, Document, read_corpus
from workers.score.report import Confidences
from workers.score.rules import Cell, DocumentScore, LineCount, score

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"


def corpus_of(name: str, *, with_xml: bool = False) -> Corpus:
    """``invoices2`` or ``templates/a`` of the corpus beside the project, ``with_xml`` or without it where there is any; or a
    folder that has ``pdf`` and ``gt``."""
    folder = CORPUS / name if (CORPUS / name).is_dir() else Path(name)
    plain = folder / "pdf_noxml"
    return read_corpus(plain if plain.is_dir() and not with_xml else folder / "pdf", folder / "gt")


@dataclass(frozen=True)
class Read:
    """One document, what was read of it, and what became of it."""

    document: Document
    attempt: Attempt | None
    failed: str | None
    """Why it could not be read."""
    seconds: float
    score: DocumentScore
    confidences: Confidences
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def untouched(self) -> bool:
        return self.attempt is not None and self.attempt.outcome == "approve"

    def confidence(self, cell: Cell) -> float | None:
        return self.confidences.of(cell.read_at) if cell.read not in (None, "") else None

    def sure(self, cell: Cell) -> bool:
        return (self.confidence(cell) or 0) >= SURE

    @property
    def approved_wrong(self) -> list[Cell]:
        """Key values that are wrong though nobody looked."""
        return self.score.wrong_keys if self.untouched else []


@dataclass(frozen=True)
class Result:
    """What a set came to. Shares are None where nothing was scored."""

    reads: Sequence[Read]

    @property
    def figures(self) -> dict[str, float | int | None]:
        cells = [(read, cell) for read in self.reads for cell in read.score.cells]
        sure = [(read, cell) for read, cell in cells if read.sure(cell)]
        lines = sum((read.score.lines for read in self.reads), LineCount())
        seconds = sorted(read.seconds for read in self.reads)
        return {
            "documents": len(self.reads),
            "micro": _share(sum(cell.right for _, cell in cells), len(cells)),
            "header_exact": _share(sum(read.score.header_exact for read in self.reads), len(self.reads)),
            "line_f1": lines.f1,
            "sure": len(sure),
            "sure_right": _share(sum(cell.right for _, cell in sure), len(sure)),
            "untouched": sum(read.untouched for read in self.reads),
            "approved_wrong": sum(bool(read.approved_wrong) for read in self.reads),
            "failed": sum(read.failed is not None for read in self.reads),
            "seconds_median": seconds[len(seconds) // 2] if seconds else None,
            "seconds_max": seconds[-1] if seconds else None,
        }


async def read_set(
    corpus: Corpus,
    way: Way,
    *,
    only: Sequence[str] = (),
    told: Callable[[Read], None] = lambda _: None,
    **settings: Any,
) -> Result:
    """Read ``corpus`` document after document."""
    reads = []
    async with desks(way, **settings) as made:
        for document in corpus.documents:
            if only and not any(part in document.id for part in only):
                continue
            began = time.monotonic()
            attempt, failed = None, None
            try:
                data = await asyncio.to_thread(document.pdf.read_bytes)
                attempt = await made.tried(data, document.pdf.name, document.truth)
            except Exception as error:  # whatever it is: a document that stops the agent is told
                failed = f"{type(error).__name__}: {error}"
            read = read_of(document, attempt, failed, time.monotonic() - began)
            reads.append(read)
            told(read)
    return Result(reads)


def read_of(document: Document, attempt: Attempt | None, failed: str | None, seconds: float) -> Read:
    raw = {path: found for path, found in attempt.state.get("fields", {}).items() if found} if attempt else {}
    fields = {path: Field.model_validate(found) for path, found in raw.items()}
    return Read(document, attempt, failed, seconds, score(document.truth, public(fields)), Confidences(raw), fields)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
