"""Vendors from a file, and into one.

A column that the file does not have leaves what is on record; a cell that is empty clears it. So a file of ``id`` and
``terms_days`` changes terms and takes no account away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.records import Vendor
from workers.master import _values
from workers.master._rows import Wrong, quoted, read_rows
from workers.master._writing import as_csv, as_json
from workers.master.reading import Columns, Read, values_of

COLUMNS: Columns = {
    "id": _values.required,
    "name": _values.required,
    "aliases": _values.texts,
    "vat_ids": _values.vat_ids,
    "tax_numbers": _values.texts,
    "legal_ids": _values.texts,
    "ibans": _values.ibans,
    "destinations": _values.texts,
    "country": _values.country,
    "currency": _values.currency,
    "terms_days": _values.days,
    "limit": _values.amount,
    "cost_centre": _values.text,
    "order_required": _values.truth,
    "blocked": _values.text,
}
ALIASES = {
    "vendor_id": "id",
    "alias": "aliases",
    "vat_id": "vat_ids",
    "tax_number": "tax_numbers",
    "legal_id": "legal_ids",
    "iban": "ibans",
    "destination": "destinations",
    "cost_center": "cost_centre",
}
"""Other names that columns may have."""


def read_vendors(path: Path, tenant: str, known: Mapping[str, Vendor] | None = None) -> Read[Vendor]:
    """The vendors in a file.

    Args:
        known: those on record, by id.

    Raises:
        BadFile: it cannot be read as a whole.
    """
    known = known or {}
    read: Read[Vendor] = Read()
    first: dict[str, str] = {}
    for row in read_rows(path, list(COLUMNS), needed=["id"], listed_as="vendors", aliases=ALIASES):
        before = known.get(_values.same_id(row.values.get("id", "")))
        needed = ("id",) if before else ("id", "name")
        values, wrong = values_of(row, COLUMNS, path.name, needed)
        if not wrong and values["id"] in first:
            what = f"{values['id']} stands in row {first[values['id']]} already; delete one of the two"
            wrong = [Wrong(path.name, row.number, "id", what)]
        if "id" in values:
            first.setdefault(values["id"], row.number)
        if wrong:
            read.problems += wrong
        else:
            kept = before.model_dump() if before else {"tenant": tenant}
            read.records.append(Vendor.model_validate({**kept, **values}))
    read.told = list(_shared(read.records, known, first, path.name))
    return read


def _shared(
    records: Sequence[Vendor], known: Mapping[str, Vendor], rows: Mapping[str, str], file: str
) -> Iterator[Wrong]:
    """Accounts and VAT ids that another vendor has, too: by one of these an invoice's vendor is no more told from the other."""
    for column in ("ibans", "vat_ids"):
        owner: dict[str, str] = {}
        others = [vendor for id, vendor in known.items() if id not in rows]
        for vendor in [*others, *records]:
            for number in getattr(vendor, column):
                other = owner.setdefault(number, vendor.id)
                if other != vendor.id:
                    what = f"{number} is of {quoted(other)} too: two vendors share it; see that both are meant"
                    yield Wrong(file, rows.get(vendor.id, "?"), column, what)


def write_vendors(vendors: Sequence[Vendor]) -> str:
    """Vendors as CSV that `read_vendors` reads back to the same."""
    return as_csv(COLUMNS, (vendor.model_dump() for vendor in vendors))


def vendor_json(vendor: Vendor) -> dict[str, Any]:
    """A vendor as JSON that `read_vendors` reads back to the same."""
    return as_json(vendor.model_dump(exclude={"tenant"}))
