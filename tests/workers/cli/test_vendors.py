"""The vendor master on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from infra.ledger import Ledger
from infra.records import Claim, Vendor
from infra.settings import Settings
from tests.workers.cli.conftest import Ran

Cli = Callable[..., Ran]
FIRST, OTHER = "DE89370400440532013000", "FR7630006000011234567890189"
GOOD = f"id;name;ibans;limit;blocked\nV1;Müller & Söhne GmbH;{FIRST};2.500,50;\nV2;=Héron;;;in court\n"


@pytest.fixture
def file(home: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "vendors.csv"
    path.write_text(GOOD, encoding="utf-8-sig")
    return path


def on_record(home: Settings, tenant: str = "default") -> list[Vendor]:
    async def work() -> list[Vendor]:
        async with Ledger(home.ledger) as ledger:
            return await ledger.vendors(tenant)

    return asyncio.run(work())


def test_vendors_are_imported_listed_and_shown(home: Settings, cli: Cli, file: Path) -> None:
    ran = cli("vendors", "import", file)
    assert (ran.code, ran.out) == (0, "2 vendors of tenant default: 2 new\n")
    listed = cli("vendors", "list").out
    for said in ("V1", "Müller & Söhne GmbH", FIRST, "2,500.50", "blocked: in court", "2 vendors"):
        assert said in listed
    shown = cli("vendors", "show", "V2").out
    assert "in court" in shown
    assert "none: every invoice with an account waits for a person" in shown


def test_importing_again_changes_nothing_and_says_so(home: Settings, cli: Cli, file: Path, tmp_path: Path) -> None:
    cli("vendors", "import", file)
    before = on_record(home)
    out = tmp_path / "out.csv"
    assert cli("vendors", "export", "--out", out).code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid,name,")
    assert "'=Héron" in out.read_text()
    assert cli("vendors", "import", out).out == "2 vendors of tenant default: 2 as they were\n"
    out.write_text(cli("vendors", "export").out, encoding="utf-8")
    assert cli("vendors", "import", out).out == "2 vendors of tenant default: 2 as they were\n"
    as_json = tmp_path / "out.json"
    as_json.write_text(cli("vendors", "list", "--json").out)
    assert cli("vendors", "import", as_json, "--json").json["changed"] == []
    assert on_record(home) == before


def test_an_account_that_changes_is_said_aloud(home: Settings, cli: Cli, file: Path) -> None:
    cli("vendors", "import", file)
    file.write_text(f"id,ibans\nV1,{OTHER}\n")
    ran = cli("vendors", "import", file)
    assert ran.err == "bank accounts changed: V1\n"
    assert on_record(home)[0].limit == Decimal("2500.50")
    assert cli("vendors", "import", file, "--json").json["accounts_changed"] == []


def test_one_bad_row_and_nothing_is_imported_unless_it_is_skipped(home: Settings, cli: Cli, file: Path) -> None:
    file.write_text(f"{GOOD}V3;Forged;DE89370400440532013001;;\n", encoding="utf-8")
    ran = cli("vendors", "import", file)
    assert ran.code == 1
    assert "vendors.csv, row 4, column ibans: 'DE89370400440532013001' is no IBAN" in ran.err
    assert "nothing was imported" in ran.err
    assert not on_record(home)
    made = cli("vendors", "import", file, "--skip-bad", "--json")
    assert (made.code, made.json["imported"], made.json["problems"][0]["row"]) == (1, 2, "4")
    assert [one.id for one in on_record(home)] == ["V1", "V2"]


@pytest.mark.parametrize("words", [("--json",), ()])
def test_a_file_that_is_not_there_is_one_sentence(home: Settings, cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli("vendors", "import", "nowhere.csv", *words)
    assert (ran.code, ran.err) == (1, "nowhere.csv cannot be read: No such file or directory\n")


def test_tenants_do_not_see_each_others_vendors(home: Settings, cli: Cli, file: Path) -> None:
    cli("vendors", "import", file, "--tenant", "acme")
    assert "no vendors of tenant default" in cli("vendors", "list").out
    assert cli("vendors", "remove", "V1").code == 1
    assert cli("vendors", "remove", "V1", "--tenant", "acme").code == 0
    assert [one.id for one in on_record(home, "acme")] == ["V2"]
    assert cli("vendors", "list", "--tenant", "No Such").code == 2


def test_a_vendor_nobody_knows_is_told_with_the_nearest(home: Settings, cli: Cli, file: Path) -> None:
    cli("vendors", "import", file)
    ran = cli("vendors", "show", "V11")
    assert ran.code == 1
    assert "has no vendor 'V11'. Is it V1" in ran.err


def test_a_vendor_is_shown_with_its_latest_invoices(home: Settings, cli: Cli, file: Path) -> None:
    async def claim() -> None:
        async with Ledger(home.ledger) as ledger:
            for n in range(12):
                await ledger.claim(
                    Claim(
                        execution_id=f"invoice-default-{n}",
                        run_id="r",
                        tenant="default",
                        kind="invoice",
                        vendor_key="vendor:V1",
                        vendor="M",
                        number=f"R-{n}",
                        number_key=f"r{n}",
                        currency="EUR",
                        amount=Decimal(n + 1),
                        issue_date=date(2026, 9, n + 1),
                        name=f"{n}.pdf",
                    )  # fmt: skip
                )

    cli("vendors", "import", file)
    asyncio.run(claim())
    shown = cli("vendors", "show", "V1").out
    assert shown.index("R-11") < shown.index("R-2")
    assert "12.00 EUR" in shown
    assert "R-1 " not in shown
    assert "12 invoices on record, latest first" in shown
    made = cli("vendors", "show", "V1", "--json").json
    assert (made["invoices"], made["latest"][0]["number"], made["vendor"]["limit"]) == (12, "R-11", "2500.5")


@pytest.mark.parametrize("word", ["import", "export", "list", "show", "remove"])
def test_the_help_has_examples(cli: Cli, word: str) -> None:
    assert f"counterfoil vendors {word}" in cli("vendors", word, "--help").out


def test_what_a_file_says_never_steers_the_terminal(home: Settings, cli: Cli, file: Path) -> None:
    file.write_text(json.dumps([{"id": "V1", "name": "Evil\x1b[2J[red]", "ibans": ["\x1b]0;x"]}]))
    file = file.rename(file.with_suffix(".json"))
    ran = cli("vendors", "import", file)
    assert ran.code == 1
    assert "\x1b" not in ran.err + ran.out
