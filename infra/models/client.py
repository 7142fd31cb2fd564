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
import math
import re
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any, Generic, Protocol, TypeVar

import openai
from openai.types.chat import ChatCompletion
from openinference.instrumentation import (
    Message,
    TokenCount,
    get_attributes_from_context,
    get_input_attributes,
    get_llm_input_message_attributes,
    get_llm_invocation_parameter_attributes,
    get_llm_model_name_attributes,
    get_llm_output_message_attributes,
    get_llm_token_count_attributes,
    get_output_attributes,
    get_span_kind_attributes,
)
from opentelemetry.trace import Status, StatusCode
from pydantic import BaseModel, ValidationError

from infra.models._vllm import follow
from infra.models.errors import (
    AnswerLost,
    ContextExceeded,
    EndpointBusy,
    EndpointUnreachable,
    InvalidAnswer,
    ModelError,
    RequestRefused,
)
from infra.models.limit import CallLimit
from infra.models.tiers import Tier, require_allowed
from infra.records import CallStatus, ModelCall, TokenUsage
from infra.telemetry import metrics
from infra.telemetry.tracing import identified, span_id_of, tracer
from infra.text import storable

log = logging.getLogger(__name__)

T = TypeVar("T", bound=BaseModel)
R = TypeVar("R")

_THINK = re.compile(r"^\s*<think>(.*?)</think>\s*", re.DOTALL)
_BOOK_SECONDS = 5.0
"""How long a cancelled call waits for the book to take its outcome."""
_KEEP_SECONDS = 60.0
"""How long an outcome that the book does not take is kept and offered again."""


