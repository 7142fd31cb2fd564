"""An OpenAI-compatible endpoint that needs no model: it reads labelled test invoices by pattern, and misbehaves on demand.

It stands in for the GPU in tests and benchmarks only, and says so in its model name. It counts what was asked and what
was paid (answered whole), which is what the tests hold the ledger and Phoenix against.

In a process of its own (``python -m tests.scripted.endpoint --port 8000``) it is told how to behave by ``POST /script``
and says what it counted by ``GET /script``. Given ``--paid FILE``, it writes down there whatever it is paid for before it
answers, so that killing it loses no count. Like vLLM it shows its load at ``/metrics``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
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
    """Seconds until any answer, however many are asked for at once."""
    slots: int | None = None
    """Requests in service at once; the others wait in the order they came. None: no limit."""
    seconds: float = 0.0
    """Service time of one request once it has a slot: 16 slots of 0.8 s answer 20 calls a second."""
    spread: float = 0.0
    """How far a service time may be from ``seconds``, as a share of it: so that the slots do not move in step."""
    longest_queue: int | None = None
    """Requests that may wait; one more is turned away with ``status`` (429 if none is set). None: no limit."""
    think: bool = False
    retry_after: str | None = None
    requests: Counter[str] = field(default_factory=Counter)
    """Digest of a request's question to how often it came."""
    paid: Counter[str] = field(default_factory=Counter)
    """Digest of a request's question to how often it was answered with a completion."""
    shapes: list[str] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    serving: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    turned_away: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    answered: list[tuple[str, float]] = field(default_factory=list)
    """Which question each completion answered (the beginning of its digest), and when, by the machine's monotonic clock."""
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Answer shape to what is put over the answer read from the document."""

    def misbehaves(self, shape: str) -> bool:
        if self.mode == "answer" or (self.only and self.only != shape):
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0

    @property
    def full(self) -> bool:
        """Whether one more request would wait in a queue that is as long as it may be."""
        at_work = self.slots is not None and self.serving >= self.slots
        return at_work and self.longest_queue is not None and len(self.waiting) >= self.longest_queue

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """A place in service, once it is this request's turn."""
        if self.slots is not None and self.serving >= self.slots:
            turn = asyncio.get_running_loop().create_future()
            self.waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._free()  # its turn had come
                else:
                    self.waiting.remove(turn)
                raise
        else:
            self.serving += 1
        try:
            yield
        finally:
            self._free()

    def _free(self) -> None:
        """Hand the slot to the one that waits longest."""
        if self.waiting:
            self.waiting.popleft().set_result(None)
        else:
            self.serving -= 1

    def counts(self) -> dict[str, Any]:
        """What was counted so far, as JSON."""
        return {
            "requests": self.requests.total(),
            "paid": self.paid.total(),
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "serving": self.serving,
            "waiting": len(self.waiting),
            "turned_away": self.turned_away,
            "shapes": dict(Counter(self.shapes)),
            "answered": self.answered,
        }


_SETTABLE = {
    "mode", "status", "times", "only", "delay", "slots", "seconds", "spread", "longest_queue", "think", "retry_after",
    "overrides",
}  # fmt: skip


