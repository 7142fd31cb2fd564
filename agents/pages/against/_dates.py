"""The days of the invoice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

from agents.fields import days
from agents.fields.schema import Field
from agents.pages.against._comparison import Comparison, contradicted, shown_or_not
from agents.pages.against._labels import DATE_LABELS
from agents.pages.against._page import PrintedPage

_MOST_DAYS = 300


_WORD = r"[^\W\d_]{3,10}\.?"
DAY = re.compile(
    r"(?<![\w.,/-])(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-][ \u00a0]?\d{1,2}[./-][ \u00a0]?(?:\d{4}|\d\d)"
    rf"|\d{{1,2}}(?:er|st|nd|rd|th)?\.?[- \u00a0]?{_WORD}[- \u00a0]\d{{4}}"
    rf"|{_WORD}[ \u00a0]\d{{1,2}}(?:st|nd|rd|th)?,?[ \u00a0]\d{{4}})(?![\w/-]|[.,]\d)"
)


def dates(fields: Mapping[str, Field], page: PrintedPage) -> Iterator[Comparison]:
    stated = {path: fields[path].value for path in ("issue_date", "due_date", "delivery_date") if path in fields}
    if not stated:
        return
    printed = _days(page.text)
    shown_days = {day for read in printed.values() for day in read}
    for path, value in stated.items():
        day, shown = date.fromisoformat(value), date.fromisoformat(value) in shown_days
        labelled = page.labelled(DATE_LABELS[path], lambda text: next(_printed_days(text[:40]), None))
        same = any(day in _read_days(text.text) for text in labelled)
        sure = path == "issue_date"  # what else a page says of the other days, such as instalments, is its own affair
        others = [t for t in labelled if not same and _read_days(t.text) and ((t.sure and sure) or not shown)]
        if others:
            yield contradicted(path, value, others[0].text, others[0].place)
        elif not shown and path == "issue_date" and (other := _unclaimed_day(printed, stated)):
            yield contradicted(path, value, other, page.places.find(other))
        else:
            yield shown_or_not(path, value, shown)


def _unclaimed_day(printed: Mapping[str, frozenset[date]], stated: Mapping[str, str]) -> str | None:
    """The first day on the page that is not the due or delivery date: an invoice has to print the day it was issued on
    (VAT Directive 2006/112/EC, Art. 226 (1)), so a page with other days than the stated one says another."""
    claimed = {date.fromisoformat(value) for path, value in stated.items() if path != "issue_date"}
    return next((text for text, read in printed.items() if not read & claimed), None)


def _days(text: str) -> dict[str, frozenset[date]]:
    """Every printed day, with the days it can be read as; of very many the first."""
    read = {printed: _read_days(printed) for printed in islice(dict.fromkeys(_printed_days(text)), _MOST_DAYS)}
    return {printed: every for printed, every in read.items() if every}


def _printed_days(text: str) -> Iterator[str]:
    """What looks like a day, as people print them, and as programs do: ``20260815``."""
    return (match[0] for match in DAY.finditer(text))


def _read_days(printed: str) -> frozenset[date]:
    if printed.isdigit():
        try:
            return frozenset({date.fromisoformat(printed)})
        except ValueError:
            return frozenset()
    orders = (days.Order.DMY, days.Order.MDY) if days.is_ambiguous(printed) else (days.Order.DMY,)
    return frozenset(d for o in orders if (d := days.read(printed, o)) is not None)
