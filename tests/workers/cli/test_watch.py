"""What is dropped into a watched folder is handed in once, and the folder shows what is still to be done."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.ledger import Ledger
from infra.records import Submission
from infra.settings import Settings, settings
from infra.temporal import connect as connecting
from infra.temporal.connect import TemporalUnreachable
from tests.workers.cli.conftest import Ran
from tests.workers.intake.zips import zipped
from workers.intake import HandedIn, Refused
from workers.office import Office, submission, watching
from workers.office.submission import Submitted, Terms

Cli = Callable[..., Ran]
PDF = b"%PDF-1.7"


@dataclass
class Desk:
    """Stands in for handing in: keeps what it is given, and does at each call what the test wants done then."""

    batches: list[list[str]] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    priorities: dict[str, int | None] = field(default_factory=dict)
    away: int = 0
    """How many times Temporal is still away."""
    at_call: Callable[[int], None] = lambda _: None

    async def connect(self, _: Settings, **__: Any) -> None:
        if self.away:
            self.away -= 1
            raise TemporalUnreachable("no Temporal server answers")

    async def submit(
        self, _: Office, files: Sequence[HandedIn], terms: Terms, *, refused: Sequence[Refused]
    ) -> list[Submitted]:
        self.batches.append([file.name for file in files])
        self.priorities |= {file.name: file.priority for file in files}
        self.terms.append(terms)
        self.refused += [one.name for one in refused]
        self.at_call(len(self.batches))
        await asyncio.sleep(0.01)  # as the ledger and Temporal let others go on
        return [
            Submitted(file.name, "queued", execution_id=f"invoice-{file.name}")
            if file.read(10)
            else Submitted(file.name, "refused", error="it is empty")
            for file in files
        ]


@pytest.fixture
def desk(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr(submission, "submit", made.submit)
    monkeypatch.setattr(connecting, "connect", made.connect)
    return made


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    place = tmp_path / "inbox"
    place.mkdir()
    return place


def left(inbox: Path) -> dict[str, list[str]]:
    """What stands in the folder, and in those beside."""
    return {
        place.name: sorted(path.name for path in place.iterdir() if path.name not in ("taken", "refused"))
        for place in (inbox, inbox / "taken", inbox / "refused")
    }


def end(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_what_is_there_is_handed_in_and_moved_and_what_cannot_be_taken_is_told(
    desk: Desk, cli: Cli, inbox: Path
) -> None:
    for name, content in {"a.pdf": PDF, "empty.pdf": b"", "march.zip": zipped({"1.pdf": PDF, "n.txt": b"x"})}.items():
        (inbox / name).write_bytes(content)
    ran = cli("watch", inbox, "--once", "--every", 0.01, "--tenant", "acme", "--priority", "urgent")
    assert ran.code == 1
    assert sorted(ran.out.splitlines()) == [
        "a.pdf: queued, invoice-a.pdf",
        "empty.pdf: refused: it is empty",
        "march.zip/1.pdf: queued, invoice-march.zip/1.pdf",
        "march.zip/n.txt: refused: it is a text file; hand in a PDF or an XML file",
    ]
    assert left(inbox) == {
        "inbox": [],
        "taken": ["a.pdf"],
        "refused": ["empty.pdf", "empty.pdf.reason.txt", "march.zip", "march.zip.reason.txt"],
    }
    assert "march.zip/n.txt: it is a text file" in (inbox / "refused" / "march.zip.reason.txt").read_text()
    terms = desk.terms[0]
    assert terms.tenant == "acme"
    assert terms.priority == 1
    assert terms.batch.startswith("watch-2")
    assert desk.refused == ["march.zip/n.txt"]


def test_each_file_is_a_json_line_for_programs(desk: Desk, cli: Cli, inbox: Path) -> None:
    (inbox / "a.pdf").write_bytes(PDF)
    (inbox / "b.pdf").write_bytes(PDF)
    (inbox / "list.csv").write_text("file,tenant\na.pdf,acme\n")
    ran = cli("watch", inbox, "--once", "--every", 0.01, "--batch", "march", "--json")
    assert ran.code == 0
    one, _ = (json.loads(line) for line in ran.out.splitlines())
    assert one == {
        "file": "a.pdf",
        "outcome": "queued",
        "batch": "march",
        "tenant": "acme",
        "execution_id": "invoice-a.pdf",
        "error": None,
    }
    assert left(inbox)["taken"] == ["a.pdf", "b.pdf", "list.csv"]


@pytest.mark.parametrize("form", ["beside", "in a folder", "jsonl", "of an archive", "of a file in an archive"])
def test_a_manifest_in_the_folder_of_a_tenant_gives_nothing_to_another(
    desk: Desk, cli: Cli, inbox: Path, form: str
) -> None:
    folder = inbox / "sent" if form == "in a folder" else inbox
    folder.mkdir(exist_ok=True)
    (folder / "own.pdf").write_bytes(PDF)
    (folder / "plain.pdf").write_bytes(PDF)
    archive = "archive" in form
    name = {"of an archive": "theirs.zip", "of a file in an archive": "theirs.zip/1.pdf"}.get(form, "theirs.pdf")
    (folder / name.partition("/")[0]).write_bytes(zipped({"1.pdf": PDF}) if archive else PDF)
    if form == "jsonl":
        (folder / "list.jsonl").write_text(
            f'{{"file": "{name}", "tenant": "other"}}\n{{"file": "own.pdf", "tenant": "acme"}}'
        )
    else:
        (folder / "list.csv").write_text(f"file,tenant\n{name},other\nown.pdf,acme\nplain.pdf,\n")
    ran = cli("watch", inbox, "--once", "--every", 0.01, "--tenant", "acme", "--batch", "march")
    assert ran.code == 1
    assert sorted(name for batch in desk.batches for name in batch) == ["own.pdf", "plain.pdf"]
    told = f"theirs.{'zip/1.' * archive}pdf"
    why = "its manifest says that it is for tenant other, and this folder takes what is for acme alone"
    assert f"{told}: refused: {why}" in ran.out.splitlines()
    assert desk.refused == [told]
    entry = "sent" if form == "in a folder" else name.partition("/")[0]
    assert why in (inbox / "refused" / f"{entry}.reason.txt").read_text()


@pytest.mark.parametrize(
    ("own", "setting", "asked", "given"),
    [
        ("normal", None, "urgent", 3),
        ("bulk", None, "1", 3),
        ("normal", None, "bulk", 5),
        ("urgent", None, "urgent", 1),
        ("2", None, "urgent", 2),
        ("bulk", "5", "urgent", 5),
        ("normal", "1", "urgent", 1),
    ],
)
def test_a_manifest_is_as_urgent_as_the_folder_or_the_setting_allows(
    desk: Desk,
    cli: Cli,
    inbox: Path,
    monkeypatch: pytest.MonkeyPatch,
    own: str,
    setting: str | None,
    asked: str,
    given: int,
) -> None:
    if setting:
        monkeypatch.setenv("COUNTERFOIL_WATCH_MOST_URGENT", setting)
        settings.cache_clear()
    (inbox / "a.pdf").write_bytes(PDF)
    (inbox / "b.pdf").write_bytes(PDF)
    (inbox / "list.csv").write_text(f"file,priority\na.pdf,{asked}\nb.pdf,\n")
    assert cli("watch", inbox, "--once", "--every", 0.01, "--tenant", "acme", "--priority", own).code == 0
    assert desk.priorities == {"a.pdf": given, "b.pdf": None}


def test_a_signal_ends_it_after_what_is_being_handed_in(desk: Desk, cli: Cli, inbox: Path) -> None:
    for name in ("1.zip", "2.zip"):
        (inbox / name).write_bytes(zipped({"a.pdf": PDF}))
    desk.at_call = end
    ran = cli("watch", inbox, "--every", 0.01)
    assert ran.code == 0
    assert "ending, after what is being handed in" in ran.err
    assert desk.batches == [["1.zip/a.pdf"]]
    assert left(inbox) == {"inbox": ["2.zip"], "taken": ["1.zip"], "refused": []}


def test_while_temporal_is_away_it_says_so_once_and_waits_longer_each_time(
    desk: Desk, cli: Cli, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def pause(_: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(watching, "_pause", pause)
    (inbox / "a.pdf").write_bytes(PDF)
    desk.away, desk.at_call = 6, end
    ran = cli("watch", inbox, "--every", 4)
    assert ran.code == 0
    assert ran.err.count("no Temporal server answers") == 1
    assert "What is in the folder stays there" in ran.err
    assert "it goes on" in ran.err
    assert pauses[:8] == [4, 8, 16, 32, 60, 60, 60, 4]
    assert desk.batches == [["a.pdf"]]
    assert left(inbox)["taken"] == ["a.pdf"]


def test_what_fails_stays_and_keeps_nothing_else_back(desk: Desk, cli: Cli, inbox: Path) -> None:
    from infra.failures import Failure

    for name in ("1.zip", "2.zip"):
        (inbox / name).write_bytes(zipped({"a.pdf": PDF}))

    def first_fails(call: int) -> None:
        if desk.batches[-1] == ["1.zip/a.pdf"]:
            if call > 2:
                end()
            raise Failure("this one does not go in")

    desk.at_call = first_fails
    ran = cli("watch", inbox, "--every", 0.01)
    assert ran.code == 0
    assert ran.err.count("this one does not go in") == 1
    assert left(inbox) == {"inbox": ["1.zip"], "taken": ["2.zip"], "refused": []}


def test_a_folder_that_goes_away_is_waited_for(desk: Desk, cli: Cli, inbox: Path) -> None:
    (inbox / "a.pdf").write_bytes(PDF)
    gone = inbox.with_name("gone")

    class Away(watching.Watching):
        looks = 0

        def look(self) -> Any:
            self.looks += 1
            if self.looks == 2:
                inbox.rename(gone)
            if self.looks == 4:
                gone.rename(inbox)
            return super().look()

    desk.at_call = end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "Watching", Away)
        ran = cli("watch", inbox, "--every", 0.01)
    assert ran.code == 0
    assert ran.err.count("cannot be read: No such file or directory") == 1
    assert left(inbox)["taken"] == ["a.pdf"]


@pytest.mark.parametrize(
    "words",
    [["nowhere"], [".", "--tenant", "No"], [".", "--batch", "No"], [".", "--priority", "soon"], [".", "--every", 0]],
)
def test_what_it_is_called_with_is_checked_before_anything_is_done(desk: Desk, cli: Cli, words: list[str]) -> None:
    ran = cli("watch", *words, "--once")
    assert ran.code == 2
    assert ran.out == ""
    assert not Path("taken").exists()


def test_without_temporal_once_says_how_to_start_it_and_leaves_all_as_it_is(
    home: Settings, cli: Cli, inbox: Path
) -> None:
    (inbox / "a.pdf").write_bytes(PDF)
    ran = cli("watch", inbox, "--once", "--every", 0.01)
    assert ran.code == 1
    assert "counterfoil up" in ran.err
    assert left(inbox) == {"inbox": ["a.pdf"], "taken": [], "refused": []}


def test_a_crash_between_handing_in_and_moving_begins_nothing_twice(
    stack: Settings, cli: Cli, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "a.pdf").write_bytes(b"%PDF- watched")

    def crash(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("workers.intake.WatchedFolder.put_away", crash)
        with pytest.raises(RuntimeError, match="killed"):
            cli("watch", inbox, "--once", "--every", 0.01, "--batch", "watched")
    assert left(inbox)["inbox"] == ["a.pdf"]
    ran = cli("watch", inbox, "--once", "--every", 0.01, "--batch", "watched")
    assert ran.code == 0, ran.err
    assert left(inbox) == {"inbox": [], "taken": ["a.pdf"], "refused": []}

    async def submissions() -> list[Submission]:
        async with Ledger(stack.ledger) as ledger:
            return await ledger.submissions()

    (one,) = asyncio.run(submissions())
    assert (one.name, one.batch, one.tenant) == ("a.pdf", "watched", "default")