@dataclass(frozen=True)
class Question(Generic[T]):
    """One question: chat ``messages``, the pydantic model of its answer, and the most output tokens it may take."""

    execution_id: str
    step: str
    messages: Sequence[Mapping[str, str]]
    answer: type[T]
    max_tokens: int
    prompt_version: str
    """Digest of the prompt files it was made from."""
    tier: str = "small"


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A usable answer and the call it came from."""

    value: T
    call: ModelCall


class CallBook(Protocol):
    """Where calls are recorded: the ledger, or a list in memory."""

    async def begin_call(self, call: ModelCall) -> ModelCall: ...
    async def end_call(self, call: ModelCall) -> None: ...


class MemoryCallBook:
    """A call book that forgets: for agents run on their own, without a ledger."""

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []

    async def begin_call(self, call: ModelCall) -> ModelCall:
        return call

    async def end_call(self, call: ModelCall) -> None:
        self.calls.append(call)


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

    def tier_above(self, name: str) -> str:
        """The next larger configured tier, or ``name`` itself where there is none."""
        names = list(self._tiers)
        return names[min(names.index(name) + 1, len(names) - 1)]

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
        call, cancelled = await _finished(lambda: self._book.begin_call(begun))
        if cancelled:
            if call.status is CallStatus.STARTED:
                await self._end(_cancelled(call, sent=False))
            raise asyncio.CancelledError
        if call.status is CallStatus.STARTED:
            call = call.model_copy(update={"span_id": f"{span_id_of(_subject(call)):016x}"})
            call = await self._make(call, tier, request, question.answer)
        _trace(call, request)
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
                failure = _sorted_error(error, tier)
                if isinstance(failure, EndpointUnreachable):
                    self._limits[tier.url].unreachable(failure)
                raise failure from _cause(error, tier)
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
            await self._end(_cancelled(call, sent=sent))
            raise
        except ModelError as failure:
            ended = call.model_copy(
                update={"status": failure.outcome, "error": str(failure), "ended_at": datetime.now(UTC)}
            )
            await self._end(ended)
            raise
        call = _answered(call, completion, tier, request, shape)
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
            raise _sorted_error(error, tier) from _cause(error, tier)
        if not isinstance(completion, ChatCompletion) or not completion.choices:
            # A page of a proxy, say: it tells nothing of what the endpoint did, and may be gone the next time.
            what = f"{tier.url} answered with something that is no chat completion: {_short(completion, tier)}"
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
            return not isinstance(_sorted_error(error, tier), (EndpointUnreachable, AnswerLost))
        return True

    async def _end(self, call: ModelCall) -> None:
        """Write the outcome to the book, also when this task is cancelled meanwhile: what was paid goes on record."""
        _, cancelled = await _finished(lambda: self._written(call))
        if cancelled:
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
                    log.error("call %s ended %s and could not be recorded", _subject(call), call.status)
                    raise
                if not tries:
                    log.warning("call %s is not recorded yet, trying again: %s", _subject(call), type(error).__name__)
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


def _cancelled(call: ModelCall, *, sent: bool) -> ModelCall:
    """The call as it ends when the asking task is cancelled: lost if in flight, not paid if it was never sent."""
    status = CallStatus.LOST if sent else CallStatus.REFUSED
    error = "cancelled while in flight" if sent else "cancelled before it was sent"
    return call.model_copy(update={"status": status, "error": error, "ended_at": datetime.now(UTC)})


def _cause(error: Exception, tier: Tier) -> Exception | None:
    """``error`` to tell as the cause, unless it repeats the API key."""
    return None if tier.api_key and tier.api_key in f"{error}{error!r}" else error


def _sorted_error(error: Exception, tier: Tier) -> ModelError:
    """The `ModelError` that tells what ``error`` means for the call."""
    where = f"the model endpoint {tier.url} (tier {tier.name})"
    failure: ModelError
    if isinstance(error, ModelError):
        return error
    if isinstance(error, (TimeoutError, openai.APITimeoutError)):
        cause = type(error.__cause__).__name__
        if "ConnectTimeout" in cause:
            return EndpointUnreachable(f"{where} cannot be reached: no connection within 5 s")
        return AnswerLost(f"{where} gave no answer within {tier.timeout_seconds:g} s")
    if isinstance(error, openai.APIConnectionError):
        cause = type(error.__cause__).__name__
        if cause == "ConnectError":
            return EndpointUnreachable(f"{where} cannot be reached. Is it running? See `counterfoil doctor`")
        return AnswerLost(f"{where} cut the connection before its answer was complete ({cause})")
    if isinstance(error, openai.APIStatusError):
        said = _short(error.message, tier).removeprefix(f"Error code: {error.status_code} - ")
        detail = f"{error.status_code}: {said}"
        if error.status_code in (409, 425, 429, 503):
            failure = EndpointBusy(f"{where} is busy or failing ({detail})")
        elif error.status_code == 408 or error.status_code >= 500:
            # It, or a proxy before it, took the request and then failed: the tokens may have been computed.
            failure = AnswerLost(f"{where} failed ({detail})")
        elif error.status_code in (400, 413, 422) and _TOO_LONG.search(said):
            return ContextExceeded(
                f"{where} takes fewer tokens at once than this question and its answer need ({detail}). Set "
                "COUNTERFOIL_MODEL_CONTEXT to what it takes, and submit the document again"
            )
        else:
            return RequestRefused(f"{where} refused the request ({detail}){_ADVICE.get(error.status_code, '')}")
        failure.retry_after = _seconds(error.response.headers.get("retry-after", ""))
        return failure
    detail = f"{type(error).__name__}: {_short(error, tier)}"
    return AnswerLost(f"{where} answered with something that is no chat completion ({detail})")


_TOO_LONG = re.compile(r"context[ _](?:length|size|window)|maximum context|too many tokens", re.IGNORECASE)
"""How endpoints (vLLM, llama.cpp, OpenAI and those like it) say that a request is longer than their context."""

_ADVICE = {
    401: ". Check COUNTERFOIL_MODEL_API_KEY",
    403: ". Check COUNTERFOIL_MODEL_API_KEY",
    404: ". Check COUNTERFOIL_MODEL_URL and COUNTERFOIL_MODEL_NAME",
}
"""What to do about a refusal, by status."""


def _seconds(retry_after: str) -> float | None:
    """The wait that a Retry-After header asks for, at most 300 s; None where it gives no number of seconds."""
    try:
        seconds = float(retry_after)
    except ValueError:
        return None
    return None if math.isnan(seconds) or seconds < 0 else min(seconds, 300.0)


def _short(text: object, tier: Tier) -> str:
    """``text`` for a message: the beginning of it, and not the API key, which endpoints repeat when they refuse one."""
    told = str(text).replace(tier.api_key, "[the API key]") if tier.api_key else str(text)
    return " ".join(told.split())[:300]


def _answered(
    call: ModelCall, completion: ChatCompletion, tier: Tier, request: dict[str, Any], shape: type[BaseModel]
) -> ModelCall:
    """The call with what the endpoint answered; INVALID where that cannot be used."""
    now = datetime.now(UTC)
    try:
        choice = completion.choices[0]
        answer, reasoning = _apart(choice.message)
    except (AttributeError, TypeError):
        error = f"the model endpoint {tier.url} answered without a message: {_short(completion, tier)}"
        return call.model_copy(update={"status": CallStatus.INVALID, "error": error, "ended_at": now})
    usage = _usage(completion)
    problem = None
    if choice.finish_reason == "length":
        problem = f"the answer was cut off at {request['max_tokens']} tokens"
    else:
        try:
            shape.model_validate_json(answer)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            problem = f"the answer is not a {shape.__name__}: {first['msg']}: {_short(answer, tier)[:120]!r}"
    return call.model_copy(
        update={
            "status": CallStatus.INVALID if problem else CallStatus.COMPLETED,
            "ended_at": now,
            "model": _text(completion.model) or call.model,
            "usage": usage or TokenUsage(),
            "cost": tier.price.cost(usage) if usage and tier.price else None,
            "answer": answer,
            "reasoning": reasoning,
            "finish_reason": _text(choice.finish_reason),
            "error": problem,
        }
    )


def _apart(message: Any) -> tuple[str, str | None]:
    """Answer and reasoning of a chat message: servers give reasoning in a field of its own, or in ``<think>``."""
    content = storable(message.content or "")
    reasoning = _text(getattr(message, "reasoning_content", None)) or _text(getattr(message, "reasoning", None))
    thought = _THINK.match(content)
    if thought:
        return content[thought.end() :], (reasoning or thought[1].strip() or None)
    return content, reasoning


def _text(value: Any) -> str | None:
    """``value`` if it is text, without what a database cannot store; the library does not check an answer's types."""
    return storable(value) if isinstance(value, str) else None


