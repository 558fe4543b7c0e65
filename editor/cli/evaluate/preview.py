"""`face-editor evaluate preview`."""

from dataclasses import asdict, dataclass

from editor.cli.evaluate.report import show
from editor.options import FileName, Flag, Positive


@dataclass(frozen=True)
class Preview:
    """Measure how near the preview is to the full image, and how fast it is."""

    resolution: Positive = 256
    """Side of the preview's image in pixels."""
    weights: FileName = None
    """The preview's weights. The default is the shipped ones."""
    codes: Positive = 64
    """The number of generated faces."""
    seed: int = 1
    """Seed of the generated faces."""
    json: Flag = False
    """Print JSON."""

    def run(self) -> int:
        """Measure and print."""
        from editor.evaluate.product.preview_run import evaluate_preview

        show(asdict(evaluate_preview(self.weights, self.resolution, self.codes, self.seed)), self.json)
        return 0
