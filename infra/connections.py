"""This process's connections to the systems around it, for nodes and activities that are plain functions."""

from __future__ import annotations

from dataclasses import dataclass

from infra.document_store import DocumentStore
from infra.ledger import Ledger
from infra.models import ModelClient, tiers_of
from infra.settings import Settings, settings


@dataclass(frozen=True)
class Connections:
    """Made once a process; see `connections`."""

    settings: Settings
    ledger: Ledger
    models: ModelClient
    documents: DocumentStore

    @classmethod
    def of(cls, settings: Settings) -> Connections:
        ledger = Ledger(settings.ledger)
        models = ModelClient(
            tiers_of(settings),
            ledger,
            allowed_hosts=settings.allowed_hosts,
            concurrency=settings.model_concurrency,
            bounds=(settings.model_concurrency_least, settings.model_concurrency_most),
            outage_seconds=settings.model_outage_minutes * 60,
        )
        return cls(settings, ledger, models, DocumentStore(settings.documents))

    async def close(self) -> None:
        await self.models.close()
        await self.ledger.close()


_current: Connections | None = None


def connections() -> Connections:
    """The connections of this process, made from its settings at first use."""
    global _current
    if _current is None:
        _current = Connections.of(settings())
    return _current


def use(made: Connections | None) -> None:
    """Make ``made`` this process's connections; None forgets them."""
    global _current
    _current = made
