"""What a party is registered as: VAT id, tax number, number of a register, each by what it is and not only by the scheme it is
stated under.

Senders state under "another tax" (FC in CII, TAX and others in UBL) what their country wants printed there: the name of a register
(Norway), a sentence (Sweden), a number of the register of companies, or the VAT id again. None of that is a tax number (BT-32).
Under VAT there may be two: of more than one, the first that is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.einvoice._elements import Element
from agents.fields.identifiers import is_german_tax_number
from agents.fields.values import is_vat_id
from agents.words import in_text, phrases

_REGISTERED = re.compile(rf"(?i){in_text('text.registered')}")


def vat_id_of(under_vat: Sequence[Element], under_other: Sequence[Element], country: str | None) -> Element | None:
    """The VAT id (BT-31, BT-48): of those under VAT the first with valid check digits, its own ``country``'s before others; else
    the first under VAT that is no tax number; else one that stands under another tax."""
    valid = [element for element in under_vat if _is_vat_id(element)]
    at_home = [element for element in valid if country and _compact(element).startswith(country)]
    stated = [element for element in under_vat if not (country == "DE" and is_german_tax_number(element.text))]
    return next(iter([*at_home, *valid, *stated, *filter(_is_vat_id, under_other)]), None)


def tax_number_of(under_vat: Sequence[Element], under_other: Sequence[Element], country: str | None) -> Element | None:
    """The tax number (BT-32): what holds a digit, and is neither a VAT id nor a number of a register."""
    swapped = [element for element in under_vat if country == "DE" and is_german_tax_number(element.text)]
    stated = [element for element in under_other if _is_number(element)]
    return next((element for element in [*stated, *swapped] if not _is_register(element)), None)


def register_number_of(under_other: Sequence[Element]) -> Element | None:
    """A number of a register that is stated as one of tax."""
    return next((element for element in under_other if _is_number(element) and _is_register(element)), None)


def _is_number(element: Element) -> bool:
    return any(c.isdigit() for c in element.text) and not _is_vat_id(element)


def _is_vat_id(element: Element) -> bool:
    return is_vat_id(_compact(element))


def _is_register(element: Element) -> bool:
    """Whether it begins with the name of a register, or the label of a number in one."""
    text = element.text[:200]
    return bool(_REGISTERED.match(text) or phrases("labels.legal_id").match(" ".join(re.split(r"\W+", text.lower()))))


def _compact(element: Element) -> str:
    return re.sub(r"[\s.-]", "", element.text).upper()
