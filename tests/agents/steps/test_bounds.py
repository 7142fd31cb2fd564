"""No step puts more findings into a state than it can carry: a flood hides nothing, and what is left out goes to a person."""

from __future__ import annotations

from typing import Any

import pytest

from agents.fields.bounds import LONGEST_MESSAGE, MOST_FINDINGS, MOST_FINDINGS_BYTES, bounded
from agents.fields.rules import Rule
from agents.steps import AgentState, AgentUpdate, step
from infra.records import Finding, Severity, finding

LINES = 10_000
FLOOD = [
    finding("SUM", "error", f"the sum of line {n} is not its quantity by its price", f"lines.{n}.total")
    for n in range(LINES)
]


def size(findings: list[Finding]) -> int:
    return sum(len(one.model_dump_json()) for one in findings)


def rest(findings: list[Finding]) -> Finding:
    """What is said of those that were left out."""
    [told] = [one for one in findings if one.rule == Rule.LONG_DOCUMENT]
    return told


@pytest.mark.parametrize("at", [0, LINES // 2, LINES], ids=["first", "amid", "last"])
def test_a_flood_of_one_kind_hides_no_other_that_is_as_grave(at: int) -> None:
    alone = finding("ACCOUNT", "error", "another account")
    kept = bounded([*FLOOD[:at], alone, *FLOOD[at:]])
    assert alone in kept
    assert rest(kept).severity is Severity.ERROR
    left = LINES + 2 - len(kept)
    assert f"{left:,} more of SUM" in rest(kept).message


def test_a_flood_of_warnings_hides_no_error() -> None:
    many = [finding(f"W-{n}", "warning", "odd") for n in range(LINES)]
    kept = bounded([*many, FLOOD[0]])
    assert FLOOD[0] in kept
    assert rest(kept).severity is Severity.ERROR


def test_of_what_is_in_order_as_much_is_left_out_as_needs_be_and_no_person_is_asked() -> None:
    kept = bounded([finding("ORDER", "info", "as ordered", verdict="pass") for _ in range(LINES)])
    assert len(kept) == MOST_FINDINGS + 1
    assert not any(one.is_error for one in kept)


@pytest.mark.parametrize(
    "many",
    [
        FLOOD,
        [finding("LONG", "error", "x" * 100_000) for _ in range(500)],
        [finding("QUOTE", "error", "it says", quote="x" * 1_000_000) for _ in range(50)],
        [finding("PATHS", "error", "these", *(f"lines.{n}.total" for n in range(LINES))) for _ in range(50)],
        [finding(f"R-{n}" * 50, "error", "of a kind of its own") for n in range(LINES)],
    ],
    ids=["many", "long", "with long evidence", "of many fields", "each of a kind"],
)
def test_what_was_bounded_is_small_and_stays_as_it_is(many: list[Finding]) -> None:
    kept = bounded(many)
    assert size(kept) < MOST_FINDINGS_BYTES + 2 * LONGEST_MESSAGE
    assert any(one.is_error for one in kept)
    assert bounded(kept) == kept


def test_few_findings_stay_as_they_are() -> None:
    few = [FLOOD[0], finding("ORDER", "info", "as ordered", verdict="pass"), FLOOD[1]]
    assert bounded(few) == few


async def test_whatever_a_step_finds_is_bounded_and_what_it_takes_back_stays_taken_back() -> None:
    @step("check", AgentState)
    async def found(state: AgentState) -> AgentUpdate:
        return {"findings": {"check": FLOOD, "of another": None}}

    given: dict[str, Any] = {"execution": {"id": "i", "tenant": "t", "batch": "b", "digest": "d", "name": "n"}}
    update = await found(given)
    assert update["findings"]["of another"] is None
    assert len(update["findings"]["check"]) <= MOST_FINDINGS + 1
