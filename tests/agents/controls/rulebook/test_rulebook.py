"""A rulebook file that cannot be used is refused in words: which rule, which key, what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.controls.rulebook import BadRulebook, kept_rulebook, load_rulebook, read_rulebook, shipped
from agents.controls.rulebook._loading import keep_rulebook, schema
from infra.document_store import DocumentStore
from infra.settings import Settings

HEAD = "name: house\nversion: '1'\nlanguage: en\nrules:\n"
RULE = "  - {id: NOTE, title: A note, question: Does it state a note, severity: warning"


def problems(text: str) -> str:
    with pytest.raises(BadRulebook) as raised:
        read_rulebook(text.encode(), "house.yaml")
    assert "house.yaml" in str(raised.value)
    return "; ".join(raised.value.problems)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            f"{HEAD}{RULE}, severty: x}}",
            "rule NOTE, severty: there is no such key here; is it severity, or leave it out",
        ),
        (f"{HEAD}{RULE}, check: not_there}}", "rule NOTE: there is no check 'not_there'; there are: agreed_terms"),
        (
            f"{HEAD}{RULE}, check: not_split, with: {{dayz: 3}}}}",
            "rule NOTE: with.dayz: there is no such parameter; it takes days",
        ),
        (f"{HEAD}{RULE}, with: {{days: 3}}}}", "rule NOTE: it has parameters under `with`, but no `check`"),
        (f"{HEAD}{RULE}, no_phrase: pass}}", "rule NOTE: `no_phrase` says what follows"),
        (f"{HEAD}{RULE}, evidence: {{matches: '('}}}}", "rule NOTE, evidence.matches: it is no regular expression"),
        (f"{HEAD}{RULE}, when: {{full_moon: true}}}}", "rule NOTE, when.full_moon: there is no such key here"),
        (f"{HEAD}{RULE}}}\n{RULE}}}", "the id NOTE comes twice"),
        (f"{HEAD}  - {{id: NOTE, title: A note, severity: info}}", "rule NOTE, question: is missing; add it"),
        ("name: house\nname: other\n", "name comes twice"),
        ("- a\n- b\n", "it holds no keys"),
        (f"digest: x\n{HEAD}{RULE}}}", "digest: it is computed; leave it out"),
    ],
)
def test_what_is_wrong_is_said_by_rule_and_key_with_what_to_do(wrong: str, told: str) -> None:
    assert told in problems(wrong)


def test_a_bare_yes_or_no_is_a_word_though_yaml_takes_it_for_true_or_false() -> None:
    made = read_rulebook(f"{HEAD}{RULE}, expect: no, phrases: {{no: [ikke]}}}}".encode(), "a")
    assert made.rules[0].expect == "no"
    assert made.rules[0].phrases == {"no": ["ikke"]}


def test_a_shipped_rulebook_is_loaded_by_name_and_any_by_path(tmp_path: Path) -> None:
    assert shipped() == ["payables", "service-contract"]
    path = tmp_path / "house.yaml"
    path.write_text(f"{HEAD}{RULE}}}")
    assert load_rulebook(str(path))[1].name == "house"
    with pytest.raises(BadRulebook, match="one of: payables, service-contract"):
        load_rulebook("payable")


def test_an_execution_keeps_the_rulebook_it_began_with(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_text(f"{HEAD}{RULE}}}")
    made = Settings(home=tmp_path, rulebook=str(path))
    kept = keep_rulebook(made)
    path.write_text("something else")
    book = kept_rulebook(DocumentStore(made.documents), kept)
    assert (book.name, book.digest) == ("house", kept["digest"])


def test_the_schema_names_every_key_of_a_rule() -> None:
    properties = schema()["$defs"]["Rule"]["properties"]
    assert {"id", "title", "question", "applies_to", "when", "severity", "expect", "evidence", "check", "with"} <= set(
        properties
    )