def _usage(completion: ChatCompletion) -> TokenUsage | None:
    """The tokens as reported; None where they are not, or not as numbers."""
    usage = completion.usage
    if usage is None:
        return None
    try:
        cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0
        reasoning = usage.completion_tokens_details.reasoning_tokens if usage.completion_tokens_details else 0
        return TokenUsage(
            prompt=usage.prompt_tokens,
            cached=min(cached or 0, usage.prompt_tokens),
            output=usage.completion_tokens,
            reasoning=reasoning or 0,
        )
    except (AttributeError, TypeError, ValidationError):
        return None


def _trace(call: ModelCall, request: dict[str, Any]) -> None:
    """Emit the call's span, with the times of the call. Its id is the call's: sent again, it is the same span.

    Its model is the one asked for, by whose name Phoenix has the price; the endpoint may report another.
    """
    messages = [Message(role=m["role"], content=m["content"]) for m in request["messages"]]
    attributes: dict[str, Any] = {
        **get_span_kind_attributes("llm"),
        **dict(get_attributes_from_context()),
        **get_llm_model_name_attributes(request["model"]),
        **get_llm_invocation_parameter_attributes({"temperature": 0, "max_tokens": request["max_tokens"]}),
        **get_llm_input_message_attributes(messages),
        **get_llm_output_message_attributes([Message(role="assistant", content=call.answer or "")]),
        **get_input_attributes(messages[-1].get("content") or ""),
        **get_output_attributes(call.answer or ""),
        **get_llm_token_count_attributes(
            TokenCount(
                prompt=call.usage.prompt,
                completion=call.usage.output,
                total=call.usage.total,
                prompt_details={"cache_read": call.usage.cached},
            )
        ),
        "llm.prompt_template.version": call.prompt_version,
        "counterfoil.model_reported": call.model,
        "counterfoil.call.key": call.key,
        "counterfoil.call.attempt": call.attempt,
        "counterfoil.call.status": call.status.value,
        "counterfoil.tier": call.tier,
    }
    if call.cost is not None:
        attributes["counterfoil.cost"] = str(call.cost)
        attributes["counterfoil.price_source"] = call.price_source or ""
    if call.reasoning:
        attributes["counterfoil.reasoning"] = call.reasoning
    with identified(_subject(call)):
        started = tracer().start_span(
            f"{call.tier}: {call.step}", attributes=attributes, start_time=_nanoseconds(call.started_at)
        )
    usable = call.status is CallStatus.COMPLETED
    started.set_status(Status(StatusCode.OK) if usable else Status(StatusCode.ERROR, call.error))
    started.end(end_time=_nanoseconds(call.ended_at or call.started_at))


def _subject(call: ModelCall) -> str:
    """What the call's span stands for: this try at this question."""
    return f"{call.key}#{call.attempt}"


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1000
