"""Printed days: finding them in a text, and reading them as the document means them.

A day in numbers can be read in several ways, and a document writes all its days in one: which one, its other days say, or
else its language and country, or nothing does and the day is in doubt. That is a document's `Calendar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice

import dateparser

from agents.fields.values import AMERICAN, language
from agents.words import languages, normalised, printed, terms_of, written


class Order(StrEnum):
    """In which order a day in numbers is printed."""

    DMY = "day/month/year"
    MDY = "month/day/year"
    YMD = "year/month/day"


class Era(StrEnum):
    """Calendars with the months of ours that count years from elsewhere: their terms in [days] of the words' files."""

    BUDDHIST = "buddhist"
    MINGUO = "minguo"
    REIWA = "reiwa"
    HEISEI = "heisei"


_ZERO = {Era.BUDDHIST: -543, Era.MINGUO: 1911, Era.REIWA: 2018, Era.HEISEI: 1988}
"""The year of ours before an era's first."""
_TWO_DIGITS = 69
"""Two-digit years from here on are of the last century (POSIX ``strptime``)."""
EARLIEST = date(2000, 1, 1)
"""No invoice that is still to be paid is older."""
_AHEAD = 366
"""Days by which an invoice's day may lie ahead of the one on which it is read."""
_NEAR = 3
"""Years by which a day may lie apart from the others of its document."""
_MOST = 2_000
"""Days of a document that say how it writes them."""


def _any(*terms: str) -> str:
    return f"(?:{'|'.join(written(word) for term in terms for word in printed(f'days.{term}'))})"


_ERA = rf"(?<![A-Za-z]){_any(Era.MINGUO, Era.REIWA, Era.HEISEI)}"
_OF_YEAR, _OF_MONTH, _OF_DAY = (_any(f"of_{unit}") for unit in ("year", "month", "day"))
_DASH = "\u2010\u2011-"  # the plain one last: it stands in brackets
_SEP = rf"[./{_DASH}]"
_MONTH = r"[^\W\d_]{3,12}\.?"
_ORDINAL = r"(?:er|st|nd|rd|th)"
_YEAR = r"(?:\d{4}|['’]\d\d)"
_SHAPES = (
    rf"(?:{_ERA}\s?)?\d{{1,4}}\s?{_OF_YEAR}\s?\d{{1,2}}\s?{_OF_MONTH}\s?\d{{1,2}}\s?{_OF_DAY}?",
    rf"{_ERA}\s?\d{{1,3}}{_SEP}\d{{1,2}}{_SEP}\d{{1,2}}",
    rf"\d{{4}}(?:[/{_DASH}]|\.\s?)\d{{1,2}}(?:[/{_DASH}]|\.\s?)\d{{1,2}}",
    rf"\d{{1,2}}{_SEP}\s?\d{{1,2}}{_SEP}\s?(?:{_YEAR}|\d\d)",
    rf"1[0-4]\d{_SEP}\d\d{_SEP}\d\d",
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",
    rf"\d{{1,2}}(?:{_ORDINAL}?[.,]?\s(?:de\s|of\s)?|\.|[/{_DASH}]){_MONTH}(?:,?\s(?:de\s|del\s)?|[./{_DASH}])(?:{_YEAR}|\d\d)",
    rf"{_MONTH}(?:\s|[{_DASH}])\d{{1,2}}{_ORDINAL}?(?:\s?,?\s|[{_DASH}]){_YEAR}",
    rf"{_MONTH}\s\d{{1,2}}{_ORDINAL}?,\s\d\d",
    rf"\d{{4}}(?:\.?\s|[/{_DASH}]){_MONTH}(?:\s|[/{_DASH}])\d{{1,2}}",
)
DAY = re.compile(
    # A slash before a day parts it from a number, if its own parts are divided otherwise: 80101911/18.09.2026.
    rf"(?:(?<![\d.,/{_DASH}])|(?<=\w/)(?=\d{{1,2}}\.\s?\d|\d{{4}}-))(?:{'|'.join(_SHAPES)})"
    rf"(?![\d{_DASH}]|[.,:]\d|\s?%|(?<=/\d{{4}})/|(?<=/\d\d)/|/\d{{1,2}}(?!\d))"
)
"""What looks like a day; whether it is one says `readings`."""
_ERAS = {era: re.compile(rf"(?<![A-Za-z]){_any(era)}(?![A-Za-z])") for era in Era}
_OF_ERA = {era: re.compile(rf"{_any(era)}\s?\d") for era in (Era.MINGUO, Era.REIWA, Era.HEISEI)}
_WITH_MONTHS = [language.dates for language in languages() if language.dates]
_UNITS = frozenset(normalised(word) for term in terms_of("units") for word in printed(f"units.{term}"))
_BRITISH = re.compile(r"\b(?:United Kingdom|England|Scotland|Wales|Ireland|Australia|GBP)\b|£|\bGB ?\d{9}\b")
_TAXED_LIKE_BRITISH = re.compile(r"\bVAT\b")


