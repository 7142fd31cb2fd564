"""Prompt files, and the version by which a trace names a question about a rule."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from agents.controls.rulebook._book import Rule, Rulebook


@cache
def prompt(name: str) -> str:
    """The text of the prompt file ``name``, without its ending."""
    return (files(__package__) / f"{name}.md").read_text(encoding="utf-8").strip()


def version(rulebook: Rulebook, rule: Rule) -> str:
    """The version of the question about ``rule``: its id, the digests of the rulebook and of the prompt files."""
    fixed = sha256((prompt("instructions") + prompt("question")).encode()).hexdigest()
    return f"{rulebook.name}/{rule.id}@{rulebook.digest[:12]}+{fixed[:12]}"


def messages(document: str, rule: Rule) -> list[dict[str, str]]:
    """Chat messages in the order that lets all questions about one document share a prefix: instructions, document, question.
    The document's text cannot close the marks it stands between, nor spell a model's own (``<|im_end|>``): it is shown without
    any ``<``."""
    text = document.replace("<", "‹")
    question = prompt("question").replace("{question}", rule.question)
    return [
        {"role": "system", "content": prompt("instructions")},
        {"role": "user", "content": f"<document>\n{text}\n</document>\n\n{question}"},
    ]
