"""Logs: one line an event, as JSON or as text, that says of which execution it speaks.

A line never holds what a document says. So an exception is told by its type and the places it came through, not by its
message, which may repeat a value; the message is kept with the execution, in Temporal and in the ledger.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from typing import Literal, TextIO

from openinference.instrumentation import get_attributes_from_context
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter
from temporalio import activity, workflow

from infra.telemetry.tracing import trace_id_of

_QUIET = ("httpx", "httpx2")
"""Loggers that tell of every request."""
_SDK_FIELDS = ("temporal_log", "__temporal_error_identifier")
"""What Temporal's SDK adds to its records for itself."""


def start_logging(form: Literal["json", "text"] | None = None, stream: TextIO = sys.stderr) -> None:
    """Send this process's logs, and its warnings, to ``stream``; without a ``form`` as text if that is a terminal."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_text() if (form or ("text" if stream.isatty() else "json")) == "text" else _json())
    handler.addFilter(_complete)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Ours say where a line comes from in fields of their own; the SDK would write it into the message.
    activity.logger.activity_info_on_message = activity.logger.activity_info_on_extra = False
    workflow.logger.workflow_info_on_message = workflow.logger.workflow_info_on_extra = False


def _json() -> logging.Formatter:
    return JsonFormatter(
        ("levelname", "name", "message"),
        rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
        timestamp="time",
        reserved_attrs=[*RESERVED_ATTRS, *_SDK_FIELDS],
    )


def _text() -> logging.Formatter:
    form = "%(asctime)s %(levelname)s %(name)s [%(execution_id)s] %(message)s"
    return logging.Formatter(form, defaults={"execution_id": "-"})


def _complete(record: logging.LogRecord) -> bool:
    """Add where the record comes from, and take the words out of its exception."""
    if activity.in_activity():
        info = activity.info()
        record.__dict__.update(activity=info.activity_type, task_queue=info.task_queue, attempt=info.attempt)
        _add_execution(record, info.workflow_id, info.workflow_run_id)
    elif workflow.in_workflow():
        of = workflow.info()
        record.__dict__.update(workflow=of.workflow_type, task_queue=of.task_queue, attempt=of.attempt)
        _add_execution(record, of.workflow_id, of.run_id)
    if record.exc_info:
        if record.exc_info[1]:
            record.exc_text = _without_words(record.exc_info[1])
        record.exc_info = None
    return True


def _add_execution(record: logging.LogRecord, execution_id: str | None, run_id: str | None) -> None:
    if execution_id:
        record.__dict__.update(execution_id=execution_id, run_id=run_id, trace_id=f"{trace_id_of(execution_id):032x}")
    known = dict(get_attributes_from_context()).get("metadata")
    if tenant := json.loads(str(known)).get("tenant") if known else None:
        record.__dict__.update(tenant=tenant)


def _without_words(error: BaseException) -> str:
    """The exceptions that led to ``error``, first cause first, each by its type and the places it came through."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    places = [f"  {at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(error.__traceback__)]
    told = [] if before is None else [_without_words(before), "then"]
    if isinstance(error, BaseExceptionGroup):
        told += [_without_words(one) for one in error.exceptions] + ["together in"]
    return "\n".join([*told, f"{type(error).__module__}.{type(error).__qualname__} through", *places])
