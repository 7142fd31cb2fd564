"""No cell we write is a formula to a spreadsheet, numbers stay numbers, and what was guarded comes back as it was."""

from __future__ import annotations

import csv
import io
import random
import re
import unicodedata
from decimal import Decimal

import pytest

from tests.stack import ROOT
from workers.master.cells import guarded, unguarded, write_csv

SIGNS = "=+-@"
UNSEEN = (
    "\u00a0\u2007\u202f\u3000\u200b\u2060\ufeff\u00ad\u200e\u202e\u2800\u3164\u115f\ufe0f\u0301\u180e"
    "\x00\x0b\x1f\x85\u2028\t\r\n "
)
ALIKE = "\uff1d\ufe66\u207c\u208c\uff0b\ufe62\u207a\u208a\uff0d\ufe63\u2212\u2010\u2011\u2013\u2014\u207b\uff20\ufe6b"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1", "'=1"), (" =1", "' =1"), ("+a", "'+a"), ("-1+2", "'-1+2"), ("\tx", "'\tx"), ("-1.5", "-1.5"), ("a=", "a="),
        ("a@b.example", "a@b.example"), ("2026-11-28", "2026-11-28"), ("", ""), (None, ""), (Decimal("-1E-7"), "-0.0000001"),
        (Decimal("1.50"), "1.50"), (-5, "-5"), ("+49 30 1", "'+49 30 1"), ("\uff1dA1", "'\uff1dA1"), ("\u00a0=A1", "'\u00a0=A1"),
        ("'=1", "''=1"), ("'n", "'n"), ("-", "'-"), ("a;=1", "a;'=1"), ("a;\u00a0\uff1d1;b", "a;'\u00a0\uff1d1;b"),
        ("a; b", "a; b"),
        ("one\n=1", "one\n'=1"), ("a\t@x", "a\t'@x"), ("=\t=1", "'=\t'=1"),
    ],
)  # fmt: skip
def test_only_formulas_are_guarded_and_numbers_are_not(value: object, expected: str) -> None:
    assert guarded(value) == expected


@pytest.mark.parametrize("sign", [*SIGNS, *ALIKE], ids=lambda sign: f"{ord(sign):04x}")
def test_every_form_of_a_sign_is_guarded_behind_whatever_is_not_seen(sign: str) -> None:
    for before in ["", *UNSEEN, *(one + two for one in UNSEEN for two in UNSEEN)]:
        assert guarded(f"{before}{sign}SUM(A1)").startswith("'"), (before, sign)
        assert guarded(f"x;{before}{sign}SUM(A1)") != f"x;{before}{sign}SUM(A1)"


def test_whatever_folds_to_a_sign_is_guarded_in_all_of_unicode() -> None:
    folding = [c for c in map(chr, range(0x110000)) if unicodedata.normalize("NFKC", c) in tuple(SIGNS)]
    assert len(folding) > 12
    assert [c for c in folding if guarded(f"{c}x") != f"'{c}x"] == []


def test_what_is_guarded_comes_back_exactly_and_is_not_a_formula() -> None:
    dice = random.Random(3)
    letters = "'=＝+- \u00a0\u200b\t\r\n;a1@,\u2212"
    for _ in range(50_000):
        text = "".join(dice.choice(letters) for _ in range(dice.randint(0, 8)))
        assert unguarded(guarded(text)) == text


def test_the_header_is_guarded_too() -> None:
    file = io.StringIO(newline="")
    write_csv(file, ["id", "=cmd"], [["\uff1d1", Decimal("-2.50")]])
    assert list(csv.reader(io.StringIO(file.getvalue(), newline=""))) == [["id", "'=cmd"], ["'\uff1d1", "-2.50"]]


def test_no_csv_is_written_but_by_the_guard() -> None:
    writing = re.compile(r"csv\.(writer|DictWriter)\b")
    found = [
        path.relative_to(ROOT).as_posix()
        for room in ("agents", "infra", "workers", "workflows")
        for path in (ROOT / room).rglob("*.py")
        if writing.search(path.read_text())
    ]
    assert found == ["workers/master/cells.py"]
