"""Documents are found with their truth, and what is missing is said before anything is run."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.agents.documents.samples import CORPUS, needs_corpus
from tests.workers.score.truths import a_truth, write_corpus
from workers.score.corpus import UNGROUPED, BadCorpus, read_corpus


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return write_corpus(tmp_path, {"b": a_truth(), "a": a_truth(), "c": a_truth()})


def test_documents_come_sorted_with_their_truth(folders: tuple[Path, Path]) -> None:
    (folders[0] / "stranger.pdf").touch()
    corpus = read_corpus(*folders)
    assert [(d.id, d.pdf.name, d.truth["currency"], d.group) for d in corpus.documents] == [
        (id, f"{id}.pdf", "EUR", UNGROUPED) for id in "abc"
    ]
    assert corpus.unjudged == ["stranger"]


def test_some_can_be_chosen_and_a_limit_set(folders: tuple[Path, Path]) -> None:
    assert [d.id for d in read_corpus(*folders, only=["c", "a"]).documents] == ["a", "c"]
    assert [d.id for d in read_corpus(*folders, limit=2).documents] == ["a", "b"]


@pytest.mark.parametrize("manifest", [[{"id": "a", "layout": "issuer"}, {"id": "b"}], {"a": "issuer"}])
def test_layouts_come_from_the_manifest_beside_the_truth(folders: tuple[Path, Path], manifest: object) -> None:
    (folders[1].parent / "manifest.json").write_text(json.dumps(manifest))
    assert [d.group for d in read_corpus(*folders).documents] == ["issuer", UNGROUPED, UNGROUPED]


def test_a_manifest_that_is_named_is_taken_before_the_one_beside(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (folders[1].parent / "manifest.json").write_text('{"a": "beside"}')
    (tmp_path / "mine.json").write_text('{"a": "mine"}')
    assert read_corpus(*folders, manifest=tmp_path / "mine.json").documents[0].group == "mine"


def test_numbers_of_the_truth_are_exact(folders: tuple[Path, Path]) -> None:
    (folders[1] / "a.json").write_text('{"totals": {"grand_total": 0.1}, "visible": {}}')
    assert read_corpus(*folders).documents[0].truth["totals"]["grand_total"] == Decimal("0.1")


def test_the_digest_changes_with_any_byte_of_a_document_or_its_truth(folders: tuple[Path, Path]) -> None:
    before = read_corpus(*folders).digest
    assert read_corpus(*folders).digest == before
    (folders[0] / "b.pdf").write_bytes(b"%PDF- another")
    assert read_corpus(*folders).digest != before


def test_what_is_missing_or_no_truth_is_said(folders: tuple[Path, Path], tmp_path: Path) -> None:
    pdfs, truths = folders
    with pytest.raises(BadCorpus, match="no ground truth for x"):
        read_corpus(pdfs, truths, only=["x", "a"])
    with pytest.raises(BadCorpus, match="no folder"):
        read_corpus(pdfs / "nowhere", truths)
    with pytest.raises(BadCorpus, match="holds no <id>.json"):
        read_corpus(pdfs, pdfs)
    (pdfs / "b.pdf").unlink()
    with pytest.raises(BadCorpus, match="no PDF for b"):
        read_corpus(pdfs, truths)
    (truths / "a.json").write_text("{}")
    with pytest.raises(BadCorpus, match=r"a\.json is no ground truth"):
        read_corpus(pdfs, truths, only=["a"])
    (truths / "a.json").write_text("{")
    with pytest.raises(BadCorpus, match="is no JSON"):
        read_corpus(pdfs, truths, only=["a"])


@needs_corpus
def test_the_corpus_of_the_project_is_found_with_its_layouts() -> None:
    corpus = read_corpus(CORPUS / "invoices" / "pdf_noxml", CORPUS / "invoices" / "gt")
    assert len(corpus.documents) == 35
    assert {d.group for d in corpus.documents} == {"issuer", "xml-visualisation"}
    assert corpus.name == "invoices/pdf_noxml"
