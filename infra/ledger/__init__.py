"""Our own durable record of every document, execution, model call and posting, beside Temporal and Phoenix."""

from infra.ledger._database import LedgerNotReady
from infra.ledger._ledger import Ledger
from infra.ledger._migrate import migrate
from infra.ledger.records import (
    AlreadyPosted,
    BatchSummary,
    Execution,
    Finding,
    Posting,
    Review,
    Status,
    Step,
    Submission,
    Totals,
)

__all__ = [
    "AlreadyPosted",
    "BatchSummary",
    "Execution",
    "Finding",
    "Ledger",
    "LedgerNotReady",
    "Posting",
    "Review",
    "Status",
    "Step",
    "Submission",
    "Totals",
    "migrate",
]
