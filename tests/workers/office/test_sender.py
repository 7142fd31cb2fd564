"""What a sender is told of the rules that its e-invoice does not keep."""

from __future__ import annotations

from typing import Any

from infra.records import Finding, finding
from tests.infra.ledger.examples import an_execution
from workers.office.sender import to_sender

FIELDS = {"invoice_number": {"value": "HK-4180"}, "issue_date": {"value": "2026-09-18"}}


def broken(rule: str = "BR-CL-25", **evidence: Any) -> Finding:
    given = {
        "kind": "codes",
        "layer": "EN 16931",
        "location": "/Invoice/AccountingSupplierParty/Party/EndpointID",
        **evidence,
    }
    return finding(
        rule, "warning", "Endpoint identifier scheme identifier MUST belong to the CEF EAS code list.", **given
    )


def test_the_sender_is_told_which_rule_where_and_what_stands_there() -> None:
    told = to_sender(an_execution(result={"fields": FIELDS}, findings=[broken(elements={"EndpointID": "DE309147252"})]))
    assert told == [
        "The e-invoice with your invoice HK-4180 of 2026-09-18 does not keep this rule:",
        "1. Endpoint identifier scheme identifier MUST belong to the CEF EAS code list (EN 16931 BR-CL-25). It is not so at "
        "/Invoice/AccountingSupplierParty/Party/EndpointID. There stands EndpointID “DE309147252”.",
        "Please mend it in the invoices you send.",
    ]


def test_each_broken_rule_is_a_paragraph_and_nothing_of_ours_is_told() -> None:
    ours = finding("DUPLICATE-NUMBER", "error", "it was claimed before", execution_id="invoice-acme-1")
    passed = finding("EN 16931", "info", "203 rules evaluated", verdict="pass", kind="codes")
    told = to_sender(
        an_execution(findings=[ours, broken(times=3), passed, broken("BR-CO-15", terms={"BT-112": "95.21"})])
    )
    assert [paragraph[:2] for paragraph in told] == ["Th", "1.", "2.", "Pl"]
    assert "and 2 more" in told[1]
    assert "BT-112 “95.21”" in told[2]
    assert "claimed" not in " ".join(told)


def test_where_all_rules_are_kept_there_is_nothing_to_send() -> None:
    assert to_sender(an_execution(result={"fields": FIELDS})) == []
