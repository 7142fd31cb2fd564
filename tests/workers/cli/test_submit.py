"""Documents are handed in once each, whatever else is wrong with their neighbours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.ledger import Ledger
from infra.records import Submission
from infra.settings import Settings
from tests.workers.cli import scripted
from tests.workers.cli.conftest import Ran
from workers.cli._following import draw
from workers.intake import HandedIn
from workers.office import Office, following, submission
from workers.office.following import follow_documents
from workers.office.submission import Terms

Cli = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder of documents no other test has handed in."""
    place = tmp_path / "in"
    (place / "below" / ".hidden").mkdir(parents=True)
    for name in ("b.pdf", "a.xml", "below/C.PDF", "notes.txt", ".secret.pdf", "below/.hidden/d.pdf"):
        (place / name).write_bytes(f"%PDF-{name} {request.node.name}".encode())
    return place


def submissions(made: Settings) -> list[Submission]:
    async def read() -> list[Submission]:
        async with Ledger(made.ledger) as ledger:
            return await ledger.submissions()

    return asyncio.run(read())


@pytest.mark.parametrize("words", [["nowhere.pdf"], ["."], ["--batch", "No Spaces!", "."], ["--tenant", "-x", "."]])
def test_what_cannot_be_handed_in_as_a_whole_is_wrong_usage(home: Settings, cli: Cli, words: list[str]) -> None:
    ran = cli("submit", *words)
    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.strip().splitlines()) == 1
    assert "a-z" in ran.err or "Nothing was handed in" in ran.err


def test_without_temporal_the_command_says_how_to_start_it(home: Settings, cli: Cli, folder: Path) -> None:
    ran = cli("submit", folder)
    assert ran.code == 1
    assert "counterfoil up" in ran.err
    assert "Traceback" not in ran.err
    assert submissions(home) == []


def test_each_document_becomes_an_execution_that_can_be_waited_for(stack: Settings, cli: Cli, folder: Path) -> None:
    ran = cli("submit", folder, "--batch", "march", "--tenant", "acme", "--wait", "--json")
    assert ran.code == 0, ran.err
    documents = ran.json["documents"]
    assert [(d["file"], d["outcome"], d["execution"]["status"]) for d in documents] == [
        ("a.xml", "queued", "approved"),
        ("b.pdf", "queued", "approved"),
        ("C.PDF", "queued", "approved"),
    ]
    assert documents[0]["execution_id"].startswith(f"invoice-acme-{documents[0]['digest'][:24]}@")
    assert {s.batch for s in submissions(stack)} == {"march"}


def test_handing_in_again_shows_what_was_decided_and_begins_nothing(stack: Settings, cli: Cli, folder: Path) -> None:
    first = cli("submit", folder, "--wait", "--json").json
    ran = cli("submit", folder, "--json")
    assert ran.code == 0
    assert [d["outcome"] for d in ran.json["documents"]] == ["already processed"] * 3
    assert [d["execution"]["decision"] for d in ran.json["documents"]] == ["approve"] * 3
    assert [d["execution"]["run_id"] for d in ran.json["documents"]] == [
        d["execution"]["run_id"] for d in first["documents"]
    ]
    assert "already processed" in cli("submit", folder).out


def test_the_same_bytes_under_two_names_are_one_execution_named_as_the_first(
    stack: Settings, cli: Cli, folder: Path
) -> None:
    (folder / "z-copy.pdf").write_bytes((folder / "a.xml").read_bytes())
    documents = cli("submit", folder, "--wait", "--json").json["documents"]
    assert documents[3]["outcome"] == "same document"
    assert documents[3]["same_as"] == "a.xml"
    assert documents[3]["execution_id"] == documents[0]["execution_id"]
    assert len(submissions(stack)) == 4


def test_a_file_that_cannot_be_taken_stops_no_other_and_is_told_at_the_end(
    stack: Settings, cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "LARGEST_DOCUMENT", 1024 * 1024)
    (folder / "empty.pdf").touch()
    (folder / "large.pdf").write_bytes(b"x" * (1024 * 1024 + 1))
    (folder / "dangling.pdf").symlink_to(folder / "gone.pdf")
    ran = cli("submit", folder)
    assert ran.code == 1
    assert ran.out.count("queued") == 3
    assert "empty.pdf: it is empty" in ran.err
    assert "large.pdf: it is larger than the 1 MB" in ran.err
    assert "dangling.pdf: it points to nothing" in ran.err


