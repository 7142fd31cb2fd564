"""An invoice of thirty pages and four hundred lines is extracted whole, by code or by a model that is asked in parts, and
its line sum is checked; what would have been left out is told."""

from __future__ import annotations

import asyncio
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from starlette.responses import JSONResponse

from agents.documents.layout import Layout
from agents.fields import bounds
from agents.pages import draft
from agents.pages.table import MOST_ROWS, missing, runs_of, tokens
from agents.steps import _reading
from infra.connections import Connections
from infra.forks import Outcome
from tests.agents.conftest import Execution
from tests.agents.drawn_pages import page
from tests.agents.invoice.long_invoices import Item, items, long_invoice
from tests.scripted.endpoint import NONE, ScriptedEndpoint

LIMITS = {"EUR": "99999"}
FOUR_HUNDRED = items(400)
UNREADABLE = long_invoice(FOUR_HUNDRED, 30, columns=False)
SHORTER = long_invoice(items(100), 8, columns=False)
_TOLD = re.compile(
    r"^(.+), as ordered and delivered to\n.*\n(\d+) of these, (\S+) for each of them is (\S+) ", re.MULTILINE
)


def lines_of(state: dict[str, Any]) -> list[tuple[str | None, Decimal, Decimal, Decimal]]:
    return [
        (line["name"], *(Decimal(line[key]) for key in ("quantity", "unit_price_net", "net_amount")))
        for line in state["result"]["invoice"]["lines"]
    ]


def printed(lines: list[Item]) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    return [(line.name, Decimal(line.quantity), line.price, line.amount) for line in lines]


