"""Totals are the amounts that close, that a rate explains and that labels call so; what does not close is left as printed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from agents.fields.checks import check
from agents.pages import Draft, draft
from agents.pages._candidates import Candidates
from agents.pages._totals import Sums, Totals
from tests.agents.drawn_pages import page
from tests.growth import grows_gently


def best(*lines: str) -> Totals:
    """The totals on a page of ``lines``, which must have some."""
    found = Sums(Candidates(page(*lines))).best()
    assert found is not None
    return found


def triple(*lines: str) -> tuple[str | None, ...]:
    """Net, tax and total."""
    found = best(*lines)
    return tuple(None if n is None else f"{n:f}" for n in (found.net, found.tax, found.gross))


def by_rate(found: Totals) -> list[str]:
    return [f"{row.rate:f} % of {row.basis:f}: {row.amount:f}" for row in found.rates]


def totals(made: Draft) -> dict[str, str]:
    return {path[7:]: field.value for path, field in made.fields.items() if path.startswith("totals.")}


def rules(made: Draft) -> set[str]:
    """What the draft's own findings and the checks complain of."""
    return {f.rule for f in [*made.findings, *check(made.fields)]}


PRINTED = {
    "English": ("Subtotal  100.00", "VAT 20 %  20.00", "Total  120.00"),
    "German": ("Nettobetrag   100,00", "zzgl. 20 % USt   20,00", "Rechnungsbetrag EUR   120,00"),
    "French": ("Total HT   100,00", "TVA 20 %   20,00", "Total TTC   120,00 €"),
    "Dutch": ("Totaal excl. btw   100,00", "Btw 20%   20,00", "Totaal incl. btw   € 120,00"),
    "Italian": ("Totale imponibile   100,00", "IVA 20%   20,00", "Totale fattura EUR   120,00"),
    "in one line below their headings": ("Netto     Moms 20 %     Att betala", "100,00    20,00         120,00"),
    "before their labels": ("100,00   Total HT", "20,00   TVA 20 %", "120,00   Total TTC"),
    "total first": ("Total incl. VAT   120.00", "VAT 20 %   20.00", "Net amount   100.00"),
    "in a sentence's place": ("Zwischensumme: 100,00 EUR", "USt. 20%: 20,00 EUR", "Gesamtbetrag: 120,00 EUR"),
}


@pytest.mark.parametrize("lines", PRINTED.values(), ids=PRINTED)
def test_net_and_tax_that_make_the_total_and_are_called_so_are_proved(lines: tuple[str, ...]) -> None:
    found = best(*lines)
    assert triple(*lines) == ("100.00", "20.00", "120.00")
    assert found.proved
    assert by_rate(found) == ["20 % of 100.00: 20.00"]
    assert {term: Decimal(c.value) for term, c in found.cells.items()} == {"net": 100, "tax": 20, "gross": 120}


def test_what_closes_but_is_called_nothing_is_not_proved() -> None:
    assert not best("abc   100.00", "def   20.00", "ghi   120.00").proved


def test_several_rates_are_read_from_their_rows() -> None:
    lines = (
        "Satz     Netto     Steuer",
        "19 %     100,00     19,00",
        "7 %       50,00      3,50",
        "Summe netto        150,00",
        "Summe USt           22,50",
        "Gesamtbetrag       172,50",
    )
    assert triple(*lines) == ("150.00", "22.50", "172.50")
    assert by_rate(best(*lines)) == ["19 % of 100.00: 19.00", "7 % of 50.00: 3.50"]
    assert best(*lines).proved


@pytest.mark.parametrize(
    "rows",
    [
        ("Taux   Base HT   TVA", "20 %   100,00   20,00", "5,5 %   200,00   11,00", "Total TTC   331,00"),
        ("20 % TVA sur 100,00   20,00", "5,5 % TVA sur 200,00   11,00", "Total TTC   331,00"),
    ],
)
def test_net_and_tax_follow_from_the_rates_where_no_sum_of_them_is_printed(rows: tuple[str, ...]) -> None:
    assert triple(*rows) == ("300.00", "31.00", "331.00")
    assert sorted(best(*rows).cells) == ["gross"]
    net = draft(page(*rows)).fields["totals.tax_basis_total"]
    assert (net.value, net.evidence.page, net.evidence.locator) == ("300.00", None, "sum over the rates")


