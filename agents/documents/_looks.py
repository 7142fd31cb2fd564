"""The process that looks (`infra.forks`): what is asked, a line of JSON, and the document behind it on standard input; a `Look`
as JSON on standard output.

Its arguments are the name of an engine, seconds of CPU and MiB of memory. The engine is loaded once, in the process that is
forked, if it can be: loading takes a second, a look less. One that forks cannot use is loaded by each.
"""

from __future__ import annotations

import contextlib
import json
import math
from typing import TYPE_CHECKING

from agents.documents.ocr import NoSuchEngine, load_engine
from infra.forks import confine, give, limit, take

if TYPE_CHECKING:
    from agents.documents._messages import LookAnswer
    from agents.documents.ocr import OcrEngine

_loaded: dict[str, OcrEngine | None] = {}
"""By name; None where forks have to load it themselves."""


def prepare() -> None:
    """Nothing: which engine is needed, an order says."""


def prepare_the_rest() -> None:
    """Nothing."""


def expect(engine: str, **_: object) -> bool:
    """Load the engine, the first time it is asked for."""
    if engine in _loaded:
        return False
    _loaded[engine] = None
    with contextlib.suppress(NoSuchEngine):  # said by the fork that needs it
        _loaded[engine] = load_engine(engine, before_fork=True)
        from agents.documents import _eye  # noqa: F401
    return True


def perform(engine: str, seconds: float, memory_mb: int) -> None:
    """Look at the document on standard input, within the limits."""
    data, answer_to = take()
    answer: LookAnswer
    try:
        known = _loaded.get(engine) or load_engine(engine)
        from agents.documents._eye import look
    except (ImportError, NoSuchEngine) as error:
        return give(json.dumps({"unrecognised": str(error)}).encode(), answer_to)
    from agents.documents._page import Unreadable

    limit(math.ceil(seconds * known.threads) + 1, memory_mb * 1024 * 1024)
    confine()
    asked, _, document = data.partition(b"\n")
    try:
        answer = look(document, json.loads(asked), known)
    except Unreadable as error:
        answer = {"unrecognised": error.message}
    except MemoryError:
        answer = {"unrecognised": "The document takes more memory to be drawn than it may."}
    except Exception as error:  # a library that stumbles over a broken document raises what it likes
        answer = {"unrecognised": f"Reading the picture failed with {type(error).__name__}."}
    return give(json.dumps(answer).encode(), answer_to)
