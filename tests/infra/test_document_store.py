"""Documents are kept by what they are, whole or not at all."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from infra.document_store import DocumentStore, NotKept


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return DocumentStore(tmp_path / "documents")


def files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()]


@pytest.mark.parametrize("data", [b"", b"one", bytes(range(256)) * 5000])
def test_what_is_stored_comes_back_under_its_digest(store: DocumentStore, data: bytes) -> None:
    digest = store.put(data)
    assert digest == sha256(data).hexdigest()
    assert store.get(digest) == data


def test_the_same_bytes_are_stored_once(store: DocumentStore, tmp_path: Path) -> None:
    assert store.put(b"one") == store.put(b"one")
    (path,) = files(tmp_path)
    before = os.stat(path).st_ino
    store.put(b"one")
    assert os.stat(path).st_ino == before


def test_a_document_that_was_changed_is_not_given_out_and_handing_it_in_again_mends_it(
    store: DocumentStore, tmp_path: Path
) -> None:
    digest = store.put(b"one")
    (path,) = files(tmp_path)
    path.write_bytes(b"two")
    with pytest.raises(ValueError, match="has been changed in the store"):
        store.get(digest)
    store.put(b"one")
    assert store.get(digest) == b"one"


def test_what_was_never_stored_is_not_found(store: DocumentStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.get("0" * 64)
    digest = store.put(b"one")
    with pytest.raises(FileNotFoundError):
        store.get_derived(digest, "reading.json")


def test_what_is_derived_is_replaced_and_leaves_the_document(store: DocumentStore) -> None:
    digest = store.put(b"one")
    store.put_derived(digest, "reading.json", b"1")
    store.put_derived(digest, "reading.json", b"2")
    assert store.get_derived(digest, "reading.json") == b"2"
    assert store.get(digest) == b"one"


@pytest.mark.parametrize(
    "digest", ["", "abc", "../../etc/passwd".ljust(64, "x"), "g" * 64, "A" * 64, "é" * 64, "0" * 65]
)
def test_only_a_digest_names_a_document(store: DocumentStore, digest: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256 digest"):
        store.get(digest)


def test_a_write_that_fails_leaves_nothing_behind(
    store: DocumentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        store.put(b"one")
    assert files(tmp_path) == []


def test_many_may_store_the_same_at_once(store: DocumentStore, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(store.put, [b"one" * 100_000] * 24))
    assert len(digests) == 1
    assert store.get(digests.pop()) == b"one" * 100_000
    assert len(files(tmp_path)) == 1


def test_a_full_disk_is_told_with_the_folder_and_leaves_what_stood_there(
    store: DocumentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = store.put(b"one")
    store.put_derived(digest, "reading.json", b"before")
    kept = files(tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for write in (lambda: store.put(b"two"), lambda: store.put_derived(digest, "reading.json", b"after")):
        with pytest.raises(
            NotKept, match=f"{tmp_path / 'documents'} cannot keep .* No space left on device.*has room"
        ) as raised:
            write()
        assert raised.value.retryable
    assert files(tmp_path) == kept
    assert store.get_derived(digest, "reading.json") == b"before"