def test_a_tax_of_nothing_is_proved_where_it_is_called_so_and_without_a_tax_nothing_is() -> None:
    zero = ("Net   500.00", "VAT 0%   0.00", "Total   500.00")
    assert triple(*zero) == ("500.00", "0.00", "500.00")
    assert best(*zero).proved
    shifted = ("Nettobetrag   500,00 EUR", "Steuerschuldner ist der Empfänger", "Rechnungsbetrag   500,00 EUR")
    assert triple(*shifted) == ("500.00", None, "500.00")
    assert not best(*shifted).proved


def test_prices_that_happen_to_add_up_do_not_win_against_the_totals() -> None:
    lines = ("Widget   1   100.00   100.00", "Spring   1    20.00    20.00", "Frame    1   120.00   120.00")
    assert triple(*lines, "Net   240.00", "VAT 20 %   48.00", "Total   288.00") == ("240.00", "48.00", "288.00")


def test_the_total_of_one_rate_is_not_that_of_the_document() -> None:
    found = triple(
        "                 Net      VAT      Gross",
        "VAT 20 %      100.00    20.00     120.00",
        "VAT 5 %        40.00     2.00      42.00",
        "Total         140.00    22.00     162.00",
    )
    assert found == ("140.00", "22.00", "162.00")


@pytest.mark.parametrize(
    ("lines", "prepaid"),
    [
        (("Deposit paid   50.00", "Balance due   70.00"), "50.00"),
        (("Abzüglich Anzahlung   -50,00", "Noch zu zahlen   70,00"), "50.00"),
        (("Acompte versé   50,00", "Net à payer   70,00"), "50.00"),
        (("Deposit paid   -30.00", "Payment received   -20.00", "Amount due   70.00"), "50.00"),
        pytest.param(
            ("Deposit   30.00", "Advance   20.00", "Amount due   70.00"),
            "50.00",
            marks=pytest.mark.xfail(strict=True, reason="an amount is announced by the label of the line above too"),
        ),
        (("Amount paid   0.00", "Amount due   120.00"), "0"),
    ],
)
def test_what_was_paid_before_and_what_is_due_make_the_total(lines: tuple[str, ...], prepaid: str) -> None:
    made = draft(page("Net  100.00", "VAT 20 %  20.00", "Total  120.00", *lines))
    due = "120.00" if prepaid == "0" else "70.00"
    assert {"grand_total": "120.00", "prepaid": prepaid, "due_payable": due}.items() <= totals(made).items()


def test_where_nothing_was_paid_before_the_total_is_due() -> None:
    due = draft(page("Net  100.00", "VAT 20 %  20.00", "Total  120.00")).fields["totals.due_payable"]
    assert (due.value, due.grounds, due.evidence.page) == ("120.00", ["follows"], None)


ROUNDED = page("Netto   99,90", "MwSt 8,1 %   8,09", "Rappenrundung   -0,04", "Total CHF   107,95")


def test_a_rounding_lies_between_the_sum_and_the_printed_total() -> None:
    made = draft(ROUNDED)
    wanted = {"tax_basis_total": "99.90", "tax_total": "8.09", "grand_total": "107.99", "rounding": "-0.04"}
    assert wanted.items() <= totals(made).items()


def test_what_is_due_is_the_rounded_total() -> None:
    assert totals(draft(ROUNDED))["due_payable"] == "107.95"


def test_a_larger_amount_that_is_printed_as_a_total_too_is_a_finding() -> None:
    lines = ("Net  100.00", "VAT 20 %  20.00", "Total  120.00")
    assert rules(draft(page(*lines))).isdisjoint({"SECOND-TOTAL"})
    made = draft(page(*lines, "Invoice total   999.00"))
    (found,) = made.findings
    assert (found.rule, found.severity) == ("SECOND-TOTAL", "error")
    assert (found.evidence["expected"], found.evidence["found"]) == ("120.00", "999.00")


@pytest.mark.parametrize(
    "lines",
    [
        ("Nettobetrag   100,00", "USt 19 %   19,00", "Rechnungsbetrag   129,00"),
        ("Ware  2  50,00  100,00", "Nettobetrag   100,00", "USt 19 %   19,00", "Rechnungsbetrag   129,00"),
        ("Total HT   100,00", "TVA 20 %   20,00", "Total TTC   210,00"),
        ("Net   100.00", "VAT 20 %   25.00", "Total   120.00"),
    ],
)
def test_totals_that_are_printed_wrong_are_not_corrected_but_complained_of(lines: tuple[str, ...]) -> None:
    made = draft(page(*lines))
    gross = made.fields["totals.grand_total"]
    assert gross.evidence.text is not None
    assert gross.evidence.text in lines[-1]
    assert gross.grounds == ["label"]
    assert not made.closes
    assert {"BR-CO-15", "BR-13"} & rules(made)


