"""`face-editor edit photo.jpg --set Smiling=1.5 --out out/`: one photo, edited in W+, in W* or in both."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated, Literal

from tqdm import tqdm
from tyro.conf import Positional, UseAppendAction, arg

import editor
from editor.cli.arguments import Device
from editor.cli.pictures import check_pictures, edited, save_or_tell
from editor.errors import SettingError
from editor.options import Flag, ModelOptions, Positive

Settings = Annotated[UseAppendAction[tuple[str, ...]], arg(name="set", metavar="NAME=STRENGTH")]
"""The option `--set`, once for each attribute."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Edit(ModelOptions):
    """Edit a face in a photo.

    Writes four PNGs: the aligned face, its reconstruction, and the edit in W+ and in W*.
    """

    photo: Positional[Annotated[Path, arg(metavar="PHOTO")]]
    """The photo."""
    settings: Settings = ()
    """An attribute and a signed strength, such as Smiling=1.5. Repeat the option for more attributes."""
    attributes: Annotated[UseAppendAction[tuple[Path, ...]], arg(name="attribute", metavar="FILE")] = ()
    """An attribute of your own, as `face-editor attribute` wrote it. Repeat the option for more."""
    space: Literal["w_plus", "w_star", "both"] = "both"
    """The space to edit in."""
    local: bool = True
    """Local edits: change only the regions of the image where the attributes lie."""
    preserve: Flag = False
    """Preserve other attributes: measure what else each edit changes on this face, and take that back in W* (seconds)."""
    face: Positive = 1
    """Which face of the photo to edit. 1 is the largest."""
    refine: int = 0
    """Steps of latent optimisation, which brings the reconstruction closer to the photo. About 60 are enough."""
    tune: int = 0
    """Steps of pivotal tuning, which fits the generator to the photo, after --refine."""
    out: Annotated[Path, arg(metavar="DIR")] = Path("out")
    """The folder for the PNGs. Those of another face are not overwritten."""
    changes: Flag = False
    """Print as JSON what each edit changed, as measured by the evaluation classifier."""
    device: Device = None
    """Where the models run: cpu, cuda or cuda:N."""

    def run(self) -> int:
        """Write the face, its reconstruction and the edits; then print what was changed, if asked, and where the PNGs are."""
        from editor.images import read_photo
        from editor.spaces import SPACES

        strengths = parse_settings(self.settings)
        spaces = SPACES if self.space == "both" else (self.space,)
        photo = read_photo(self.photo)  # before the models: a wrong path should not take seconds to be told
        check_pictures(self.out, self.photo.stem, spaces)
        loaded = editor.Editor.load(self.models, self.device, generator=self.generator)
        if self.attributes:
            loaded = loaded.with_attributes(self.attributes)
        loaded.check(strengths)
        portrait = loaded.open(photo, self.face - 1)
        print(*filter(None, (loaded.notice, *photo.notes, portrait.quality.sentence)), sep="\n", file=sys.stderr)
        for improve, steps in (("refine", self.refine), ("tune", self.tune)):
            if steps:
                with tqdm(total=steps, desc=improve) as bar:
                    portrait = getattr(loaded, improve)(portrait, steps, lambda step, _, bar=bar: bar.update(step - bar.n))
                print(portrait.quality.sentence, file=sys.stderr)
        if self.preserve:
            moved = [name for name, strength in strengths.items() if strength]
            with tqdm(total=len(moved), desc="measuring what else changes") as bar:
                portrait = loaded.preserve(portrait, moved, lambda step, _: bar.update(step - bar.n))
        rendering = loaded.render(portrait, strengths, spaces, local=self.local)
        pictures = {"face": portrait.face.image, "reconstruction": portrait.reconstruction}
        pictures |= {edited(space): rendering.images[space] for space in spaces}
        paths = save_or_tell(pictures, self.out, self.photo.stem)  # before the changes are measured: these were asked for
        if self.changes:
            found = loaded.changes(portrait, rendering)
            changes = {space: dataclasses.asdict(each) | {"leakage": each.leakage} for space, each in found.items()}
            print(json.dumps(changes, indent=2))
        print(*paths, sep="\n")
        return 0


def parse_settings(settings: tuple[str, ...]) -> dict[str, float]:
    """("Smiling=1.5", ...) -> {"Smiling": 1.5, ...}.

    Raises:
        SettingError: one is not NAME=NUMBER, or a name is given twice.

    >>> parse_settings(("Smiling=1.5", "Young=-1"))
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
