"""Documents with their truth: a folder of PDFs beside a folder of ``<id>.json``, and what layout each is of."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from infra.failures import Failure

MANIFEST = "manifest.json"
"""Looked for beside the folder of the truth, where none is named."""
UNGROUPED = "no layout given"


class BadCorpus(Failure):
    """What was asked to be scored cannot be, as the message says."""


@dataclass(frozen=True)
class Document:
    """One PDF with what is true of it, in the public shape with ``visible`` beside (see `workers.score.rules`)."""

    id: str
    pdf: Path
    truth: Mapping[str, Any]
    group: str


@dataclass(frozen=True)
class Corpus:
    """What is scored. ``unjudged`` are ids of PDFs nothing is known of; they are not handed in."""

    pdfs: Path
    truths: Path
    documents: Sequence[Document]
    unjudged: Sequence[str] = ()
    manifest: Path | None = None

    @property
    def name(self) -> str:
        """The folder of the PDFs with the one it lies in, for titles."""
        return "/".join(self.pdfs.resolve().parts[-2:])

    @property
    def digest(self) -> str:
        """SHA-256 over the bytes of every PDF and its truth, in the order of their ids: two runs of it are comparable."""
        digest = sha256()
        for document in self.documents:
            for path in (document.pdf, self.truths / f"{document.id}.json"):
                digest.update(sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def read_corpus(
    pdfs: Path,
    truths: Path,
    *,
    manifest: Path | None = None,
    only: Collection[str] = (),
    limit: int | None = None,
) -> Corpus:
    """The documents of ``pdfs`` whose truth is in ``truths``, sorted by id.

    Args:
        manifest: a JSON list of objects with ``id`` and ``layout``, or an object of id to layout; by default the
            ``manifest.json`` beside ``truths``, if there is one.
        only: ids to take; all if empty.
        limit: take the first so many.

    Raises:
        BadCorpus: a folder or file cannot be read, or a truth has no PDF.
    """
    for folder in (pdfs, truths):
        if not folder.is_dir():
            raise BadCorpus(f"there is no folder {folder}")
    pdf_of = {path.stem: path for path in sorted(pdfs.iterdir()) if path.suffix.lower() == ".pdf"}
    known = {path.stem: path for path in sorted(truths.glob("*.json"))}
    if strangers := sorted(set(only) - set(known)):
        raise BadCorpus(f"there is no ground truth for {', '.join(strangers)} in {truths}")
    wanted = [id for id in known if not only or id in only][:limit]
    if missing := [id for id in wanted if id not in pdf_of]:
        raise BadCorpus(f"{pdfs} has no PDF for {', '.join(missing)}, which {truths} knows; name others with --only")
    if not wanted:
        raise BadCorpus(f"{truths} holds no <id>.json")
    beside = truths.resolve().parent / MANIFEST
    source = manifest or (beside if beside.is_file() else None)
    groups = _groups(source) if source else {}
    documents = [Document(id, pdf_of[id], _truth(known[id]), groups.get(id, UNGROUPED)) for id in wanted]
    unjudged = [] if only or limit is not None else [id for id in pdf_of if id not in known]
    return Corpus(pdfs, truths, documents, unjudged, source)


def _truth(path: Path) -> Mapping[str, Any]:
    truth = _json(path)
    if not isinstance(truth, dict) or not isinstance(truth.get("visible"), dict):
        raise BadCorpus(f"{path} is no ground truth: it needs the fields of an invoice and `visible`")
    return truth


def _groups(path: Path) -> dict[str, str]:
    """Id to layout."""
    manifest = _json(path)
    if isinstance(manifest, dict):
        return {id: str(layout) for id, layout in manifest.items()}
    if isinstance(manifest, list) and all(isinstance(entry, dict) and "id" in entry for entry in manifest):
        return {entry["id"]: str(entry["layout"]) for entry in manifest if entry.get("layout")}
    raise BadCorpus(f"{path} is no manifest: a list of objects with `id` and `layout`, or an object of id to layout")


def _json(path: Path) -> Any:
    """A JSON file, its numbers exact."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise BadCorpus(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise BadCorpus(f"{path} is no JSON: {error}") from error