def test_one_that_failed_is_begun_again_and_its_old_failure_is_not_taken_for_the_new_end(
    stack: Settings, cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "slow-fail.pdf"
    file.write_bytes(b"%PDF- fails")
    first = cli("submit", file, "--wait", "--json")
    assert first.code == 1
    assert "the model is away" in first.err
    again = cli("submit", file, "--wait", "--json").json["documents"][0]
    assert again["outcome"] == "queued"
    assert again["execution"]["run_id"] != first.json["documents"][0]["execution"]["run_id"]


@pytest.mark.parametrize(
    ("content", "called"),
    [(b"PK\x03\x04...", "a ZIP archive or an Office"), (b"\x89PNG\r\n", "a PNG image"), (b"Dear Sir", "a text file")],
)
def test_what_is_neither_pdf_nor_xml_is_refused_at_the_door(
    stack: Settings, cli: Cli, tmp_path: Path, content: bytes, called: str
) -> None:
    (tmp_path / "fake.pdf").write_bytes(content)
    (tmp_path / "junk-before.pdf").write_bytes(b"junk\n" * 50 + b"%PDF- " + called.encode())
    ran = cli("submit", tmp_path / "fake.pdf", tmp_path / "junk-before.pdf")
    assert ran.code == 1
    assert f"fake.pdf: it is {called}" in ran.err
    assert "hand in a PDF or an XML file" in ran.err
    assert [s.name for s in submissions(stack)] == ["junk-before.pdf"]


def test_a_document_that_waits_is_told_when_it_is_handed_in_again(stack: Settings, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "review-again.pdf"
    file.write_bytes(b"%PDF- waits and is handed in again")
    first = cli("submit", file, "--batch", "one", "--wait")
    assert "as its name says" in first.out
    assert "next: counterfoil review list --batch one" in first.out
    again = cli("submit", file, "--batch", "two", "--json").json["documents"][0]
    assert again["outcome"] == "waits for review"
    assert again["execution"]["status"] == "review"
    assert again["execution_id"] in first.out
    assert "waits for review, batch one" in cli("submit", file, "--batch", "two").out
    assert "waits for review, batch one: as its name says" in cli("submit", file, "--batch", "two", "--wait").out


def test_a_manifest_says_more_of_a_file_and_comes_before_the_words_of_the_command(
    stack: Settings, cli: Cli, folder: Path
) -> None:
    manifest = folder.parent / "said.csv"
    manifest.write_text("file,priority,tenant,purchase_order\nin/b.pdf,urgent,other,PO-7\nin/gone.pdf,,,\n")
    words = ("--manifest", manifest, "--priority", "bulk", "--tenant", "acme", "--wait", "--json")
    ran = cli("submit", folder / "a.xml", *words)
    assert ran.code == 1
    assert "gone.pdf" in ran.err
    assert [d["outcome"] for d in ran.json["documents"]] == ["queued", "queued", "refused"]
    said = {s.name: (s.tenant, s.priority, s.details.get("purchase_order")) for s in submissions(stack)}
    assert said == {"a.xml": ("acme", 5, None), "b.pdf": ("other", 1, "PO-7")}


def test_a_priority_nobody_knows_is_wrong_usage(home: Settings, cli: Cli, folder: Path) -> None:
    ran = cli("submit", folder, "--priority", "soon")
    assert ran.code == 2
    assert "urgent, normal, bulk" in ran.err


def test_an_unknown_definition_is_wrong_usage(home: Settings, cli: Cli, folder: Path) -> None:
    ran = cli("submit", folder, "--definition", "poem")
    assert ran.code == 2
    assert "there are: compliance, invoice" in ran.err


async def test_following_ends_when_an_operator_ends_an_execution_that_records_nothing(
    stack: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(following, "LOOK_AT_TEMPORAL_SECONDS", 0.1)
    scripted.HOME.settings = stack.model_copy(update={"task_queue": "nobody-works-here"})
    async with Ledger(stack.ledger) as ledger:
        office = Office(stack, ledger)
        done = await submission.submit(office, [HandedIn("orphan.pdf", b"%PDF- orphan")], Terms("acme", "o"))
        last = asyncio.create_task(draw(follow_documents(office, done), quiet=False))
        while not await ledger.executions_of([done[0].execution_id or ""]):
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        assert not last.done()
        client = await office.temporal()
        await client.get_workflow_handle(done[0].execution_id or "").terminate()
        (row,) = (await asyncio.wait_for(last, 20)).documents
    assert row.failed
    assert "terminated" in row.why
    assert "orphan.pdf: failed" in capsys.readouterr().err


def test_an_interrupt_stops_following_and_says_that_the_work_goes_on(
    stack: Settings, cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(following, "follow", interrupted)
    ran = cli("submit", folder, "--batch", "march", "--wait")
    assert ran.code == 130
    assert "the executions go on. See `counterfoil status --batch march`" in ran.err
