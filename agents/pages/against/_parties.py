"""Who invoices whom: names and identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agents.documents.places import Place
from agents.fields import values
from agents.fields.schema import Field
from agents.pages.against._comparison import Comparison, contradicted, identified, shown_or_not
from agents.pages.against._labels import BANK, LEGAL_FORMS
from agents.pages.against._page import PrintedPage
from agents.pages.against._wording import folded, words_of


def parties(fields: Mapping[str, Field], page: PrintedPage) -> Iterator[Comparison]:
    names = {role: fields[f"{role}.name"].value for role in ("seller", "buyer") if f"{role}.name" in fields}
    for role, name in names.items():
        path = f"{role}.name"
        named = page.names(name)
        if not (named or any(page.names(w) for w in _telling(name))) and (other := _other_company(names, page)):
            yield contradicted(path, name, other.text, other)
        else:
            yield shown_or_not(path, name, named)
    vat_ids = {fields[p].value.upper() for p in ("seller.vat_id", "buyer.vat_id") if p in fields}
    for role in ("seller", "buyer"):
        if vat_id := fields.get(f"{role}.vat_id"):
            yield identified(f"{role}.vat_id", vat_id.value, _other_vat_ids(vat_id.value, vat_ids, page), page)
        for column in ("tax_number", "legal_id"):
            if field := fields.get(f"{role}.{column}"):
                shown = page.shows_legal_id(field.value) if column == "legal_id" else page.shows(field.value)
                yield shown_or_not(f"{role}.{column}", field.value, shown)


def _telling(name: str) -> list[str]:
    """Words of a name that tell it from others."""
    return [w for w in words_of(name) if len(w) > 2 and w not in LEGAL_FORMS] or words_of(name)


def _other_company(names: Mapping[str, str], page: PrintedPage) -> Place | None:
    """A company that is named on the page with its legal form, and is neither party nor a bank."""
    known = {w for name in names.values() for w in _telling(name)}
    for cell in page.layout.cells():
        words = cell.text[:200].split()
        for n, word in enumerate(words[1:8], 1):
            before = words_of(" ".join(words[:n]))
            if (
                not word.islower()
                and (words_of(word) or [""])[-1] in LEGAL_FORMS
                and before
                and not known & set(before)
            ):
                text = " ".join(words[: n + 1])
                if not BANK.search(folded(text)):
                    return Place(cell.page, cell.box, text)
    return None


def _other_vat_ids(stated: str, known: set[str], page: PrintedPage) -> Iterator[str]:
    """VAT ids on the page that the e-invoice does not know, with valid check digits, or at least of the same country and
    length: a misprint, or the id of a company that is none."""
    country = stated[:2].upper()
    if not country.isalpha() or len(stated) > 20:
        return
    shaped = rf"(?<![^\W_])({country}(?:[ .\-\u00a0]?[0-9A-Z]){{{len(stated) - 2}}})(?![^\W_]|[ .\u00a0]\d)"
    for printed in (*(m[1] for m in re.finditer(shaped, page.text)), *values.vat_ids(page.text)):
        plain = "".join(c for c in printed.upper() if c.isalnum())
        if plain not in known and sum(c.isdigit() for c in plain) >= 6:
            yield printed
