"""supervisord, the process supervisor under the stack: its configuration, its start, and control over a unix socket."""

from __future__ import annotations

import configparser
import getpass
import hashlib
import os
import shlex
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from xmlrpc.client import Fault, ServerProxy

import psutil

from infra.extras import needs
from infra.local._report import StackError

with needs("local", "The local stack"):
    from supervisor.states import RUNNING_STATES, ProcessStates  # type: ignore[import-untyped]
    from supervisor.xmlrpc import Faults, SupervisorTransport  # type: ignore[import-untyped]

STACK_VARIABLE = "COUNTERFOIL_STACK"
"""Set in every process of a stack to its home, so that none is left behind even if its supervisor is killed."""

SOCKET_PATH_LIMIT = 90
"""A unix socket's path holds about 107 bytes, and supervisord first binds it with its pid appended."""


@dataclass(frozen=True)
class Program:
    """How one part is run. ``unset`` and ``environment`` change the inherited environment; no secret goes in."""

    name: str
    argv: Sequence[str]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    unset: Sequence[str] = ()
    start_seconds: int = 1
    start_retries: int = 3
    stop_seconds: int = 15
    priority: int = 10

    def command(self) -> str:
        """One shell-quoted line; ``env`` execs the program, so the pid supervised is the program's own."""
        unset = [word for name in self.unset for word in ("-u", name)]
        setting = [f"{name}={value}" for name, value in self.environment.items()]
        return shlex.join(["/usr/bin/env", *unset, *setting, *self.argv])


@dataclass(frozen=True)
class ProgramState:
    """What supervisord knows of a program."""

    name: str
    code: int
    label: str
    pid: int | None
    started: int
    detail: str

    @property
    def alive(self) -> bool:
        """Whether it runs, is starting, or will be tried again."""
        return self.code in RUNNING_STATES

    @property
    def given_up(self) -> bool:
        """Whether it ended and supervisord does not start it again."""
        return self.code in (ProcessStates.FATAL, ProcessStates.EXITED, ProcessStates.UNKNOWN)


