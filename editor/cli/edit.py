"""`python -m editor edit photo.jpg --set Smiling=1.5 --out out/`: one photo, edited in W+, in W* or in both."""

import argparse
import dataclasses
import itertools
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from editor.cli.numbers import count
from editor.cli.options import models_options
from editor.errors import EditorError, PhotoError, SettingError
from editor.files import check_files, check_space, write_atomically

if TYPE_CHECKING:
    from PIL import Image

PICTURE = 8_000_000
"""Bytes that a PNG of 1024 pixels a side may take, and the temporary file beside the one that it replaces."""


def add(commands: argparse._SubParsersAction) -> None:
    """Add `edit`."""
    edit = commands.add_parser("edit", help="edit a face in a photo")
    edit.add_argument("photo", type=Path)
    edit.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="NAME=STRENGTH",
        help="an attribute and a signed strength, such as Smiling=1.5; may be given again",
    )
    edit.add_argument("--space", choices=("w_plus", "w_star", "both"), default="both", help="where to edit (default both)")
    edit.add_argument(
        "--everywhere", action="store_true", help="let an edit change the whole picture, not only where its attribute lies"
    )
    edit.add_argument(
        "--steady", action="store_true", help="ask the face first what else would change, and take that back in W* (seconds)"
    )
    edit.add_argument("--face", type=int, default=1, help="which face, 1 being the largest (default %(default)s)")
    edit.add_argument(
        "--refine", type=count, default=0, metavar="N", help="steps to refine the likeness by first (default none)"
    )
    edit.add_argument(
        "--tune", type=count, default=0, metavar="N", help="steps to fit the generator to the photo by, after that"
    )
    edit.add_argument(
        "--out", type=Path, default=Path("out"), help="folder for the PNGs (default %(default)s/); another face's are kept"
    )
    edit.add_argument(
        "--changes", action="store_true", help="print what each edit changed, as a judge of images sees it (JSON)"
    )
    models_options(edit)
    edit.set_defaults(run=run)


def parse_settings(settings: list[str]) -> dict[str, float]:
    """["Smiling=1.5", ...] -> {"Smiling": 1.5, ...}.

    Raises:
        SettingError: one is not NAME=NUMBER, or a name is given twice.

    >>> parse_settings(["Smiling=1.5", "Young=-1"])
    {'Smiling': 1.5, 'Young': -1.0}
    """
    strengths = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name in strengths:
            raise SettingError(f"--set {setting}: {name} is set twice. Give each attribute one strength.")
        try:
            strengths[name] = float(value)
        except ValueError:
            raise SettingError(f"--set {setting}: expected NAME=NUMBER, such as Smiling=1.5.") from None
    return strengths


def run(options: argparse.Namespace) -> int:
    """Write the face, its reconstruction and the edits; then print what was changed, if asked, and where the pictures are."""
    from editor.edit import SPACES
    from editor.images import read_photo
    from editor.pipeline import Editor

    strengths = parse_settings(options.settings)
    spaces = SPACES if options.space == "both" else (options.space,)
    photo = read_photo(options.photo)  # before the models: a wrong path should not take seconds to be told
    check_names(options.out, options.photo.stem, spaces)
    check_space(options.out, (2 + len(spaces)) * PICTURE)
    editor = Editor.load(options.models, options.device, generator=options.generator)
    editor.models.directions.strengths(strengths)
    portrait = editor.open(photo.image, options.face - 1)
    print(*filter(None, (editor.notice, *photo.notes, portrait.quality.sentence)), sep="\n", file=sys.stderr)
    for improve, steps in (("refine", options.refine), ("tune", options.tune)):
        if steps:
            with tqdm(total=steps, desc=improve) as bar:
                portrait = getattr(portrait, improve)(steps, lambda step, _, bar=bar: bar.update(step - bar.n))
            print(portrait.quality.sentence, file=sys.stderr)
    if options.steady:
        moved = [name for name, strength in strengths.items() if strength]
        with tqdm(total=len(moved), desc="asking the face") as bar:
            portrait = portrait.steadied(moved, lambda step, _: bar.update(step - bar.n))
    images = editor.render(portrait, strengths, spaces, local=not options.everywhere)
    pictures = {"face": portrait.face, "reconstruction": portrait.reconstruction}
    pictures |= {edited(space): getattr(images, space) for space in spaces}
    paths = save_or_tell(pictures, options.out, options.photo.stem)  # before anything is judged: this is what was asked for
    if options.changes:
        found = editor.changes(portrait, images, strengths)
        changes = {space: dataclasses.asdict(each) | {"leakage": each.leakage} for space, each in found.items()}
        print(json.dumps(changes, indent=2))
    print(*paths, sep="\n")
    return 0


def edited(space: str) -> str:
    """What the picture edited in a space is called: `edited-w-plus`."""
    return f"edited-{space.replace('_', '-')}"


def check_names(folder: Path, stem: str, spaces: Iterable[str]) -> None:
    """Check that the pictures can be written under their names.

    Raises:
        EditorError: they cannot.
    """
    kinds = ("face", "reconstruction", *map(edited, spaces))
    check_files([folder / f"{stem}-{kind}.png" for kind in kinds])
    if (folder / f"{stem}-face.png").exists():  # another face's, perhaps
        check_files([folder / f"{stem}-2-{kind}.png" for kind in kinds])


def save_or_tell(pictures: "dict[str, Image.Image]", folder: Path, stem: str) -> list[Path]:
    """As `save`; where a picture cannot be written, those that were are printed before the error is."""
    saved: list[Path] = []
    try:
        return save(pictures, folder, stem, saved)
    except EditorError:
        print(*saved, sep="\n", end="\n" if saved else "")
        raise


def save(pictures: "dict[str, Image.Image]", folder: Path, stem: str, saved: list[Path] | None = None) -> list[Path]:
    """Write pictures as `STEM-KIND.png`; `face` is among them, and tells whose they are.

    Pictures of the same face are replaced. Where those of another face have the name (`a.jpg` and `a.png`, or another face
    of the same photo), these are called `STEM-2-KIND.png`, and so on.

    Args:
        saved: receives each path once the picture is there, so also those that are written before an error.

    Raises:
        EditorError: a file cannot be written.
    """
    names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
    stem = next(name for name in names if not _is_anothers(folder, name, pictures))
    paths = {kind: folder / f"{stem}-{kind}.png" for kind in pictures}
    for kind, path in paths.items():
        write_atomically(path, lambda part, picture=pictures[kind]: picture.save(part, "PNG"))
        if saved is not None:
            saved.append(path)
    return list(paths.values())


def _is_anothers(folder: Path, stem: str, pictures: "dict[str, Image.Image]") -> bool:
    """Whether the names are taken by pictures of another face."""
    from editor.images import open_photo

    face = folder / f"{stem}-face.png"
    if not face.exists():
        return any((folder / f"{stem}-{kind}.png").exists() for kind in pictures)
    try:
        return open_photo(face).tobytes() != pictures["face"].tobytes()
    except PhotoError:
        return True