class Reader:
    """Reads the table of an invoice `long_invoice` makes without columns; forgets the last row of some parts."""

    def __init__(self, endpoint: ScriptedEndpoint) -> None:
        self._read = endpoint.read
        self.forgets: dict[str, int] = {}
        """Model to how many of its answers lack a row that is printed in the middle of what is shown."""
        self.babbles = 0
        """How many of its answers are not what was asked for."""
        self.asked: list[tuple[str, str]] = []
        """Model, and what it was shown of the table."""
        self.sizes: list[int] = []
        """Tokens of a question with the longest answer to it."""

    def __call__(self, body: dict[str, Any], shape: str) -> dict[str, Any]:
        if shape != "Lines":
            return self._read(body, shape)
        text = body["messages"][-1]["content"].split("</document>")[0]
        self.asked.append((body["model"], text))
        self.sizes.append(sum(tokens(m["content"]) for m in body["messages"]) + body["max_tokens"])
        if self.babbles > 0:
            self.babbles -= 1
            return {"lines": "many"}
        rows = [
            {"name": name, "quantity": quantity, "price": price, "amount": amount, "rate": NONE}
            for name, quantity, price, amount in _TOLD.findall(text)
        ]
        if self.forgets.get(body["model"], 0) > 0:
            self.forgets[body["model"]] -= 1
            del rows[len(rows) // 2]
        return {"lines": rows}


@pytest.fixture
def reader(endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader(endpoint)
    monkeypatch.setattr(endpoint, "read", made)
    return made


async def test_code_reads_four_hundred_lines_on_thirty_pages_and_their_sum_is_proved(execution: Execution) -> None:
    state = await execution.submit(long_invoice(FOUR_HUNDRED, 30), ask="nothing", sure=0, approval_limits=LIMITS)
    assert state["document"]["pages"] == 30
    assert lines_of(state) == printed(FOUR_HUNDRED)
    assert execution.grounds("totals.line_total") == ["proved"]
    assert execution.value("totals.line_total") == execution.value("totals.tax_basis_total")
    assert {state["fields"][f"lines[{n}].net_amount"]["evidence"]["page"] for n in range(400)} == set(range(1, 31))
    assert not execution.waits, execution.asked_for
    assert len(json.dumps(state)) < 2**20, "of the 2 MiB that a payload of Temporal's may have"


@pytest.mark.exhaustive
async def test_a_table_no_code_reads_is_asked_in_parts_that_fit_and_joined_without_a_gap_or_a_line_twice(
    execution: Execution, reader: Reader
) -> None:
    state = await execution.submit(UNREADABLE, sure=0, approval_limits=LIMITS)
    assert execution.waits is False, execution.asked_for
    names = [(name.removesuffix(", as ordered and delivered to"), *rest) for name, *rest in lines_of(state) if name]
    assert names == printed(FOUR_HUNDRED)
    assert execution.grounds("totals.line_total") == ["proved"], "BR-CO-10 is checked by code"
    asked = [step for step, _ in execution.calls if step.startswith("extract lines")]
    assert asked == [f"extract lines {n}/{len(asked)}" for n in range(1, len(asked) + 1)]
    assert len(asked) == len(reader.asked) > 9
    assert len({call.key for call in await execution.ledger.calls(execution.id)}) == len(execution.calls)
    assert max(reader.sizes) <= 8192, "the endpoint's context"


async def test_a_part_that_lacks_a_row_is_asked_again_alone_and_by_the_next_tier(
    execution: Execution, reader: Reader
) -> None:
    reader.forgets["small-model"] = 1
    state = await execution.submit(SHORTER, sure=0, approval_limits=LIMITS)
    repaired = [(step, tier) for step, tier in execution.calls if step.startswith("repair lines")]
    assert len(repaired) == 1
    assert re.fullmatch(r"repair lines 1 \d+/\d+", repaired[0][0])
    assert repaired[0][1] == "large"
    assert len(lines_of(state)) == 100
    assert not execution.waits, execution.asked_for


async def test_a_row_that_no_tier_reads_leaves_a_finding_that_says_where_and_sends_to_a_person(
    execution: Execution, reader: Reader
) -> None:
    reader.forgets = {"small-model": 1, "large-model": 9}
    await execution.submit(SHORTER, sure=0, approval_limits=LIMITS)
    assert execution.waits
    assert any(re.search(r"pages? \d.*: a printed line is not among those", why) for why in execution.asked_for)
    assert any("the 99 lines add up to" in why for why in execution.asked_for)


async def test_a_part_whose_answer_cannot_be_used_leaves_the_others_and_is_told(
    execution: Execution, reader: Reader
) -> None:
    reader.babbles = 1
    state = await execution.submit(SHORTER, sure=0, approval_limits=LIMITS, max_repairs=0)
    assert execution.waits
    assert any(why.startswith("lines on pages ") for why in execution.asked_for)
    assert 100 - MOST_ROWS <= len(lines_of(state)) < 100


async def test_a_question_longer_than_the_endpoint_takes_is_not_tried_again_and_a_person_is_told_what_to_set(
    execution: Execution, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> JSONResponse:
        said = "This model's maximum context length is 2048 tokens. However, you requested 4242 tokens."
        return JSONResponse({"error": {"message": said, "code": 400}}, 400)

    monkeypatch.setattr(endpoint, "_behave", refuse)
    await execution.submit(SHORTER, sure=0, max_repairs=0)
    assert execution.waits
    assert max(execution.script.requests.values()) == 1
    assert "CONTEXT-EXCEEDED" in execution.rules
    assert any("Set COUNTERFOIL_MODEL_CONTEXT" in why for why in execution.asked_for)


async def test_lines_beyond_what_a_state_can_carry_are_told_of(
    execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_BYTES", 20_000)
    state = await execution.submit(long_invoice(items(40), 3), ask="nothing", approval_limits=LIMITS)
    assert execution.waits
    kept = len(lines_of(state))
    assert 10 < kept < 40
    assert any(f"only the first {kept} of its 40 lines" in why for why in execution.asked_for)
    assert execution.value("totals.grand_total"), "what stands behind the lines is kept"


@pytest.mark.parametrize("context", [2048, 4096, 8192, 100_000])
def test_every_line_of_a_document_is_in_at_most_one_run_and_every_amount_in_one(context: int) -> None:
    texts = [f"Paper of quality {n:03}  2  {n}.50  {2 * n + 1}.00" if n % 3 else "of this paper" for n in range(300)]
    layout = Layout(page("INVOICE", *texts, number=2, after=page(*texts[:60])))
    runs = runs_of(layout, context)
    own = [line.number for run in runs for line in run.own]
    assert own == sorted(set(own))
    assert {line.number for line in layout.lines if "." in line.text} <= set(own)
    for run in runs:
        assert run.rows <= MOST_ROWS + 8
        assert {line.number for line in run.own} <= {line.number for line in run.shown}
        assert [line.number for line in run.shown] == list(range(run.shown[0].number, run.shown[-1].number + 1))


def test_a_table_that_fits_is_one_run() -> None:
    (run,) = runs_of(Layout(page("INVOICE", "Paper  3  10.00  30.00", "Total  30.00")), 8192)
    assert (run.first, run.last, run.pages) == (0, 2, "page 1")


def test_a_row_is_missed_where_a_quantity_a_price_and_their_product_are_printed() -> None:
    (run,) = runs_of(
        Layout(page("Paper  3  10.00  30.00", "Ink  2  35.00  70.00", "Net  100.00", "VAT  20 %  20.00")), 8192
    )
    assert [line.number for line in missing(run, [])] == [0, 1]
    assert [line.number for line in missing(run, [0])] == [1]


def test_a_digit_is_a_token() -> None:
    assert tokens("1234567890") == 10
    assert tokens("three letters each") == 6


async def test_what_code_makes_of_a_document_is_made_once_whoever_asks(
    connected: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    again = _reading._again

    async def counted(reading: bytes) -> Outcome:
        made.append(reading)
        return await again(reading)

    monkeypatch.setattr(_reading, "_again", counted)
    texts = [page("INVOICE", f"Number: R-{n}", "Total  90.00").model_dump_json().encode() for n in (1, 2)]
    documents = await asyncio.gather(*map(_reading.document_of, texts * 4))
    assert len(made) == 2
    assert {id(one) for one in documents} == {id(documents[0]), id(documents[1])}
    assert documents[0].draft == draft(documents[0].reading), "what comes back is what was made there"
