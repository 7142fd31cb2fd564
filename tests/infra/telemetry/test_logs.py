"""What a line of the log says, and what it never does."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from infra.telemetry.logs import start_logging
from infra.telemetry.tracing import execution_context, trace_id_of

SECRET = "IBAN DE02 1203 0000 0000 2020 51"
log = logging.getLogger("counterfoil.tests")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def fail() -> None:
    raise ValueError(SECRET)


async def work() -> None:
    info = activity.info()
    with execution_context(info.workflow_id or "", "acme", "b1"):
        activity.logger.info("reading")
        try:
            fail()
        except ValueError as error:
            try:
                raise KeyError(SECRET) from error
            except KeyError:
                log.exception("it failed")


async def test_a_line_says_of_which_execution_it_speaks(stream: io.StringIO) -> None:
    start_logging("json", stream)
    environment = ActivityEnvironment()
    await environment.run(work)
    log.info("outside")
    told, failed, outside = (json.loads(line) for line in stream.getvalue().splitlines())
    info = environment.info
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "INFO",
        "logger": "temporalio.activity",
        "message": "reading",
        "activity": info.activity_type,
        "task_queue": info.task_queue,
        "attempt": info.attempt,
        "execution_id": info.workflow_id,
        "run_id": info.workflow_run_id,
        "trace_id": f"{trace_id_of(info.workflow_id or ''):032x}",
        "tenant": "acme",
    }
    assert failed["execution_id"] == info.workflow_id
    assert outside.keys() == {"level", "logger", "message", "time"}


@pytest.mark.parametrize("form", ["json", "text"])
async def test_an_exception_is_told_by_type_and_place_and_not_by_its_words(stream: io.StringIO, form: str) -> None:
    start_logging(form, stream)  # type: ignore[arg-type]
    environment = ActivityEnvironment()
    await environment.run(work)
    said = stream.getvalue()
    assert SECRET not in said
    assert str(environment.info.workflow_id) in said
    assert "builtins.ValueError through" in said
    assert "builtins.KeyError through" in said
    assert f"{__file__}:{fail.__code__.co_firstlineno + 1} fail" in said


def test_text_is_for_terminals_and_json_for_all_else(stream: io.StringIO) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    start_logging(None, terminal)
    log.info("seen")
    start_logging(None, stream)
    log.info("kept")
    assert terminal.getvalue().endswith("INFO counterfoil.tests [-] seen\n")
    assert json.loads(stream.getvalue())["message"] == "kept"
