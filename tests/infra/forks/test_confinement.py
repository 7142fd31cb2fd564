"""A fork that looks at a document has no network, starts no program and changes no file, where the kernel can hold it to that."""

from __future__ import annotations

import pytest

from infra.forks import call, can_confine
from tests.infra.forks import work

pytestmark = pytest.mark.skipif(not can_confine(), reason="this kernel or processor has no seccomp filters")


@pytest.mark.parametrize(
    "way", ["socket", "unix", "pair", "program", "exec", "write", "append", "unlink", "rename", "mkdir", "link"]
)
async def test_a_way_out_is_closed(way: str) -> None:
    outcome = await call(work.way_out, way.encode(), seconds=30, memory_mb=512)
    assert outcome.answer == b"PermissionError"


async def test_what_is_there_can_be_read_as_libraries_load_their_models() -> None:
    outcome = await call(work.way_out, b"read", seconds=30, memory_mb=512)
    assert outcome.answer == b"done"
