"""Is it there, and is it what we think it is? One question for each part, asked over its own protocol."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil

from infra.settings import LOOPBACK, Settings


@dataclass(frozen=True)
class Answer:
    """What a part said. ``problem`` is empty when it is ready."""

    version: str = ""
    detail: str = ""
    problem: str = ""

    @property
    def ready(self) -> bool:
        """Whether the part is ready to be used."""
        return not self.problem


def listening(port: int, host: str = LOOPBACK) -> bool:
    """Whether anything accepts connections at the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def free_port() -> int:
    """A port of the loopback address at which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def holder(port: int) -> str:
    """Who listens at the port, as ``name (pid)``, as far as this user may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            local = connection.laddr
            if connection.status == psutil.CONN_LISTEN and local and local.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return "another program"


def temporal(settings: Settings, seconds: float = 3.0) -> Answer:
    """Ask a Temporal frontend, over gRPC, for its version and for our namespace."""
    from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetSystemInfoRequest
    from temporalio.service import RPCError, RPCStatusCode

    from infra.temporal.connect import TemporalUnreachable, connect

    async def ask() -> Answer:
        client = await connect(settings, seconds=seconds)
        limit = timedelta(seconds=seconds)
        system = await client.workflow_service.get_system_info(GetSystemInfoRequest(), timeout=limit)
        namespace = DescribeNamespaceRequest(namespace=settings.temporal_namespace)
        try:
            await client.workflow_service.describe_namespace(namespace, timeout=limit)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return Answer(system.server_version, problem=f"has no namespace {settings.temporal_namespace!r}")
        return Answer(system.server_version, detail=f"namespace {settings.temporal_namespace}")

    try:
        return asyncio.run(ask())
    except TemporalUnreachable as error:
        return Answer(problem=_first_line(error.__cause__ or error) or "no answer over gRPC")
    except (RPCError, RuntimeError, OSError) as error:
        return Answer(problem=_first_line(error))


def temporal_page(url: str, seconds: float = 3.0) -> Answer:
    """Ask Temporal's page for what it shows: it is served a moment before it has a connection to Temporal."""
    try:
        with httpx.Client(timeout=seconds, trust_env=False) as http:
            listed = http.get(f"{url}/api/v1/namespaces")
        if listed.status_code == 200 and "namespaces" in listed.text:
            return Answer()
        return Answer(problem=f"its page does not show anything yet (HTTP {listed.status_code})")
    except httpx.HTTPError as error:
        return Answer(problem=f"its page does not answer: {_first_line(error)}")


def phoenix(settings: Settings, seconds: float = 3.0) -> Answer:
    """Ask Phoenix for its version, and whether its database answers."""
    headers = {}
    if settings.phoenix_api_key is not None:
        headers["Authorization"] = f"Bearer {settings.phoenix_api_key.get_secret_value()}"
    try:
        with httpx.Client(base_url=settings.phoenix, headers=headers, timeout=seconds, trust_env=False) as http:
            version = http.get("/arize_phoenix_version")
            # A page of another program may well be a 200 too; a version is a short line that starts with a digit.
            if version.status_code != 200 or len(version.text) > 40 or not version.text[:1].isdigit():
                return Answer(problem="what answers there is not Phoenix")
            ready = http.get("/readyz")
            if ready.status_code != 200:
                return Answer(version.text, problem=f"its database does not answer (HTTP {ready.status_code})")
            return Answer(version.text, detail=f"project {settings.phoenix_project}")
    except httpx.HTTPError as error:
        return Answer(problem=_first_line(error))


def model(url: str, *, name: str | None, key: str, seconds: float = 5.0) -> Answer:
    """Ask an OpenAI-compatible endpoint which models it serves.

    Args:
        url: Base URL with ``/v1``.
        name: The model that must be among those served; None for any.
        key: The API key, sent as bearer token; may be empty.
        seconds: Time limit of each request.
    """
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx.Client(headers=headers, timeout=seconds, trust_env=False) as http:
            answer = http.get(f"{url.rstrip('/')}/models")
            if answer.status_code in (401, 403):
                return Answer(problem=f"refuses the key (HTTP {answer.status_code}): check COUNTERFOIL_MODEL_API_KEY")
            answer.raise_for_status()
            served = [str(entry["id"]) for entry in answer.json()["data"]]
            if not served:
                return Answer(problem="serves no model")
            shown = ", ".join(served[:5])
            if name and name not in served:
                return Answer(problem=f"serves {shown}, not {name}")
            return Answer(_vllm_version(http, url), detail=f"serves {shown}")
    except httpx.HTTPError as error:
        return Answer(problem=_first_line(error))
    except (ValueError, KeyError, TypeError):
        return Answer(problem="what answers there is not an OpenAI-compatible endpoint")


def worker(home: Path, pid: int | None, seconds: float = 5.0) -> Answer:
    """Ask the worker process ``pid`` of this home what it says of itself at ``/readyz``."""
    try:
        (found,) = json.loads((home / "workers" / f"{pid}.json").read_text())
        address, roles = found["targets"][0], found["labels"]["roles"]
    except (OSError, ValueError, KeyError, TypeError):
        return Answer(problem="has not said yet where it answers")
    try:
        answer = httpx.get(f"http://{address}/readyz", timeout=seconds, trust_env=False)
        parts: dict[str, dict[str, Any]] = answer.json()["parts"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return Answer(problem=f"says nothing at http://{address}/readyz ({type(error).__name__})")
    missing = [f"{name}: {part.get('reason')}" for name, part in parts.items() if not part["ok"]]
    return Answer(detail=f"http://{address}/readyz: {roles}", problem="; ".join(missing))


def _vllm_version(http: httpx.Client, url: str) -> str:
    try:
        answer = http.get(f"{url.rstrip('/').removesuffix('/v1')}/version")
        return f"vLLM {answer.json()['version']}" if answer.status_code == 200 else ""
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return ""


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