def test_a_total_is_not_its_own_net_where_taxes_are_printed() -> None:
    made = draft(
        page("Netto 19 %   100,00", "Netto 7 %   50,00", "USt 19 %   19,00", "USt 7 %   3,50", "Gesamtbetrag   172,50")
    )
    assert totals(made).get("tax_basis_total") in (None, "150.00")


@pytest.mark.parametrize(
    "lines",
    [
        ("Nettobetrag   -100,00", "USt 19 %   -19,00", "Gutschriftsbetrag   -119,00"),
        ("Nettobetrag   100,00-", "USt 19 %   19,00-", "Gesamtbetrag   119,00-"),
        ("Subtotal   (100.00)", "VAT 19 %   (19.00)", "Total   (119.00)"),
        ("Subtotal   (£100.00)", "VAT 19 %   (£19.00)", "Total   (£119.00)"),
        ("Net   - 100.00", "VAT 19 %   - 19.00", "Total   - 119.00"),
        ("Net   -£100.00", "VAT 19 %   -£19.00", "Total   -£119.00"),
        ("Net total   100.00 CR", "VAT 19 %   19.00 CR", "Total GBP   119.00 CR"),
        ("Net total   100.00CR", "VAT 19 %   19.00CR", "Total GBP   119.00CR"),
        ("Nettobetrag   100,00  H", "USt 19 %   19,00  H", "Gesamtbetrag   119,00  H"),
        ("Total HT   −100,00", "TVA 19 %   −19,00", "Total TTC   −119,00"),
    ],
)
def test_a_credit_note_may_have_negative_totals(lines: tuple[str, ...]) -> None:
    assert triple(*lines) == ("-100.00", "-19.00", "-119.00")
    assert best(*lines).proved


def test_a_page_without_amounts_has_no_totals() -> None:
    assert Sums(Candidates(page("Dear Sir,", "thank you for 2 letters of 12.05.2026."))).best() is None
    assert totals(draft(page("Dear Sir,"))) == {}


@pytest.mark.parametrize(
    "line", ["Net  {n}.00   VAT {n}.00   Total {n}.00", "19 %   {n}.00   {n}.19   {n}.50", "{n}.00"]
)
@pytest.mark.exhaustive
def test_the_time_hundreds_of_different_amounts_take_does_not_grow_with_their_square(line: str) -> None:
    def of(lines: int) -> Callable[[], object]:
        return Sums(Candidates(page(*[line.format(n=n) for n in range(lines)]))).ranked

    assert grows_gently(of, 800)


STATEMENTS = {
    "two taxes on one basis": (
        ("Sub Total   800.00", "CGST 9%   72.00", "SGST 9%   72.00", "Total INR   944.00"),
        {"tax_basis_total": "800.00", "tax_total": "144.00", "grand_total": "944.00"},
    ),
    "GST and PST": (
        ("Subtotal   $200.00", "GST 5%   $10.00", "PST 7%   $14.00", "Total   $224.00"),
        {"tax_basis_total": "200.00", "tax_total": "24.00", "grand_total": "224.00"},
    ),
    "taxes of two rates without their bases": (
        ("Total HT   526,35 €", "TVA 21%   42,49 €", "TVA 6%   19,44 €", "Total TTC   588,28 €"),
        {"tax_basis_total": "526.35", "tax_total": "61.93", "grand_total": "588.28"},
    ),
    "a rate of nothing besides": (
        ("Subtotal   £1,687.90", "VAT (20.00%)   £317.98", "VAT (0.00%)   £0.00", "Total   £2,005.88"),
        {"tax_basis_total": "1687.90", "tax_total": "317.98", "grand_total": "2005.88"},
    ),
    "a discount behind the tax": (
        ("Subtotal   $ 1,300.00", "Tax 8.25%   $ 96.53", "Discount 10%   $ 130.00", "Total   $ 1,266.53"),
        {"tax_basis_total": "1170.00", "tax_total": "96.53", "grand_total": "1266.53", "allowance_total": "130.00"},
    ),
    "a discount of an own name": (
        ("Subtotal   £328.00", "Loyalty (20% Off)   -£65.60", "VAT (20%)   £52.48", "Total   £314.88"),
        {"tax_basis_total": "262.40", "tax_total": "52.48", "grand_total": "314.88", "allowance_total": "65.60"},
    ),
    "shipping before the tax": (
        ("Zwischensumme   592,49", "Versandkosten   4,50", "MwSt. 20 %   119,40", "Rechnungsbetrag   716,39"),
        {"tax_basis_total": "596.99", "tax_total": "119.40", "grand_total": "716.39", "charge_total": "4.50"},
    ),
    "three decimals": (
        ("Liteau   10,000   12,345   123,450", "Total HT   123,450", "TVA 20 %   24,690", "Total TTC   148,140"),
        {"tax_basis_total": "123.450", "tax_total": "24.690", "grand_total": "148.140"},
    ),
}


