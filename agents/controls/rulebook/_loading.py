"""Reading rulebook files: YAML, checked; what is wrong is said by rule and key, with what to do. And keeping them by digest,
so that an execution is judged to its end by the rulebook it began with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import JsonValue, ValidationError

from agents.controls.rulebook import _book as parts
from agents.controls.rulebook._book import Rulebook
from agents.controls.rulebook._sanctions import SanctionsList, load_sanctions, read_sanctions
from agents.controls.strict_yaml import NotYaml, load_yaml, path_of, problems_of
from infra.document_store import DocumentStore
from infra.failures import Failure
from infra.records import JsonObject
from infra.settings import Settings

LONGEST_FILE = 1_000_000
"""Bytes of a rulebook."""


class BadRulebook(Failure):
    """A rulebook cannot be used; ``problems`` has one sentence for each thing that is wrong."""

    def __init__(self, name: str, problems: list[str]) -> None:
        super().__init__(f"the rulebook {name} cannot be used: {'; '.join(problems)}")
        self.problems = problems


def shipped() -> list[str]:
    """The names of the rulebooks that come with this program."""
    folder = files(__package__) / "rulebooks"
    return sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))


def load_rulebook(named: str) -> tuple[bytes, Rulebook]:
    """The bytes of a rulebook and what they hold: a shipped one by its name, else the file at that path.

    Raises:
        BadRulebook: it is not there, is no YAML, or is no rulebook.
    """
    if named in shipped():
        data = (files(__package__) / "rulebooks" / f"{named}.yaml").read_bytes()
        return data, read_rulebook(data, named)
    path = Path(named)
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_FILE + 1)
    except OSError as error:
        known = ", ".join(shipped())
        raise BadRulebook(named, [f"{error.strerror or error}; name a YAML file, or one of: {known}"]) from error
    return data, read_rulebook(data, str(path))


@lru_cache(16)
def read_rulebook(data: bytes, name: str) -> Rulebook:
    """The rulebook in ``data``; ``name`` is what messages call it. Of the last few a process keeps what they hold: to read
    one takes a tenth of a second.

    Raises:
        BadRulebook: it is no YAML, or no rulebook.
    """
    if len(data) > LONGEST_FILE:
        raise BadRulebook(name, [f"it is longer than {LONGEST_FILE:,} bytes"])
    try:
        content = load_yaml(data)
    except NotYaml as error:
        raise BadRulebook(name, [f"it is no YAML: {error}"]) from error
    if not isinstance(content, dict):
        raise BadRulebook(name, ["it holds no keys; a rulebook has name, version, language and rules"])
    if "digest" in content:
        raise BadRulebook(name, ["digest: it is computed; leave it out"])
    try:
        rulebook = Rulebook.model_validate(content)
    except ValidationError as error:
        raise BadRulebook(name, list(problems_of(error, parts, lambda loc: _place(loc, content)))) from error
    return rulebook.model_copy(update={"digest": sha256(data).hexdigest()})


def schema() -> JsonObject:
    """The JSON schema of a rulebook file."""
    of_file = Rulebook.model_json_schema(by_alias=True)
    of_file["properties"].pop("digest", None)
    return of_file


def keep_rulebook(settings: Settings) -> dict[str, JsonValue]:
    """Put the rulebook of the settings, and the sanctions list if there is one, into the document store; returns what an
    execution keeps of them: ``name``, ``version``, ``digest``, and the digest of the list as ``sanctions``.

    Raises:
        BadRulebook, BadSanctionsList: it cannot be used.
        NotKept: the store does not take it.
    """
    data, book = load_rulebook(settings.rulebook)
    store = DocumentStore(settings.documents)
    listed = None
    if settings.sanctions_list:
        names, _ = load_sanctions(settings.sanctions_list)
        listed = store.put(names)
    return {"name": book.name, "version": book.version, "digest": store.put(data), "sanctions": listed}


def kept_rulebook(documents: DocumentStore, kept: Mapping[str, Any]) -> Rulebook:
    """The rulebook an execution keeps.

    Raises:
        FileNotFoundError: it is not in the store.
    """
    return _rulebook(documents, kept["digest"], kept["name"])


def kept_sanctions(documents: DocumentStore, kept: Mapping[str, Any]) -> SanctionsList | None:
    """The sanctions list an execution keeps; None where there is none."""
    return _sanctions(documents, digest) if (digest := kept.get("sanctions")) else None


@lru_cache(16)
def _rulebook(documents: DocumentStore, digest: str, name: str) -> Rulebook:
    return read_rulebook(documents.get(digest), name)


@lru_cache(4)
def _sanctions(documents: DocumentStore, digest: str) -> SanctionsList:
    return read_sanctions(documents.get(digest), f"with digest {digest[:12]}")


def _place(loc: Sequence[int | str], content: Mapping[str, Any]) -> str:
    """Which rule by its id, and which key of it."""
    rule_of, rest = "", list(loc)
    if len(rest) >= 2 and rest[0] == "rules" and isinstance(rest[1], int):
        rules = content.get("rules")
        rule = rules[rest[1]] if isinstance(rules, list) and rest[1] < len(rules) else None
        id = rule.get("id") if isinstance(rule, dict) else None
        rule_of, rest = f"rule {id or f'number {rest[1] + 1}'}", rest[2:]
    return ", ".join(part for part in (rule_of, path_of(rest)) if part)
