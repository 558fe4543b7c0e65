"""`python -m editor edit photo.jpg --set Smiling=1.5 --out out/`: one photo, edited in W+, in W* or in both."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from tqdm import tqdm

from editor.cli.options import models_options
from editor.errors import EditorError, SettingError


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
    edit.add_argument("--refine", type=int, default=0, metavar="N", help="steps to refine the likeness by first (default none)")
    edit.add_argument("--tune", type=int, default=0, metavar="N", help="steps to fit the generator to the photo by, after that")
    edit.add_argument("--out", type=Path, default=Path("out"), help="folder for the PNGs (default %(default)s/)")
    edit.add_argument(
        "--changes", action="store_true", help="print what each edit changed, as a judge of images sees it (JSON)"
    )
    models_options(edit)
    edit.set_defaults(run=run)


def parse_settings(settings: list[str]) -> dict[str, float]:
    """["Smiling=1.5", ...] -> {"Smiling": 1.5, ...}.

    Raises:
        SettingError: one is not NAME=NUMBER.

    >>> parse_settings(["Smiling=1.5", "Young=-1"])
    {'Smiling': 1.5, 'Young': -1.0}
    """
    strengths = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        try:
            strengths[name] = float(value)
        except ValueError:
            raise SettingError(f"--set {setting}: expected NAME=NUMBER, such as Smiling=1.5.") from None
    return strengths


def run(options: argparse.Namespace) -> int:
    """Write the face, its reconstruction and the edits; print what was changed, if asked, and where the pictures are."""
    from editor.edit import SPACES
    from editor.images import open_photo
    from editor.pipeline import Editor

    strengths = parse_settings(options.settings)
    photo = open_photo(options.photo)  # before the models: a wrong path should not take seconds to be told
    editor = Editor.load(options.models, options.device, generator=options.generator)
    editor.models.directions.strengths(strengths)
    portrait = editor.open(photo, options.face - 1)
    print(*filter(None, (editor.notice, portrait.trust.sentence)), sep="\n", file=sys.stderr)
    for improve, steps in (("refine", options.refine), ("tune", options.tune)):
        if steps:
            with tqdm(total=steps, desc=improve) as bar:
                portrait = getattr(portrait, improve)(steps, lambda step, _, bar=bar: bar.update(step - bar.n))
            print(portrait.trust.sentence, file=sys.stderr)
    if options.steady:
        moved = [name for name, strength in strengths.items() if strength]
        with tqdm(total=len(moved), desc="asking the face") as bar:
            portrait = portrait.steadied(moved, lambda step, _: bar.update(step - bar.n))
    spaces = SPACES if options.space == "both" else (options.space,)
    images = editor.render(portrait, strengths, spaces, in_place=not options.everywhere)
    if options.changes:
        found = editor.changes(portrait, images, strengths)
        changes = {space: dataclasses.asdict(each) | {"leakage": each.leakage} for space, each in found.items()}
        print(json.dumps(changes, indent=2))
    pictures = {"face": portrait.face, "reconstruction": portrait.reconstruction}
    pictures |= {f"edited-{space.replace('_', '-')}": getattr(images, space) for space in spaces}
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for name, picture in pictures.items():
            path = options.out / f"{options.photo.stem}-{name}.png"
            picture.save(path)
            print(path)
    except OSError as error:
        raise EditorError(f"{options.out} cannot be written: {error.strerror or error}.") from error
    return 0
