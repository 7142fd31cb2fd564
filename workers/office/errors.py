"""What the use cases raise, each for a person to read, and by its type for a program to tell apart."""

from __future__ import annotations

from collections.abc import Sequence

from infra.extras import NotInstalled
from infra.failures import Failure, WronglyAsked

__all__ = ["CannotDo", "NobodyAnswers", "NotKnown", "NotTaken", "SeveralMeant", "WronglyAsked", "told"]


class CannotDo(Failure):
    """What was asked for cannot be done as things stand: the message says why, and what to do next."""


class NotKnown(CannotDo):
    """There is nothing of that name. ``near`` are names like it."""

    def __init__(self, message: str, near: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.near = list(near)


class SeveralMeant(CannotDo):
    """It may mean any of several; ``candidates`` are their ids or names."""

    def __init__(self, message: str, candidates: Sequence[str]) -> None:
        super().__init__(message)
        self.candidates = list(candidates)


class NotTaken(CannotDo):
    """The workflow did not take what it was told: it has changed since, or what was said is wrong."""


class NobodyAnswers(CannotDo):
    """No worker took it in time, so it may be lost."""


def told(error: Exception) -> str | None:
    """What to say of a foreseeable error; None for one that is a fault of this program."""
    from infra.ledger import LedgerNotReady

    if isinstance(error, (Failure, LedgerNotReady, NotInstalled)):
        return str(error)
    from pydantic import ValidationError
    from pydantic_settings import SettingsError
    from sqlalchemy.exc import SQLAlchemyError
    from temporalio.service import RPCError

    from infra.telemetry.phoenix import PhoenixError
    from infra.temporal.connect import TemporalUnreachable

    if isinstance(error, (TemporalUnreachable, PhoenixError)):
        return str(error)
    if isinstance(error, ValidationError) and error.title == "Settings":
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        return f"the settings cannot be read: {wrong}. Look at the COUNTERFOIL_… variables and the settings' file"
    if isinstance(error, SettingsError):
        return f"the settings cannot be read: {error}. Look at the COUNTERFOIL_… variables and the settings' file"
    if isinstance(error, SQLAlchemyError):
        return f"the ledger did not answer: {getattr(error, 'orig', None) or error}. See `counterfoil doctor`"
    if isinstance(error, RPCError):
        return f"Temporal did not do what was asked: {error.message or error.status.name}. See `counterfoil doctor`"
    return None
