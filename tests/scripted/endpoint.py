"""An OpenAI-compatible endpoint that needs no model: it reads labelled test invoices by pattern, and misbehaves on demand.

It stands in for the GPU in tests and benchmarks only, and says so in its model name. It counts what was asked and what
was paid (answered whole), which is what the tests hold the ledger and Phoenix against.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

MODEL = "scripted-no-model"
NONE = "none"
LABELS = {
    "seller": "Seller",
    "buyer": "Buyer",
    "invoice_number": "Number",
    "issue_date": "Date",
    "due_date": "Due",
    "purchase_order": "Order",
    "net": "Net",
    "tax": "Tax",
    "gross": "Gross",
}
"""Key of an answer to the label that its value has in a test invoice."""


@dataclass
class Script:
    """How the endpoint behaves, changeable at any time, and what it counted.

    ``mode``: ``answer``; ``busy`` (429, or ``status``); ``refuse`` (400, or ``status``); ``hang``; ``garbage`` (no chat
    completion); ``prose`` (a chat completion that is no JSON); ``cut`` (connection closed in mid-answer).
    ``only``: misbehave for this answer shape only. ``times``: misbehave that often, then answer.
    """

    mode: str = "answer"
    status: int | None = None
    times: int | None = None
    only: str | None = None
    delay: float = 0.0
    think: bool = False
    retry_after: str | None = None
    requests: Counter[str] = field(default_factory=Counter)
    """Digest of a request's question to how often it came."""
    paid: Counter[str] = field(default_factory=Counter)
    """Digest of a request's question to how often it was answered with a completion."""
    shapes: list[str] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Answer shape to what is put over the answer read from the document."""

    def misbehaves(self, shape: str) -> bool:
        if self.mode == "answer" or (self.only and self.only != shape):
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


class ScriptedEndpoint:
    """The server; use as a context manager. ``url`` ends in ``/v1``."""

    def __init__(self, port: int = 0) -> None:
        self.script = Script()
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        routes = [
            Route("/v1/chat/completions", self._complete, methods=["POST"]),
            Route("/v1/models", self._models),
            Route("/health", lambda _: Response()),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), log_level="critical", lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> ScriptedEndpoint:
        self._thread.start()
        while not self._server.started:
            threading.Event().wait(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)
        self._socket.close()

    async def _models(self, _: Request) -> Response:
        return JSONResponse(
            {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "tests"}]}
        )

    async def _complete(self, request: Request) -> Response:
        body = await request.json()
        script = self.script
        shape = body["response_format"]["json_schema"]["name"]
        digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        script.requests[digest] += 1
        script.shapes.append(shape)
        script.in_flight += 1
        script.most_in_flight = max(script.most_in_flight, script.in_flight)
        try:
            return await self._behave(body, shape, digest)
        finally:
            script.in_flight -= 1

    async def _behave(self, body: dict[str, Any], shape: str, digest: str) -> Response:
        script = self.script
        if script.misbehaves(shape):
            if script.mode == "busy":
                headers = {"retry-after": script.retry_after} if script.retry_after else {}
                return JSONResponse({"error": {"message": "too busy"}}, script.status or 429, headers)
            if script.mode == "refuse":
                return JSONResponse({"error": {"message": "bad request"}}, script.status or 400)
            if script.mode == "hang":
                await asyncio.sleep(3600)
            if script.mode == "garbage":
                script.paid[digest] += 1
                return PlainTextResponse("<html>it works!</html>")
            if script.mode == "cut":
                script.paid[digest] += 1
                return Response(b'{"id": "x", "cho', headers={"content-length": "4000"}, media_type="application/json")
        await asyncio.sleep(script.delay)
        prose = script.mode == "prose" and script.misbehaves(shape)
        answer = "I would rather not." if prose else json.dumps(self.read(body, shape))
        if script.think:
            answer = f"<think>It says so on the page.</think>\n{answer}"
        script.paid[digest] += 1
        prompt = sum(len(m["content"]) for m in body["messages"]) // 4
        cached = len(body["messages"][0]["content"]) // 4
        output = max(1, len(answer) // 4)
        return JSONResponse(
            {
                "id": f"chatcmpl-{digest[:12]}",
                "object": "chat.completion",
                "created": 0,
                "model": MODEL,
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}],
                "usage": {
                    "prompt_tokens": prompt,
                    "completion_tokens": output,
                    "total_tokens": prompt + output,
                    "prompt_tokens_details": {"cached_tokens": cached},
                },
            }
        )

    def read(self, body: dict[str, Any], shape: str) -> dict[str, Any]:
        """The answer of ``shape`` that a perfect reader gives of a labelled test invoice (`tests.scripted.invoices`): it
        chooses what the label says where that is among the choices, and nothing where it is not."""
        text = body["messages"][-1]["content"].split("</document>")[0]
        schema = body["response_format"]["json_schema"]["schema"]

        def label(name: str) -> str:
            match = re.search(rf"^{name}:\s*(.+?)\s*$", text, re.MULTILINE)
            return match[1] if match else NONE

        def chosen(said: str, among: dict[str, Any]) -> str:
            choices = among.get("enum", [])
            within = (choice for choice in choices if choice in said or (said != NONE and said in choice))
            return said if said in choices else next(within, NONE)

        kind = "invoice" if "INVOICE" in text else "credit_note" if "CREDIT NOTE" in text else "other"
        answer: dict[str, Any]
        if shape == "Lines":
            columns = schema["$defs"]["Line"]["properties"]
            found = re.findall(r"^(?:Item )?(.+?)\s{2,}(\d+)\s{2,}(\S+)\s{2,}(\S+)\s*$", text, re.MULTILINE)
            numbers = ("quantity", "price", "amount")
            lines = [
                {"name": name, **{n: chosen(c, columns[n]) for n, c in zip(numbers, cells, strict=True)}, "rate": NONE}
                for name, *cells in found
            ]
            answer = {"lines": lines[: schema["properties"]["lines"]["maxItems"]]}
        else:
            answer = {
                key: kind if key == "kind" else chosen(label(LABELS[key]), among)
                for key, among in schema["properties"].items()
            }
        return {**answer, **self.script.overrides.get(shape, {})}


@contextlib.contextmanager
def unused_port() -> Iterator[int]:
    """A port on which nothing listens while the block runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
