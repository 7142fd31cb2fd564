"""What a definition declares, and what holds where it declares nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from agents.fields.corrections import Ambiguous
from infra.records import Execution, Status
from workflows import definitions

EVIDENCE = {"source": "rule", "text": "as printed"}
FIELDS = {"totals.grand_total": {"value": "120.00", "evidence": EVIDENCE}}


def execution(definition: str, **result: Any) -> Execution:
    return Execution(
        id=f"{definition}-tests-1", definition=definition, tenant="tests", batch="b", digest="d" * 64, name="a.pdf",
        run_id="r", status=Status.APPROVED, started_at=datetime.now(UTC), result=result,
    )  # fmt: skip


def test_the_public_shape_is_made_of_the_fields() -> None:
    shape = definitions()["invoice"].public_shape(execution("invoice", fields=FIELDS, document=None, kind="invoice"))
    assert shape
    assert (shape["totals"]["grand_total"], shape["seller"]["name"]) == (Decimal("120.00"), None)
    assert definitions()["invoice"].public_shape(execution("invoice", fields={}, kind="other")) is None


def test_without_one_it_is_the_result_as_the_agent_recorded_it() -> None:
    checked = definitions()["compliance"]
    assert checked.public_shape(execution("compliance", fields=FIELDS, document={}, kind="other")) == {"kind": "other"}
    assert checked.public_shape(execution("compliance", fields=FIELDS, document={})) is None


def test_a_persons_value_is_brought_into_the_form_the_agent_takes() -> None:
    assert definitions()["invoice"].canonical("totals.grand_total", "1.234,56") == "1234.56"
    assert definitions()["compliance"].canonical("totals.grand_total", "1.234,56") == "1.234,56"
    with pytest.raises(Ambiguous, match="1234 or 1 and 234 thousandths"):
        definitions()["invoice"].canonical("totals.grand_total", "1.234")
