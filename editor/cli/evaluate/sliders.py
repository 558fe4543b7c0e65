"""`face-editor evaluate sliders`."""

from dataclasses import asdict, dataclass
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFile
from editor.cli.evaluate.report import show_groups
from editor.evaluate.product.slider_options import SliderOptions
from editor.options import Flag


@dataclass(frozen=True, kw_only=True)
class Sliders(SliderOptions):
    """Measure whether sliders show before they end, and what is left of the face there."""

    sheet: Annotated[OutputFile | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """Save eight generated faces at both ends and half-way as well."""
    json: Flag = False
    """Print JSON."""

    def run(self) -> int:
        """Measure and print."""
        from editor.evaluate.product.sliders_run import evaluate_sliders

        show_groups({name: asdict(found) for name, found in evaluate_sliders(self, self.sheet).items()}, self.json)
        return 0