class Supervisor:
    """The supervisord of one home. At most one runs; it listens on a unix socket only this user can open."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.logs = home / "logs"
        self.config = home / "run" / "supervisord.conf"
        self.pidfile = home / "run" / "supervisord.pid"
        self.socket = _socket_path(home)

    def log(self, name: str) -> Path:
        """The log file of a program."""
        return self.logs / f"{name}.log"

    def pid(self) -> int | None:
        """The pid of the running supervisord; None if none answers."""
        try:
            with self._rpc() as rpc:
                return cast(int, rpc.getPID())
        except (OSError, HTTPException, Fault):
            return None

    def ensure(self, programs: Sequence[Program], environment: Mapping[str, str]) -> list[str]:
        """Start supervisord, or hand the running one these programs. Nothing is started by this.

        Returns:
            The names of running programs that were stopped because their command or environment changed.

        Raises:
            StackError: supervisord did not come up.
        """
        for folder in (self.home, self.logs, self.config.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _private_folder(self.socket.parent)
        self._write(programs)
        if self.pid() is not None:
            return self._reload()
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "supervisor.supervisord", "-c", str(self.config)],
            env=dict(environment),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        deadline = time.monotonic() + 15
        while ended.returncode == 0 and time.monotonic() < deadline:
            if self.pid() is not None:
                return []
            time.sleep(0.05)
        said = (ended.stderr or ended.stdout).strip() or tail(self.logs / "supervisor.log")
        raise StackError(f"the process supervisor did not start (configuration: {self.config}):\n{said}")

    def start(self, name: str) -> None:
        """Start a program unless it runs already."""
        with self._rpc() as rpc:
            try:
                rpc.startProcess(name, False)
            except Fault as fault:
                if fault.faultCode != Faults.ALREADY_STARTED:
                    raise StackError(f"{name}: {fault.faultString}") from fault

    def stop(self, *names: str, seconds: float = 60) -> None:
        """Stop programs together and wait until they are gone."""
        with self._rpc() as rpc:
            for name in names:
                try:
                    rpc.stopProcess(name, False)
                except Fault as fault:
                    if fault.faultCode not in (Faults.NOT_RUNNING, Faults.BAD_NAME):
                        raise StackError(f"{name}: {fault.faultString}") from fault
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            states = self.states()
            if not any(states[name].pid for name in names if name in states):
                return
            time.sleep(0.1)

    def signal(self, name: str, signal: str) -> None:
        """Send a signal (``TERM``, ``KILL``, …) to a program and its group."""
        with self._rpc() as rpc:
            rpc.signalProcess(name, signal)

    def states(self) -> dict[str, ProgramState]:
        """Every program by name; empty if no supervisord answers."""
        try:
            with self._rpc() as rpc:
                infos = cast(list[dict[str, Any]], rpc.getAllProcessInfo())
        except (OSError, HTTPException, Fault):
            return {}
        return {
            info["name"]: ProgramState(
                name=info["name"],
                code=info["state"],
                label=info["statename"],
                pid=info["pid"] or None,
                started=info["start"],
                detail=info["spawnerr"] or info["description"],
            )
            for info in infos
        }

    def shutdown(self, seconds: float = 30) -> None:
        """End supervisord itself, and wait for it."""
        pid = self.pid()
        if pid is None:
            return
        with self._rpc() as rpc:
            rpc.shutdown()
        with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
            psutil.Process(pid).wait(seconds)

    def changed_variables(self, environment: Mapping[str, str]) -> list[str]:
        """Names of ``COUNTERFOIL_…`` variables that differ from those the running supervisord was started with."""
        pid = self.pid()
        if pid is None:
            return []
        try:
            before = psutil.Process(pid).environ()
        except psutil.Error:
            return []
        names = {n for n in (*before, *environment) if n.startswith("COUNTERFOIL_") and n != STACK_VARIABLE}
        return sorted(n for n in names if before.get(n) != environment.get(n))

    def leftovers(self) -> list[psutil.Process]:
        """Processes of this home's stack that its supervisord does not hold, such as after it was killed."""
        held: set[int] = {os.getpid(), *(p.pid for p in psutil.Process().parents())}
        pid = self.pid()
        if pid is not None:
            with suppress(psutil.NoSuchProcess):
                held |= {pid, *(p.pid for p in psutil.Process(pid).children(recursive=True))}
        found = []
        for process in psutil.process_iter(["uids"]):
            try:
                if process.pid in held or process.uids().real != os.getuid():
                    continue
                if process.environ().get(STACK_VARIABLE) == str(self.home):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def end_leftovers(self, seconds: float = 10) -> list[str]:
        """End the leftovers, first politely. Returns what was ended, as ``name (pid)``."""
        left = self.leftovers()
        described = []
        for process in left:
            try:
                described.append(f"{process.name()} ({process.pid})")
                process.terminate()
            except psutil.NoSuchProcess:
                continue
        for process in psutil.wait_procs(left, timeout=seconds)[1]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=5)
        return described

    @contextmanager
    def _rpc(self) -> Iterator[Any]:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        try:
            yield ServerProxy("http://127.0.0.1", transport=transport).supervisor
        finally:
            transport.close()

    def _reload(self) -> list[str]:
        stopped = []
        with self._rpc() as rpc:
            added, changed, removed = rpc.reloadConfig()[0]
            states = self.states()
            for name in (*changed, *removed):
                if name in states and states[name].alive:
                    self.stop(name)
                    stopped.append(name)
                rpc.removeProcessGroup(name)
            for name in (*added, *changed):
                rpc.addProcessGroup(name)
        return stopped

    def _write(self, programs: Sequence[Program]) -> None:
        parser = configparser.RawConfigParser()
        supervisord = {
            "logfile": str(self.logs / "supervisor.log"),
            "logfile_maxbytes": "5MB",
            "logfile_backups": "1",
            "pidfile": str(self.pidfile),
            "childlogdir": str(self.logs),
            "identifier": "counterfoil",
            "umask": "077",
            "strip_ansi": "true",
        }
        if os.getuid() == 0:
            # Named, so that supervisord does not warn of running as root: the stack runs as whoever started it.
            supervisord["user"] = getpass.getuser()
        sections = {
            "supervisord": supervisord,
            "unix_http_server": {"file": str(self.socket), "chmod": "0700"},
            "rpcinterface:supervisor": {
                "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
            },
        }
        for program in programs:
            sections[f"program:{program.name}"] = {
                "command": program.command(),
                "directory": str(program.directory),
                "autostart": "false",
                "autorestart": "true",
                "startsecs": str(program.start_seconds),
                "startretries": str(program.start_retries),
                "stopwaitsecs": str(program.stop_seconds),
                "stopasgroup": "true",
                "killasgroup": "true",
                "priority": str(program.priority),
                "redirect_stderr": "true",
                "stdout_logfile": str(self.log(program.name)),
                "stdout_logfile_maxbytes": "10MB",
                "stdout_logfile_backups": "3",
            }
        for section, values in sections.items():
            parser.add_section(section)
            for key, value in values.items():
                parser.set(section, key, value.replace("%", "%%"))
        temporary = self.config.with_suffix(".new")
        with temporary.open("w") as file:
            file.write("; Written by `counterfoil up`; changes here are overwritten.\n")
            parser.write(file)
        temporary.replace(self.config)


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log; empty if there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 64 * 1024))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def _socket_path(home: Path) -> Path:
    inside = home / "run" / "supervisor.sock"
    if len(os.fsencode(inside)) <= SOCKET_PATH_LIMIT:
        return inside
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"counterfoil-{os.getuid()}" / f"{name}.sock"


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise StackError(f"{folder} must be a folder that only this user can write to; remove it, or set TMPDIR")