@lru_cache(4096)
def readings(text: str) -> Mapping[Order, date]:
    """``text`` as the days it can be: one for each order it can be read in, all the same where that makes no difference;
    none if it is no day. A year of another calendar is read as one of it (`Era`), whatever the document."""
    plain = re.sub(r"\s+", " ", re.sub(rf"[{_DASH}]", "-", text)).strip()
    if re.fullmatch(r"\d{8}", plain):
        return _alike(plain[:4], plain[4:6], plain[6:])
    era = next((era for era, named in _OF_ERA.items() if named.match(plain)), None)
    numbers = re.findall(r"\d+", plain)
    if len(numbers) == 3:
        first, second, third = numbers
        if era:
            return _alike(str(int(first) + _ZERO[era]), second, third)
        if len(first) >= 3 or re.match(rf"\d+\s?{_OF_YEAR}", plain):
            return _alike(first, second, third)
        if len(third) not in (2, 4):
            return {}
        read = {
            Order.DMY: _day(third, second, first),
            Order.MDY: _day(third, first, second),
            Order.YMD: _day(first, second, third) if len(third) == 2 and not re.search("['’]", plain) else None,
        }
        return {order: day for order, day in read.items() if day}
    words = re.findall(r"[^\W\d_]{3,}", re.sub(rf"(?<=\d){_ORDINAL}\b|\bdel?\b|\bof\b", "", plain))
    months = [(word, month) for word in words if (month := _month(word))]
    if len(numbers) == 2 and len(months) == 1:
        ((word, month),) = months
        first, second = numbers
        year, day = (first, second) if len(first) == 4 else (second, first)
        spaced = re.fullmatch(r".*[^\W\d_]\.? \d\d", plain)
        if not (spaced and normalised(word) in _UNITS):  # 2 Set 15
            return _alike(year, str(month), day)
    return {}


def _alike(year: str, month: str, day: str) -> Mapping[Order, date]:
    read = _day(year, month, day)
    return dict.fromkeys(Order, read) if read else {}


def _day(year: str, month: str, day: str) -> date | None:
    y = int(year)
    if len(year) == 2:
        y += 1900 if y >= _TWO_DIGITS else 2000
    elif len(year) == 3:
        y += _ZERO[Era.MINGUO]
    elif 2400 < y < 2700:
        y += _ZERO[Era.BUDDHIST]
    try:
        return date(y, int(month), int(day))
    except ValueError:
        return None


