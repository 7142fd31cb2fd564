"""The catalogue of rules: what each says, as it stands in the stylesheets that judge."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from agents.einvoice.en16931 import _sheets
from agents.einvoice.en16931._kinds import gravest, kind_of
from agents.einvoice.en16931._sheets import Sheet
from agents.fields.rules import EInvoiceRuleKind

XSL = "{http://www.w3.org/1999/XSL/Transform}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
UNNAMED = "FX-SCH-A"
"""What Factur-X's rules about code lists are called here: they have no id of their own."""

_NAMED = re.compile(r"(?:^|^[^\[\]]*?)\[?(?P<id>(?:BR|CII|UBL|PEPPOL)-[A-Za-z0-9/_-]+?)\s*\]\s*[-:]*\s*")
_FRENCH = re.compile(r"^\[?BR-FR-[^:\]]+[:\]]\s*")
_TERM = re.compile(r"\bB[TG]-\d+\b")


@dataclass(frozen=True)
class OfficialRule:
    """One rule: a business rule of EN 16931 or a rule of a syntax or profile."""

    id: str
    text: str
    flag: str
    """``fatal`` or ``warning``."""
    terms: tuple[str, ...]
    """Business terms and groups it names: ``BT-112``, ``BG-23``."""
    syntaxes: tuple[str, ...]
    layer: str
    sheet: str
    """The file it stands in, or the first of them."""
    kind: EInvoiceRuleKind
    """What it is about; of one that stands several times, the gravest."""


def catalogue() -> list[OfficialRule]:
    """Every rule, by id."""
    return [rule for _, rule in sorted(_all().items())]


def rule(id: str) -> OfficialRule | None:
    """The rule of that id, in any case of its letters; None if there is none."""
    anyhow = {known.casefold(): rule for known, rule in _all().items()}
    return _all().get(id) or anyhow.get(id.strip().casefold())


def rules_of(sheet: Sheet) -> dict[str, OfficialRule]:
    """The rules of ``sheet`` that count here, by id."""
    return {id: rule for id, rule in _read(sheet.name, sheet.layer).items() if sheet.kept.match(id)}


def named(id: str | None, text: str) -> tuple[str, str]:
    """A rule's id and its text without it. Below the level EN 16931 Factur-X numbers official rules anew and gives their
    ids in the text alone; then that id is the rule's."""
    text = " ".join(text.split())
    match = _NAMED.match(text)
    said = match["id"] if match else None
    if id is None or id.startswith(UNNAMED):
        id = said or id or UNNAMED
    if match:
        return id, text[match.end() :]
    return id, _FRENCH.sub("", text, count=1)


def terms_in(text: str) -> tuple[str, ...]:
    """The business terms and groups a text names, each once."""
    return tuple(dict.fromkeys(_TERM.findall(text)))


@cache
def _all() -> dict[str, OfficialRule]:
    rules: dict[str, OfficialRule] = {}
    for sheet in _sheets.ALL:
        for id, rule in rules_of(sheet).items():
            known = rules.get(id)
            if known is None:
                rules[id] = rule
            elif rule.syntaxes[0] not in known.syntaxes:
                rules[id] = OfficialRule(**{**asdict(known), "syntaxes": (*known.syntaxes, *rule.syntaxes)})
    return rules


def _context(check: Any) -> str:
    """The elements that an assert is about: what its template matches."""
    template = next(check.iterancestors(f"{XSL}template"), None)
    return "" if template is None else str(template.get("match") or "").split("|")[0].strip()


@cache
def _read(name: str, layer: str) -> dict[str, OfficialRule]:
    """The asserts of a stylesheet. One that stands several times, for several places, is one rule."""
    syntax = "ubl" if name.startswith("ubl") else "cii"
    rules: dict[str, OfficialRule] = {}
    for check in etree.parse(str(_sheets.folder() / name)).iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
        computed = check.findall(f"{XSL}attribute")
        said = {attribute.get("name"): "".join(attribute.itertext()) for attribute in computed} | dict(check.attrib)
        id, text = named(said.get("id"), "".join(check.find(f"{SVRL}text").itertext()))
        kind = kind_of(text, said.get("test", ""), _context(check), id)
        if known := rules.get(id):
            rules[id] = replace(known, kind=gravest([known.kind, kind]))
        else:
            flag = "warning" if said.get("flag") == "warning" else "fatal"
            rules[id] = OfficialRule(id, text, flag, terms_in(text), (syntax,), layer, name, kind)
    return rules
