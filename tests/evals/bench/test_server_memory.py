"""The measure of the dev server's memory measures one."""

from __future__ import annotations

import sys

import pytest

from tests.evals.bench import server_memory


@pytest.mark.exhaustive
def test_a_line_for_each_count(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["server_memory", "--counts", "5", "10"])
    server_memory.main()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == ["executions", "0", "5", "10"]
    assert all(int(line[1]) > 20 for line in lines[1:]), "MiB; the server alone takes a hundred"
