"""Invoices that came before, told apart from those that only look so."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from agents.controls.matching._duplicates import duplicates, near_identical, preceding_of, sketch
from infra.ledger.keys import number_key
from infra.records import Claim, Status
from tests.agents.controls.matching.examples import VAT_ID, a_claim, fields_of, told
from tests.growth import grows_gently

OLD = a_claim("old")
FROZEN = [5347438792580108, 5917962528560731, 647058788123283]
"""As it is in the ledger: another way of hashing would find no document of before."""


def judged(claim: Claim, *others: Claim, days: int = 10) -> list[tuple[str, str]]:
    return told(duplicates(claim, others, days=days))


def test_with_nothing_before_it_a_pass_says_what_was_looked_at() -> None:
    (finding,) = duplicates(a_claim(), [])
    assert (finding.rule, finding.severity, finding.verdict) == ("DUPLICATE", "info", "pass")


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"number": "r 017", "amount": Decimal(5)}, {}),
        ({"vendor_key": "name:muster sohne", "vat_id": "DE 136695976"}, {"vat_id": VAT_ID}),
        ({"vendor_key": "name:muster sohnc", "vendor": "Muster & Söhnc"}, {}),
        ({"issue_date": None, "amount": None, "currency": None}, {}),
    ],
)
def test_vendor_and_number_are_a_duplicate_however_they_are_written(new: dict[str, Any], old: dict[str, Any]) -> None:
    assert judged(a_claim(**new), a_claim("old", **old)) == [("DUPLICATE", "error")]


def test_the_same_number_of_another_vendor_is_none() -> None:
    other = a_claim("old", vendor_key="vendor:V2", vendor="Atelier Héron")
    assert judged(a_claim(), other) == [("DUPLICATE", "info")]
    of_another_id = a_claim("old", vendor_key=None, vat_id="ATU13585627")
    assert judged(a_claim(vendor_key=None, vat_id=VAT_ID), of_another_id) == [("DUPLICATE", "info")]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.APPROVED, "is posted"),
        (Status.REVIEW, "waits for a person"),
        (Status.RUNNING, "is being processed"),
    ],
)
def test_a_duplicate_names_the_other_and_says_where_it_stands(status: Status, said: str) -> None:
    (finding,) = duplicates(a_claim(), [a_claim("invoice-acme-1", status=status)])
    assert said in finding.message
    assert "R-17" in finding.message
    evidence = finding.evidence
    assert (evidence["execution_id"], evidence["amount"]) == ("invoice-acme-1", "119.00 EUR")
    assert (evidence["issue_date"], evidence["status"]) == ("2026-09-01", status.value)


@pytest.mark.parametrize(
    ("apart", "days", "expected"), [(0, 10, True), (10, 10, True), (11, 10, False), (0, 0, False), (30, 10, False)]
)
def test_vendor_and_amount_are_told_within_the_days_and_next_month_is_none(
    apart: int, days: int, expected: bool
) -> None:
    new = a_claim(number="R-18", issue_date=date(2026, 9, 1) + timedelta(apart))
    rule = ("DUPLICATE-AMOUNT", "error") if expected else ("DUPLICATE", "info")
    assert judged(new, OLD, days=days) == [rule]


def test_another_currency_or_amount_is_none() -> None:
    assert judged(a_claim(number="R-18", currency="CHF"), OLD) == [("DUPLICATE", "info")]
    assert judged(a_claim(number="R-18", amount=Decimal("119.01")), OLD) == [("DUPLICATE", "info")]


LOOKS = [
    ("R-1OO", "R-100"), ("R-l00", "R-100"),
    ("R-I00", "R-100"), ("R-1o0", "R-100"), ("\u0420-100", "R-100".replace("R", "P")),
    ("\u0410-100", "A-100"), ("\u0391-100", "A-100"), ("\u039d-100", "N-100"), ("IN\u0412-100", "INB-100"),
    ("R-\u0661\u0660\u0660", "R-100"), ("R-10\u043e", "R-100"),
    ("R-10\u03bf", "R-100"), ("R-1\u200b00", "R-100"), ("R-1\u0301OO", "R-100"),
    ("RE-2O26-17", "RE20260017"), ("R_0_1_OO", "R-1-00"),
    ("R-00l00", "R-100"), ("\U0001d411-1OO", "R-100"), ("\uff32\uff0d\uff11\uff2f\uff10", "R-100"),
]  # fmt: skip
RESEMBLES = [
    ("R-S23", "R-523"), ("R-B1Z", "R-812"), ("R-0817-G", "R-0817-6"), ("R-9O1", "R-q01"), ("2026-S1", "2026-51"),
    ("R-\u0405O1", "R-501"), ("Z026-17", "2026-17"), ("R-1OG", "R-106"), ("B-77", "8-77"), ("R-4S", "R-45"),
]  # fmt: skip
EXTENDS = [
    ("R-100A", "R-100"), ("R-100/1", "R-100"), ("R-100-2", "R-100"), ("R-100 Kopie", "R-100"), ("R-100 (2)", "R-100"),
    ("R-100.A", "R 100"), ("Rechnung R-100", "R-100"), ("Invoice 100", "100"),
    ("100", "R-100"), ("RE-R-100", "R-100"), ("R-1OOA", "R-100"),
    ("R-1OO/1", "R-100"), ("R-100B", "R-100"), ("R-100l", "R-100"),
    ("R-0100-NEU", "R-100"), ("R-100A", "R-100/1"), ("2026-R-100", "R-100"),
    ("\u0420-100A", "P-100"),
]  # fmt: skip
OTHERS = [
    ("R-101", "R-100"), ("R-100/2", "R-100/1"), ("R-100-B", "R-100-A"),
    ("JAN-2026", "FEB-2026"), ("2026-01-17", "2026-02-17"), ("R-1000", "R-100"),
    ("R-10", "R-100"), ("RE-2026-18", "RE-2026-17"), ("R-2027-17", "R-2026-17"),
    ("AB-100", "CD-100"), ("4711/2026/1", "4711/2026/2"), ("R", "S"),
    ("R-110", "R-101"),
]  # fmt: skip
MONTHS = [date(2026, 9, 1), date(2026, 9, 8), date(2026, 10, 1), date(2027, 9, 1), None]


@pytest.mark.parametrize(("new", "old"), LOOKS)
def test_a_number_that_looks_like_another_is_told_whatever_amount_and_day(new: str, old: str) -> None:
    for one, other in ((new, old), (old, new)):
        for amount, day, days in ((Decimal(119), MONTHS[0], 10), (Decimal(500), MONTHS[3], 0)):
            found = judged(a_claim(number=one, amount=amount, issue_date=day), a_claim("old", number=other), days=days)
            assert found in ([("DUPLICATE-NUMBER", "error")], [("DUPLICATE", "error")]), (one, other)


@pytest.mark.parametrize(("new", "old"), RESEMBLES)
def test_a_number_that_a_machine_may_take_for_another_is_told_with_nearly_its_amount_only(new: str, old: str) -> None:
    for one, other in ((new, old), (old, new)):
        for day, days in ((MONTHS[0], 10), (MONTHS[3], 0)):
            for amount in ("119.00", "119.01", "118.41"):
                near = a_claim(number=one, amount=Decimal(amount), issue_date=day)
                assert judged(near, a_claim("old", number=other), days=days) == [("DUPLICATE-NUMBER", "error")], one
            far = a_claim(number=one, amount=Decimal(150), issue_date=day)
            assert judged(far, a_claim("old", number=other), days=days) == [("DUPLICATE", "info")], (one, other)


@pytest.mark.parametrize(("new", "old"), EXTENDS)
@pytest.mark.parametrize("amount", ["119.00", "119.01", "118.99", "119.55", "118.41"])
def test_a_number_that_extends_another_is_told_with_nearly_its_amount_on_whatever_day(
    new: str, old: str, amount: str
) -> None:
    for one, other in ((new, old), (old, new)):
        for day in MONTHS:
            claim = a_claim(number=one, amount=Decimal(amount), issue_date=day)
            assert judged(claim, a_claim("old", number=other)) == [("DUPLICATE-NUMBER", "error")], (one, other, day)
        far = a_claim(number=one, amount=Decimal(150), issue_date=MONTHS[2])
        assert judged(far, a_claim("old", number=other)) == [("DUPLICATE", "info")]
        of_another = a_claim("old", number=other, vendor_key="vendor:V2", vendor="Atelier")
        assert judged(a_claim(number=one), of_another) == [("DUPLICATE", "info")]


@pytest.mark.parametrize(("new", "old"), OTHERS)
@pytest.mark.parametrize("amount", ["119.00", "119.01", "118.41"])
def test_what_recurs_comes_in_parts_or_is_counted_on_is_told_by_no_number(new: str, old: str, amount: str) -> None:
    for one, other in ((new, old), (old, new)):
        claim = a_claim(number=one, amount=Decimal(amount), issue_date=date(2026, 10, 1))
        assert judged(claim, a_claim("old", number=other)) == [("DUPLICATE", "info")], (one, other)


def test_the_same_net_amount_under_another_tax_is_told_near_its_day() -> None:
    old = a_claim("old", net=Decimal(100))
    assert judged(a_claim(number="X-9", amount=Decimal(107), net=Decimal(100)), old) == [("DUPLICATE-AMOUNT", "error")]
    later = a_claim(number="X-9", amount=Decimal(107), net=Decimal(100), issue_date=date(2026, 10, 1))
    assert judged(later, old) == [("DUPLICATE", "info")]
    extended = a_claim(number="R-17A", amount=Decimal(107), net=Decimal(100), issue_date=date(2026, 10, 1))
    assert judged(extended, old) == [("DUPLICATE-NUMBER", "error")]


def test_what_is_billed_anew_after_a_posted_credit_note_is_no_duplicate_for_its_amount() -> None:
    credit = a_claim("credit", kind="credit_note", number="G-1", preceding="r17", status=Status.APPROVED)
    assert judged(a_claim(number="R-18"), OLD, credit) == [("DUPLICATE", "info")]
    assert judged(a_claim(number="R-18"), OLD, credit.model_copy(update={"status": Status.REVIEW})) == [
        ("DUPLICATE-AMOUNT", "error")
    ]
    assert judged(a_claim(number="R-17"), OLD, credit)[0] == ("DUPLICATE", "error")


def test_a_text_with_number_day_and_amount_changed_by_a_cent_is_told_and_the_next_month_is_not() -> None:
    text = a_text("2026-1001", date(2026, 9, 1))
    changed = text.replace("2026-1001", "2026-1444").replace("1.804,20", "1.804,21").replace("2.147,00", "2.147,01")
    old = a_claim("o", number="2026-1001", amount=Decimal(2147), tokens=sketch(text))
    new = a_claim("n", number="2026-1444", amount=Decimal("2147.01"), tokens=sketch(changed))
    assert judged(new, old) == [("DUPLICATE-TEXT", "error")]
    month = new.model_copy(update={"issue_date": date(2026, 10, 1)})
    assert judged(month, old) == [("DUPLICATE", "info")]


def test_a_credit_note_credits_and_a_second_one_is_a_duplicate() -> None:
    first = a_claim("credit", kind="credit_note", number="G-1", preceding="r17")
    by_amount = a_claim("credit", kind="credit_note", number="G-1", issue_date=date(2026, 12, 1))
    assert judged(first, OLD) == [("CREDIT-NOTE", "info")]
    assert judged(by_amount, OLD) == [("CREDIT-NOTE", "info")]
    second = a_claim("again", kind="credit_note", number="G-2", preceding="r17", issue_date=date(2026, 12, 1))
    assert sorted(judged(second, OLD, first)) == [("CREDIT-NOTE", "info"), ("DUPLICATE", "error")]
    assert judged(a_claim("other", number="R-99"), first) == [("DUPLICATE", "info")]


def test_a_part_that_is_credited_by_another_amount_still_credits_the_invoice_it_names() -> None:
    part = a_claim("credit", kind="credit_note", number="G-1", preceding="r17", amount=Decimal(20))
    assert judged(part, OLD) == [("CREDIT-NOTE", "info")]


def test_a_corrected_invoice_is_told_apart_and_both_have_to_be_settled() -> None:
    new = a_claim(number="R-18", preceding="r17", amount=Decimal(99))
    (finding,) = duplicates(new, [a_claim("old", status=Status.APPROVED)])
    assert (finding.rule, finding.severity) == ("CORRECTED", "error")
    assert "it corrects R-17" in finding.message
    assert "is posted" in finding.message
    (late,) = duplicates(OLD, [new])
    assert (late.rule, late.severity) == ("CORRECTED", "error")
    assert "it is corrected by R-18" in late.message


def test_an_invoice_that_was_first_taken_for_a_credit_note_is_a_duplicate_all_the_same() -> None:
    assert judged(a_claim(), a_claim("old", kind="credit_note")) == [("DUPLICATE", "error")]


LINES = [
    (f"Artikel {name} nach Muster", n)
    for n, name in enumerate(("Schraube", "Mutter", "Dübel", "Bohrer", "Leim", "Zange"))
]


def a_text(number: str, day: date, *, seed: int = 1, due: bool = True) -> str:
    """An invoice's text; of one ``seed`` with the same lines."""
    rng = random.Random(seed)
    rows = [
        f"{n + 1}  {name}  {rng.randint(1, 90)} Stk  {rng.randint(100, 9999) / 100:.2f}  {rng.randint(100, 99999) / 100:.2f}"
        for name, n in LINES
    ]
    return "\n".join(
        [
            "Muster & Söhne GmbH  Hafenstraße 12  20457 Hamburg",
            f"Rechnung Nr. {number}  Datum {day:%d.%m.%Y}  Kunde 20417",
            "Wir erlauben uns wie vereinbart zu berechnen",
            *rows,
            "Summe netto 1.804,20  Umsatzsteuer 19 % 342,80  Gesamtbetrag 2.147,00 EUR",
            f"Zahlbar bis {day + timedelta(14):%d.%m.%Y} ohne Abzug" if due else "Zahlbar sofort ohne Abzug",
            f"IBAN DE89 3704 0044 0532 0130 00  USt-IdNr. {VAT_ID}  Amtsgericht Hamburg HRB 104711",
        ]
    )


