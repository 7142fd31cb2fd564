"""Our own durable record of every document, execution, model call and posting, beside Temporal and Phoenix."""

from infra.ledger._database import REFUSED_FOR_GOOD, LedgerNotReady
from infra.ledger._ledger import Ledger
from infra.ledger._migrate import migrate

__all__ = [
    "REFUSED_FOR_GOOD",
    "Ledger",
    "LedgerNotReady",
    "migrate",
]
