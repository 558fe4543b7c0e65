"""What is known of one entry of `weights/manifest.toml`, and whether a file is what it says."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from editor.errors import WeightsError


@dataclass(frozen=True, eq=False)
class WeightEntry:
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
        terms: name of the licence in `licences.py` that is accepted before the file is fetched; empty: none.
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
    terms: str = ""


def verify(path: Path, sha256: str, remedy: str, hash_of: Callable[[Path], str] | None = None) -> None:
    """Compare a file with its entry.

    Args:
        remedy: what to do where the file is another.
        hash_of: what hashes it, where that is not to read the whole file.

    Raises:
        WeightsError: the file is missing, or its bytes are others.

    >>> _ = (folder / "net.pt").write_bytes(b"other weights")
    >>> verify(folder / "net.pt", sha256=64 * "0", remedy="Fetch it again.")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.WeightsError: ...net.pt is not the file that the manifest describes (sha256 ..., not 000000000000). Fetch...
    """
    try:
        found = (hash_of or sha256_of)(path)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}). {remedy}") from error
    if found != sha256:
        raise WeightsError(
            f"{path} is not the file that the manifest describes (sha256 {found[:12]}, not {sha256[:12]}). {remedy}"
        )


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal.

    Raises:
        OSError: the file cannot be read.

    >>> _ = (folder / "empty").write_bytes(b"")
    >>> sha256_of(folder / "empty")
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
