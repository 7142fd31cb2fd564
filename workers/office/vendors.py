"""The vendor master: from a file, on record, and with what each vendor billed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.records import Claim, Vendor
from workers.master import read_vendors
from workers.office import Office
from workers.office.importing import Imported, imported, not_known

MOST_CLAIMS = 10
"""Latest invoices of a vendor that are shown."""


@dataclass(frozen=True)
class ImportedVendors:
    """What became of a file of vendors, and whose bank accounts are others now: where a forger would begin."""

    vendors: Imported[Vendor]
    accounts_changed: Sequence[str]


@dataclass(frozen=True)
class VendorOnRecord:
    """A vendor with what it billed."""

    vendor: Vendor
    claims: Sequence[Claim]
    """Its invoices, oldest first."""

    @property
    def latest(self) -> Sequence[Claim]:
        """The latest of them, newest first."""
        return self.claims[: -MOST_CLAIMS - 1 : -1]


async def import_vendors(office: Office, file: Path, tenant: str, *, skip_bad: bool = False) -> ImportedVendors:
    """Import vendors, each in place of the one with its id. Where rows are bad nothing is, unless these are to be skipped.

    Raises:
        BadFile: it cannot be read as a whole.
    """
    known = {vendor.id: vendor for vendor in await office.ledger.vendors(tenant)}
    read = read_vendors(file, tenant, known)
    vendors = await imported(read, office.ledger.put_vendors, lambda vendor: known.get(vendor.id), skip_bad=skip_bad)
    moved = [vendor.id for vendor in vendors.changed if _paid_to(known[vendor.id]) != _paid_to(vendor)]
    return ImportedVendors(vendors, moved)


async def vendors(office: Office, tenant: str) -> list[Vendor]:
    """The tenant's vendors, by id."""
    return await office.ledger.vendors(tenant)


async def vendor(office: Office, tenant: str, id: str) -> VendorOnRecord:
    """One vendor, with what it billed.

    Raises:
        NotKnown: there is none of that id.
    """
    record = await _find(office, tenant, id)
    return VendorOnRecord(record, await office.ledger.claims(tenant, vendor_key=f"vendor:{record.id}"))


async def remove(office: Office, tenant: str, id: str) -> Vendor:
    """Remove a vendor from the master, and return it. What was posted to it stays.

    Raises:
        NotKnown: there is none of that id.
    """
    gone = await _find(office, tenant, id)
    await office.ledger.remove_vendor(tenant, gone.id)
    return gone


def _paid_to(vendor: Vendor) -> set[str]:
    return {*vendor.ibans, *vendor.destinations}


async def _find(office: Office, tenant: str, id: str) -> Vendor:
    known = {vendor.id: vendor for vendor in await office.ledger.vendors(tenant)}
    if id not in known:
        raise not_known(tenant, "vendor", id, list(known), "`counterfoil vendors list` has the ids")
    return known[id]