def claim_of(id: str, text: str, number: str | None, day: date | None, **values: Any) -> Claim:
    return a_claim(id, number=number, issue_date=day, amount=Decimal(2147), tokens=sketch(text), **values)


def misread(text: str, rng: random.Random) -> str:
    """As a scanner reads it again: one digit of one number, one letter in every hundred, and other line ends."""
    places = [n for n, c in enumerate(text) if c.isdigit()]
    at = rng.choice(places)
    letters = list(text)
    letters[at] = str((int(letters[at]) + rng.randint(1, 9)) % 10)
    for n, c in enumerate(letters):
        if c.isalpha() and rng.random() < 0.005:
            letters[n] = rng.choice("ocl")
    return "".join(letters).replace("  ", " ")


def test_generated_near_misses_are_told_and_what_recurs_is_not() -> None:
    """100 of each: re-scanned under another number and vendor; the same lines next month; another order of the same day."""
    rng = random.Random(7)
    right = {"scanned": 0, "next month": 0, "next month, two numbers differ": 0, "another order": 0}
    for n in range(100):
        day = date(2026, 1, 5) + timedelta(n)
        number, later = f"2026-{1000 + n}", f"2026-{2000 + n}"
        old = claim_of("old", a_text(number, day, seed=n), number, day)
        scan = claim_of("scan", misread(a_text(number, day, seed=n), rng), None, day, vendor_key=None, vendor="Mnster")
        right["scanned"] += judged(scan, old) == [("DUPLICATE-TEXT", "error")]
        month = day + timedelta(30)
        again = claim_of("month", a_text(later, month, seed=n), later, month)
        right["next month"] += judged(again, old) == [("DUPLICATE", "info")]
        old = claim_of("old", a_text(number, day, seed=n, due=False), number, day)
        again = claim_of("month", a_text(later, month, seed=n, due=False), later, month)
        right["next month, two numbers differ"] += judged(again, old) == [("DUPLICATE", "info")]
        other = claim_of("other", a_text(later, day, seed=n + 500), later, day, vendor_key="vendor:V2")
        right["another order"] += judged(other, old) == [("DUPLICATE", "info")]
    assert right.pop("scanned") >= 97
    assert set(right.values()) == {100}


