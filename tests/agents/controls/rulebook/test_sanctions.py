"""Names beside a list: near spellings are found, honest names near them are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.controls.rulebook import BadSanctionsList, SanctionsList
from agents.controls.rulebook._sanctions import load_sanctions, read_sanctions
from tests.agents.controls.rulebook.facts import facts, said, verdict
from tests.agents.controls.rulebook.near_names import ALIKE, LISTED, OTHERS


@pytest.fixture(scope="module")
def listed() -> SanctionsList:
    return read_sanctions(LISTED.encode(), "list.csv")


@pytest.mark.parametrize(("name", "entry"), ALIKE.items())
def test_a_name_on_the_list_is_found_however_it_is_written(listed: SanctionsList, name: str, entry: str) -> None:
    match = listed.match(name)
    assert match
    assert match.entry.id == entry


@pytest.mark.parametrize("name", OTHERS)
def test_a_name_that_only_shares_words_is_not_taken_for_one(listed: SanctionsList, name: str) -> None:
    assert listed.match(name) is None
    assert listed.within(f"Pay to {name} within thirty days") is None


def test_seller_buyer_and_who_is_paid_are_looked_at(listed: SanctionsList) -> None:
    known = {"sanctions": listed}
    assert verdict("SANCTIONS", facts(known=known)) == ("pass", "info")
    assert verdict("SANCTIONS", facts(buyer__name="Volkow Maritime Trading", known=known)) == ("fail", "error")
    filler = "\n".join(f"line {n}" for n in range(40))
    paid = said(
        "SANCTIONS",
        facts(f"Invoice\n{filler}\nIBAN DE02 1203 0000 0000 2020 51\nPetrenko Dmitri Anatolyevich", known=known),
    )
    assert paid
    assert paid.evidence["entry"] == "S-3"
    assert paid.evidence["score"] == 100
    assert paid.evidence["page"] == 1


def test_without_a_list_nobody_is_cleared() -> None:
    assert verdict("SANCTIONS", facts()) == ("not assessable", "info")


def test_a_list_is_csv_with_a_column_name_or_a_name_a_line(tmp_path: Path) -> None:
    lines = read_sanctions(b"# of May\nVolkov Shipping\n\nAl-Rashid, General Contracting\n", "a.txt")
    assert [entry.names for entry in lines.entries] == [("Volkov Shipping",), ("Al-Rashid, General Contracting",)]
    semicolons = read_sanctions(b"id;name;country\n7;Volkov Shipping;RU\n", "b.csv")
    assert (semicolons.entries[0].id, semicolons.entries[0].country) == ("7", "RU")
    for text in (
        b"id, name, aliases\n7, Volkov Shipping, Volkov Lines\n",
        b"id\tname\taliases\n7\tVolkov Shipping\tVolkov Lines\n",
    ):
        (entry,) = read_sanctions(text, "c.csv").entries
        assert (entry.id, entry.names) == ("7", ("Volkov Shipping", "Volkov Lines"))
    empty = tmp_path / "empty.txt"
    empty.write_text("# nobody\n")
    with pytest.raises(BadSanctionsList, match="holds no names"):
        load_sanctions(empty)
    with pytest.raises(BadSanctionsList, match="cannot be read"):
        load_sanctions(tmp_path / "absent.csv")
