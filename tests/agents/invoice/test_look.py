"""The last step before an approval without a person: the pixels of the key values have to say what the text says."""

from __future__ import annotations

import pytest

from infra.connections import Connections
from tests.agents.conftest import Execution
from tests.scripted import lying
from tests.scripted.invoices import CORRECTED, invoice_pdf
from tests.stack import ROOT

CASES = ROOT.parent / "shared" / "cases" / "safety"
DIFFERENT = {
    "picture_says_quotation__layer_says_invoice_tr3": {"PICTURE-DIFFERS"},
    "picture_says_quotation__text_clipped_away": {"HIDDEN-TEXT"},
    "actualtext_lowers_total_and_changes_account": {"REPLACED-TEXT"},
}


@pytest.fixture
def looks() -> bool:
    return True


async def test_what_the_picture_bears_out_is_approved_and_the_look_is_on_record(execution: Execution) -> None:
    state = await execution.submit(lying.page())
    assert state["decision"]["outcome"] == "approve", state["decision"]
    assert execution.steps[-3:] == ["look", "decide", "post"]
    (agrees,) = state["findings"]["look"]
    assert agrees["rule"] == "PICTURE-AGREES"
    assert "RapidOCR" in agrees["message"]


async def test_what_a_scanner_recognised_is_approved_where_our_own_recognition_agrees(execution: Execution) -> None:
    state = await execution.submit(lying.scanned(lying.page()))
    assert state["decision"]["outcome"] == "approve", state["decision"]
    assert "SCANNED-TEXT" in execution.rules


async def test_what_the_picture_says_otherwise_goes_to_a_person_who_reads_both_texts(execution: Execution) -> None:
    gross = lying.Drawn("Gross: 121.60", "Gross: 9,121.60")
    await execution.submit(lying.page(lying.instead("Gross: 121.60", gross)))
    assert execution.waits
    (reason,) = execution.asked_for
    assert reason == ("the picture shows 9,121.60 where the text of the file says 121.60 (totals.grand_total)")
    await execution.answer("approve")
    assert execution.state["decision"]["by"] == "Ada"


@pytest.mark.parametrize(("name", "rules"), DIFFERENT.items(), ids=DIFFERENT)
async def test_the_documents_that_try_to_be_paid_go_to_a_person_for_what_they_are(
    execution: Execution, name: str, rules: set[str]
) -> None:
    path = CASES / f"{name}.pdf"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    await execution.submit(path.read_bytes())
    assert execution.waits
    errors = {
        one["rule"] for found in execution.state["findings"].values() for one in found if one["severity"] == "error"
    }
    assert errors >= rules


async def test_what_a_person_decides_anyway_is_not_looked_at(execution: Execution) -> None:
    await execution.submit(invoice_pdf("R-1"), approval_limits={"EUR": "100"})
    assert execution.waits
    assert "look" not in execution.steps


async def test_after_a_correction_the_rest_is_looked_at(execution: Execution) -> None:
    await execution.submit(invoice_pdf("R-1", gross="130.00"))
    assert execution.waits
    assert "look" not in execution.steps
    await execution.answer("correct", corrections=CORRECTED)
    assert "look" in execution.steps


@pytest.mark.parametrize("looks", [False])
async def test_without_a_look_drawn_text_is_taken_as_it_is(execution: Execution) -> None:
    state = await execution.submit(lying.page())
    assert state["decision"]["outcome"] == "approve", state["decision"]
    assert "look" not in execution.steps


@pytest.mark.parametrize("looks", [False])
async def test_without_a_look_what_a_scanner_recognised_goes_to_a_person(execution: Execution) -> None:
    await execution.submit(lying.scanned(lying.page()))
    assert execution.waits
    (reason,) = execution.asked_for
    assert reason.endswith("nobody has compared the two, so a person does")


async def test_where_no_engine_is_installed_nothing_is_approved_without_a_person_and_it_is_said_what_to_do(
    execution: Execution, connected: Connections
) -> None:
    connected.settings.ocr_engine = "no_such_module:Engine"
    await execution.submit(lying.page())
    assert execution.waits
    (reason,) = execution.asked_for
    assert "COUNTERFOIL_OCR_ENGINE" in reason