def test_the_very_same_text_is_a_duplicate_whatever_date_was_read() -> None:
    text = a_text("2026-1001", date(2026, 9, 1))
    old, new = (
        claim_of(id, text, n, day) for id, n, day in (("o", "1", date(2026, 9, 1)), ("n", "2", date(2025, 9, 1)))
    )
    assert judged(new, old) == [("DUPLICATE-TEXT", "error")]


def test_too_little_text_is_not_compared() -> None:
    assert not near_identical(sketch("Rechnung 4711"), sketch("Rechnung 4711"))
    assert not near_identical([], [])


def test_a_sketch_is_small_plain_and_the_same_in_every_process() -> None:
    text = a_text("2026-1001", date(2026, 9, 1)) + " ".join(f"word{chr(97 + n % 26)}x {n + 1000}" for n in range(2000))
    of_text = sketch(text)
    assert len(of_text) <= 150
    assert json.loads(json.dumps(of_text)) == of_text
    assert max(of_text) < 1 << 53
    assert sketch("Rechnung 4711, 1.234,56") == FROZEN
    assert sketch("Rechnung 4711, 1'234.56") == FROZEN


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Gutschrift zu Rechnung Nr. RE-2026-0417", "RE-2026-0417"),
        ("Korrekturrechnung zur Rechnung 4711 vom 03.09.2026", "4711"),
        ("Storno der Rechnung vom 03.09.2026, Nr. R-17", "R-17"),
        ("Stornorechnung zu Rechnungsnummer: 2026/0815", "2026/0815"),
        ("Rechnungskorrektur zu RE-Nr. 12345", "12345"),
        ("Bezug: Rechnung RE 20260417", "RE 20260417"),
        ("Cette facture annule et remplace la facture n° F2026-118", "F2026-118"),
        ("Facture rectificative : rectifie la facture FA-118", "FA-118"),
        ("Avoir sur facture N° 118/26", "118/26"),
        ("Facture d’origine : F-118", "F-118"),
        ("Credit note for invoice INV-0099", "INV-0099"),
        ("This invoice corrects invoice no. INV-0099 dated 2026-09-01", "INV-0099"),
        ("Original invoice number: 99-A7", "99-A7"),
        ("Creditnota op factuur 2026.118", "2026.118"),
        ("Correctie op factuurnummer 2026118", "2026118"),
        ("Factura rectificativa. Rectifica a la factura nº A-118", "A-118"),
        ("Abono de la factura 26/118", "26/118"),
        ("Nota di credito su fattura n. 118/A", "118/A"),
        ("A rettifica della fattura 118/2026", "118/2026"),
    ],
)
def test_the_invoice_that_is_corrected_is_read_where_words_say_so(line: str, number: str) -> None:
    assert preceding_of(f"Muster GmbH\n{line}\nSumme 119,00", fields_of(invoice_number="R-99")) == number


