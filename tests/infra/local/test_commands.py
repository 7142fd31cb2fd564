"""The commands around the stack, as a person types them."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from infra.settings import Settings
from workers.cli import stack


@pytest.fixture
def app(stack_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setattr(stack, "current_settings", lambda: stack_settings)
    app = typer.Typer()
    stack.register(app)
    return app


def test_up_doctor_logs_and_down_in_a_row(app: typer.Typer) -> None:
    run = CliRunner().invoke
    up = run(app, ["up", "--only", "temporal", "--json"])
    assert up.exit_code == 0, up.output
    (status,) = json.loads(up.stdout)
    assert (status["name"], status["ok"]) == ("temporal", True)

    doctor = run(app, ["doctor", "--json"])
    assert doctor.exit_code == 1, "the other parts are needed too, and do not answer"
    states = {entry["name"]: entry["state"] for entry in json.loads(doctor.stdout)}
    assert states == {"temporal": "up", "phoenix": "down", "model": "down", "worker": "down", "machine": "up"}
    assert "next: `counterfoil up`" in run(app, ["doctor"]).stdout

    assert "spawned: 'temporal'" in run(app, ["logs", "supervisor", "-n", "50"]).stdout
    assert "supervisor " in run(app, ["logs"]).stdout
    assert run(app, ["logs", "nobody"]).exit_code == 2

    down = run(app, ["down", "--json"])
    assert json.loads(down.stdout) == {"stopped": ["temporal"]}


def test_a_wrong_part_is_named_without_a_stack_trace(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["up", "--only", "temporal,database"])
    assert result.exit_code == 1
    assert "there is no part database" in result.output
