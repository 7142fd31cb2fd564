"""Column types that give back on SQLite and Postgres exactly what was written."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic_core import to_json, to_jsonable_python
from sqlalchemy import JSON, DateTime, Dialect, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from infra.text import storable

_LARGEST_EXPONENT = 100


class Words(TypeDecorator[str]):
    """Text, compared and sorted by code point in both databases."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(str(value))


class Money(TypeDecorator[Decimal]):
    """A `Decimal` without loss: text on SQLite, NUMERIC of any precision on Postgres.

    Comes back equal to what was written, without trailing zeros. Cannot be summed in SQL on SQLite.

    Raises ValueError for a value that is not finite or has more than 100 digits before or after the point.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Numeric() if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int):
            raise ValueError(f"{value} is not an amount of money: it must be finite")
        if exponent < -_LARGEST_EXPONENT or value.adjusted() > _LARGEST_EXPONENT:
            raise ValueError(f"{value} is not an amount of money: it has more than {_LARGEST_EXPONENT} digits")
        return _normalised(value) if dialect.name == "postgresql" else str(_normalised(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else _normalised(Decimal(value))


def _normalised(value: Decimal) -> Decimal:
    # Decimal.normalize() would round to the context's 28 digits and give 1E+3 for 1000.
    digits = format(value, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return Decimal(0) if digits in ("0", "-0") else Decimal(digits)


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no offset, so it is taken off and put back here.

    Raises ValueError for a naive time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone: the ledger takes aware times only")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainJson(TypeDecorator[Any]):
    """Plain JSON, written by `json_text`. On Postgres JSON and not JSONB, which would forget the order of keys; nothing
    searches inside."""

    impl = JSON
    cache_ok = True


def json_text(value: Any) -> str:
    """``value`` as JSON that both databases take: what JSON has not is told as text, what is not finite is null.

    Raises ValueError for a value that cannot be told as text.
    """
    try:
        encoded = to_json(value, inf_nan_mode="null").decode()
    except ValueError:  # half a surrogate pair, or indeed no JSON
        encoded = _NUL
    return to_json(_plain(value)).decode() if _NUL in encoded else encoded


_NUL = "\\u0000"


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float):
        return value
    return _plain(to_jsonable_python(value))
