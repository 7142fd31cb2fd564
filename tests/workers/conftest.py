"""Fixtures: one stack for the tests that leave it as it was, and one Phoenix for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scripted.endpoint import Script
from tests.stack import PhoenixServer, Stack


@pytest.fixture(scope="session")
def phoenix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhoenixServer]:
    with PhoenixServer(tmp_path_factory.mktemp("phoenix")) as server:
        yield server


@pytest.fixture(scope="module")
def phoenix_port() -> int | None:
    """Of the Phoenix that takes the stack's spans, for a module that looks at them; with none they wait on disk."""
    return None


@pytest.fixture(scope="module")
def _stack(tmp_path_factory: pytest.TempPathFactory, phoenix_port: int | None) -> Iterator[Stack]:
    settings = {"COUNTERFOIL_MODEL_ATTEMPTS": "3", "COUNTERFOIL_MODEL_TIMEOUT_SECONDS": "3"}
    with Stack(tmp_path_factory.mktemp("home"), phoenix_port=phoenix_port, environment=settings) as stack:
        yield stack


@pytest.fixture
def stack(_stack: Stack) -> Stack:
    """The module's stack, its endpoint well-behaved and its counts at zero."""
    _stack.endpoint.script = Script()
    return _stack
