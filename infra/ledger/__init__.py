"""Our own durable record of every document, execution, model call and posting, beside Temporal and Phoenix."""

from infra.ledger._database import REFUSED_FOR_GOOD, LedgerNotReady
from infra.ledger._ledger import Ledger
from infra.ledger._migrate import migrate
from infra.ledger.records import (
    AlreadyPosted,
    BatchProgress,
    BatchSummary,
    Begun,
    Billing,
    Claim,
    Execution,
    Finding,
    Order,
    OrderLine,
    OrderOnRecord,
    Posting,
    Receipt,
    Refusal,
    Review,
    Status,
    Step,
    Submission,
    Totals,
    Vendor,
)

__all__ = [
    "REFUSED_FOR_GOOD",
    "AlreadyPosted",
    "BatchProgress",
    "BatchSummary",
    "Begun",
    "Billing",
    "Claim",
    "Execution",
    "Finding",
    "Ledger",
    "LedgerNotReady",
    "Order",
    "OrderLine",
    "OrderOnRecord",
    "Posting",
    "Receipt",
    "Refusal",
    "Review",
    "Status",
    "Step",
    "Submission",
    "Totals",
    "Vendor",
    "migrate",
]