@pytest.mark.parametrize(("lines", "right"), STATEMENTS.values(), ids=STATEMENTS)
def test_totals_are_read_from_the_sum_over_each_amount_to_the_total(
    lines: tuple[str, ...], right: dict[str, str]
) -> None:
    made = draft(page(*lines))
    assert right.items() <= totals(made).items()
    assert made.fields["totals.grand_total"].grounds == ["proved"]


@pytest.mark.parametrize(
    "lines",
    [
        ("Net total   400.00", "VAT 20 %   90.00", "Total EUR   490.00"),
        ("Nettobetrag   400,00", "USt 19 %   30,00", "Gesamtbetrag   430,00"),
        ("Subtotal   $500.00", "Sales tax (8.25%)   $50.00", "Total   $550.00"),
    ],
)
def test_a_tax_that_its_printed_rate_does_not_make_is_never_proved(lines: tuple[str, ...]) -> None:
    made = draft(page(*lines))
    assert made.fields["totals.grand_total"].grounds == ["other rate"]
    assert "BR-CO-17" in rules(made)


def test_a_share_capital_in_a_sentence_is_no_total() -> None:
    found = triple(
        "Montant HT   10,00",
        "TVA 20 %   2,00",
        "Total TTC   12,00",
        "Exemple SA - Société Anonyme au capital de 905,56 € - Siège social : 2 rue de Siam - 29200 Brest",
    )
    assert found == ("10.00", "2.00", "12.00")


def test_the_totals_are_those_in_the_currency_of_the_invoice_not_the_larger_ones() -> None:
    made = draft(
        page(
            "Currency   GBP",
            "            GBP       EUR",
            "Net total   400.00    460.00",
            "VAT 23%      92.00    105.80",
            "Total       492.00    565.80",
        )
    )
    assert (totals(made)["grand_total"], made.fields["currency"].value) == ("492.00", "GBP")


def test_two_totals_that_close_as_well_are_rivals() -> None:
    lines = ("Net total   400.00    460.00", "VAT 23%      92.00    105.80", "Total       492.00    565.80")
    assert draft(page(*lines)).fields["totals.grand_total"].grounds == ["rival"]


@pytest.mark.parametrize(
    "lines",
    [("Bezahlt am 27.09.2024   70,00", "Fälliger Betrag   50,00"), ("SEPA transfer   70.00", "Residual   50.00")],
)
def test_of_two_amounts_that_make_the_total_the_last_is_due(lines: tuple[str, ...]) -> None:
    made = totals(draft(page("Net  100.00", "VAT 20 %  20.00", "Total  120.00", *lines)))
    assert (made["prepaid"], made["due_payable"]) == ("70.00", "50.00")


def test_a_tax_that_is_said_to_be_in_the_total_leaves_the_net_total() -> None:
    made = totals(draft(page("Coffee   6.00", "Total   12.00", "VAT 20 %   2.00")))
    assert (made["tax_basis_total"], made["tax_total"], made["grand_total"]) == ("10.00", "2.00", "12.00")


def test_a_long_statement_takes_no_more_than_its_length() -> None:
    def sized(n: int) -> Callable[[], object]:
        lines = ["Subtotal   100.00", *(f"Rabatt {k}   -{k}.{k % 100:02}" for k in range(1, n))]
        reading = page(*lines, "Total   1.00")
        return lambda: Sums(Candidates(reading)).ranked()

    assert grows_gently(sized, 160)
