"""How invoices label what they print, and what tells firms and currencies apart."""

from __future__ import annotations

import re

from agents.pages.against._wording import folded, words_of
from agents.words import in_text, printed


def label_of(text: str) -> tuple[str, str]:
    """The words a cell begins with up to a number or colon, folded, and what comes behind them."""
    match = re.match(r"[^\d:#]{1,60}", text)
    if not match:
        return "", ""
    label, rest = match[0], text[match.end() :].lstrip(" :#")
    plain = " ".join(w for w in words_of(label) if w not in CURRENCY_WORDS)
    return plain, rest


def _folded(term: str) -> frozenset[str]:
    """Labels, folded as `label_of` folds what is printed."""
    return frozenset(" ".join(words_of(label)) for label in printed(term))


LEGAL_FORMS = _folded("firms.forms")
CURRENCY_WORDS = _folded("plain.currency")
NUMBER_LABELS = _folded("plain.invoice_number")
ORDER_LABELS = _folded("plain.purchase_order_ref")
DATE_LABELS = {term: _folded(f"plain.{term}") for term in ("issue_date", "due_date", "delivery_date")}
TOTAL_LABELS = _folded("plain.total")
BANK = re.compile(in_text("text.bank", folded))
"""A firm with a legal form that is no party, but a bank, an insurer or a register."""
