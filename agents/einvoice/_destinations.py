"""Every payment destination that an e-invoice's XML names: in the elements that are made for it, all means of payment of them,
and in any other text, such as notes and terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agents.documents.safe_xml import BrokenXml, UnsafeXml, parse_xml
from agents.einvoice._elements import local_name
from agents.einvoice._syntaxes import SYNTAXES
from agents.fields import destinations
from agents.fields.destinations import Destination, Scheme, kept, of_account
from agents.fields.identifiers import is_bic

_DIRECT_DEBIT = ("49", "59")
"""Means of payment by which nothing is paid but collected (UNTDID 4461)."""
_ATTACHED = "BinaryObject"
"""How elements end that hold another document."""
_MEANS = ("TypeCode", "PaymentMeansCode")


def destinations_of_xml(xml: str) -> list[Destination]:
    """What ``xml`` names to be paid to, each once; nothing of what cannot be read."""
    try:
        root = parse_xml(xml)
    except (BrokenXml, UnsafeXml):
        return []
    stated = {element: scheme for syntax in SYNTAXES for element, scheme in syntax.destinations.items()}
    return kept(_named(root, stated))


def _named(root: Any, stated: Mapping[str, Scheme]) -> Iterator[Destination]:
    for element in root.iter():
        text = " ".join((element.text or "").split())
        if not isinstance(element.tag, str) or not text or local_name(element).endswith(_ATTACHED):
            continue
        scheme = _scheme(element, stated)
        if scheme in (None, Scheme.PAYEE, Scheme.HOLDER):  # a name may say anything, too
            for one in destinations.find(text):
                printed = text[one.start : one.end][:120]
                yield Destination(scheme=one.scheme, value=one.value, printed=printed, where="xml")
        if scheme is None:
            continue
        if scheme is Scheme.ACCOUNT or (scheme is Scheme.BIC and not is_bic(text)):
            if any(c.isdigit() or c == "@" for c in text):
                yield of_account(text)
        elif scheme is not Scheme.DEBITED or local_name(element) not in _MEANS or text in _DIRECT_DEBIT:
            value = text if scheme in (Scheme.PAYEE, Scheme.HOLDER) else destinations.compact(text)
            yield Destination(scheme=scheme, value=value[:120], printed=text[:120], where="xml")


def _scheme(element: Any, stated: Mapping[str, Scheme]) -> Scheme | None:
    """What an element is made for, by its name and that of one it stands in: the nearest that says."""
    name, parent = local_name(element), element.getparent()
    above: list[str] = []
    while parent is not None and len(above) < 3:
        above.append(local_name(parent))
        parent = parent.getparent()
    return next((stated[f"{one}/{name}"] for one in above if f"{one}/{name}" in stated), None)
