"""Prompt files, and the version by which a trace names them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def prompt(name: str) -> str:
    """The text of the prompt file ``name``, without its ending."""
    return (files(__package__) / f"{name}.md").read_text(encoding="utf-8").strip()


@cache
def version(name: str) -> str:
    """The version of the question ``name``: its name and the digest of the instructions and the question."""
    return f"{name}@{sha256((prompt('instructions') + prompt(name)).encode()).hexdigest()[:12]}"


def messages(document: str, question: str) -> list[dict[str, str]]:
    """Chat messages in the order that lets all questions about one document share a prefix: instructions, document,
    question. The document's text cannot close the marks it stands between, nor spell a model's own (``<|im_end|>``): it is
    shown without any ``<``."""
    text = document.replace("<", "‹")
    return [
        {"role": "system", "content": prompt("instructions")},
        {"role": "user", "content": f"<document>\n{text}\n</document>\n\n{question}"},
    ]
