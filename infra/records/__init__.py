"""Records that everything speaks of: findings, calls, executions, batches, master data, claims, and whose they are."""

from infra.records.batches import BatchProgress, BatchSummary
from infra.records.calls import PAID, CallStatus, ModelCall, Price, TokenUsage
from infra.records.claims import Claim
from infra.records.executions import (
    PART_OF,
    SPLIT_BY,
    AlreadyPosted,
    Begun,
    EndedBefore,
    Execution,
    PostedOtherwise,
    Posting,
    Refusal,
    Review,
    Status,
    Step,
    Submission,
    Totals,
    differing,
)
from infra.records.findings import BY_RULE, DecidedBy, Finding, JsonObject, Severity, Verdict, finding
from infra.records.installation import Installation
from infra.records.issuers import Issuer, IssuerProfile, Side, Spot
from infra.records.master import Billing, Order, OrderLine, OrderOnRecord, OwnCompany, Receipt, Vendor

__all__ = [
    "AlreadyPosted",
    "BY_RULE",
    "BatchProgress",
    "BatchSummary",
    "Begun",
    "Billing",
    "CallStatus",
    "Claim",
    "DecidedBy",
    "EndedBefore",
    "Execution",
    "Finding",
    "Installation",
    "Issuer",
    "IssuerProfile",
    "JsonObject",
    "ModelCall",
    "Order",
    "OrderLine",
    "OrderOnRecord",
    "OwnCompany",
    "PAID",
    "PART_OF",
    "PostedOtherwise",
    "Posting",
    "Price",
    "Receipt",
    "Refusal",
    "Review",
    "SPLIT_BY",
    "Severity",
    "Side",
    "Spot",
    "Status",
    "Step",
    "Submission",
    "TokenUsage",
    "Totals",
    "Vendor",
    "Verdict",
    "differing",
    "finding",
]
