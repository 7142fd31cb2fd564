"""From paths to files: folders are searched, archives listed, and a manifest says more about what was found."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from workers.intake._archives import Archives, is_archive
from workers.intake._files import Found, HandedIn, Refused
from workers.intake._manifest import Manifest, read_manifest
from workers.intake._names import name_of
from workers.intake._opening import LEADS_OUT, Root, open_file, real
from workers.intake._problems import BadSubmission, CannotTake

ENDINGS = (".pdf", ".xml", ".zip")
"""Files taken from a folder. One named by itself is taken whatever its name."""
MANIFEST_ENDINGS = (".csv", ".jsonl")
"""A file named by itself that ends so is a manifest."""


def find_files(paths: Sequence[Path], *, manifest: Path | None = None, root: Root | None = None) -> Found:
    """The files at ``paths``, and those that a manifest names.

    Of a folder the PDF and XML files and the archives in it and below it, sorted, without hidden ones; of an archive its
    PDF and XML files, at any depth up to the limit. What is an archive is decided by content. Nothing is read yet but how
    each file begins. What leads out of its folder, or out of that of the manifest which names it, is refused.

    Args:
        paths: files and folders. One among them that ends in .csv or .jsonl is the manifest.
        manifest: a CSV or JSONL file that says more about files. Files are looked for in its folder, so that it need not
            come with ``paths``; files at ``paths`` that it does not name are taken too.
        root: a folder that none of all this may lead out of; without it, a path that is given may lead anywhere.

    Raises:
        BadSubmission: a path does not exist, a folder holds no such file, there are two manifests, or the manifest cannot
            be read as a whole.
    """
    manifests = [path for path in paths if path.suffix.lower() in MANIFEST_ENDINGS and not path.is_dir()]
    documents = [path for path in paths if path not in manifests]
    if manifest is not None and manifest not in manifests:
        manifests.append(manifest)
    for path in [*documents, *manifests]:
        if not os.path.lexists(path):
            raise BadSubmission(f"there is no file or folder {path}. Nothing was handed in")
    if len(manifests) > 1:
        names = ", ".join(str(path) for path in manifests)
        raise BadSubmission(f"these are several manifests: {names}. Give one at a time. Nothing was handed in")
    read = read_manifest(manifests[0], root) if manifests else None
    search = _Search(root)
    for path in documents:
        if path.is_dir():
            search.folder(path)
        else:
            search.file(path, root)
    return search.described(read) if read else search.found


class _Search:
    def __init__(self, root: Root | None) -> None:
        self._root = root
        self.found = Found()
        self._archives = Archives()
        self._seen: set[Path] = set()

    def folder(self, folder: Path) -> None:
        before = len(self.found.refused)
        empty = True
        for file in _below(folder, self.found.refused):
            empty = False
            self.file(file, self._root or Root(folder))
        if empty and len(self.found.refused) == before:
            raise BadSubmission(f"the folder {folder} holds no .pdf, .xml or .zip file. Nothing was handed in")

    def file(self, file: Path, root: Root | None) -> None:
        """Take a file, or what is in it, unless it has been taken or leads out of ``root``."""
        resolved = real(file)
        if resolved in self._seen:
            return
        if root and not root.holds(file):
            self.found.refused.append(Refused(name_of(file), file, LEADS_OUT, file))
            return
        self._seen.add(resolved)
        if _starts_as_archive(file, root) and (listed := self._archives.listed(file, root)) is not None:
            self.found.files += listed.files
            self.found.refused += listed.refused
        else:
            self.found.files.append(HandedIn(name_of(file), file, root=root))

    def described(self, manifest: Manifest) -> Found:
        """What was found and what the manifest names, with what it says of each."""
        given = self.found
        self.found = Found()
        for place in manifest.places():
            self.file(place, self._root or Root(manifest.path.parent))  # only what was not given
        return manifest.applied(given, self.found)


def _starts_as_archive(file: Path, root: Root | None) -> bool:
    try:
        with open_file(file, root) as opened:
            return is_archive(opened.read(4))
    except (OSError, CannotTake):
        return False  # said when it is handed in, with all else that cannot be read


def _below(folder: Path, refused: list[Refused]) -> Iterator[Path]:
    """The documents in a folder and below it; folders that cannot be read are added to ``refused``."""

    def cannot_read(error: OSError) -> None:
        unreadable = Path(error.filename)
        why = f"it cannot be read: {error.strerror}"
        refused.append(Refused(name_of(unreadable), unreadable, why, unreadable))

    paths = []
    for place, folders, names in os.walk(folder, onerror=cannot_read):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for link in [Path(place, name) for name in folders if os.path.islink(os.path.join(place, name))]:
            refused.append(Refused(name_of(link), link, "it is a link to a folder; hand in that folder itself", link))
        paths += [Path(place, n) for n in names if n.lower().endswith(ENDINGS) and not n.startswith(".")]
    yield from sorted(paths)
