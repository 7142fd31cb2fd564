"""What is said of an e-invoice: which rule, where, with which values, by which sheets, and what could not be said."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agents.einvoice.en16931 import _process, catalogue, findings, findings_of, rule, to_cii, to_ubl, validate
from infra.records import BY_RULE
from tests.agents.einvoice.en16931.invoices import invoice

EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"


def ubl(**changed: str | None) -> str:
    return to_ubl(invoice(**changed), "invoice").text


def cii(profile: str = "urn:cen.eu:en16931:2017") -> str:
    return to_cii(invoice(), "invoice").text.replace(">urn:cen.eu:en16931:2017<", f">{profile}<")


def sleep() -> None:
    time.sleep(60)


def die() -> None:
    os.kill(os.getpid(), 9)


async def test_a_failed_rule_says_what_it_demands_of_which_values_and_where() -> None:
    found = await findings(ubl(totals__grand_total="120.00"))
    (one,) = (f for f in found if f.rule == "BR-CO-15")
    assert one.severity == "error"
    assert one.message.startswith("Invoice total amount with VAT (BT-112) = ")
    assert one.fields == ["totals.grand_total", "totals.tax_basis_total", "totals.tax_total"]
    assert one.evidence["terms"] == {"BT-112": "120.00", "BT-109": "100.00", "BT-110": "19.00"}
    assert one.evidence["location"] == "/Invoice"
    assert one.evidence["layer"] == "EN 16931"
    assert one.decided_by == BY_RULE


async def test_a_rule_about_a_line_points_at_that_line() -> None:
    xml = ubl(**{"lines[1].name": "Stift", "lines[1].net_amount": "0.00", "lines[1].tax_rate": "19"})
    (one,) = (f for f in await findings(xml.replace("<cbc:Name>Stift</cbc:Name>", "")) if f.rule == "BR-25")
    assert one.fields == ["lines[1].name"]
    assert "InvoiceLine[2]" in one.evidence["location"]


async def test_a_valid_invoice_has_one_finding_that_says_by_which_sheets() -> None:
    (one,) = await findings(ubl())
    assert (one.rule, one.verdict, one.severity) == ("EN 16931", "pass", "info")
    assert one.message == "979 rules evaluated, 0 failed"
    (sheet,) = one.evidence["sheets"]
    assert sheet["sheet"] == "ubl-2.1/EN16931-UBL-validation.xslt"
    assert len(sheet["sha256"]) == 12  # noqa: PLR2004


async def test_what_the_schema_forbids_is_an_error_of_its_own() -> None:
    found = await findings(ubl().replace("<cbc:IssueDate>2026-03-02", "<cbc:IssueDate>yesterday"))
    assert any(f.rule == "XSD" and "IssueDate" in f.evidence["location"] for f in found)


async def test_rules_that_break_off_have_not_passed() -> None:
    assessment = await validate(cii().replace(">100.00<", ">100,00<"))
    assert assessment.crashed
    assert not assessment.valid
    found = findings_of(assessment)
    assert [f.severity for f in found if f.verdict == "not assessable" and "broke off" in f.message] == ["error"]
    assert all(f.verdict != "pass" for f in found)


@pytest.mark.parametrize(
    ("xml", "rule", "severity", "verdict", "said"),
    [
        ("<a", "XSD", "error", "fail", "not well-formed"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "XSD", "error", "fail", "DOCTYPE"),
        ("<a/>", "EN 16931", "error", "not assessable", "neither CII nor UBL"),
        ("<x:CrossIndustryDocument xmlns:x='urn:ferd'/>", "EN 16931", "info", "not assessable", "ZUGFeRD 1.0"),
    ],
)
async def test_what_is_no_e_invoice_of_the_standard_is_said(
    xml: str, rule: str, severity: str, verdict: str, said: str
) -> None:
    (one,) = await findings(xml)
    assert (one.rule, one.severity, one.verdict) == (rule, severity, verdict)
    assert said in one.message


@pytest.mark.parametrize(
    ("profile", "rule", "severity", "said"),
    [
        ("urn:factur-x.eu:2p0:ultimate", "PROFILE", "error", "'urn:factur-x.eu:2p0:ultimate'"),
        ("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "EN 16931", "info", "XRechnung adds"),
        ("urn:factur-x.eu:1p0:minimum", "EN 16931", "info", "no full invoice"),
    ],
)
async def test_what_a_profile_leaves_open_is_said(profile: str, rule: str, severity: str, said: str) -> None:
    found = await findings(cii(profile))
    assert any((f.rule, f.severity) == (rule, severity) and said in f.message for f in found)


async def test_an_extended_profile_may_allow_what_the_standard_does_not() -> None:
    """Its own rule lets sums be a cent off for each line; BR-CO-10 does not."""
    xml = cii(EXTENDED).replace(
        "<ram:LineTotalAmount>100.00</ram:LineTotalAmount>\n        <ram:TaxBasis", "{}<ram:TaxBasis"
    )
    assessment = await validate(xml.format("<ram:LineTotalAmount>100.01</ram:LineTotalAmount>"))
    by_id = {one.id: one for one in assessment.failed}
    assert (by_id["BR-CO-10"].flag, by_id["BR-CO-10"].allowed_by) == ("fatal", "BR-FXEXT-CO-10")
    assert assessment.valid
    assert all(f.severity != "error" for f in findings_of(assessment))


@pytest.mark.parametrize(
    ("task", "seconds", "said"), [(sleep, 1.0, "longer than 1 seconds"), (die, 30.0, "brought down the process")]
)
async def test_a_process_that_hangs_or_dies_is_said_and_the_next_document_judged(
    task: Any, seconds: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def judge(xml: str, *, french: bool) -> dict[str, Any]:
        return await _process.run(task, seconds=seconds)

    with monkeypatch.context() as patched:
        patched.setattr(_process, "judge", judge)
        (one,) = await findings(ubl())
    assert (one.severity, one.verdict) == ("error", "not assessable")
    assert said in one.message
    assert (await validate(ubl())).valid


def test_a_program_that_has_judged_ends(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import asyncio\nfrom agents.einvoice.en16931 import validate\n"
        "if __name__ == '__main__':\n    print(asyncio.run(validate('<a/>')).document)\n"
    )
    root = Path(__file__).parents[4]
    ran = subprocess.run(
        [sys.executable, str(program)],
        timeout=20,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert (ran.stdout, ran.returncode) == ("a\n", 0)


def test_the_catalogue_is_what_the_sheets_say() -> None:
    assert len(catalogue()) > 2000  # noqa: PLR2004
    told = rule("br-co-15")
    assert told is not None
    assert told.text.startswith("Invoice total amount with VAT (BT-112)")
    assert (told.flag, told.terms, told.syntaxes) == ("fatal", ("BT-112", "BT-109", "BT-110"), ("ubl", "cii"))
    assert rule("BR-NONE") is None
