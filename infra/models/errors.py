"""What can go wrong with a model call, sorted by whether asking again can help and whether it was paid."""

from __future__ import annotations

from infra.failures import Failure
from infra.records import CallStatus, ModelCall


class ModelError(Failure):
    """A model call failed. The message names the endpoint, what was wrong and what to do next."""

    outcome = CallStatus.REFUSED


class EndpointNotAllowed(ModelError):
    """The endpoint's host is not on the allow-list. Nothing was sent."""


class EndpointUnreachable(ModelError):
    """No connection: refused, none in time, or no such host. Nothing was paid."""

    retryable = True


class EndpointBusy(ModelError):
    """429 or 503 (or 409 or 425): not now. Nothing was paid."""

    retryable = True


class AnswerLost(ModelError):
    """Time-out, 408, a 5xx other than 503, a connection that was cut, or an answer that is no chat completion: the
    request may have been paid though no answer came."""

    retryable = True
    outcome = CallStatus.LOST


class RequestRefused(ModelError):
    """Another 4xx, or a redirect: the same request would be refused again. Nothing was paid."""


class ContextExceeded(RequestRefused):
    """The question and the longest answer to it are more than the endpoint takes at once. Nothing was paid."""


class InvalidAnswer(ModelError):
    """The answer came and was paid, but is not what was asked for. The same question would get the same answer."""

    outcome = CallStatus.INVALID

    def __init__(self, message: str, call: ModelCall) -> None:
        super().__init__(message)
        self.call = call
