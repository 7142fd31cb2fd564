"""By what an issuer is found: identifiers and names, as they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agents.documents.layout import Cell, Layout
from agents.fields import values
from agents.fields.schema import Field, value_of
from agents.words import fold
from infra.records.issuers import MOST_KEYS

_MOST_NAMES = 400
_LONGEST_NAME = 80
_MOST_WORDS = 12
_PARTS = re.compile(r"\s[|•·●–—-]\s|[;|•·●]|,\s")


def keys_in(layout: Layout) -> list[str]:
    """What on the pages may name an issuer: each identifier whose check digits hold, and each text that may be a name."""
    text = layout.reading.text
    found = [f"vat:{_compact(one)}" for one in values.vat_ids(text)]
    found += [f"account:{_compact(one)}" for one in values.ibans(text)]
    found += [f"name:{fold(printed)}" for printed, _ in names_in(layout)]
    return list(dict.fromkeys(found))


def keys_of(fields: Mapping[str, Field], vendor: str | None, aliases: Sequence[str] = ()) -> list[str]:
    """By what the issuer of these fields is found, that which identifies it first: its VAT id, else its account, else its id in
    the vendor master, else its name. Empty where nothing of this is known.

    Args:
        vendor: its id in the vendor master.
        aliases: names under which its paper has it.
    """
    vat, theirs, account = (value_of(fields, path) for path in ("seller.vat_id", "buyer.vat_id", "payment.iban"))
    found = [f"vat:{_compact(vat)}"] if vat and values.is_vat_id(vat) and vat != theirs else []
    found += [f"account:{_compact(account)}"] if account and values.is_iban(account) else []
    found += [f"vendor:{vendor}"] if vendor else []
    found += [f"name:{key}" for name in aliases if (key := fold(name))]
    return list(dict.fromkeys(found))[:MOST_KEYS]


def names_in(layout: Layout) -> Iterator[tuple[str, Cell]]:
    """Texts that may be names, as printed, each with the cell it begins in: cells, parts of them, and two lines that are one."""
    yielded = 0
    for cell in layout.cells():
        if not cell.has_letters or len(cell.text) > 2 * _LONGEST_NAME:
            continue
        below = layout.below(cell, 0.9)
        parts = _PARTS.split(cell.text) if _PARTS.search(cell.text) else []
        together = [f"{cell.text} {below.text}"] if below is not None and below.has_letters else []
        for printed in (cell.text, *parts, *together):
            if 2 < len(printed) <= _LONGEST_NAME and len(printed.split()) <= _MOST_WORDS:
                yield printed.strip(), cell
                yielded += 1
        if yielded >= _MOST_NAMES:
            return


def _compact(printed: str) -> str:
    return values.compact(printed).upper()[:40]
