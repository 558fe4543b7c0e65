"""`face-editor evaluate fidelity`."""

from dataclasses import asdict, dataclass
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import Device, OutputFolder
from editor.cli.evaluate.report import show
from editor.evaluate.product.face_options import FaceOptions
from editor.options import Flag, FolderName, ModelSetName, Positive


@dataclass(frozen=True, kw_only=True)
class Fidelity(FaceOptions):
    """Measure how much of a real face comes back from its code.

    The faces are those in --faces, which are aligned already, or those that are detected in --photos.
    """

    faces: FolderName = None
    """A folder of faces of any size that are aligned as in FFHQ."""
    photos: FolderName = None
    """A folder of photos in which faces are detected first, in place of --faces."""
    refine: Annotated[Positive | None, arg(help_behavior_hint="")] = None
    """Measure also after N steps of latent optimisation."""
    tune: int = 0
    """Steps of pivotal tuning after --refine."""
    kept: Annotated[OutputFolder | None, arg(metavar="DIR", help_behavior_hint="")] = None
    """A folder where improved portraits are cached: a stopped measurement goes on, and fidelity and editability share them."""
    models: ModelSetName = "embedded"
    """The model set."""
    json: Flag = False
    """Print JSON."""
    device: Device = None
    """Where the models run: cpu, cuda or cuda:N."""

    def run(self) -> int:
        """Measure and print."""
        from editor.evaluate.product.fidelity_run import evaluate_fidelity

        steps = (self.refine, self.tune) if self.refine else None
        plain, refined = evaluate_fidelity(self.faces, self.photos, self, self.models, self.device, steps, self.kept)
        values = asdict(plain)
        if refined:
            more = asdict(refined)
            values |= {"refined": more} if self.json else {f"refined {name}": value for name, value in more.items()}
        show(values, self.json)
        return 0
