"""Which sliders are measured, and on which faces."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.evaluate.product.face_options import FaceOptions
from editor.options import FileName, Positive


@dataclass(frozen=True, kw_only=True)
class SliderOptions(FaceOptions):
    """Which sliders, faces and directions."""

    faces: Annotated[Path, arg(metavar="DIR")]
    """A folder of faces of any size that are aligned as in FFHQ."""
    attributes: tuple[str, ...] = ()
    """The sliders. The default is the dozen that are shown first."""
    refine: Positive = 20
    """Steps of latent optimisation. The page takes 20 before it shows a face."""
    directions: FileName = None
    """A file of directions. The default is the shipped one."""
    seed: int = 1
    """Seed of the generated faces."""
