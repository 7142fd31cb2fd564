"""The real parts, started for tests: Temporal's dev server, Phoenix, a worker process, the ledger; and in place of the GPU
the scripted endpoint. Everything on unused ports of the loopback address, with its state in a temporary folder."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx
from temporalio.client import Client, WorkflowHandle

from infra.ledger import Ledger, migrate
from infra.records import Execution, Installation, ModelCall, Status
from infra.settings import Settings
from infra.temporal.connect import TemporalUnreachable, connect
from infra.temporal.dev_server import database_options, dynamic_config_options
from infra.temporal.search_attributes import SEARCH_ATTRIBUTES
from tests.scripted.endpoint import ScriptedEndpoint
from tests.scripted.invoices import ALIKE
from workers.intake import HandedIn
from workers.office import Office
from workers.office.submission import Submitted, Terms, submit

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
ASKING = {"COUNTERFOIL_ASK": "all", "COUNTERFOIL_APPROVAL_POLICY": str(ALIKE)}
"""Each document makes `CALLS` calls, at once; and how sure its values are is no matter here (`tests.agents` sees to it)."""
CALLS = 3
PRICE = '{"input": "1", "cached": "0.1", "output": "3", "source": "a price for tests"}'


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens now."""
    taken = [socket.socket() for _ in range(count)]
    for bound in taken:
        bound.bind(("127.0.0.1", 0))
    ports = [bound.getsockname()[1] for bound in taken]
    for bound in taken:
        bound.close()
    return ports


