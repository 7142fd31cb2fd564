"""Whether anyone named in the document is on the sanctions list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agents.controls.rulebook._checks.said import CodeCheck, Parameters, Said, failed, not_assessable, passed
from agents.controls.rulebook._passages import Passage, plain
from agents.controls.rulebook._sanctions import Match
from agents.words import in_text
from infra.records import JsonObject
from infra.text import unaccented

if TYPE_CHECKING:
    from agents.controls.rulebook._facts import Facts

_HEADER_LINES = 30
_MOST_LINES = 200
_PAYMENT = re.compile(in_text("text.paying", unaccented))
"""What a line about paying says. Letters without accents."""
_PARTIES = {"seller": "seller.name", "buyer": "buyer.name"}


def not_sanctioned(facts: Facts, _: Parameters) -> list[Said]:
    """Whether seller, buyer, or a name at the top of the document or in a line about paying is like one on the list."""
    listed = facts.sanctions
    if listed is None:
        return not_assessable("no sanctions list is configured; name one with COUNTERFOIL_SANCTIONS_LIST")
    said: dict[str, Said] = {}
    for role, path in _PARTIES.items():
        name = facts.value(path)
        if name and (match := listed.match(name) or listed.within(name)):
            evidence = {"quote": name, **_where(facts, path), **_entry(match)}
            (said[match.entry.id],) = failed(f"the {role} {name} {_like(match)}", path, **evidence)
    vendor = facts.vendor
    for name in (vendor.name, *vendor.aliases) if vendor else ():
        if (match := listed.match(name)) and match.entry.id not in said:
            (said[match.entry.id],) = failed(f"the vendor {name} {_like(match)}", "seller.name", **_entry(match))
    for line in _looked_at(facts):
        for text in (line.text, *re.split(r"\s{2,}|[|,;:]", line.text)):
            match = listed.within(text) if text is line.text else listed.match(text)
            if match and match.entry.id not in said:
                evidence = {**line.evidence, **_entry(match)}
                (said[match.entry.id],) = failed(f"“{text.strip()[:80]}” {_like(match)}", **evidence)
    return list(said.values()) or passed(
        f"nobody named is like one of the {len(listed.entries)} on the list {listed.name}"
    )


def _looked_at(facts: Facts) -> Iterator[Passage]:
    """The first lines, and those about paying with the one behind each."""
    behind = False
    for n, line in enumerate(facts.passages.lines[: 20 * _MOST_LINES]):
        pays = bool(_PAYMENT.search(plain(line.text)))
        if n < _HEADER_LINES or pays or behind:
            yield line
        behind = pays


def _like(match: Match) -> str:
    return f"is like {match.listed} on the sanctions list (entry {match.entry.id}, {match.score:g} of 100)"


def _entry(match: Match) -> JsonObject:
    return {"score": match.score, "entry": match.entry.id, "listed": match.listed, "country": match.entry.country}


def _where(facts: Facts, path: str) -> JsonObject:
    place = facts.fields[path].evidence
    return {"page": place.page, "box": place.box} if place.page else {}


CHECKS = {"not_sanctioned": CodeCheck(not_sanctioned, "Nobody named in it is on the sanctions list.")}
