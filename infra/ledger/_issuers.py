"""Issuers in the record: how each prints its invoices, version after version, and what taught it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select

from infra.ledger._access import IDS_IN_A_QUERY, Access
from infra.ledger._tables import issuer_keys, issuers
from infra.records import Issuer
from infra.text import storable


class Issuers(Access):
    """The part of the ledger that keeps what was learnt of issuers."""

    async def teach(self, issuer: Issuer) -> Issuer:
        """Keep one more version of an issuer, whatever its ``version`` says, and return it as kept. The same execution teaches
        once: a second time changes nothing, and returns what it taught the first time.

        A key may name several issuers: none is taken from another.
        """

        def work(connection: Connection) -> Issuer:
            of = {"of_tenant": issuer.tenant, "of": issuer.id, "taught": issuer.execution_id}
            if before := connection.execute(_TAUGHT, of).mappings().one_or_none():
                return _issuer(before)
            kept = issuer.model_copy(update={"version": connection.execute(_LAST, of).scalar_one() + 1})
            connection.execute(insert(issuers), kept.model_dump())
            rows = [{"tenant": kept.tenant, "key": key, "issuer": kept.id} for key in dict.fromkeys(kept.keys)]
            connection.execute(self._insert(issuer_keys).on_conflict_do_nothing(), rows)
            return kept

        return await self._write(work, alone_on=f"issuers {issuer.tenant}")

    async def issuers(self, tenant: str) -> list[Issuer]:
        """The tenant's issuers as they are known now, by id."""
        return [_issuer(row) for row in await self._all(_NEWEST, {"of_tenant": tenant})]

    async def issuers_by(self, tenant: str, keys: Sequence[str]) -> list[Issuer]:
        """Those that any of ``keys`` names, each as it is known now, those more of them name first."""
        found: dict[str, int] = {}
        for first in range(0, len(keys), IDS_IN_A_QUERY):
            some = [storable(key) for key in keys[first : first + IDS_IN_A_QUERY]]
            for row in await self._all(_NAMED, {"of_tenant": tenant, "some": some}):
                found[row["issuer"]] = found.get(row["issuer"], 0) + 1
        known = []
        for id in sorted(found, key=lambda id: (-found[id], id)):
            known += await self.issuer_history(tenant, id, newest=True)
        return known

    async def issuer_history(self, tenant: str, id: str, *, newest: bool = False) -> list[Issuer]:
        """The versions of an issuer, the newest first; only that one if asked. Empty for one that is not known."""
        query = _VERSIONS.limit(1) if newest else _VERSIONS
        return [_issuer(row) for row in await self._all(query, {"of_tenant": tenant, "of": id})]

    async def forget_issuer(self, tenant: str, id: str) -> int:
        """Forget an issuer with all its versions; returns how many there were."""

        def work(connection: Connection) -> int:
            of: dict[str, Any] = {"of_tenant": tenant, "of": id}
            connection.execute(_FORGET_KEYS, of)
            return len(connection.execute(_FORGET, of).all())

        return await self._write(work, alone_on=f"issuers {tenant}")


def _issuer(row: RowMapping) -> Issuer:
    return Issuer.model_validate(dict(row))


_OF_ONE = (issuers.c.tenant == bindparam("of_tenant"), issuers.c.id == bindparam("of"))
_VERSIONS = select(issuers).where(*_OF_ONE).order_by(issuers.c.version.desc())
_TAUGHT = select(issuers).where(*_OF_ONE, issuers.c.execution_id == bindparam("taught"))
_LAST = select(func.coalesce(func.max(issuers.c.version), 0)).where(*_OF_ONE)
_LATEST = (
    select(issuers.c.id, func.max(issuers.c.version).label("version"))
    .where(issuers.c.tenant == bindparam("of_tenant"))
    .group_by(issuers.c.id)
    .subquery()
)
_NEWEST = (
    select(issuers)
    .join(_LATEST, (issuers.c.id == _LATEST.c.id) & (issuers.c.version == _LATEST.c.version))
    .where(issuers.c.tenant == bindparam("of_tenant"))
    .order_by(issuers.c.id)
)
_NAMED = select(issuer_keys.c.issuer).where(
    issuer_keys.c.tenant == bindparam("of_tenant"), issuer_keys.c.key.in_(bindparam("some", expanding=True))
)
_FORGET_KEYS = delete(issuer_keys).where(
    issuer_keys.c.tenant == bindparam("of_tenant"), issuer_keys.c.issuer == bindparam("of")
)
_FORGET = delete(issuers).where(*_OF_ONE).returning(issuers.c.version)