@pytest.mark.parametrize(
    "line",
    [
        "Rechnung Nr. 4711",
        "Rechnung vom 03.09.2026",
        "Ihre Zahlung zu Rechnung 4711 haben wir erhalten",
        "Storno der Rechnung vom 03.09.2026",
        "Korrektur zur Rechnung R-99",
        "Hinzu Rechnungen 17 Stück",
        "Please quote invoice 4711 when you pay",
        "Facture n° 118",
        "Factuur 2026118",
        "Gutschrift zu Rechnung siehe Anlage",
        "Replaces invoice templates",
    ],
)
def test_other_lines_name_no_invoice_that_is_corrected(line: str) -> None:
    assert preceding_of(line, fields_of(invoice_number="R 99")) is None


@pytest.mark.exhaustive
def test_the_time_a_long_text_takes_does_not_grow_with_the_square_of_its_length() -> None:
    def of(words: int) -> Callable[[], tuple[str | None, object]]:
        text = "zu rechnung " * words + "\n" + "corrects the invoice no. " * words + "\n" * (words // 10)
        return lambda: (preceding_of(text, {}), sketch(text))

    assert of(50_000)()[0] is None
    assert grows_gently(of, 50_000)


def test_number_keys_of_references_find_the_invoice() -> None:
    assert number_key(preceding_of("Bezug: Rechnung R 17", {}) or "") == OLD.number_key
