"""What is asked of a model about a document, and the shape each answer must have.

Days, amounts and VAT ids are chosen among the candidates that code found in the document (an enum in the JSON schema),
so that an invented one is impossible; names and numbers are copied, and count only if they are found there again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from agents.invoice import values
from agents.invoice.state import Part

NONE = "none"
MOST_LINES = 40
MOST_CANDIDATES = 250

_ROW_TOKENS = 60


def max_tokens(part: Part, text: str) -> int:
    """Most output tokens an answer about ``part`` may take: what a long one needs. That of a table follows from how many
    lines of the text hold an amount, so that an answer that runs on is cut off before it has cost minutes."""
    rows = sum(any(values.is_money(n) for n in values.amounts(line)) for line in text.splitlines())
    most: dict[Part, int] = {
        "header": 160,
        "parties": 200,
        "totals": 300,
        "lines": min(_ROW_TOKENS * (rows + 2), _ROW_TOKENS * MOST_LINES),
    }
    return most[part]


def _printed(longest: int) -> Any:
    """A printed text of at most ``longest`` characters. The bound stands in the pattern: xgrammar takes no other beside one."""
    return Annotated[str, Field(pattern=rf'^[^\s"\\][^"\\\n]{{0,{longest - 1}}}$')]


_Line = _printed(90)
_Reference = _printed(40)
_closed = ConfigDict(extra="forbid")


class Kind(BaseModel):
    """The answer to ``classify``."""

    model_config = _closed
    kind: Literal["invoice", "credit_note", "other"]


def answer_shape(part: Part, text: str) -> type[BaseModel]:
    """The pydantic model of the answer about ``part``, with the candidates found in ``text``."""
    days = _choice(values.dates(text))
    numbers = list(dict.fromkeys("".join(n.split()) for n in values.amounts(text)))  # as `nodes` shows them
    amount = _choice([n for n in numbers if values.is_money(n)] or numbers)
    vat_id = _choice(values.vat_ids(text))
    number = _choice(numbers)
    if part == "header":
        return _model(
            "Header",
            invoice_number=_Reference,
            issue_date=days,
            due_date=days,
            delivery_date=days,
            purchase_order=_Reference,
        )
    if part == "parties":
        return _model("Parties", seller_name=_Line, seller_vat_id=vat_id, buyer_name=_Line, buyer_vat_id=vat_id)
    if part == "totals":
        rate = _model("Rate", rate=_choice([n for n in numbers if _looks_like_rate(n)]), basis=amount, amount=amount)
        return _model("Totals", net=amount, tax=amount, gross=amount, due=amount, rates=_list_of(rate, 5))
    line = _model("Line", name=_Line, quantity=number, price=number, amount=amount, rate=number)
    return _model("Lines", lines=_list_of(line, MOST_LINES))


def _list_of(row: type[BaseModel], most: int) -> Any:
    return Annotated[list[row], Field(max_length=most)]  # type: ignore[valid-type]


def _model(shape: str, /, **columns: Any) -> type[BaseModel]:
    made: type[BaseModel] = create_model(shape, __config__=_closed, **{k: (v, ...) for k, v in columns.items()})  # type: ignore[call-overload]
    return made


def _choice(candidates: Sequence[str]) -> Any:
    half = MOST_CANDIDATES // 2
    if len(candidates) > MOST_CANDIDATES:  # totals stand at the end
        candidates = [*candidates[:half], *candidates[-half:]]
    return Literal[(*candidates, NONE)]


def _looks_like_rate(printed: str) -> bool:
    number = values.parse_amount(printed)
    return number is not None and 0 <= number <= 30
