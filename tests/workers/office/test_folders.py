"""Files of an export are exact, harmless to open, and stay in their folder."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from workers.office.folders import exact_json, file_stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [("../../a.pdf", "a"), ("C:\\x\\y.xml", "y"), (".pdf", "pdf"), ("a\x1b\n:b.pdf", "a _b"), ("..", "document")],
)
def test_a_name_that_was_handed_in_leads_out_of_no_folder(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def test_decimals_are_written_digit_by_digit() -> None:
    numbers = [Decimal(n) for n in ("1E-7", "0.10", "12345678901234567890.12", "1E+999")]
    value = {"a": numbers, "b": {}, "c": []}
    assert json.loads(exact_json(value), parse_float=str, parse_int=str) == {
        "a": ["0.0000001", "0.10", "12345678901234567890.12", "1E+999"],
        "b": {},
        "c": [],
    }
