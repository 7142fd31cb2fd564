"""Lines that group others or inform: parts are counted once, groups and information not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from agents.einvoice import amounts_aside, fields_from_xml
from agents.einvoice.en16931._terms import lines_at, paths_of
from agents.fields import checks
from agents.fields.rules import Rule
from tests.growth import grows_gently


@dataclass(frozen=True)
class Line:
    """A line: its id and amount; what it says it is, and to which line it belongs."""

    id: str
    amount: str | None
    kind: str | None = None
    parent: str | None = None


def cii(*lines: Line, total: str = "80.00") -> str:
    rows = "".join(
        "<IncludedSupplyChainTradeLineItem><AssociatedDocumentLineDocument>"
        f"<LineID>{line.id}</LineID>{f'<ParentLineID>{line.parent}</ParentLineID>' if line.parent else ''}"
        f"{f'<LineStatusReasonCode>{line.kind}</LineStatusReasonCode>' if line.kind else ''}"
        f"</AssociatedDocumentLineDocument><SpecifiedTradeProduct><Name>Line {line.id}</Name></SpecifiedTradeProduct>"
        + (
            "<SpecifiedLineTradeSettlement><SpecifiedTradeSettlementLineMonetarySummation><LineTotalAmount>"
            f"{line.amount}</LineTotalAmount></SpecifiedTradeSettlementLineMonetarySummation></SpecifiedLineTradeSettlement>"
            if line.amount
            else ""
        )
        + "</IncludedSupplyChainTradeLineItem>"
        for line in lines
    )
    return (
        '<CrossIndustryInvoice xmlns="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"><ExchangedDocument>'
        f"<ID>R-1</ID></ExchangedDocument><SupplyChainTradeTransaction>{rows}<ApplicableHeaderTradeSettlement>"
        f"<SpecifiedTradeSettlementHeaderMonetarySummation><LineTotalAmount>{total}</LineTotalAmount>"
        "</SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement>"
        "</SupplyChainTradeTransaction></CrossIndustryInvoice>"
    )


def ubl(lines: str, root: str = "Invoice") -> str:
    return (
        f'<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"><ID>R-1</ID>{lines}'
        '<LegalMonetaryTotal><LineExtensionAmount currencyID="EUR">80.00</LineExtensionAmount></LegalMonetaryTotal></'
        f"{root}>"
    )


def ids(xml: str) -> list[str]:
    return [field.value for path, field in fields_from_xml(xml).items() if path.endswith("].id")]


SET = Line("1", "80.00", "GROUP"), Line("1.1", "50.00", "DETAIL", "1"), Line("1.2", "30.00", "DETAIL", "1")


@pytest.mark.parametrize(
    ("lines", "counting", "aside"),
    [
        (SET, ["1.1", "1.2"], ["80.00"]),
        ((SET[1], SET[2], SET[0]), ["1.1", "1.2"], ["80.00"]),
        ((Line("1", None, "GROUP"), *SET[1:]), ["1.1", "1.2"], []),
        ((Line("1", "80.00", "group"), Line("2", "50.00", "detail", "1"), Line("3", "30.00", None, "1")), ["2", "3"], ["80.00"]),
        ((Line("1", "80.00", "DETAIL"), Line("1.1", "50.00", "INFORMATION", "1")), ["1"], ["50.00"]),
        ((Line("1", "80.00"), Line("2", "12.00", "INFORMATION")), ["1"], ["12.00"]),
        ((Line("1", "80.00"), Line("1.1", "50.00", None, "1"), Line("1.2", "30.00", None, "1")), ["1.1", "1.2"], ["80.00"]),
        ((Line("1", "50.00"), Line("2", "30.00", None, "1")), ["1", "2"], []),
        (
            (Line("1", "80.00", "GROUP"), Line("1.1", "80.00", "GROUP", "1"), Line("1.1.1", "80.00", "DETAIL", "1.1")),
            ["1.1.1"],
            ["80.00", "80.00"],
        ),
        ((Line("1", "80.00", None, "1"),), ["1"], []),
        ((Line("1", "40.00", None, "2"), Line("2", "40.00", None, "1")), [], ["40.00", "40.00"]),
    ],
    ids=[
        "group and parts", "group last", "group without amount", "small letters", "informing parts", "informing alone",
        "nothing said", "parts beside their line", "groups in groups", "its own parent", "a ring",
    ],
)  # fmt: skip
def test_of_a_cross_industry_invoice_parts_count_and_groups_and_information_do_not(
    lines: tuple[Line, ...], counting: list[str], aside: list[str]
) -> None:
    xml = cii(*lines)
    assert ids(xml) == counting
    assert amounts_aside(xml) == [Decimal(amount) for amount in aside]


def test_what_counts_adds_up_or_a_person_is_asked() -> None:
    def rules(*lines: Line) -> list[str]:
        return [finding.rule for finding in checks.check(fields_from_xml(cii(*lines)))]

    assert Rule.BR_CO_10 not in rules(*SET)
    assert Rule.BR_CO_10 in rules(*SET, Line("2", "5.00"))
    assert Rule.BR_CO_10 in rules(Line("1", "80.00", "DETAIL"), *SET[1:])
    assert Rule.BR_16 in rules(Line("1", "40.00", None, "2"), Line("2", "40.00", None, "1"))


_PART = "<ID>{id}</ID><LineExtensionAmount currencyID='EUR'>{amount}</LineExtensionAmount>"


def line(id: str, amount: str, *parts: str, name: str = "InvoiceLine") -> str:
    return f"<{name}>{_PART.format(id=id, amount=amount)}{''.join(parts)}</{name}>"


def part(id: str, amount: str, *parts: str, name: str = "SubInvoiceLine") -> str:
    return line(id, amount, *parts, name=name)


@pytest.mark.parametrize(
    ("lines", "counting"),
    [
        (line("1", "80.00", part("1.1", "50.00"), part("1.2", "30.00")), ["1.1", "1.2"]),
        (line("1", "80.00", part("1.1", "80.00", part("1.1.1", "20.00"), part("1.1.2", "60.00"))), ["1.1.1", "1.1.2"]),
        (line("1", "80.00", part("1.1", "50.00"), part("1.2", "0.00")), ["1"]),
        (line("1", "50.00", part("1.1", "50.00")) + line("2", "30.00"), ["1.1", "2"]),
    ],
    ids=["parts", "parts of parts", "parts that only inform", "beside a plain line"],
)
def test_of_ubl_the_parts_within_a_line_stand_for_it_if_they_come_to_its_amount(
    lines: str, counting: list[str]
) -> None:
    assert ids(ubl(lines)) == counting
    noted = lines.replace("SubInvoiceLine", "SubCreditNoteLine").replace("InvoiceLine", "CreditNoteLine")
    assert ids(ubl(noted, "CreditNote")) == counting


def test_a_rule_that_fails_at_a_line_names_the_line_as_it_is_numbered_here() -> None:
    fields = fields_from_xml(cii(*SET))
    at = "/CrossIndustryInvoice[1]/SupplyChainTradeTransaction[1]/IncludedSupplyChainTradeLineItem[{}]/X[1]"
    lines = lines_at(fields)
    assert paths_of("BT-131", at.format(3), lines) == ["lines[1].net_amount"]
    assert paths_of("BT-131", at.format(1), lines) == []
    assert paths_of("BT-131", "/CrossIndustryInvoice[1]", lines) == ["lines[0].net_amount"]


def test_many_lines_of_one_parent_take_time_that_grows_with_their_number() -> None:
    def reading(n: int) -> Callable[[], object]:
        rows = [Line(str(i % 2), "1.00", None, str((i + 1) % 2)) for i in range(n)]
        xml = cii(*rows)
        return lambda: fields_from_xml(xml)

    assert grows_gently(reading, 2400)
