"""The header of a draft: numbers, days, terms of payment and currency, each chosen by the label beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.fields import values
from agents.fields.days import Calendar
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Field, Fields
from agents.pages._candidates import Candidate, Candidates
from agents.pages._proposed import CLEAR, follows, printed
from agents.pages._terms import Choice, Terms
from infra.records import Finding, Severity, finding

_WEAKEST = 0.4
"""A label less clear than this proposes nothing; its candidates are only offered for choice."""
_UPPER = 45
"""Lines of the first page from which further numbers and days are offered for choice."""
_MOST_CHOICES = 8


@dataclass(frozen=True)
class DraftHeader:
    """``choices`` are the candidates of each term that has any, the likeliest first."""

    fields: Fields
    choices: Mapping[str, Sequence[Candidate]]
    findings: Sequence[Finding]


def read_header(candidates: Candidates, terms: Terms) -> DraftHeader:
    """Numbers, days and terms of payment."""
    announced = {
        "invoice_number": terms.invoice_number(),
        "issue_date": terms.date("issue_date"),
        "due_date": terms.date("due_date"),
        "delivery_date": terms.date("delivery_date"),
        "purchase_order_ref": terms.order(),
    }
    choices = {path: [choice.best, *choice.others] for path, choice in announced.items() if choice.best}
    # What code would not take is offered too: else there is nothing to choose, and agreeing would mean nothing.
    for path, every in (("invoice_number", candidates.references), ("issue_date", candidates.dates)):
        upper = [c for c in every if c.page == 1 and len(c.value) > 3 and c.cell.line < _UPPER]
        choices[path] = _once([*choices.get(path, []), *upper])[:_MOST_CHOICES]
    fields: Fields = {}
    findings = []
    for path, choice in announced.items():
        if choice.best is None or choice.strength < _WEAKEST:
            continue
        without_rival = path in ("invoice_number", "issue_date") and len(choices[path]) == 1
        fields[path] = printed(choice.best, choice.best.value, *_grounds(choice, without_rival))
        if path.endswith("date") and (doubt := _doubt(choice.best, candidates.calendar)):
            findings.append(finding(*doubt, path))
            fields[path] = printed(choice.best, choice.best.value, Ground.AMBIGUOUS)
    if (said := terms.payment_terms()).best:
        fields["payment.terms"] = printed(said.best, said.best.text, *said.grounds)
    return DraftHeader(fields, choices, findings)


def _doubt(day: Candidate, calendar: Calendar) -> tuple[Rule, Severity, str] | None:
    """Why a printed day may be none of this invoice's, or another."""
    if others := calendar.others(day.text):
        message = f"{day.text!r} was read as {day.value}; it could be {' or '.join(sorted(map(str, others)))}"
        return Rule.DATE_AMBIGUOUS, Severity.ERROR, message
    if calendar.is_implausible(day.text):
        return Rule.DATE_IMPLAUSIBLE, Severity.ERROR, f"{day.text!r} was read as {day.value}: is the year right?"
    return None


def read_currency(text: str, candidates: Candidates) -> Fields:
    """The one currency that ``text`` names; else the one a label calls so, or most amounts are in."""
    if currency := values.the_currency(text):
        return {"currency": _where_printed(currency.code, currency.printed, candidates, Ground.ONLY)}
    for candidate in candidates.matching(values.CODE, str):
        if candidate.announced("currency") >= CLEAR:
            return {"currency": printed(candidate, candidate.value, Ground.LABEL)}
    named = values.currencies(text)
    if named and (len(named) == 1 or named[0].times > 2 * named[1].times):
        return {"currency": _where_printed(named[0].code, named[0].printed, candidates, Ground.MOST)}
    if not named and "$" in text:
        return {"currency": _where_printed("USD", "$", candidates, Ground.GUESS)}
    return {}


def _grounds(choice: Choice, without_rival: bool) -> list[Ground]:
    if Ground.ONLY in choice.grounds:
        return [Ground.ONLY]
    clear = choice.strength >= CLEAR and Ground.LABEL in choice.grounds
    return [Ground.LABEL if clear else Ground.WEAK_LABEL, *([Ground.ONLY] if without_rival else [])]


def _where_printed(code: str, sign: str, candidates: Candidates, ground: Ground) -> Field:
    """A currency's ``code``, with the first place where ``sign`` stands."""
    cell = next((cell for cell in candidates.layout.cells() if sign in cell.text), None)
    return (
        printed(candidates.whole(cell, sign), code, ground) if cell else follows(code, "text of the document", ground)
    )


def _once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The first candidate of each value, in the order of the last."""
    return list({c.value: c for c in reversed(candidates)}.values())[::-1]
