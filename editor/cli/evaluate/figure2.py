"""`face-editor evaluate figure2`."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.options import ModelSetName


@dataclass(frozen=True, kw_only=True)
class Figure2:
    """Draw Figure 2 of the paper: photos edited in W+ and, beneath, in W*."""

    photos: Annotated[tuple[Path, ...], arg(metavar="PHOTO [PHOTO ...]")]
    """The photos."""
    attributes: Annotated[tuple[str, ...], arg(metavar="NAME [NAME ...]")] = (
        "Eyeglasses",
        "Smiling",
        "Heavy_Makeup",
        "Male",
        "Mustache",
    )
    """The attributes, one edit each."""
    strength: float = 1.0
    """The strength of the edits in calibrated steps, towards the side that a face is not on."""
    refine: int = 0
    """Steps of latent optimisation before the edits."""
    tune: int = 0
    """Steps of pivotal tuning after --refine."""
    models: ModelSetName = "embedded"
    """The model set."""
    out: Annotated[OutputFolder, arg(metavar="DIR")] = Path("results")
    """The folder for the figure."""

    def __post_init__(self) -> None:
        """Refuse an empty list, which the type allows.

        Raises:
            ValueError: there are no photos.
        """
        if not self.photos:
            raise ValueError("--photos: name at least one photo")

    def run(self) -> int:
        """Open, edit and lay out; 1 where a photo had to be left out."""
        from editor.evaluate.claims.figure2_run import draw_figure2

        bad: list[Path] = []
        figures = draw_figure2(
            self.photos, self.attributes, self.strength, (self.refine, self.tune), self.models, self.out, bad
        )
        print(*figures, sep="\n")
        if bad:
            print(f"{len(bad)} of {len(self.photos)} photos are not in the figure: {', '.join(map(str, bad))}", file=sys.stderr)
        return 1 if bad else 0
