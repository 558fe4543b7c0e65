"""`face-editor evaluate live`."""

from dataclasses import asdict, dataclass
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFile
from editor.cli.evaluate.report import show
from editor.options import Flag, Positive


@dataclass(frozen=True)
class Live:
    """Measure how near the image is that is shown while a slider moves."""

    codes: Positive = 16
    """The number of generated faces to move."""
    seed: int = 1
    """Seed of the generated faces."""
    sheet: Annotated[OutputFile | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """Save the first eight faces side by side as well: at rest, full, live."""
    json: Flag = False
    """Print JSON."""

    def run(self) -> int:
        """Measure and print."""
        from editor.evaluate.product.live_run import evaluate_live

        show(asdict(evaluate_live(self.codes, self.seed, self.sheet)), self.json)
        return 0
