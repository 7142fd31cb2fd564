"""Days: of issue, of payment, and what was agreed with the vendor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from agents.controls.rulebook._checks.said import CodeCheck, Parameters, Said, failed, not_assessable, passed
from infra.records import Severity

if TYPE_CHECKING:
    from agents.controls.rulebook._facts import Facts

_WEEKEND = {5: "a Saturday", 6: "a Sunday"}


class Span(Parameters):
    """Days to pay that are not unusual: from ``shortest_days`` to ``longest_days``."""

    shortest_days: int = Field(default=3, ge=0)
    longest_days: int = Field(default=90, ge=1)


class Agreed(Parameters):
    """``tolerance_days``: an invoice may be due so much earlier than was agreed."""

    tolerance_days: int = Field(default=1, ge=0)


class Age(Parameters):
    """``days``: an invoice issued longer ago is old; ``ahead_days``: one issued further ahead is of the future."""

    days: int = Field(default=365, ge=1)
    ahead_days: int = Field(default=1, ge=0)


def plausible_terms(facts: Facts, given: Span) -> list[Said]:
    """Whether it is due after it was issued, and not too soon or too late."""
    issued, due = facts.day("issue_date"), facts.day("due_date")
    if issued is None or due is None:
        return not_assessable(f"it states no {'day of issue' if issued is None else 'day it is due'}", "due_date")
    days = (due - issued).days
    if days < 0:
        earliest = {"expected": f"{issued} or later", "found": str(due)}
        said = f"due on {due}, {-days} days before it was issued on {issued}"
        return failed(said, "due_date", "issue_date", severity=Severity.ERROR, **earliest)
    span = f"{given.shortest_days} to {given.longest_days} days"
    if 0 < days < given.shortest_days or days > given.longest_days:
        return failed(f"due in {days} days, usual are {span}", "due_date", expected=span, found=str(days))
    return passed(f"due {f'in {days} days' if days else 'at once'}", "due_date", "issue_date")


def agreed_terms(facts: Facts, given: Agreed) -> list[Said]:
    """Whether it gives at least the days to pay that the vendor master has."""
    if facts.vendor is None or facts.vendor.terms_days is None:
        return not_assessable("the vendor master has no terms of payment for this seller")
    issued, due = facts.day("issue_date"), facts.day("due_date")
    if issued is None or due is None:
        return not_assessable("it states no day it is due", "due_date")
    agreed = issued + timedelta(days=facts.vendor.terms_days)
    if (agreed - due).days > given.tolerance_days:
        said = (
            f"due on {due}, but by the {facts.vendor.terms_days} days agreed with {facts.vendor.name} only on {agreed}"
        )
        return failed(said, "due_date", expected=str(agreed), found=str(due))
    return passed(f"due on {due}, not before the {agreed} agreed", "due_date")


def issued_on_a_working_day(facts: Facts, _: Parameters) -> list[Said]:
    """Whether it was issued from Monday to Friday."""
    issued = facts.day("issue_date")
    if issued is None:
        return not_assessable("it states no day of issue", "issue_date")
    if day := _WEEKEND.get(issued.weekday()):
        return failed(f"issued on {issued}, {day}", "issue_date", found=str(issued))
    return passed(f"issued on {issued}, a working day", "issue_date")


def recent(facts: Facts, given: Age) -> list[Said]:
    """Whether it was issued lately, and not in the future."""
    issued = facts.day("issue_date")
    if issued is None:
        return not_assessable("it states no day of issue", "issue_date")
    days = (facts.today - issued).days
    if -days > given.ahead_days:
        return failed(f"issued on {issued}, which is yet to come", "issue_date", found=str(issued))
    if days > given.days:
        return failed(f"issued on {issued}, {days} days ago", "issue_date", found=str(issued))
    return passed(f"issued on {issued}", "issue_date")


CHECKS = {
    "plausible_terms": CodeCheck(
        plausible_terms, "It is due after it was issued, not too soon and not too late.", Span
    ),
    "agreed_terms": CodeCheck(agreed_terms, "It gives the days to pay that the vendor master has.", Agreed),
    "issued_on_a_working_day": CodeCheck(issued_on_a_working_day, "It was not issued on a weekend."),
    "recent": CodeCheck(recent, "It is neither old nor of the future.", Age),
}
