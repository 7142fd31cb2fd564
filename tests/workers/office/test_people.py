"""Who hands in and who answers is one identity, in one form."""

from __future__ import annotations

import getpass

import pytest

from infra.ledger import Ledger
from infra.settings import Settings
from workers.intake import HandedIn
from workers.office import WronglyAsked, opened
from workers.office.people import person_named, this_person
from workers.office.submission import Terms, submit


def test_who_works_here_is_the_name_that_is_set_else_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTERFOIL_REVIEWER", raising=False)
    monkeypatch.setattr(getpass, "getuser", lambda: "aadler")
    assert this_person() == "aadler"
    monkeypatch.setenv("COUNTERFOIL_REVIEWER", "  Anna   Ådler ")
    assert this_person() == "Anna Ådler"


def test_where_nobody_is_known_to_work_here_nobody_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1000")

    monkeypatch.delenv("COUNTERFOIL_REVIEWER", raising=False)
    monkeypatch.setattr(getpass, "getuser", nobody)
    assert this_person() is None


@pytest.mark.parametrize("name", ["policy", "роlicy", "pol\u200bicy", "\u200b", "..."])
def test_nobody_is_called_policy_or_what_cannot_be_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WronglyAsked):
        person_named(name)
    monkeypatch.setenv("COUNTERFOIL_REVIEWER", name)
    with pytest.raises(WronglyAsked):
        this_person()


async def test_a_document_is_handed_in_by_who_is_named_else_by_who_would_answer(
    stack: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERFOIL_REVIEWER", "Anna  Adler")
    async with opened(stack) as office:
        (mine,) = await submit(office, [HandedIn("people-a.pdf", b"%PDF- people a")], Terms("acme", "people"))
        (given,) = await submit(
            office, [HandedIn("people-b.pdf", b"%PDF- people b")], Terms("acme", "people", by="Ben B")
        )
        with pytest.raises(WronglyAsked):
            await submit(office, [HandedIn("people-c.pdf", b"%PDF- people c")], Terms("acme", "people", by="pоlicy"))
    async with Ledger(stack.ledger) as ledger:
        assert await ledger.submitters(mine.execution_id or "") == ["Anna Adler"]
        assert await ledger.submitters(given.execution_id or "") == ["Ben B"]
