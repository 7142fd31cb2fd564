"""Issuers: what people's looks at their invoices taught, version by version, and forgetting it."""

from __future__ import annotations

from collections.abc import Sequence

from infra.records import Issuer
from workers.office import Office
from workers.office.importing import not_known


async def issuers(office: Office, tenant: str) -> list[Issuer]:
    """The tenant's issuers as they are known now, by id."""
    return await office.ledger.issuers(tenant)


async def history(office: Office, tenant: str, id: str) -> Sequence[Issuer]:
    """The versions of what is known of one issuer, the newest first.

    Raises:
        NotKnown: nothing is known of one of that id.
    """
    versions = await office.ledger.issuer_history(tenant, id)
    if not versions:
        known = [issuer.id for issuer in await office.ledger.issuers(tenant)]
        raise not_known(tenant, "issuer", id, known, "`counterfoil issuers list` has the ids")
    return versions


async def forget(office: Office, tenant: str, id: str) -> int:
    """Forget an issuer; its next invoice is read as one of an issuer nobody knows. Returns how many versions there were.

    Raises:
        NotKnown: nothing is known of one of that id.
    """
    await history(office, tenant, id)
    return await office.ledger.forget_issuer(tenant, id)
