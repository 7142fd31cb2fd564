"""Search attributes of an execution: what an operator can filter and sort by in Temporal's UI and CLI."""

from __future__ import annotations

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey

TENANT = SearchAttributeKey.for_keyword("Tenant")
BATCH = SearchAttributeKey.for_keyword("Batch")
DOCUMENT = SearchAttributeKey.for_keyword("Document")
# Not "Status": that is a word of the query language's own and would have to be quoted in every filter.
STATUS = SearchAttributeKey.for_keyword("DocumentStatus")
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


async def ensure(client: Client) -> list[str]:
    """Create those of `SEARCH_ATTRIBUTES` that the namespace lacks; returns their names.

    Raises:
        RPCError: Temporal does not let this client do so; then an operator has to.
    """
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in listed.custom_attributes}
    if missing:
        types = {name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}") for name, kind in missing.items()}
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=types)
        )
    return list(missing)
