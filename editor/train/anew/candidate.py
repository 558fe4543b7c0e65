"""The set of weights that is made: a copy of the set in use, in which what is made anew takes its place, entry by entry.

The set in use stays as it is until a person installs the new files.
"""

from collections.abc import Collection
from pathlib import Path

from editor.errors import EditorError
from editor.files.writing import write_atomically
from editor.weights import WeightStore, sha256_of
from editor.weights.install import install, redescribed


def hashes_of(manifest: Path) -> dict[str, str]:
    """Entries of a manifest -> the sha256 of their files.

    Raises:
        WeightsError: the manifest cannot be read.

    >>> sorted(hashes_of(WeightStore().root / "manifest.toml"))[:3]
    ['directions', 'directions-paper', 'directions-svm']
    """
    return {name: entry.sha256 for name, entry in WeightStore(manifest).entries.items()}


def expected(new: Path, in_use: Path, own: Collection[str], encoder: Path | None) -> dict[str, str]:
    """Entries of the new set -> sha256, as they will be once the set is brought up to date. Nothing is written.

    Args:
        new, in_use: manifests; the new one need not be there yet.
        own: the entries that are not those of the set in use any more: what is made anew, and the encoder.
        encoder: the file of the new encoder; None: it stays as it is.

    Raises:
        EditorError: a file cannot be read.

    >>> manifest = WeightStore().root / "manifest.toml"
    >>> expected(folder / "manifest.toml", manifest, own=("encoder", "flow"), encoder=None) == hashes_of(manifest)
    True
    """
    before = hashes_of(new) if new.exists() else {}
    found = hashes_of(in_use) | {name: before[name] for name in own if name in before}
    return found | ({"encoder": _hash(encoder)} if encoder else {})


def bring_up_to_date(new: Path, in_use: Path, own: Collection[str], encoder: Path | None) -> None:
    """Make the new set, or take over into it what has changed in the set in use but its own entries.

    Args:
        new, in_use, own, encoder: as for `expected`.

    Raises:
        EditorError: a file cannot be read or written.
        WeightsError: a file of the set in use is missing or damaged.

    >>> (folder / "manifest.toml").touch()
    >>> bring_up_to_date(folder / "run" / "manifest.toml", folder / "manifest.toml", own=(), encoder=None)
    >>> hashes_of(folder / "run" / "manifest.toml")
    {}
    """
    store, before = WeightStore(in_use), WeightStore(new).entries if new.exists() else {}
    text = in_use.read_text(encoding="utf-8")
    for name, entry in store.entries.items():
        if name in own and name in before:
            text = redescribed(text, name, before[name].sha256, before[name].size)
        elif entry.source == "repository" and (name not in before or before[name].sha256 != entry.sha256):
            content = store.path(name).read_bytes()
            write_atomically(new.parent / entry.file, lambda part, content=content: part.write_bytes(content))
    write_atomically(new, lambda part: part.write_text(text, encoding="utf-8"))
    if encoder and _hash(encoder) != hashes_of(new)["encoder"]:
        install(new, "encoder", encoder)


def adoption(new: Path, in_use: Path) -> list[str]:
    """The commands that make the new set's files those in use.

    >>> manifest = WeightStore().root / "manifest.toml"
    >>> adoption(manifest, manifest)
    []
    """
    now, store = hashes_of(in_use), WeightStore(new)
    changed = [entry for name, entry in store.entries.items() if entry.sha256 != now.get(name)]
    return [f"face-editor install {entry.name} {new.parent / entry.file}" for entry in changed]


def _hash(file: Path) -> str:
    try:
        return sha256_of(file)
    except OSError as error:
        raise EditorError(f"{file} cannot be read: {error.strerror}. Name the file of a trained encoder.") from error
