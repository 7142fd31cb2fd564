"""Printed values: finding candidates in a text, and turning what is printed into canonical form.

A small model copies well and converts badly, so it is asked for what is printed and the conversion is done here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from stdnum import bic, iban
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat
from stdnum.gb import vat as british_vat

from agents.fields import numerals
from agents.fields.identifiers import BIC_SHAPE, iban_shape
from agents.fields.numerals import AMOUNT as AMOUNT
from agents.fields.numerals import SPACES
from agents.fields.numerals import decimal_mark as decimal_mark
from agents.fields.schema import MAX_DIGITS
from agents.words import by_language, in_text

CENT = Decimal("0.01")
"""To which sums of money are rounded, and by which they may differ."""
_VAT = re.compile(rf"\b(?=((?:CHE-?|[A-Z]{{2}})[{SPACES}]?(?:[0-9A-Z][{SPACES}.\-]?){{7,15}}[0-9A-Z])\b)")
_IBAN = re.compile(rf"\b(?=({iban_shape(SPACES)})\b)")
_BIC = re.compile(rf"(?:BIC|SWIFT)\S*\s*(?:/\s*SWIFT)?\s*:?\s*({BIC_SHAPE})\b")
RATE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?%")
"""A rate as it is printed: its number is the first group."""
_SYMBOLS = {
    "€": "EUR", "£": "GBP", "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "MX$": "MXN", "R$": "BRL", "₹": "INR", "₺": "TRY", "₪": "ILS", "₩": "KRW", "฿": "THB",
}  # fmt: skip
_SHARED_SYMBOLS = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "ARS", "CLP", "COP"),
    "¥": ("JPY", "CNY"),
}
"""Symbols of several currencies: which is meant, the rest of the document says, or nothing does."""
_CODES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "AUD", "JPY")
"""ISO 4217 codes that stand for nothing else: taken wherever they are a word."""
_CAREFUL_CODES = (
    "CAD", "NZD", "SGD", "HKD", "CNY", "TWD", "KRW", "INR", "IDR", "MYR", "PHP", "THB", "VND", "PKR", "AED", "SAR",
    "QAR", "KWD", "ILS", "EGP", "MAD", "TND", "TRY", "RON", "HUF", "BGN", "ISK", "RSD", "UAH", "GEL", "RUB", "ZAR",
    "NGN", "KES", "MXN", "BRL", "ARS", "CLP", "COP", "PEN",
)  # fmt: skip
"""Active codes that are words, names or abbreviations too (CAD, TRY, PHP): taken beside a number or after a word that
announces a currency or an amount."""
CODE = re.compile("|".join(rf"\b{code}\b" for code in (*_CODES, *_CAREFUL_CODES)))
"""ISO 4217 codes that are taken where a label announces a currency."""
_CAREFUL = "|".join(_CAREFUL_CODES)
_ANNOUNCED = in_text("text.announces_currency")
_CAREFUL_CODE = re.compile(
    rf"(?<!\w)({_CAREFUL})(?:[ \u00a0\u202f][-−(]?\d|[-−(]?\d+(?=[.,'’]))[\d.,'’]*(?![\w])"
    rf"|(?<![\w.,'’])\d[\d.,'’]*[ \u00a0\u202f]?({_CAREFUL})(?!\w|-\w)"
    rf"|(?i:{_ANNOUNCED})\w{{0,12}}[ \u00a0]?[:.]?[ \u00a0]{{0,40}}(?:in[ \u00a0])?[(\[]?({_CAREFUL})(?!\w|-\w)"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA"
    "|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
AMERICAN = re.compile(
    rf"\bUSA?\b|\bU\.S\.|\bUnited States\b|\bUNITED STATES\b|\bUSD\b|US\$"
    rf"|\b(?:{_STATES}),?[ \u00a0]{{1,3}}\d{{5}}(?:-\d{{4}})?(?!\w)|\bDE,?[ \u00a0]{{1,3}}19[7-9]\d\d(?:-\d{{4}})?(?!\w)"
)
"""A place in the United States; DE is Delaware only with a Delaware ZIP code."""


def amounts(text: str) -> list[str]:
    """Every printed number in ``text`` that could be an amount, a price, a quantity or a rate; each once, in order."""
    plain = numerals.plain(text)
    return _once(text[match.start() : match.end()].strip(SPACES) for match in AMOUNT.finditer(plain))


def without_spaces(text: str) -> str:
    """``text`` with its numbers printed without spaces: ``1 234,56`` as ``1234,56``."""
    for number in amounts(text):
        if len(number.split()) > 1:
            text = text.replace(number, "".join(number.split()))
    return text


_BEHIND_MONEY = re.compile(rf"\s?(?:[-−–)]|{numerals.CREDIT})\Z")
_MONEY_OTHERWISE = re.compile(r"\d(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]{2}|[.,][-–—−=]{1,2})\Z")
"""With raised cents, or a dash for none."""


def is_money(printed: str) -> bool:
    """Whether a printed number looks like an amount of money: with two decimals."""
    digits = _BEHIND_MONEY.sub("", numerals.compact(printed)).rstrip()
    return bool(len(digits) > 3 and digits[-3] in ".," and digits[-2:].isdigit()) or bool(
        _MONEY_OTHERWISE.search(printed)
    )


def vat_ids(text: str) -> list[str]:
    """Every VAT id in ``text`` with valid check digits (python-stdnum), as printed."""
    return _once(_valid(_VAT, text, is_vat_id))


def ibans(text: str) -> list[str]:
    """Every IBAN in ``text`` with valid check digits (ISO 13616), as printed."""
    return _once(_valid(_IBAN, text, is_iban))


def _valid(shape: re.Pattern[str], text: str, valid: Callable[[str], bool]) -> Iterator[str]:
    """What is ``valid`` of each place of ``shape`` in ``text``, none within another."""
    end = 0
    for match in shape.finditer(text):
        if match.start() >= end and (printed := _longest_valid(match[1], valid)):
            yield printed
            end = match.start() + len(printed)


def is_vat_id(printed: str) -> bool:
    """Whether it is a VAT id of the EU, Great Britain or Switzerland whose check digits hold (python-stdnum)."""
    text = _spaced(printed)
    if text.startswith("CHE"):
        return bool(swiss_vat.is_valid(text))
    return bool(british_vat.is_valid(text)) if text.startswith("GB") else bool(vat.is_valid(text))


def is_iban(printed: str) -> bool:
    """Whether it is an IBAN whose check digits hold (ISO 13616); a bank no list knows is none of our business."""
    return bool(iban.is_valid(_spaced(printed), check_country=False))


def bics(text: str) -> list[str]:
    """Every BIC (ISO 9362) that ``text`` names as one."""
    return _once(m[1] for m in _BIC.finditer(text) if bic.is_valid(m[1]))


class Currency(NamedTuple):
    """An ISO 4217 ``code``, how it is ``printed`` (as the code or a symbol), and how many ``times``."""

    code: str
    printed: str
    times: int


def currencies(text: str) -> list[Currency]:
    """Currencies that ``text`` names by ISO 4217 code or symbol, most frequent first.

    A symbol that several currencies share (``$``, ``¥``) counts for the one of them that is named besides, and a dollar
    in a document from the United States for theirs; else it is not told.
    """
    return _named(text)[0]


def currencies_of(sign: str) -> set[str]:
    """All currencies (ISO 4217) that a printed ``sign`` can stand for: itself, its symbol's, or any of a shared symbol's."""
    codes = set(CODE.findall(sign)) | {currency.code for currency in currencies(sign)}
    return codes.union(*(shared for symbol, shared in _SHARED_SYMBOLS.items() if symbol in sign and not codes))


def the_currency(text: str) -> Currency | None:
    """The only currency that ``text`` names; None in doubt: where a second one is named even once, such as that of an
    exchange rate, or where a ``$`` could be of several countries."""
    named, unresolved = _named(text)
    return named[0] if len(named) == 1 and not unresolved else None


def _named(text: str) -> tuple[list[Currency], bool]:
    """The currencies that are named, and whether a symbol is left that could be of several."""
    counts: dict[str, tuple[int, str]] = {}
    for code in _CODES:
        if n := len(re.findall(rf"(?<![^\W\d_]){code}(?![^\W\d_])", text)):
            counts[code] = (n, code)
    for match in _CAREFUL_CODE.finditer(text):
        code = next(group for group in match.groups() if group)
        counts[code] = (counts.get(code, (0, code))[0] + 1, code)
    for symbol, code in _SYMBOLS.items():
        _count(counts, code, symbol, text)
    if not counts and (words := re.findall(r"\b(?:Euro(?:'?s)?|EUROS?|euro'?s)\b", text)):
        counts["EUR"] = (len(words), words[0])
    unresolved = False
    for symbol, shared in _SHARED_SYMBOLS.items():
        if not re.search(rf"(?<![^\W\d_]){re.escape(symbol)}", text):
            continue
        named = [code for code in shared if code in counts]
        if symbol == "$" and not named and AMERICAN.search(text):
            named = ["USD"]
        if len(named) == 1:
            _count(counts, named[0], symbol, text)
        else:
            unresolved = True
    currencies = (Currency(code, printed, n) for code, (n, printed) in counts.items())
    return sorted(currencies, key=lambda currency: -currency.times), unresolved


def _count(counts: dict[str, tuple[int, str]], code: str, symbol: str, text: str) -> None:
    if n := len(re.findall(rf"(?<![^\W\d_]){re.escape(symbol)}", text)):
        seen, printed = counts.get(code, (0, symbol))
        counts[code] = (seen + n, printed)


def parse_amount(printed: str, mark: str | None = None) -> Decimal | None:
    """The number that is printed, by the rules people print them: of two different separators the last is the decimal
    point; a single one followed by exactly three digits groups thousands, unless a zero stands before it or it is ``mark``,
    the document's decimal mark (`decimal_mark`); a minus or ``CR`` may stand behind, and a dash for the cents (``12,-``) is
    none. None for what is no number or has more than 18 digits."""
    return numerals.number_of(printed, MAX_DIGITS, mark)


_FREQUENT = {language: frozenset(words) for language, words in by_language("text.frequent").items()}
"""Words that stand on most invoices of a language."""


def language(text: str) -> str | None:
    """The language most of whose words stand in ``text`` (ISO 639-1); None in doubt."""
    words = re.findall(r"[a-zà-ÿ]+", text.casefold())[:5000]
    counts = sorted(((sum(w in known for w in words), code) for code, known in _FREQUENT.items()), reverse=True)
    (best, code), (second, _) = counts[:2]
    return code if best >= 3 and best > 1.2 * second else None


def compact(printed: str) -> str:
    """An identifier without its spaces and dots."""
    text = _spaced(printed)
    if text.startswith("CHE") and is_vat_id(text):
        return str(swiss_vat.compact(text))
    if not text.startswith("GB") and is_vat_id(text):
        return str(vat.compact(text))
    return re.sub(r"[\s.]", "", text)


def _longest_valid(printed: str, valid: Callable[[str], bool]) -> str | None:
    """``printed``, or as much of it as is valid when words are taken off its end."""
    while printed:
        if valid(printed):
            return printed
        cut = max(printed.rfind(space) for space in SPACES)
        printed = printed[:cut] if cut > 0 else ""
    return None


def _spaced(printed: str) -> str:
    """``printed`` with plain spaces for all others."""
    return re.sub(rf"[{SPACES}]", " ", printed)


def _once(values: object) -> list[str]:
    return list(dict.fromkeys(values))  # type: ignore[call-overload]
