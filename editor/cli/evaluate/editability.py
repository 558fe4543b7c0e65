"""`face-editor evaluate editability`."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.cli.evaluate.report import show_groups
from editor.evaluate.product.face_options import FaceOptions
from editor.options import Flag, Positive


@dataclass(frozen=True, kw_only=True)
class Editability(FaceOptions):
    """Measure how often one unit of a slider changes what the evaluation classifier sees."""

    faces: Annotated[Path, arg(metavar="DIR")]
    """A folder of faces of any size that are aligned as in FFHQ."""
    refine: int = 0
    """Measure also after N steps of latent optimisation."""
    tune: int = 0
    """Measure also after N steps of pivotal tuning, which follow --refine."""
    kept: Annotated[OutputFolder | None, arg(metavar="DIR", help_behavior_hint="")] = None
    """A folder where improved portraits are cached: a stopped measurement goes on, and fidelity and editability share them."""
    generated: Positive = 200
    """The number of generated faces that the classifier's thresholds are measured on."""
    seed: int = 1
    """Seed of the generated faces."""
    json: Flag = False
    """Print JSON."""

    def run(self) -> int:
        """Measure and print."""
        from editor.evaluate.product.editability_run import evaluate_editability

        groups = evaluate_editability(self.faces, self, self.generated, self.seed, self.refine, self.tune, self.kept)
        show_groups({name: asdict(group) for name, group in groups.items()}, self.json)
        return 0
