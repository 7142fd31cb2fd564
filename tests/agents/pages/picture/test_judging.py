"""What the pixels say against what the text says: every lie is told, and no honest page is called one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import cache

import pytest
from _pytest.mark import ParameterSet

from agents.documents import OcrLimits, look_at, read_document
from agents.fields.rules import Rule
from agents.pages import draft, picture
from infra.records import Finding
from tests.scripted import lying
from tests.scripted.lying import IBAN, LINES, Drawn, baseline, instead, outlines, page, scanned, with_picture

GROSS, NUMBER, DATE, SELLER = "Gross: 121.60", "Number: R-100", "Date: 2026-10-12", "Seller: Northwind Papers Ltd"
ACCOUNT, TITLE, CURRENCY = f"IBAN: {IBAN}", "INVOICE", "Currency: EUR"


def _said(line: str, drawn: str, way: lying.Way = "tounicode") -> bytes:
    return page(instead(line, Drawn(line, drawn, way)))


_AT_GROSS = (50 + 6 * 6.6, baseline(GROSS) - 4)
LIES: dict[str, bytes] = {
    "a glyph map takes thousands off the total": _said(GROSS, "Gross: 9,121.60"),
    "a glyph map takes a repeated digit off the total": _said(GROSS, "Gross: 1121.60"),
    "a glyph map changes a digit of the total": _said(GROSS, "Gross: 127.60"),
    "a glyph map swaps two digits of the total": _said(GROSS, "Gross: 112.60"),
    "a glyph map moves the point of the total": _said(GROSS, "Gross: 1216.0"),
    "a glyph map drops the point of the total": _said(GROSS, "Gross: 12160"),
    "a font of drawings draws another total": _said(GROSS, "Gross: 871.60", "type 3"),
    "digits of the account are swapped": _said(ACCOUNT, "IBAN: DE89 3704 0044 0532 0103 00"),
    "the account is another": _said(ACCOUNT, "IBAN: GB29 NWBK 6016 1331 9268 19", "type 3"),
    "the number is another": _said(NUMBER, "Number: R-107"),
    "the day is another": _said(DATE, "Date: 2026-10-22"),
    "the seller is another": _said(SELLER, "Seller: Harbour Lights Inc"),
    "the title is another": _said(TITLE, "QUOTATION"),
    "the currency is another": _said(CURRENCY, "Currency: USD"),
    "a total drawn without letters over the text's": page(more=outlines("9,121.60", at=_AT_GROSS, size=14)),
    "a digit drawn without letters before the total": page(
        more=outlines("8", at=(_AT_GROSS[0] - 3, _AT_GROSS[1]), size=14, ground=False)
    ),
    "another total drawn elsewhere without letters": page(more=outlines("Total 9,121.60", at=(300, 300), size=16)),
    "an account in a picture": with_picture(page(), "GB29 NWBK 6016 1331 9268 19", at=(100, 200), size=14),
    "a sort code in a picture": with_picture(page(), "Sort code 60-16-13 Account 31926819", at=(100, 200), size=14),
    "a payee in a picture": with_picture(page(), "Pay to Global Factors Ltd", at=(100, 200), size=16),
    "a giro number in a picture": with_picture(page(), "Bankgiro 5050-1055", at=(100, 200), size=16),
    "new bank details in a picture": with_picture(page(), "OUR BANK DETAILS HAVE CHANGED", at=(100, 200), size=16),
    "a scanner's layer with another digit": scanned(page(), [line.replace("121.60", "127.60") for line in LINES]),
    "a scanner's layer with another account": scanned(page(), [line.replace("0130 00", "0103 00") for line in LINES]),
    "a layer over the picture of a quotation": scanned(page(["QUOTATION - this is not an invoice", *LINES[1:]])),
    "a layer that keeps quiet of a stamp": scanned(with_picture(page(), "PAID", at=(350, 600), size=40)),
} | {
    f"a stamp {text}": with_picture(page(), text, at=(330, 560), size=34, turned=turned)
    for text, turned in (
        ("PAID", 0), ("PAID", 15), ("VOID", -20), ("COPY", 0), ("QUOTATION", 0), ("DRAFT", 0), ("PROFORMA", 0),
        ("BEZAHLT", 10), ("STORNIERT", 0), ("ENTWURF", 0), ("PAYÉ", 0), ("ANNULÉE", 0), ("DUPLICATA", 0), ("BETAALD", 0),
        ("PAGADO", 0), ("ANNULLATO", 0), ("MAKULERAD", 0), ("BETALT", 0), ("ZAPŁACONO", 0), ("CANCELADA", 0),
    )
}  # fmt: skip

HONEST: dict[str, bytes] = {
    "as it is": page(),
    "with a glyph map that is right": page(instead(GROSS, Drawn(GROSS, GROSS))),
    "with a font of drawings that is right": page(instead(GROSS, Drawn(GROSS, GROSS, "type 3"))),
    "with ActualText that is right": page(instead(GROSS, Drawn(GROSS, GROSS, "actual text"))),
    "with a logo of the seller's name": with_picture(page(), "Northwind Papers", at=(330, 760), size=22),
    "with a logo that says something else": with_picture(page(), "PAPER + INK", at=(330, 760), size=22),
    "with an advertisement": with_picture(page(), "30 years of paper", at=(200, 150), size=20),
    "scanned at 200 dots an inch": scanned(page()),
    "scanned at 150 dots an inch": scanned(page(), dpi=150),
    "scanned, with letters that the scanner misread": scanned(
        page(), [line.replace("Description", "Descripti0n").replace("Ltd", "LtcI") for line in LINES]
    ),
}


async def _looked_at(document: bytes) -> list[Finding]:
    reading = await read_document(document, "a.pdf", seconds=60, memory_mb=1024)
    assert reading.words, reading.problem
    fields = draft(reading).fields
    places = picture.key_places(reading, fields)
    limits = OcrLimits(pages=10, seconds=60, memory_mb=2048)
    at = [(place.page, place.box) for place in places]
    look = await look_at(document, reading, at, pages=[p.number for p in reading.pages], seconds=60, ocr=limits)
    return picture.findings(reading, fields, places, look)


@cache
def found(name: str) -> list[Finding]:
    """What is found in the document of that name."""
    return asyncio.run(_looked_at((LIES | HONEST)[name]))


QUICK = {
    "a glyph map takes thousands off the total", "a font of drawings draws another total", "digits of the account are swapped",
    "a digit drawn without letters before the total", "a sort code in a picture", "new bank details in a picture",
    "a layer over the picture of a quotation", "a stamp VOID", "as it is", "with ActualText that is right",
    "with a logo that says something else", "scanned at 200 dots an inch",
}  # fmt: skip
"""One of each kind, which every run of the tests looks at."""


def _each(names: Iterable[str]) -> list[ParameterSet]:
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.exhaustive) for name in names]


@pytest.mark.parametrize("name", _each(LIES))
def test_what_a_person_sees_otherwise_than_a_program_reads_is_an_error_with_its_place(
    name: str,
) -> None:
    errors = [one for one in found(name) if one.is_error]
    assert errors
    assert {one.rule for one in errors} <= {Rule.PICTURE_DIFFERS, Rule.PICTURE_SAYS_MORE, Rule.PICTURE_UNREAD}
    assert all(one.evidence["page"] == 1 and one.evidence["box"] for one in errors)
    assert all("found" in one.evidence for one in errors if one.rule != Rule.PICTURE_UNREAD)


@pytest.mark.parametrize("name", _each(HONEST))
def test_an_honest_page_has_no_error_and_it_is_said_what_agrees(name: str) -> None:
    (agrees,) = found(name)
    assert (agrees.rule, agrees.is_error) == (Rule.PICTURE_AGREES, False)
    assert agrees.message.split(" key values")[0] in {f"{n} of {n}" for n in (9, 10, 11, 12)}


def test_both_texts_are_told() -> None:
    (differs, _) = found("a glyph map takes thousands off the total")
    assert differs.fields == ["totals.grand_total"]
    assert differs.evidence["expected"] == "121.60"
    assert "9,121.60" in differs.evidence["found"]
