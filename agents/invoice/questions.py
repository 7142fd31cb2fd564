"""What is asked of a model about a document, what it is shown for that, and the shape its answer must have.

A model points, it does not type: names, numbers, days and amounts are chosen among the candidates that code found (an
enum in the JSON schema), so an invented value is impossible and the answer is short. Only the cells of a table that
code could not read are copied, and count if they are found on the page again.

A question is shown the part of the document it is about, instructions before it and the question behind it. Since most
documents are asked one question only, showing less saves more tokens than sharing a prefix does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from agents.documents.layout import Layout, Line
from agents.fields import values
from agents.fields.grounds import Ground
from agents.fields.table import FIELDS, PARTS, FieldSpec, Kind, Part
from agents.pages import Draft, Offer
from agents.pages.table import ROW_TOKENS

NONE = "none"
MOST_NAMES = 8
MOST_CANDIDATES = 60
LONGEST = 1600
"""Characters of the document that a question about its header or its totals shows: a small model finds more in less. A
table is shown whole, in as many questions as it needs (`runs`)."""

ASKED: dict[Part, dict[str, FieldSpec]] = {
    part: {spec.asked: spec for spec in FIELDS if spec.asked and spec.part == part} for part in PARTS
}
"""Of each part, answer key to the field it is about."""
HEADER: dict[str, str] = {
    key: spec.path for key, spec in sorted(ASKED["header"].items(), key=lambda asked: asked[1].kind is not Kind.NAME)
}
"""Answer key to the field whose candidates it is chosen among: who, then what."""
ALWAYS = tuple(key for key in HEADER if ASKED["header"][key].confirmed)
"""Asked though code may have an answer: where both agree, it is sure."""
TOTALS = {key: spec.path for key, spec in ASKED["totals"].items()}
LINE = {key: spec.name for key, spec in ASKED["lines"].items()}

_CHOICE_TOKENS = 40
_closed = ConfigDict(extra="forbid")


def header_keys(draft: Draft) -> list[str]:
    """What the question about the header asks for: what has to be confirmed, and what several candidates are left for."""
    keys = [
        key
        for key in ALWAYS
        if len(draft.choices.get(HEADER[key], ())) > 1
        or (draft.choices.get(HEADER[key]) and HEADER[key] not in draft.fields)
    ]
    for key in (key for key in HEADER if key not in ALWAYS):
        field = draft.fields.get(HEADER[key])
        if draft.choices.get(HEADER[key]) and (
            field is None or {Ground.WEAK_LABEL, Ground.GUESS, Ground.TWO_NAMES} & set(field.grounds)
        ):
            keys.append(key)
    return keys


def max_tokens(part: Part, draft: Draft, rows: int = 0) -> int:
    """Most output tokens an answer about ``part`` may take. That of a table follows from how many ``rows`` it can have, so
    that an answer that runs on is cut off before it has cost minutes."""
    if part == "header":
        return _CHOICE_TOKENS * (len(header_keys(draft)) + 2)
    if part == "totals":
        return 120
    return ROW_TOKENS * (rows + 2)


def answer_shape(part: Part, draft: Draft, text: str, rows: int = 0) -> type[BaseModel]:
    """The pydantic model of the answer about ``part``, with the candidates found in the document: the numbers of a table
    and of totals are those in ``text``, which is what is shown. ``rows`` is how many a table can have."""
    if part == "header":
        # As `create_model` takes them.
        columns: dict[str, Any] = {} if draft.kind else {"kind": Literal["invoice", "credit_note", "other"]}
        for key in header_keys(draft):
            most = MOST_NAMES if ASKED["header"][key].kind is Kind.NAME else MOST_CANDIDATES
            columns[key] = _choice([_told(c) for c in draft.choices[HEADER[key]][:most]])
        return _model("Header", **(columns or {"kind": Literal["invoice", "credit_note", "other"]}))
    numbers = list(dict.fromkeys("".join(n.split()) for n in values.amounts(text)))
    amount = _choice([n for n in numbers if values.is_money(n)] or numbers)
    if part == "totals":
        return _model("Totals", net=amount, tax=amount, gross=amount)
    line = _model(
        "Line",
        name=_printed(90),
        quantity=_choice(numbers),
        price=_choice(numbers),
        amount=amount,
        rate=_choice(numbers),
    )
    return _model("Lines", lines=Annotated[list[line], Field(max_length=rows + 2)])  # type: ignore[valid-type]


def chosen(offers: Sequence[Offer], answer: str) -> Offer | None:
    """The offer that ``answer`` names."""
    return next((offer for offer in offers if _told(offer) == answer), None)


def shown(part: Part, draft: Draft, layout: Layout) -> str:
    """The part of the document that a question about its header or its totals is about. (What is shown of a table: `runs`.)"""
    table = draft.table
    # What follows the last row may be taken for more of its name, and be the first of the totals: it is shown.
    outside = [line for line in layout.lines if table is None or not table.first <= line.number <= table.last_row]
    if part == "totals":
        lines = [line.text for line in outside if any(c.isdigit() for c in line.text)]
        if sum(map(len, lines)) > LONGEST:  # remarks and terms have numbers, too, and may stand behind the totals
            lines = [text for text in lines if any(values.is_money(n) for n in values.amounts(text))]
        return _cut("\n".join(lines), LONGEST, tail=0.7)
    asked = {c.line for key in header_keys(draft) for c in draft.choices[HEADER[key]][:MOST_NAMES]}
    return _cut("\n".join(_kept(outside, asked)), LONGEST, tail=0.3)


def _kept(lines: Sequence[Line], asked: set[int]) -> list[str]:
    """The lines a choice is about, with their neighbours; all of them while they are few."""
    if sum(len(line.text) for line in lines) <= LONGEST:
        return [line.text[:160] for line in lines]
    near = {n + d for n in asked for d in (-1, 0, 1)}
    return [line.text[:120] for n, line in enumerate(lines) if line.number in near or n < 6]


def _cut(text: str, most: int, tail: float = 0.5) -> str:
    """``text``, numbers printed with spaces without them (a small model stops copying there), cut in the middle, but not
    within a word: half a number would be a choice."""
    text = values.without_spaces(text)
    if len(text) <= most:
        return text
    behind = int(most * tail)
    before = re.sub(r"\S*$", "", text[: most - behind])
    after = re.sub(r"^\S*", "", text[-behind:])
    return f"{before.rstrip()}\n…\n{after.lstrip()}"


def _told(offer: Offer) -> str:
    return " ".join(offer.text.split())[:80].replace('"', "'").replace("\\", "/")


def _printed(longest: int) -> Any:
    """A printed text of at most ``longest`` characters. The bound stands in the pattern: xgrammar takes no other beside one."""
    return Annotated[str, Field(pattern=rf'^[^\s"\\][^"\\\n]{{0,{longest - 1}}}$')]


def _model(shape: str, /, **columns: Any) -> type[BaseModel]:
    fields: Mapping[str, Any] = {k: (v, ...) for k, v in columns.items()}
    made: type[BaseModel] = create_model(shape, __config__=_closed, **fields)
    return made


def _choice(candidates: Sequence[str]) -> Any:
    return Literal[(*dict.fromkeys(candidates), NONE)]
