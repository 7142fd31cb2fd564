"""Phoenix as an operator's view: setting the price of each model before its traffic, reading cost back, linking to it.

Phoenix prices tokens by model name from its own table, and never in retrospect, so the worker sets every configured
price before it makes a call.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from infra.records import Price
from infra.settings import Settings

PRICE_HOLDS_AFTER_SECONDS = 7.0
"""Phoenix looks at its price table every five seconds (its `GenerativeModelStore`), and prices no span in retrospect."""


class PhoenixError(Exception):
    """Phoenix did not answer, or refused what was asked."""


@dataclass(frozen=True)
class TraceCost:
    """What Phoenix holds of one trace: root spans, model-call spans, their tokens, and their cost by its price table."""

    trace_id: str
    roots: int
    call_span_ids: tuple[str, ...]
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    cost: float | None
    span_names: tuple[str, ...]


class Phoenix:
    """A client of Phoenix's GraphQL and of its links. Use as an async context manager."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.phoenix
        self._project = settings.phoenix_project
        key = settings.phoenix_api_key
        headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._http = httpx.AsyncClient(base_url=self._url, headers=headers, timeout=20, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self._http.aclose()

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        try:
            response = await self._http.post("/graphql", json={"query": query, "variables": variables})
            response.raise_for_status()
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise PhoenixError(f"Phoenix at {self._url} did not answer: {error}") from error
        if not isinstance(answer, dict):
            raise PhoenixError(f"what answers at {self._url} is not Phoenix")
        if answer.get("errors"):
            raise PhoenixError(f"Phoenix refused: {answer['errors'][0]['message']}")
        data = answer.get("data")
        if not isinstance(data, dict):
            raise PhoenixError(f"what answers at {self._url} is not Phoenix")
        return data

    async def set_price(self, model: str, price: Price) -> bool:
        """Make Phoenix price spans of ``model`` as the ledger does; returns whether anything had to be set.

        What was set holds for spans that Phoenix takes in after `PRICE_HOLDS_AFTER_SECONDS`.
        """
        costs = [
            {"tokenType": "input", "kind": "PROMPT", "costPerMillionTokens": float(price.input)},
            {"tokenType": "cache_read", "kind": "PROMPT", "costPerMillionTokens": float(price.cached)},
            {"tokenType": "output", "kind": "COMPLETION", "costPerMillionTokens": float(price.output)},
        ]
        name = f"counterfoil {model}"
        known = await self._models()
        wanted = {"name": name, "provider": None, "namePattern": f"^{re.escape(model)}$", "costs": costs}
        existing = known.get(name)
        if existing is None:
            await self._ask(
                "mutation($i: CreateModelMutationInput!) { createModel(input: $i) { model { id } } }", i=wanted
            )
        elif existing["costs"] != {c["tokenType"]: c["costPerMillionTokens"] for c in costs}:
            await self._ask(
                "mutation($i: UpdateModelMutationInput!) { updateModel(input: $i) { model { id } } }",
                i={"id": existing["id"], **wanted},
            )
        else:
            return False
        return True

    async def _models(self) -> dict[str, dict[str, Any]]:
        data = await self._ask(
            "{ generativeModels(first: 1000) { edges { node { id name kind tokenPrices { tokenType costPerMillionTokens } } } } }"
        )
        nodes = [edge["node"] for edge in data["generativeModels"]["edges"]]
        return {
            n["name"]: {"id": n["id"], "costs": {p["tokenType"]: p["costPerMillionTokens"] for p in n["tokenPrices"]}}
            for n in nodes
            if n["kind"] == "CUSTOM"
        }

    async def trace(self, trace_id: str) -> TraceCost | None:
        """What Phoenix holds of the trace with that id (32 hex digits), or None."""
        data = await self._ask(
            """query($t: String!) { getTraceByOtelId(traceId: $t) {
              costSummary { total { cost } }
              spans(first: 1000) { edges { node { name spanKind spanId parentId
                tokenCountPrompt tokenCountCompletion tokenPromptDetails { cacheRead } } } } } }""",
            t=trace_id,
        )
        found = data["getTraceByOtelId"]
        if found is None:
            return None
        spans = [edge["node"] for edge in found["spans"]["edges"]]
        calls = [s for s in spans if s["spanKind"] == "llm"]
        return TraceCost(
            trace_id=trace_id,
            roots=sum(s["parentId"] is None for s in spans),
            call_span_ids=tuple(s["spanId"] for s in calls),
            prompt_tokens=sum(s["tokenCountPrompt"] or 0 for s in calls),
            cached_tokens=sum((s["tokenPromptDetails"] or {}).get("cacheRead") or 0 for s in calls),
            output_tokens=sum(s["tokenCountCompletion"] or 0 for s in calls),
            cost=found["costSummary"]["total"]["cost"],
            span_names=tuple(s["name"] for s in spans),
        )


def trace_link(settings: Settings, trace_id: str) -> str:
    """Address of a trace in Phoenix's UI; Phoenix redirects it to the project's page."""
    return f"{settings.phoenix}/redirects/traces/{trace_id}"
