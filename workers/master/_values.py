"""Cells as values: texts, lists, numbers, days, identifiers. What can be read in two ways is refused, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from agents.fields.identifiers import CURRENCIES, EU, without_tax_name
from agents.fields.schema import MAX_DIGITS, MAX_NAME
from agents.fields.values import is_iban, is_vat_id, parse_amount
from workers.intake._names import readable
from workers.intake.tables import is_destroyed
from workers.master._rows import Number, parted, quoted

MAX_PARTS = 100
"""Of a list in a cell: aliases, accounts."""
_TRUE = ("yes", "true", "1", "x", "y", "ja", "oui")
_FALSE = ("no", "false", "0", "", "n", "nein", "non")
_ISO_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?)?")
"""A day; spreadsheets write the midnight it begins with behind it."""
_GROUPINGS = (("[.]", ","), (",", "[.]"), ("['’ ]", "[.,]"))
"""Signs between thousands, and the decimal points that go with them."""


class BadValue(Exception):
    """A value that cannot be taken, in words a person can act on."""


def text(value: Any) -> str | None:
    """One line of at most 255 characters; None for an empty cell."""
    if isinstance(value, (list, bool)):
        raise BadValue(f"{quoted(value)} is no text")
    given = str(value).strip()
    if len(given.splitlines()) > 1:
        raise BadValue(
            f"{quoted(' / '.join(given.splitlines()))} has more than one line; write one, with | between the parts of a list"
        )
    if is_destroyed(given):
        raise BadValue(
            f"{quoted(given)} is what a spreadsheet makes of a long number, its last digits lost; write it as text"
        )
    plain = " ".join(readable(given).split())
    if len(plain) > MAX_NAME:
        raise BadValue(f"it has {len(plain)} characters; shorten it to {MAX_NAME}")
    return plain or None


def required(value: Any) -> str:
    """A text that must be there."""
    plain = text(value)
    if plain is None:
        raise BadValue("it is empty; fill it")
    return plain


def same_id(value: Any) -> str:
    """An id as it is on record, however its cell is written; what is wrong with it is for `text` to say."""
    return " ".join(readable(str(value)).split())


def texts(value: Any) -> list[str]:
    """A list: of JSON, or the parts of a cell; each once."""
    parts = value if isinstance(value, list) else parted(str(value))
    if len(parts) > MAX_PARTS:
        raise BadValue(f"it has {len(parts)} parts; {MAX_PARTS} are the most")
    return list(dict.fromkeys(plain for part in parts if (plain := text(part))))


def number(value: Any) -> Decimal:
    """A number such as 1234.56. ``1.234,56`` and ``1'234.56`` are taken too; ``1.234``, which may be either, is not.

    In JSON a number without quotation marks is what it says.
    """
    given = str(value).strip().replace("−", "-")
    if isinstance(value, (list, bool)) or not given:
        raise BadValue(
            "it is empty; write a number such as 1234.56" if value == "" else f"{quoted(value)} is no number"
        )
    if isinstance(value, Number):
        return _bounded(Decimal(given))
    plain = re.sub(r"\s", " ", given)
    if two := re.fullmatch(r"(-?[1-9]\d{0,2})[.,](\d{3})", plain):
        whole, rest = two.groups()
        raise BadValue(
            f"{plain} may be {whole}{rest} or {whole} and {rest} thousandths; write {whole}{rest}.00 or {whole}.{rest}0"
        )
    if re.fullmatch(r"-?\d+([.,]\d+)?", plain):
        return _bounded(Decimal(plain.replace(",", ".")))
    grouped = any(re.fullmatch(rf"-?\d{{1,3}}({g}\d{{3}})+({p}\d+)?", plain) for g, p in _GROUPINGS)
    amount = parse_amount(plain) if grouped else None
    if amount is None:
        raise BadValue(f"{quoted(given)} is no number; write it as 1234.56")
    return _bounded(amount)


def plain_number(value: Decimal) -> str:
    """A number as a file has it: one that could be read in two ways, 1.234, with a zero behind."""
    written = format(value, "f")
    return f"{written}0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", written) else written


def amount(value: Any) -> Decimal | None:
    """A sum of money that is not negative; None for an empty cell."""
    if value == "":
        return None
    parsed = number(value)
    if parsed < 0:
        raise BadValue(f"{parsed} is negative")
    return parsed


def price(value: Any) -> Decimal:
    """A price, which is not negative."""
    parsed = amount(value)
    if parsed is None:
        raise BadValue("it is empty; write a number such as 12.50")
    return parsed


def quantity(value: Any) -> Decimal:
    """A quantity above 0."""
    parsed = number(value)
    if parsed <= 0:
        raise BadValue(f"{parsed} is no quantity; it must be above 0")
    return parsed


def received(value: Any) -> Decimal:
    """A quantity that came in, or, negative, that went back."""
    parsed = number(value)
    if not parsed:
        raise BadValue("nothing was received; delete the row")
    return parsed


def days(value: Any) -> int | None:
    """Days to pay, from 0 to 3650; None for an empty cell."""
    given = str(value).strip()
    if not given:
        return None
    if not re.fullmatch(r"\d{1,4}", given) or int(given) > 3650:
        raise BadValue(f"{quoted(given)} is no number of days; write one such as 30")
    return int(given)


def truth(value: Any) -> bool:
    """Yes or no; an empty cell is no."""
    word = str(value).strip().lower()
    if word not in _TRUE and word not in _FALSE:
        raise BadValue(f"{quoted(value)} is neither yes nor no; write one of them")
    return word in _TRUE


def day(value: Any) -> date | None:
    """A day such as 2026-10-31, or 31.10.2026; None for an empty cell."""
    given = str(value).strip()
    if not given:
        return None
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", given)
    try:
        if german:
            return date(int(german[3]), int(german[2]), int(german[1]))
        if iso := _ISO_DAY.fullmatch(given):
            return date.fromisoformat(iso[1])
    except ValueError:
        pass
    raise BadValue(f"{quoted(given)} is no day; write year-month-day, as 2026-12-31")


def country(value: Any) -> str | None:
    """ISO 3166, two letters; None for an empty cell."""
    code = str(value).strip().upper()
    if code and not re.fullmatch(r"[A-Z]{2}", code):
        raise BadValue(f"{quoted(value)} is no country; write its code of two letters, as DE")
    return code or None


def currency(value: Any) -> str | None:
    """ISO 4217; None for an empty cell."""
    code = str(value).strip().upper()
    if code and code not in CURRENCIES:
        raise BadValue(f"{quoted(value)} is no currency; write its code of three letters, as EUR")
    return code or None


def the_currency(value: Any) -> str:
    """A currency that must be there."""
    code = currency(value)
    if code is None:
        raise BadValue("it is empty; write a currency's code, as EUR")
    return code


def ibans(value: Any) -> list[str]:
    """Accounts with valid check digits, without spaces, upper case."""
    return _identifiers(value, _iban)


def vat_ids(value: Any) -> list[str]:
    """VAT ids, without signs, upper case; check digits hold where the country's are known (EU, GB, CH)."""
    return _identifiers(value, _vat_id)


