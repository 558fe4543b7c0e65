"""`python -m editor adopt encoder runs/encoder/encoder.safetensors`: make a trained file the one the app uses."""

import argparse
import re
import shutil
from pathlib import Path

from editor.errors import EditorError, WeightsError
from editor.weights import MANIFEST, Gate, sha256_of


def add(commands: argparse._SubParsersAction) -> None:
    """Add `adopt`."""
    adopt = commands.add_parser("adopt", help="put a trained file in weights/ and its hash on its card")
    adopt.add_argument("name", help="the card: encoder, flow, directions, preview, judge or tutor")
    adopt.add_argument("file", type=Path)
    adopt.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Copy the file and rewrite two lines of its card; everything else of the manifest stays as it was written."""
    adopt(MANIFEST, options.name, options.file)
    print(f"{options.name} is now {options.file}; weights/README.md should say how it was made.")
    return 0


def adopt(manifest: Path, name: str, file: Path) -> None:
    """Make `file` what the card `name` of a manifest describes.

    Raises:
        WeightsError: there is no such card, or it is not one of a file in the repository.
        EditorError: the file cannot be read.
    """
    card = Gate(manifest).cards.get(name)
    if card is None or card.source != "repository":
        raise WeightsError(f"{name!r} is not a file of this repository's weights.")
    try:
        shutil.copyfile(file, manifest.parent / card.file)
    except OSError as error:
        raise EditorError(f"{file} cannot be read: {error.strerror}.") from error
    target = manifest.parent / card.file
    target.chmod(0o644)
    whole = rf"(?m)^(\[{re.escape(name)}\]\n(?:[^\[\n].*\n?|\n)*)"
    head, table, rest = re.split(whole, manifest.read_text(encoding="utf-8"), maxsplit=1)
    table = re.sub(r'(?m)^sha256 = ".*"$', f'sha256 = "{sha256_of(target)}"', table)
    table = re.sub(r"(?m)^size = \d+$", f"size = {target.stat().st_size}", table)
    manifest.write_text(head + table + rest, encoding="utf-8")
