"""What ends a submission as a whole, and the rule for names that reach ids, addresses and file names."""

from __future__ import annotations

from infra.failures import WronglyAsked
from infra.ids import NAME


class CannotTake(ValueError):
    """A file cannot be taken. The message goes on from its name: ``it is …``, and says what to do."""


class BadSubmission(WronglyAsked):
    """Nothing was handed in: what was asked for cannot be done as a whole."""


def checked_name(kind: str, name: str) -> str:
    """``name`` if a tenant or batch may be called so.

    Raises:
        BadSubmission: it may not; the message says what may.
    """
    if NAME.fullmatch(name):
        return name
    raise BadSubmission(
        f"{name!r} cannot name a {kind}: 1 to 63 characters of a-z, 0-9, '.', '_' and '-', a letter or digit first"
    )
