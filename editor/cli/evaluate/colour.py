"""`face-editor evaluate colour`."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.evaluate.report import show_groups
from editor.evaluate.product.face_options import FaceOptions
from editor.options import Flag


@dataclass(frozen=True, kw_only=True)
class Colour(FaceOptions):
    """Measure whether reconstructions keep the colours of skin, hair, irises and mouth."""

    faces: Annotated[Path, arg(metavar="DIR")]
    """A folder of faces of any size that are aligned as in FFHQ."""
    refine: int = 20
    """Steps of latent optimisation. The page takes 20 before it shows a face."""
    tune: int = 0
    """Steps of pivotal tuning after --refine."""
    json: Flag = False
    """Print JSON."""

    def run(self) -> int:
        """Measure and print."""
        from editor.evaluate.product.colour_run import evaluate_colour

        found = evaluate_colour(self.faces, self, self.refine, self.tune)
        groups = {f"{stage} {place}": asdict(each) for stage, places in found.items() for place, each in places.items()}
        show_groups(groups, self.json)
        return 0