class Stack:
    """One stack; its parts can be killed and started again. ``environment`` overrides settings of the worker."""

    def __init__(
        self,
        home: Path,
        *,
        phoenix_port: int | None = None,
        code: Path = ROOT,
        environment: Mapping[str, str] | None = None,
        unnamed: bool = False,
    ) -> None:
        """``unnamed``: as if it had executions before installations had an identity."""
        self.home = home
        self.worker_module = ["workers.worker"]
        """What the worker process runs, with its arguments."""
        self._code = code
        self._unnamed = unnamed
        self.temporal_port, unused = free_ports(2)
        self.endpoint = ScriptedEndpoint()
        self.environment = {
            "COUNTERFOIL_HOME": str(home),
            "COUNTERFOIL_TEMPORAL_PORT": str(self.temporal_port),
            "COUNTERFOIL_PHOENIX_PORT": str(phoenix_port or unused),
            "COUNTERFOIL_WORKER_PORT": "0",
            "COUNTERFOIL_WORKFLOW_SANDBOX": "true",
            "COUNTERFOIL_MODEL_URL": self.endpoint.url,
            "COUNTERFOIL_MODEL_PRICE": PRICE,
            "COUNTERFOIL_MODEL_RETRY_SECONDS": "0.2",
            "COUNTERFOIL_MODEL_OUTAGE_MINUTES": "0",
            # Reading pictures is tested on the graph, where it takes the time of a document and not of a stack.
            "COUNTERFOIL_LOOK": "false",
            **ASKING,
            **(environment or {}),
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERFOIL_")}
        self.process_environment = kept | self.environment | {"PYTHONPATH": str(code)}
        self.temporal: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        """The one started last."""
        self._workers: list[subprocess.Popen[bytes]] = []

    @property
    def code(self) -> Path:
        """The folder with the version of the software that a worker runs which is started from now on."""
        return self._code

    @code.setter
    def code(self, code: Path) -> None:
        self._code = code
        self.process_environment["PYTHONPATH"] = str(code)

    def settings(self) -> Settings:
        names = {k.removeprefix("COUNTERFOIL_").lower(): v for k, v in self.environment.items()}
        return Settings(**{**names, "model_price": json.loads(names["model_price"])})

    def __enter__(self) -> Stack:
        self.endpoint.__enter__()
        try:
            self.start_temporal()
            migrate(self.settings().ledger)
            if self._unnamed:
                with sqlite3.connect(self.home / "ledger.db") as ledger:
                    ledger.execute("UPDATE installations SET unnamed = 1")
            self.start_worker()
        except BaseException:
            self.__exit__()  # a worker that does not start leaves no server behind
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # The server last: a worker tells it what becomes of its activities.
        for processes in (self._workers, [self.temporal] if self.temporal else []):
            for process in processes:
                if process.poll() is None:
                    process.terminate()
            for process in processes:
                _reap(process)
        self.endpoint.__exit__()

    def start_temporal(self) -> None:
        """Start (again, on the same file) and wait until it answers."""
        attributes = [a for name, kind in SEARCH_ATTRIBUTES.items() for a in ("--search-attribute", f"{name}={kind}")]
        self.temporal = subprocess.Popen(
            [
                f"{sysconfig.get_path('scripts')}/temporal", "server", "start-dev", "--headless",
                "--ip", "127.0.0.1", "--port", str(self.temporal_port), "--log-level", "never",
                *database_options(self.home / "temporal.db"), *dynamic_config_options(), *attributes,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _until(lambda: _listens(self.temporal_port), 30)

    def kill_temporal(self) -> None:
        assert self.temporal
        self.temporal.kill()
        _reap(self.temporal)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start one (again), beside those that run, and wait until it takes work."""
        ready = self.home / "worker.ready"  # how a worker of another make says so, for comparison
        ready.unlink(missing_ok=True)
        log = (self.home / "worker.log").open("ab")
        worker = self.worker = subprocess.Popen(
            [sys.executable, "-m", *self.worker_module],
            env=self.process_environment,
            cwd=self._code,
            stdout=log,
            stderr=log,
        )
        log.close()
        self._workers.append(worker)

        def takes_work() -> bool:
            assert worker.poll() is None, (self.home / "worker.log").read_text()[-3000:]
            return ready.exists() or self.health(worker) == 200

        _until(takes_work, 60)
        return worker

    def health(self, worker: subprocess.Popen[bytes], path: str = "/readyz") -> int | None:
        """The status with which a worker answers; None if it does not."""
        answer = self.ask(worker, path)
        return answer.status_code if answer else None

    def ask(self, worker: subprocess.Popen[bytes], path: str) -> httpx.Response | None:
        """What a worker answers; None if nothing."""
        try:
            (group,) = json.loads((self.home / "workers" / f"{worker.pid}.json").read_text())
            return httpx.get(f"http://{group['targets'][0]}{path}", timeout=10)
        except (FileNotFoundError, httpx.TransportError):
            return None

    def kill_worker(self, worker: subprocess.Popen[bytes] | None = None) -> None:
        """SIGKILL: no goodbye. Without a ``worker``, the one started last."""
        worker = worker or self.worker
        assert worker
        worker.kill()
        _reap(worker)

    async def client(self) -> Client:
        for _ in range(50):
            try:
                return await connect(self.settings())
            except TemporalUnreachable:
                await asyncio.sleep(0.2)
        raise TimeoutError("Temporal")

    async def submit(
        self, files: dict[str, bytes], *, batch: str = "batch", tenant: str = "tests", **options: str
    ) -> list[str]:
        """Hand in files by name, with ``options`` other than those of the settings; returns their execution ids in the
        same order."""
        submitted = await self.hand_in(files, batch=batch, tenant=tenant, **options)
        assert all(file.execution_id for file in submitted), submitted
        return [file.execution_id or "" for file in submitted]

    async def hand_in(
        self, files: dict[str, bytes], *, batch: str = "batch", tenant: str = "tests", **options: str
    ) -> list[Submitted]:
        """As `submit`; returns what became of each file."""
        settings = self.settings().model_copy(update=options)
        async with Ledger(settings.ledger) as ledger:
            office = Office(settings, ledger, await self.client())
            return await submit(office, [HandedIn(name, data) for name, data in files.items()], Terms(tenant, batch))

    async def installation(self) -> Installation:
        async with Ledger(self.settings().ledger) as ledger:
            return await ledger.installation()

    async def handle(self, execution_id: str) -> WorkflowHandle[Any, Any]:
        return (await self.client()).get_workflow_handle(execution_id)

    async def until(self, execution_id: str, *statuses: Status, seconds: float = 60) -> Execution:
        """The execution once the ledger says one of ``statuses`` (or that it ended, where none is given)."""

        async def reached() -> Execution | None:
            async with Ledger(self.settings().ledger) as ledger:
                execution = await ledger.execution(execution_id)
            if execution and (execution.status in statuses if statuses else execution.status.ended):
                return execution
            return None

        return await eventually(reached, seconds)

    async def executions(self, *, batch: str) -> list[str]:
        """Ids of the executions of a batch."""
        async with Ledger(self.settings().ledger) as ledger:
            return [submission.execution_id for submission in await ledger.submissions(batch=batch)]

    async def calls(self, execution_id: str) -> list[ModelCall]:
        async with Ledger(self.settings().ledger) as ledger:
            return await ledger.calls(execution_id)


async def eventually(attempt: Callable[[], Awaitable[T | None]], seconds: float = 60) -> T:
    """What ``attempt`` gives once it gives anything but None or False."""
    deadline = time.monotonic() + seconds
    while not (value := await attempt()):
        assert time.monotonic() < deadline, f"{attempt} came to nothing within {seconds} s"
        await asyncio.sleep(0.2)
    return value


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{true} did not come true within {seconds} s"
        time.sleep(0.1)


def _reap(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class PhoenixServer:
    """A real Phoenix; use as a context manager. Takes some 20 s to start."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (self.port,) = free_ports(1)

    def __enter__(self) -> PhoenixServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        _reap(self.process)

    def start(self) -> None:
        """Start (again, on the same home and port) and wait until it answers."""
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": str(self.port),
            "PHOENIX_WORKING_DIR": str(self.home),
            "PHOENIX_TELEMETRY_ENABLED": "false",
            "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
        }
        with (self.home / "phoenix.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "infra/local/serve_phoenix.py"), "serve"],
                env=environment,
                cwd=self.home,
                stdout=log,
                stderr=log,
            )

        def answers() -> bool:
            assert self.process.poll() is None, (self.home / "phoenix.log").read_text()[-3000:]
            try:
                return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == 200
            except httpx.HTTPError:
                return False

        _until(answers, 120)

    def kill(self) -> None:
        """SIGKILL: what it has taken and not yet stored dies with it."""
        self.process.kill()
        _reap(self.process)


class EndpointProcess:
    """The scripted endpoint in a process of its own, to be killed; use as a context manager. What it was paid for stands
    in a file of ``home`` and outlives it."""

    def __init__(self, home: Path, **script: Any) -> None:
        """``script``: how it behaves, as `tests.scripted.endpoint.Script` takes it."""
        (self._port,) = free_ports(1)
        self._paid = home / "paid"
        self._script = json.dumps(script)
        self.url = f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> EndpointProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start (again, on the same port) and wait until it answers."""
        module = "tests.scripted.endpoint"
        arguments = ["--port", str(self._port), "--script", self._script, "--paid", str(self._paid)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT
        )
        assert self._process.stdout
        said = self._process.stdout.readline().decode()
        assert said.strip() == self.url, f"the endpoint did not start: {said}{self._process.stdout.read().decode()}"
        _until(lambda: _listens(self._port), 30)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        _reap(self._process)
        assert self._process.stdout
        self._process.stdout.close()

    def paid(self) -> Counter[str]:
        """Digest of a request, as the ledger has it, to how often it was answered, over all restarts."""
        return Counter(self._paid.read_text().split()) if self._paid.exists() else Counter()