@lru_cache(1024)
def _month(word: str) -> int | None:
    """The month that ``word`` is, in a language that has a file."""
    settings = {"DATE_ORDER": "DMY", "STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
    day = dateparser.parse(f"15 {word} 2000", languages=_WITH_MONTHS, settings=settings)
    return day.month if day and (day.day, day.year) == (15, 2000) else None


def read(text: str, order: Order = Order.DMY) -> date | None:
    """The day that is printed, in ``order`` where it can be read in it; None if it is no day."""
    every = readings(text)
    return every.get(order) or next(iter(every.values()), None)


def printed_days(text: str) -> list[str]:
    """Every printed day in ``text``; each once, in order."""
    return list(dict.fromkeys(m[0] for m in DAY.finditer(text) if readings(m[0])))


def is_ambiguous(text: str) -> bool:
    """Whether a day could be read as day/month or as month/day: slashes, both up to twelve, and different."""
    every = readings(text)
    return "/" in text and len({every[order] for order in (Order.DMY, Order.MDY) if order in every}) > 1


@dataclass(frozen=True)
class Calendar:
    """How a document writes its days: for those with points between their numbers, for other ones, and for those whose year
    has two digits the orders they may be in, the likeliest first; more than one where nothing says which."""

    dotted: tuple[Order, ...]
    divided: tuple[Order, ...]
    short: tuple[Order, ...]
    eras: frozenset[Era]
    """Other calendars that the document names, or whose country it does."""
    latest: date
    """No day of issue is later."""

    def read(self, text: str) -> date | None:
        """The day that is printed; None if it is none, or of a calendar with three digits a year that nothing speaks for."""
        every = readings(text)
        if re.match(r"\d{3}\D", text) and Era.MINGUO not in self.eras:
            return None
        return next((every[order] for order in (*self._orders(text), *Order) if order in every), None)

    def others(self, text: str) -> frozenset[date]:
        """What else a printed day may be: nothing says that it is not."""
        every = readings(text)
        return frozenset(every[order] for order in self._orders(text) if order in every) - {self.read(text)}

    def is_implausible(self, text: str) -> bool:
        """Whether it is the day of no invoice: too old, too far ahead, or of a calendar that nothing else speaks for."""
        day = self.read(text)
        if day is None or not EARLIEST <= day <= self.latest:
            return True
        other = re.search(r"(?<!\d)2[4-6]\d\d(?!\d)", text)
        return bool(other) and str(day.year) not in text and Era.BUDDHIST not in self.eras

    def _orders(self, text: str) -> tuple[Order, ...]:
        if _is_short(text):
            return self.short
        return self.dotted if "." in text else self.divided


def _is_short(text: str) -> bool:
    return not re.search(r"\d{3}", text)


def calendar(text: str, today: date | None = None) -> Calendar:
    """How the document that says ``text`` writes its days, if it is read ``today``."""
    every = [p for p in islice((m[0] for m in DAY.finditer(text)), _MOST) if readings(p)]
    in_full = [p for p in every if not _is_short(p)]
    custom, today = _custom(text), today or datetime.now(UTC).date()
    divided = _told(p for p in in_full if "." not in p)
    told = divided if len(divided) == 1 else (custom,) if custom else ()
    dotted = _told(p for p in in_full if "." in p)
    if len(dotted) == 2:  # points are the custom where the day stands first
        dotted = (Order.MDY, Order.DMY) if told == (Order.MDY,) else (Order.DMY,)
    latest = today + timedelta(_AHEAD)
    years = {read.year for p in in_full for read in readings(p).values()}
    short = [p for p in every if _is_short(p) and len(set(map(readings(p).get, Order))) > 1]
    return Calendar(
        dotted=dotted or _FULL,
        divided=divided if len(divided) == 1 else told if divided and told else _FULL,
        short=_short(short, told, years, today, firm=language(text) in _DAY_FIRST),
        eras=frozenset(era for era, named in _ERAS.items() if named.search(text)),
        latest=latest,
    )


_FULL = (Order.DMY, Order.MDY)
_DAY_FIRST = frozenset({"de", "es", "fr", "it", "nl", "pl", "pt"})
"""Languages in which no year of two digits stands first."""


def _told(printed: Iterable[str]) -> tuple[Order, ...]:
    """The orders in which all of ``printed`` are days: one, both, or none if they contradict each other."""
    every = list(printed)
    return tuple(order for order in _FULL if all(order in readings(p) for p in every))


def _short(
    short: Sequence[str], told: tuple[Order, ...], years: set[int], today: date, firm: bool
) -> tuple[Order, ...]:
    """The orders that days may be in whose year has two digits, the likeliest first. Their years are near those of days in
    full; without any an invoice is read soon after it was issued, which is doubted against its language unless that is
    ``firm``."""

    def apart(order: Order) -> int:
        read = [readings(p)[order] for p in short]
        if years:
            return max(min(abs(day.year - year) for year in years) for day in read)
        return max((today - day).days if day <= today + timedelta(_AHEAD) else 365 * 100 for day in read) // 365

    every = dict.fromkeys((*told, *_FULL, Order.YMD))
    possible = [order for order in every if all(order in readings(p) for p in short)]
    if not short or len(possible) < 2:
        return tuple(possible or every)
    near = [order for order in possible if apart(order) <= _NEAR]
    expected = [order for order in possible if order in told]
    if expected and (not near or expected[0] in near or (firm and not years)):
        return (expected[0],)
    return tuple(near if near and years else dict.fromkeys((*near, *expected))) or tuple(possible)


def _custom(text: str) -> Order | None:
    """How its country or language orders day and month. Only English leaves a doubt, and there only if neither Britain nor
    the United States is named; a tax called VAT is named in American invoices, too."""
    if language(text) not in ("en", None):
        return Order.DMY
    british, american = bool(_BRITISH.search(text)), bool(AMERICAN.search(text))
    if british == american:
        return Order.DMY if not american and _TAXED_LIKE_BRITISH.search(text) else None
    return Order.DMY if british else Order.MDY
