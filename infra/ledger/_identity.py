"""Whose the ledger is: the one row that says which installation this is."""

from __future__ import annotations

from sqlalchemy import select

from infra.ledger._access import Access
from infra.ledger._tables import installations
from infra.records import Installation


class Identity(Access):
    """The part of the ledger that names its installation."""

    _installation: Installation | None = None

    async def installation(self) -> Installation:
        """The installation whose ledger this is, as the migration that made it wrote it down."""
        if self._installation is None:
            (row,) = await self._all(select(installations))
            self._installation = Installation.model_validate(dict(row))
        return self._installation
