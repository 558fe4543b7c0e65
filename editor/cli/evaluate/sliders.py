"""`face-editor evaluate sliders`."""

import json
from dataclasses import asdict, dataclass
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFile
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

        result = {name: asdict(found) for name, found in evaluate_sliders(self, self.sheet).items()}
        if self.json:
            print(json.dumps(result, indent=2))
            return 0
        for name, values in result.items():
            measures = "  ".join(f"{measure} {value:.2f}" for measure, value in values.items() if isinstance(value, float))
            print(f"{name:20} n={values['n']:<5}{measures}")
        return 0
