"""The model client: asks one structured question of a tier, at most once, and meters the call.

Around each request the client keeps the ledger: a call is begun before it is made and ended when its outcome is known,
under a key that names the question. A question whose answer the ledger holds is answered from there, whatever died in
between; so a finished call is never paid twice, and one that was cut off is on record as lost.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar

import openai
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from infra.models._failures import cause_of, failure_of, short
from infra.models._outcomes import answered, cancelled
from infra.models._spans import subject_of, trace
from infra.models._vllm import follow
from infra.models.errors import (
    AnswerLost,
    EndpointBusy,
    EndpointUnreachable,
    InvalidAnswer,
    ModelError,
    RequestRefused,
)
from infra.models.limit import CallLimit
from infra.models.questions import Answer, CallBook, Question, T
from infra.models.tiers import Tier, require_allowed
from infra.records import CallStatus, ModelCall
from infra.telemetry import metrics
from infra.telemetry.tracing import span_id_of

log = logging.getLogger(__name__)

R = TypeVar("R")

_BOOK_SECONDS = 5.0
"""How long a cancelled call waits for the book to take its outcome."""
_KEEP_SECONDS = 60.0
"""How long an outcome that the book does not take is kept and offered again."""


class ModelClient:
    """Asks questions of the configured tiers. One a process; safe for concurrent use."""

    def __init__(
        self,
        tiers: Mapping[str, Tier],
        book: CallBook,
        *,
        allowed_hosts: Sequence[str] = (),
        concurrency: int = 8,
        bounds: tuple[int, int] | None = None,
        outage_seconds: float = 0.0,
    ) -> None:
        """
        Args:
            concurrency: calls that may be in flight at first, at each endpoint.
            bounds: the least and the most that number may become as it follows the endpoint; None keeps it.
            outage_seconds: how long calls wait for an endpoint that cannot be reached before they fail.
        """
        self._tiers = dict(tiers)
        self._book = book
        self._allowed_hosts = tuple(allowed_hosts)
        self._clients: dict[str, openai.AsyncOpenAI] = {}
        self._models: dict[str, str] = {}
        self._following: dict[str, asyncio.Task[None]] = {}
        self._limits: dict[str, CallLimit] = {}
        least, most = bounds or (concurrency, concurrency)
        for tier in self._tiers.values():
            if tier.url not in self._limits:
                probe = partial(self._answers, tier)
                limit = CallLimit(concurrency, least=least, most=most, probe=probe, outage_seconds=outage_seconds)
                self._limits[tier.url] = limit
            self._show_limit(tier)
            self._limits[tier.url].watch(partial(self._show_limit, tier))

    @property
    def tiers(self) -> Mapping[str, Tier]:
        return self._tiers

    @property
    def limits(self) -> Mapping[str, CallLimit]:
        """The limit of calls in flight at each endpoint, by its URL. Tiers of one URL share theirs."""
        return self._limits

    async def close(self) -> None:
        for task in self._following.values():
            task.cancel()
        for limit in self._limits.values():
            await limit.close()
        for client in self._clients.values():
            await client.close()

    async def ask(self, question: Question[T]) -> Answer[T]:
        """Ask, unless the ledger holds the answer already.

        Raises:
            EndpointNotAllowed: the endpoint's host is not on the allow-list.
            EndpointUnreachable, EndpointBusy, AnswerLost: asking again later may help.
            RequestRefused: it will not.
            InvalidAnswer: paid, but not what was asked for; holds the call.
        """
        tier = self._tiers[question.tier]
        require_allowed(tier.url, self._allowed_hosts)
        await self._limits[tier.url].until_reachable()
        model = await self.model_of(question.tier)
        request: dict[str, Any] = {
            "model": model,
            "messages": [dict(m) for m in question.messages],
            "max_tokens": question.max_tokens,
            "temperature": 0,
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": question.answer.__name__,
                    "schema": question.answer.model_json_schema(),
                    "strict": True,
                },
            },
        }
        digest = sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
        begun = ModelCall(
            key=f"{question.execution_id}/{question.step}/{digest[:16]}",
            attempt=1,
            execution_id=question.execution_id,
            step=question.step,
            tier=tier.name,
            endpoint=tier.url,
            model=model,
            prompt_version=question.prompt_version,
            request_digest=digest,
            status=CallStatus.STARTED,
            started_at=datetime.now(UTC),
            price_source=tier.price.source if tier.price else None,
            currency=tier.price.currency if tier.price else None,
        )
        call, stopped = await _finished(lambda: self._book.begin_call(begun))
        if stopped:
            if call.status is CallStatus.STARTED:
                await self._end(cancelled(call, sent=False))
            raise asyncio.CancelledError
        if call.status is CallStatus.STARTED:
            call = call.model_copy(update={"span_id": f"{span_id_of(subject_of(call)):016x}"})
            call = await self._make(call, tier, request, question.answer)
        trace(call, request)
        if call.status is not CallStatus.COMPLETED:
            raise InvalidAnswer(call.error or "the answer is not usable", call)
        return Answer(question.answer.model_validate_json(call.answer or ""), call)

    async def model_of(self, tier_name: str) -> str:
        """The model id of a tier: as configured, else the first that its endpoint lists."""
        tier = self._tiers[tier_name]
        if tier.model:
            return tier.model
        if tier_name not in self._models:
            require_allowed(tier.url, self._allowed_hosts)
            try:
                async with asyncio.timeout(20):
                    listed = (await self._client(tier).models.list()).data
            except Exception as error:
                failure = failure_of(error, tier)
                if isinstance(failure, EndpointUnreachable):
                    self._limits[tier.url].unreachable(failure)
                raise failure from cause_of(error, tier)
            if not listed:
                raise RequestRefused(f"the endpoint {tier.url} lists no model; set COUNTERFOIL_MODEL_NAME")
            self._models[tier_name] = listed[0].id
        return self._models[tier_name]

    async def _make(self, call: ModelCall, tier: Tier, request: dict[str, Any], shape: type[BaseModel]) -> ModelCall:
        """Make the request and end the call in the book, whatever comes."""
        sent = False
        since = time.monotonic()
        limit = self._limits[tier.url]
        try:
            async with limit.place() as place:
                self._follow(tier)
                metrics.CALL_WAIT.labels(tier.name).observe(time.monotonic() - since)
                call = call.model_copy(update={"started_at": datetime.now(UTC)})
                sent = True
                try:
                    completion = await self._completion(tier, request)
                except EndpointBusy as failure:
                    place.rejected(failure.retry_after)
                    raise
                except EndpointUnreachable as failure:
                    limit.unreachable(failure)
                    raise
                place.answered()
        except asyncio.CancelledError:
            await self._end(cancelled(call, sent=sent))
            raise
        except ModelError as failure:
            ended = call.model_copy(
                update={"status": failure.outcome, "error": str(failure), "ended_at": datetime.now(UTC)}
            )
            await self._end(ended)
            raise
        call = answered(call, completion, tier, request, shape)
        await self._end(call)
        return call

    async def _completion(self, tier: Tier, request: dict[str, Any]) -> ChatCompletion:
        """The endpoint's answer to one request.

        Raises:
            ModelError: whatever else came of it.
        """
        try:
            with metrics.in_flight(tier.name):
                async with asyncio.timeout(tier.timeout_seconds):
                    completion = await self._client(tier).chat.completions.create(**request)
        except Exception as error:
            raise failure_of(error, tier) from cause_of(error, tier)
        if not isinstance(completion, ChatCompletion) or not completion.choices:
            # A page of a proxy, say: it tells nothing of what the endpoint did, and may be gone the next time.
            what = f"{tier.url} answered with something that is no chat completion: {short(completion, tier)}"
            raise AnswerLost(f"the model endpoint {what}")
        return completion

    def _follow(self, tier: Tier) -> None:
        """See to it that the endpoint's limit follows what the endpoint says of itself, while calls are made."""
        limit, task = self._limits[tier.url], self._following.get(tier.url)
        if not limit.fixed and (task is None or task.done()):
            self._following[tier.url] = asyncio.create_task(follow(limit, tier.url, tier.api_key))

    def _show_limit(self, tier: Tier) -> None:
        metrics.CALL_LIMIT.labels(tier.name).set(self._limits[tier.url].size)

    async def _answers(self, tier: Tier) -> bool:
        """Whether the endpoint can be reached, by a request that costs nothing."""
        try:
            async with asyncio.timeout(10):
                await self._client(tier).models.list()
        except Exception as error:
            return not isinstance(failure_of(error, tier), (EndpointUnreachable, AnswerLost))
        return True

    async def _end(self, call: ModelCall) -> None:
        """Write the outcome to the book, also when this task is cancelled meanwhile: what was paid goes on record."""
        _, stopped = await _finished(lambda: self._written(call))
        if stopped:
            raise asyncio.CancelledError

    async def _written(self, call: ModelCall) -> None:
        """Offer the outcome to the book until it takes it, for `_KEEP_SECONDS`: a database that is busy or starting
        again must not cost a paid answer. Raises what the book last raised."""
        give_up = time.monotonic() + _KEEP_SECONDS
        for tries in itertools.count():
            try:
                await self._book.end_call(call)
                metrics.count_call(call, self._tiers[call.tier].model or self._models[call.tier])
                return
            except Exception as error:
                left = give_up - time.monotonic()
                if left <= 0:
                    log.error("call %s ended %s and could not be recorded", subject_of(call), call.status)
                    raise
                if not tries:
                    log.warning("call %s is not recorded yet, trying again: %s", subject_of(call), type(error).__name__)
                await asyncio.sleep(min(0.1 * 2 ** min(tries, 6), left))

    def _client(self, tier: Tier) -> openai.AsyncOpenAI:
        if tier.name not in self._clients:
            # Temporal retries; the client's own retries would pay unseen. Proxies of the environment are not used:
            # a document goes to the endpoint that was allowed and nowhere else.
            self._clients[tier.name] = openai.AsyncOpenAI(
                base_url=tier.url,
                api_key=tier.api_key or "none",
                max_retries=0,
                timeout=openai.Timeout(tier.timeout_seconds, connect=5),
                http_client=openai.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False),
            )
        return self._clients[tier.name]


async def _finished(write: Callable[[], Coroutine[Any, Any, R]]) -> tuple[R, bool]:
    """What writing to the book returned, and whether this task was cancelled meanwhile.

    The write is a task of its own, so that cancelling this one does not cut it off half way. A loop that ends cancels
    that task too: then it is begun once more. Ending a call twice changes nothing; of a call begun twice the first
    attempt is on record as lost. A write that takes longer than `_BOOK_SECONDS` after the cancellation is given up.
    """
    cancelled = again = False
    patience: float | None = None
    task = asyncio.create_task(write())
    while True:
        try:
            await asyncio.wait([task], timeout=patience)
        except asyncio.CancelledError:
            cancelled, patience = True, _BOOK_SECONDS
            continue
        if not task.done():
            task.cancel()
            raise asyncio.CancelledError
        if not task.cancelled():
            return task.result(), cancelled
        if again:
            raise asyncio.CancelledError
        cancelled = again = True
        patience = _BOOK_SECONDS
        task = asyncio.create_task(write())
