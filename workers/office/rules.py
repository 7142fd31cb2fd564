"""Rulebooks: loading one, finding a rule, and holding a rulebook's examples against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agents.controls.rulebook import BadRulebook, Rule, Rulebook, load_rulebook
from agents.controls.rulebook.examples import BadCases, Tried, cases_of, facts_of_example, load_cases, try_by_code
from workers.office.errors import NotKnown, WronglyAsked

if TYPE_CHECKING:
    from agents.einvoice.en16931 import OfficialRule
    from infra.settings import Settings


def rulebook(name: str) -> Rulebook:
    """A shipped rulebook, or one in a YAML file.

    Raises:
        WronglyAsked: it cannot be used; the message has all that is wrong.
    """
    try:
        return load_rulebook(name)[1]
    except BadRulebook as error:
        listed = "\n".join(f"- {problem}" for problem in error.problems)
        raise WronglyAsked(f"{name} cannot be used:\n{listed}") from error


def rule(book: Rulebook, id: str) -> Rule | OfficialRule:
    """A rule of a rulebook, else of EN 16931.

    Raises:
        NotKnown: neither has it; the message lists those of the rulebook.
    """
    from agents.einvoice import en16931

    if known := book.rule(id.upper()) or en16931.rule(id):
        return known
    listed = ", ".join(rule.id for rule in book.rules)
    raise NotKnown(f"no rule {id!r} in the rulebook {book.name} nor in EN 16931. {book.name} has: {listed}")


def try_examples(book: Rulebook, cases: Path | None = None) -> list[Tried]:
    """What code makes of a rulebook's own examples, and of those in a file.

    Raises:
        WronglyAsked: the file cannot be used.
    """
    try:
        given = [*cases_of(book), *(load_cases(cases, book) if cases else [])]
        return [try_by_code(book, rule, example) for rule, example in given]
    except BadCases as error:
        raise WronglyAsked(str(error)) from error


async def ask_model(settings: Settings, book: Rulebook, tried: Sequence[Tried]) -> list[Tried]:
    """Ask the endpoint about what code left open; all else stays. It may cost."""
    from agents.controls.rulebook import ask_rule
    from infra.models import MemoryCallBook, ModelClient, tiers_of

    models = ModelClient(tiers_of(settings), MemoryCallBook(), allowed_hosts=settings.allowed_hosts)
    asked = []
    try:
        for example in tried:
            if example.verdict is None:
                passages = facts_of_example(example.example).passages
                finding, _ = await ask_rule(models, "rules-test", book, example.rule, passages)
                example = replace(example, verdict=finding.verdict, message=finding.message)
            asked.append(example)
    finally:
        await models.close()
    return asked
