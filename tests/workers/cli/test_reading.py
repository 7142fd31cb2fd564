"""`status` and `show` tell what the ledger holds, with nothing else running."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from infra.records import CallStatus, Status, TokenUsage
from infra.settings import Settings
from tests.workers.cli.conftest import Ran
from tests.workers.cli.examples import PRICE_SOURCE, a_call, a_submission, an_execution, digest_of, fill
from workers.cli import _console
from workers.cli.status import StatusName

Cli = Callable[..., Ran]


def test_without_a_ledger_the_command_says_what_to_do(empty_home: Settings, cli: Cli) -> None:
    for words in (["status"], ["show", "x"], ["cost"], ["review", "list"], ["export", "--format", "csv", "--out", "o"]):
        ran = cli(*words)
        assert (ran.code, ran.out) == (1, "")
        assert "counterfoil up" in ran.err


def test_settings_that_cannot_be_read_are_told_and_not_traced(
    empty_home: Settings, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infra.settings import settings

    settings.cache_clear()
    monkeypatch.setenv("COUNTERFOIL_TEMPORAL_PORT", "many")
    ran = cli("status")
    assert ran.code == 1
    assert "temporal_port" in ran.err


def test_status_lists_whole_ids_and_adds_up_tokens_and_cost(home: Settings, cli: Cli) -> None:
    one, other = an_execution("a.pdf"), an_execution("b.pdf", status=Status.REVIEW, batch="april")
    fill(home.ledger, one, other, a_call(one), a_call(other, cost=Decimal("0.1")))
    ran = cli("status")
    assert one.id in ran.out
    assert other.id in ran.out
    assert "2 executions (1 approved, 1 review); 2 model calls, 1,960 tokens, 0.100123 USD" in ran.out
    totals = cli("status", "--batch", "april", "--json").json["totals"]
    assert totals["by_status"] == {"review": 1}
    assert totals["cost"] == {"USD": "0.1"}
    assert [e["id"] for e in cli("status", "--status", "approved", "--json").json["executions"]] == [one.id]


def test_status_says_which_documents_of_a_batch_are_not_begun(home: Settings, cli: Cli) -> None:
    waiting, held = an_execution("waiting.pdf"), an_execution("held.pdf")
    fill(
        home.ledger,
        an_execution("done.pdf"),
        a_submission(waiting, begun_at=None),
        a_submission(waiting, begun_at=None, name="waiting again.pdf"),
        a_submission(held, begun_at=None, withheld="the batch was cancelled"),
    )
    ran = cli("status", "--batch", "march")
    assert "1 to begin: waiting" in ran.out
    assert "counterfoil batch show march" in ran.out
    assert "1 withheld: held.pdf. `counterfoil retry --batch march`" in ran.out


def test_the_status_filter_knows_every_status() -> None:
    assert set(StatusName.__args__) == {status.value for status in Status}  # type: ignore[attr-defined]


def test_show_has_decision_evidence_findings_calls_cost_and_links(home: Settings, cli: Cli) -> None:
    made = an_execution()
    lost = a_call(made, "extract header", status=CallStatus.LOST, usage=TokenUsage(), cost=None, error="cut off")
    fill(home.ledger, made, a_call(made), lost)
    out = cli("show", made.id).out
    for said in (
        "approve by policy",
        "- all sums agree",
        "totals.grand_total",
        "70 90 130 102",
        "the sum is wrong",
        "0.000123 USD for 1 model call, 980 tokens",
        f"price: {PRICE_SOURCE}",
        "1 call lost",
        "totals.tax_total=19.00",
        f"{home.temporal_ui}/namespaces/default/workflows/{made.id}",
        f"{home.phoenix}/redirects/traces/{made.trace_id}",
    ):
        assert said in out
    assert out.index("the sum is wrong") < out.index("no IBAN")


def test_show_as_json_has_money_as_strings(home: Settings, cli: Cli) -> None:
    made = an_execution()
    fill(home.ledger, made, a_call(made))
    shown = cli("show", made.id, "--json").json
    assert isinstance(shown["amount"], str)
    assert Decimal(shown["amount"]) == 119
    assert shown["calls"][0]["cost"] == "0.00012345"
    assert shown["totals"]["cost"] == {"USD": "0.00012345"}
    assert shown["result"]["fields"]["currency"]["value"] == "EUR"


@pytest.mark.parametrize("meant", ["invoice.pdf", digest_of("invoice.pdf")[:8], "invoice-acme-"])
def test_an_execution_is_found_by_file_name_digest_or_beginning_of_its_id(home: Settings, cli: Cli, meant: str) -> None:
    made = an_execution()
    fill(home.ledger, made)
    assert made.id in cli("show", meant).out


def test_of_several_that_may_be_meant_all_are_named(home: Settings, cli: Cli) -> None:
    one, other = an_execution("a.pdf"), an_execution("b.pdf")
    fill(home.ledger, one, other)
    ran = cli("show", "invoice-acme")
    assert (ran.code, ran.out) == (1, "")
    assert one.id in ran.err
    assert other.id in ran.err
    assert "counterfoil status" in cli("show", "nobody").err


def test_show_says_what_a_document_found_by_another_name_is(home: Settings, cli: Cli) -> None:
    made = an_execution("fake.pdf")
    fill(home.ledger, made, a_submission(made), a_submission(made, name="note.txt"))
    assert cli("show", "note.txt").out.startswith("note.txt is the same document as fake.pdf")
    assert cli("show", "fake.pdf").out.startswith("fake.pdf ")


def test_show_numbers_lines_as_their_paths_do(home: Settings, cli: Cli) -> None:
    fill(home.ledger, an_execution())
    assert "lines[0] " in cli("show", "invoice.pdf").out


def test_status_says_why_and_what_to_do_with_what_failed(home: Settings, cli: Cli) -> None:
    fill(home.ledger, an_execution(status=Status.FAILED, error="the model is away"))
    ran = cli("status")
    assert "the model is away" in ran.out
    assert "begin again what failed: counterfoil retry ID" in ran.out
    assert "1 failed: counterfoil status --status failed" in cli("review", "list").out


def test_at_eighty_columns_status_keeps_vendor_amount_and_cost(
    home: Settings, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = an_execution(status=Status.REVIEW, vendor="Muster")
    fill(home.ledger, made, a_call(made))
    monkeypatch.setattr(_console, "PIPE_WIDTH", 80)
    out = cli("status").out
    for said in (made.id, "Muster", "119.00 EUR", "0.000123 USD", "invoice.pdf (review): all sums agree"):
        assert said in out
    assert "tokens" not in out.splitlines()[0]


@pytest.mark.parametrize("words", [["status"], ["review", "list"]])
def test_a_filter_without_a_match_is_told(home: Settings, cli: Cli, words: list[str]) -> None:
    fill(home.ledger, an_execution())
    told = "no execution in batch nosuch; `counterfoil status` lists all"
    assert cli(*words, "--batch", "nosuch").out.strip() == told


def test_what_a_document_says_reaches_the_terminal_as_plain_text(home: Settings, cli: Cli) -> None:
    nasty = "[red]\x1b[2J\x9b31m\u202eevil\x07[/red]\nline"
    fields = {"seller.name": {"value": nasty, "evidence": {"source": "model", "text": nasty}}}
    made = an_execution("nasty\x1b[0m[bold].pdf", vendor=nasty, reasons=[nasty], result={"fields": fields}, error=nasty)
    fill(home.ledger, made)
    for words in (["status"], ["show", made.id], ["cost"], ["review", "list"]):
        ran = cli(*words)
        assert ran.code == 0
        assert not set(ran.out) & {"\x1b", "\x9b", "\x07", "\u202e"}
    assert "[red][2J31mevil[/red] line" in cli("show", made.id).out
