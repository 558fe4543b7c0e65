"""`face-editor train directions`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.data.code_options import CodeOptions
from editor.options import FileName, Positive


@dataclass(frozen=True)
class Directions:
    """Fit the directions of the sliders, in W+ and in W*.

    Writes directions.safetensors and report.json into the folder of the run.
    """

    source: CodeOptions = field(default_factory=CodeOptions)
    flow: FileName = None
    """The flow to fit in. The default is the shipped one."""
    recipe: Literal["paper", "pictures"] = "pictures"
    """Take the SVMs' normals (paper), or correct those of W* by how pictures respond to small moves (pictures)."""
    c: Annotated[float | None, arg(help_behavior_hint="(default: the best on validation people)")] = None
    """C of the SVMs in both spaces. scikit-learn's default is 1."""
    unit: Annotated[float | None, arg(help_behavior_hint="(default: calibrated by what it changes)")] = None
    """One unit of every slider in both spaces, in standard deviations of codes."""
    faces: Positive = 400
    """The number of faces whose pictures respond, for the recipe pictures."""
    kept: Annotated[OutputFolder, arg(metavar="DIR")] = Path("runs/responses")
    """The folder where responses are cached: 4.6 GB for 400 faces."""
    seed: int = 0
    """Seed of everything random."""
    folder: Annotated[OutputFolder, arg(name="run", metavar="DIR")] = Path("runs/directions")
    """The folder of the run."""

    def run(self) -> int:
        """Fit, and print the report."""
        from editor.train.directions.fit import DirectionsConfig
        from editor.train.directions.responses import ResponsesConfig
        from editor.train.directions.run import train_directions

        responses = None if self.recipe == "paper" else (ResponsesConfig(faces=self.faces, seed=self.seed), self.kept)
        report = train_directions(
            self.source, DirectionsConfig(seed=self.seed, c=self.c, unit=self.unit), self.folder, self.flow, responses
        )
        print(json.dumps(report, indent=2))
        return 0
