"""Search attributes of an execution: what an operator can filter and sort by in Temporal's UI and CLI."""

from __future__ import annotations

from temporalio.common import SearchAttributeKey

TENANT = SearchAttributeKey.for_keyword("Tenant")
BATCH = SearchAttributeKey.for_keyword("Batch")
DOCUMENT = SearchAttributeKey.for_keyword("Document")
STATUS = SearchAttributeKey.for_keyword("Status")
DECISION = SearchAttributeKey.for_keyword("Decision")
VENDOR = SearchAttributeKey.for_keyword("Vendor")
CURRENCY = SearchAttributeKey.for_keyword("Currency")
AMOUNT = SearchAttributeKey.for_float("Amount")
COST = SearchAttributeKey.for_float("Cost")
TOKENS = SearchAttributeKey.for_int("Tokens")

SEARCH_ATTRIBUTES: dict[str, str] = {
    TENANT.name: "Keyword",
    BATCH.name: "Keyword",
    DOCUMENT.name: "Keyword",
    STATUS.name: "Keyword",
    DECISION.name: "Keyword",
    VENDOR.name: "Keyword",
    CURRENCY.name: "Keyword",
    AMOUNT.name: "Double",
    COST.name: "Double",
    TOKENS.name: "Int",
}
"""Name to Temporal's type name, as ``temporal operator search-attribute create`` takes them."""