def _identifiers(value: Any, checked: Callable[[str], str]) -> list[str]:
    return list(dict.fromkeys(checked(part) for part in texts(value)))


def _iban(given: str) -> str:
    compact = re.sub(r"[\s-]", "", given).upper()
    if not is_iban(compact):
        raise BadValue(f"{quoted(given)} is no IBAN: its check digits do not hold; compare it with the vendor's letter")
    return compact


def _vat_id(given: str) -> str:
    compact = re.sub(r"[\s./-]", "", given).upper()
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9+*]{2,14}", compact):
        raise BadValue(f"{quoted(given)} is no VAT id; write it with its country, as DE136695976")
    prefix = compact[:2].replace("GR", "EL")
    known = prefix in EU or prefix in ("GB", "XI") or compact.startswith("CHE")
    plain = f"GB{compact[2:]}" if prefix == "XI" else compact
    bare = without_tax_name(plain) + "MWST" if compact.startswith("CHE") else plain
    if known and not is_vat_id(bare):
        raise BadValue(
            f"{quoted(given)} is no VAT id: its check digits do not hold; compare it with the vendor's letter"
        )
    return compact


def _bounded(value: Decimal) -> Decimal:
    if len(value.as_tuple().digits) > MAX_DIGITS or abs(value.adjusted()) > MAX_DIGITS:
        raise BadValue(f"it has more than {MAX_DIGITS} digits")
    return value
