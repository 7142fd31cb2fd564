"""The files of the languages: which terms they may have, and what is said of one that is wrong."""

from __future__ import annotations

import re

import pytest

from agents.words import PhraseError, by_language, in_text, languages, printed, terms_of
from agents.words import _languages as files


def test_every_unit_has_one_code() -> None:
    names = [name for code in terms_of("units") for name in printed(f"units.{code}")]
    assert len(names) == len(set(names))


def test_no_country_has_the_name_of_another() -> None:
    names = [name for code in terms_of("countries") for name in printed(f"countries.{code}")]
    assert len(names) == len(set(names))


def test_a_term_that_the_common_file_does_not_name_is_refused() -> None:
    named = {term for language in languages() if language.name == "common" for term in language.terms}
    assert {term for language in languages() for term in language.terms if not term.startswith("countries.")} <= named
    with pytest.raises(PhraseError, match=r"xx\.toml: \[labels\] nett is no list of phrases"):
        files._read("xx", {"labels": {"nett": "Netto"}})
    with pytest.raises(PhraseError, match=r"xx\.toml: \[labels\] has 'nett', which is no term of common\.toml"):
        files._checked([*languages(), files._read("xx", {"labels": {"nett": ["Netto"]}})])


def test_a_term_nobody_has_words_for_is_found_nowhere_and_one_there_is_not_raises() -> None:
    assert by_language("words.nr")
    with pytest.raises(KeyError):
        printed("labels.no_such_term")


@pytest.mark.parametrize(("word", "text"), [("page", "page 2"), ("Seite", "Seite 1"), ("sida", "sida 3")])
def test_words_of_a_running_text_stand_alone(word: str, text: str) -> None:
    pattern = re.compile(in_text("text.page"), re.IGNORECASE)
    assert pattern.search(text)
    assert not pattern.fullmatch(f"{word}s")