class ScriptedEndpoint:
    """The server; use as a context manager. ``url`` ends in ``/v1``."""

    def __init__(self, port: int = 0, *, script: Script | None = None, paid: Path | None = None) -> None:
        """``paid``: a file that gets a line, the digest of the question, for each completion, before it is sent."""
        self.script = script or Script()
        self._paid = paid.open("ab", buffering=0) if paid else None
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        routes = [
            Route("/v1/chat/completions", self._complete, methods=["POST"]),
            Route("/v1/models", self._models),
            Route("/health", lambda _: Response()),
            Route("/metrics", self._metrics),
            Route("/script", self._told, methods=["GET", "POST"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_level="critical",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
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
        if self._paid:
            self._paid.close()

    def serve(self) -> None:
        """Serve in this thread until SIGTERM or SIGINT."""
        self._server.run(sockets=[self._socket])

    async def _told(self, request: Request) -> Response:
        """GET: what was counted. POST: behave as told from now on, and count from nothing."""
        if request.method == "POST":
            told = await request.json()
            if unknown := set(told) - _SETTABLE:
                known = ", ".join(sorted(_SETTABLE))
                return JSONResponse({"error": f"no part of a script: {', '.join(unknown)}; there are: {known}"}, 400)
            self.script = Script(**told)
        return JSONResponse(self.script.counts())

    async def _metrics(self, _: Request) -> Response:
        script = self.script
        limited = script.slots or max(1, script.serving)
        values: Mapping[tuple[str, str], float] = {
            ("num_requests_running", "gauge"): script.serving,
            ("num_requests_waiting", "gauge"): len(script.waiting),
            ("kv_cache_usage_perc", "gauge"): script.serving / limited,
            ("prompt_tokens_total", "counter"): script.prompt_tokens,
            ("generation_tokens_total", "counter"): script.output_tokens,
            ("prefix_cache_queries_total", "counter"): script.prompt_tokens,
            ("prefix_cache_hits_total", "counter"): script.cached_tokens,
        }
        labels = f'engine="0",model_name="{MODEL}"'
        lines = []
        for (name, kind), value in values.items():
            lines += [f"# TYPE vllm:{name} {kind}", f"vllm:{name}{{{labels}}} {float(value)}"]
        lines += [
            "# TYPE vllm:num_requests_waiting_by_reason gauge",
            f'vllm:num_requests_waiting_by_reason{{{labels},reason="capacity"}} {float(len(script.waiting))}',
            f'vllm:num_requests_waiting_by_reason{{{labels},reason="deferred"}} 0.0',
            "# TYPE vllm:request_success_total counter",
            f'vllm:request_success_total{{{labels},finished_reason="stop"}} {float(script.paid.total())}',
        ]
        return PlainTextResponse("\n".join([*lines, ""]))

    async def _models(self, _: Request) -> Response:
        return JSONResponse(
            {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "tests"}]}
        )

    async def _complete(self, request: Request) -> Response:
        body = json.loads(await request.body())
        script = self.script
        shape = body["response_format"]["json_schema"]["name"]
        # As the ledger makes its digest of a request, so that the two can be held against each other.
        digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        script.requests[digest] += 1
        script.shapes.append(shape)
        script.in_flight += 1
        script.most_in_flight = max(script.most_in_flight, script.in_flight)
        try:
            return await self._behave(script, body, shape, digest)
        finally:
            script.in_flight -= 1

    async def _behave(self, script: Script, body: dict[str, Any], shape: str, digest: str) -> Response:
        if script.misbehaves(shape):
            if script.mode == "busy":
                headers = {"retry-after": script.retry_after} if script.retry_after else {}
                return JSONResponse({"error": {"message": "too busy"}}, script.status or 429, headers)
            if script.mode == "refuse":
                return JSONResponse({"error": {"message": "bad request"}}, script.status or 400)
            if script.mode == "hang":
                await asyncio.sleep(3600)
            if script.mode == "garbage":
                self._pay(script, digest)
                return PlainTextResponse("<html>it works!</html>")
            if script.mode == "cut":
                self._pay(script, digest)
                return Response(b'{"id": "x", "cho', headers={"content-length": "4000"}, media_type="application/json")
        if script.full:
            script.turned_away += 1
            headers = {"retry-after": script.retry_after} if script.retry_after else {}
            return JSONResponse({"error": {"message": "the queue is full"}}, script.status or 429, headers)
        async with script.slot():
            away = 1 + script.spread * (2 * script.dice.random() - 1)
            await asyncio.sleep(script.delay + script.seconds * away)
        prose = script.mode == "prose" and script.misbehaves(shape)
        answer = "I would rather not." if prose else json.dumps(self.read(body, shape))
        if script.think:
            answer = f"<think>It says so on the page.</think>\n{answer}"
        self._pay(script, digest)
        script.answered.append((digest[:16], time.monotonic()))
        prompt = sum(len(m["content"]) for m in body["messages"]) // 4
        cached = len(body["messages"][0]["content"]) // 4
        output = max(1, len(answer) // 4)
        script.prompt_tokens += prompt
        script.cached_tokens += cached
        script.output_tokens += output
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

    def _pay(self, script: Script, digest: str) -> None:
        script.paid[digest] += 1
        if self._paid:
            self._paid.write(f"{digest}\n".encode())

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
        elif shape == "Vendor":
            answer = {"vendor": NONE, "reason": "not certain"}
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


def main() -> None:
    """Serve in a process of its own."""
    parser = argparse.ArgumentParser(description="a scripted model endpoint that stands in for the GPU")
    parser.add_argument("--port", type=int, default=0, help="on the loopback address; 0: any that is free")
    parser.add_argument("--script", type=json.loads, default={}, help="how to behave at first, as JSON")
    parser.add_argument("--paid", type=Path, help="a file to which the digest of each question that is paid is added")
    given = parser.parse_args()
    endpoint = ScriptedEndpoint(given.port, script=Script(**given.script), paid=given.paid)
    print(endpoint.url, flush=True)
    endpoint.serve()


if __name__ == "__main__":
    main()
