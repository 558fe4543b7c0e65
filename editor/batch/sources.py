"""Where photos come from: files, folders with all folders in them, patterns, and lists; here or behind an address.

Photos come one by one, in the order of their names, so no memory holds all of them. Of a folder that has millions of files, the
names are sorted in memory; a list has no such limit.
"""

import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from editor.batch.manifest import count_rows, is_manifest, read_manifest
from editor.batch.storage import filesystem, is_remote
from editor.errors import SettingError
from editor.files.folders import PICTURES

PATTERN = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Found:
    """One photo of a source.

    Attributes:
        photo: its address.
        name: its path below what all sources have in common, with slashes.
        output: what a list calls its output; empty where it says nothing.
        problem: why this is no photo; empty where it is one.
    """

    photo: str
    name: str
    output: str = ""
    problem: str = ""


def photos_of(sources: Sequence[str], without: str = "") -> Iterator[Found]:
    """The photos of all sources.

    Args:
        sources: at least one.
        without: the output folder, which may lie in a source and is none.

    Raises:
        SettingError: there is no such file or folder.
        TableError: a list cannot be read.

    >>> for name in ("b.jpg", "a.png", "notes.txt", ".c.jpg"):
    ...     (folder / name).touch()
    >>> [found.name for found in photos_of([str(folder)])]
    ['a.png', 'b.jpg']
    """
    top = _common([source for source in sources if not is_manifest(source) and not is_remote(source)])
    hidden = Path(without).resolve() if without and not is_remote(without) else None
    for source in sources:
        if is_manifest(source):
            for row in read_manifest(source):
                problem = "" if row.photo else f"Row {row.number} of {source} names no photo."
                yield Found(row.photo or f"{source}, row {row.number}", _name_in_list(row.photo, source), row.output, problem)
        elif is_remote(source):
            yield from _remote(source)
        else:
            for path, problem in _local(source, hidden):
                yield Found(path, Path(os.path.relpath(path, top)).as_posix(), problem=problem)


def check_sources(sources: Sequence[str]) -> None:
    """Check that every source is there, before models are loaded.

    Raises:
        SettingError: one is not, or none is named.

    >>> check_sources([str(folder / "photos")])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.SettingError: There is no file or folder .../photos.
    """
    if not sources:
        raise SettingError("Name a folder of photos, a pattern such as 'photos/*.jpg', or a list (.csv, .parquet).")
    for source in sources:
        if is_remote(source):
            filesystem(source)
        elif not Path(source).exists() and not PATTERN.search(source):
            raise SettingError(f"There is no file or folder {source}.")
        elif not Path(source).exists() and next(glob.iglob(source, recursive=True), None) is None:  # noqa: PTH207
            raise SettingError(f"No file has a name like {source}.")


def count(sources: Sequence[str], without: str = "") -> int | None:
    """How many photos there are, if that is soon told.

    >>> (folder / "a.jpg").touch()
    >>> count([str(folder)])
    1
    """
    numbers = [count_rows(source) for source in sources if is_manifest(source)]
    if None in numbers or any(map(is_remote, sources)):
        return None
    rest = [source for source in sources if not is_manifest(source)]
    return sum(filter(None, numbers)) + sum(1 for _ in photos_of(rest, without))


def _local(source: str, hidden: Path | None) -> Iterator[tuple[str, str]]:
    """Paths, each with what is wrong with it."""
    if os.path.isdir(source):  # noqa: PTH112 (as the walk below, for millions of files)
        yield from _walk(source, hidden)
    elif os.path.lexists(source) or not PATTERN.search(source):
        yield source, ""
    else:
        for path in sorted(glob.iglob(source, recursive=True)):  # noqa: PTH207 (Path has no absolute patterns)
            if path.lower().endswith(PICTURES) and (hidden is None or hidden not in Path(path).resolve().parents):
                yield path, ""


def _walk(folder: str, hidden: Path | None) -> Iterator[tuple[str, str]]:
    """The pictures in a folder and in those in it.

    What begins with a dot is not meant for people. Links to folders may lead back, so they are not followed.
    """
    try:
        with os.scandir(folder) as entries:
            names = sorted((each.name, each.is_dir(follow_symlinks=False)) for each in entries if not each.name.startswith("."))
    except OSError as error:
        yield folder, f"The folder cannot be looked through: {error.strerror}."
        return
    for name, is_folder in names:
        path = os.path.join(folder, name)  # noqa: PTH118 (millions of them)
        if not is_folder:
            if name.lower().endswith(PICTURES):
                yield path, ""
        elif hidden is None or Path(path).resolve() != hidden:
            yield from _walk(path, hidden)


def _remote(source: str) -> Iterator[Found]:
    system, path = filesystem(source)
    try:
        if PATTERN.search(path):
            top, paths = PATTERN.split(path)[0].rpartition("/")[0], sorted(system.glob(path))
        elif system.isfile(path):
            top, paths = path.rpartition("/")[0], [path]
        else:
            top, paths = path.rstrip("/"), system.find(path)
    except Exception as error:  # each file system has errors of its own
        raise SettingError(f"{source} cannot be looked through: {error}.") from error
    for each in paths:
        name = each[len(top) :].lstrip("/")
        if name.lower().endswith(PICTURES) and not any(part.startswith(".") for part in name.split("/")):
            yield Found(system.unstrip_protocol(each), name)


def _common(sources: Sequence[str]) -> str:
    """The folder that names of photos start at."""
    tops = []
    for source in sources:
        path = Path(source)
        if not path.exists() and PATTERN.search(source):
            parts = path.parts
            first = next(at for at, part in enumerate(parts) if PATTERN.search(part))
            path = Path(*parts[:first])
            tops.append(os.path.abspath(path))  # noqa: PTH100 (no link is followed)
        else:
            tops.append(os.path.abspath(path if path.is_dir() else path.parent))  # noqa: PTH100
    try:
        return os.path.commonpath(tops) if tops else ""
    except ValueError as error:  # Windows: two drives
        raise SettingError("The photos lie on two drives. Run once for each.") from error


def _name_in_list(photo: str, source: str) -> str:
    """A path below the list's folder as it is there; any other without its first slashes and what leads upwards."""
    base = source.rpartition("/")[0] if is_remote(source) else os.path.dirname(source)  # noqa: PTH120 (millions of them)
    inside = photo.partition("://")[2] if is_remote(photo) and not photo.startswith(f"{base}/") else photo
    if base and base != "." and photo.startswith(f"{base}/"):
        inside = photo[len(base) + 1 :]
    parts = re.split(r"[/\\]" if os.sep == "\\" else "/", inside)
    return "/".join(part.replace(":", "_") for part in parts if part not in ("", ".", ".."))
