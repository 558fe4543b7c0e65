"""A trained file takes the place of one in the repository; the manifest's other lines stay as they were written."""

import re
from pathlib import Path

from editor.errors import EditorError, WeightsError
from editor.files.writing import write_atomically
from editor.weights.entry import sha256_of
from editor.weights.store import WeightStore
from editor.weights.tensors import stored_tensors


def install(manifest: Path, name: str, file: Path) -> None:
    """Make `file` what the entry `name` of a manifest describes: it is copied, and its sha256 and size are written down.

    Raises:
        WeightsError: there is no such entry, it is not one of a file in the repository, or the file is of another kind.
        EditorError: the file cannot be read, or written to its place.

    >>> lines = ["[net]", 'source = "repository"', 'file = "net.pt"', 'sha256 = ""', "size = 0", 'licence = ""', 'origin = ""']
    >>> _ = (folder / "manifest.toml").write_text("\\n".join(lines)), (folder / "trained.pt").write_bytes(b"weights")
    >>> install(folder / "manifest.toml", "net", folder / "trained.pt")
    >>> WeightStore(folder / "manifest.toml").entries["net"].size, (folder / "net.pt").read_bytes()
    (7, b'weights')
    """
    entry = WeightStore(manifest).entries.get(name)
    if entry is None or entry.source != "repository":
        raise WeightsError(f"{name!r} is not a file of this repository's weights.")
    target = manifest.parent / entry.file
    if target.suffix == ".safetensors":
        stored_tensors(file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise EditorError(f"{file} cannot be read: {error.strerror}.") from error
    write_atomically(target, lambda part: part.write_bytes(content))
    target.chmod(0o644)
    text = redescribed(manifest.read_text(encoding="utf-8"), name, sha256_of(target), target.stat().st_size)
    write_atomically(manifest, lambda part: part.write_text(text, encoding="utf-8"))


def redescribed(text: str, name: str, sha256: str, size: int) -> str:
    """The text of a manifest in which the entry `name` has another sha256 and size.

    >>> text = '[net]\\nsha256 = "old"\\nsize = 1\\n\\n[other]\\nsha256 = "old"\\n'
    >>> redescribed(text, "net", "new", 2)
    '[net]\\nsha256 = "new"\\nsize = 2\\n\\n[other]\\nsha256 = "old"\\n'
    """
    whole = rf"(?m)^(\[{re.escape(name)}\]\n(?:[^\[\n].*\n?|\n)*)"
    head, table, rest = re.split(whole, text, maxsplit=1)
    table = re.sub(r'(?m)^sha256 = ".*"$', f'sha256 = "{sha256}"', table)
    return head + re.sub(r"(?m)^size = \d+$", f"size = {size}", table) + rest
