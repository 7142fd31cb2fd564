"""A rulebook tried out on its own examples: texts for which its author says what a rule has to come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import yaml
from pydantic import ValidationError

from agents.controls.rulebook._assess import by_code
from agents.controls.rulebook._book import Example, Rule, Rulebook
from agents.controls.rulebook._facts import Facts
from agents.documents.reading import Page, Reading, Word
from agents.fields.schema import Evidence, Field, correction_problem
from infra.failures import Failure

TODAY = date(2026, 6, 1)
"""The day on which examples are looked at."""
_LETTER, _LEADING = 6.0, 14.0
"""Points: of a letter's width, and between lines."""


class BadCases(Failure):
    """A file of cases cannot be used."""


@dataclass(frozen=True)
class Tried:
    """A rule on an example. ``verdict`` is what code said of it; None where code says nothing and a model would be asked, and
    ``not applicable`` where the rule is not about such a document."""

    rule: Rule
    example: Example
    verdict: str | None
    message: str = ""

    @property
    def right(self) -> bool:
        return self.verdict == self.example.verdict


def cases_of(rulebook: Rulebook) -> list[tuple[Rule, Example]]:
    """The examples that its rules carry."""
    return [(rule, example) for rule in rulebook.rules for example in rule.examples]


def load_cases(path: Path, rulebook: Rulebook) -> list[tuple[Rule, Example]]:
    """The cases of a YAML file: a list of ``{rule, text, verdict, kind, fields}``.

    Raises:
        BadCases: the file is not there, or holds something else; the message says which case.
    """
    try:
        content = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise BadCases(f"the cases {path} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(content, list):
        raise BadCases(f"the cases {path} are no list: write one entry with rule, text and verdict for each")
    return list(_cases(content, path, rulebook))


def _cases(content: list[object], path: Path, rulebook: Rulebook) -> Iterator[tuple[Rule, Example]]:
    for n, entry in enumerate(content, 1):
        given = dict(entry) if isinstance(entry, dict) else {}
        rule = rulebook.rule(str(given.pop("rule", "")))
        if rule is None:
            raise BadCases(f"{path}, case {n}: `rule` is no id of the rulebook {rulebook.name}")
        try:
            yield rule, Example.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(map(str, first["loc"]))
            raise BadCases(f"{path}, case {n} of {rule.id}: {key}: {first['msg']}") from error


def facts_of_example(example: Example) -> Facts:
    """An example as if it were a document that was read.

    Raises:
        BadCases: one of its fields cannot be.
    """
    for path, value in example.fields.items():
        if problem := correction_problem(path, value):
            raise BadCases(f"the example “{example.text[:40]}”: {problem}")
    fields = {path: Field(value=value, evidence=Evidence(source="rule")) for path, value in example.fields.items()}
    return Facts(reading_of_text(example.text), fields, example.kind, TODAY)


def try_by_code(rulebook: Rulebook, rule: Rule, example: Example) -> Tried:
    """What code says of a rule on an example."""
    facts = facts_of_example(example)
    if not rule.applies(facts):
        return Tried(rule, example, "not applicable", "the rule does not apply to such a document")
    findings, _ = by_code(facts, rulebook.model_copy(update={"rules": [rule]}))
    if not findings:
        return Tried(rule, example, None, "code cannot tell; a model would be asked")
    worst = next((finding for finding in findings if finding.verdict != "pass"), findings[0])
    return Tried(rule, example, worst.verdict, worst.message)


def reading_of_text(text: str) -> Reading:
    """A reading of one page that holds ``text`` in letters of one width."""
    words = []
    for number, line in enumerate(text.splitlines()):
        at = 0
        for word in line.split(" "):
            if word:
                box = (at * _LETTER, number * _LEADING, (at + len(word)) * _LETTER, number * _LEADING + 10)
                words.append(Word(text=word, page=1, box=box, line=number))
            at += len(word) + 1
    height = max(842.0, (len(text.splitlines()) + 1) * _LEADING)
    return Reading(
        digest=sha256(text.encode()).hexdigest(),
        media_type="text/plain",
        pages=[Page(number=1, width=595, height=height)],
        words=words,
        text=text,
    )
