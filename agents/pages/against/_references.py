"""The numbers of the invoice and of its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agents.fields import values
from agents.fields.schema import Field
from agents.pages.against._comparison import Comparison, contradicted, shown_or_not
from agents.pages.against._dates import DAY
from agents.pages.against._labels import NUMBER_LABELS, ORDER_LABELS
from agents.pages.against._page import LabelledText, PrintedPage
from agents.pages.against._wording import letters_of


def references(fields: Mapping[str, Field], page: PrintedPage) -> Iterator[Comparison]:
    for path, labels in (("invoice_number", NUMBER_LABELS), ("purchase_order_ref", ORDER_LABELS)):
        if field := fields.get(path):
            yield _referred(path, field.value, page.labelled(labels, _reference), page)


def _referred(path: str, stated: str, labelled: Sequence[LabelledText], page: PrintedPage) -> Comparison:
    """A reference: where labels lead to others only, the page contradicts; even if it stands elsewhere (as that of an
    invoice that this one replaces), if it is sure that the label is the other's."""
    letters = letters_of(stated)
    printed = [letters_of(text.text) for text in labelled]
    same = any(letters in other or other in letters for other in printed)
    shown = page.shows(stated)
    others = [] if same else [text for text in labelled if text.sure or not shown]
    if others:
        return contradicted(path, stated, others[0].text, others[0].place)
    return shown_or_not(path, stated, shown)


def _reference(text: str) -> str | None:
    """The first word of ``text`` if it looks like a reference: with a digit, of three characters or more, no day."""
    word = text.split("  ")[0].split()[0].strip(".,;:()") if text.strip() else ""
    if len(word) < 3 or not any(c.isdigit() for c in word) or DAY.fullmatch(word) or values.is_money(word):
        return None
    return word if len(word) <= 40 else None
