"""`face-editor train judge`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.options import Flag


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Train a classifier of attributes, on labelled photos.

    Writes judge.safetensors (or tutor.safetensors) and report.json into the folder of the run.
    """

    data: Annotated[Path, arg(metavar="DIR")]
    """Labelled faces: a folder with img/, attributes.csv and split.csv."""
    tutor: Flag = False
    """Train the training classifier, which is smaller, in place of the evaluation classifier."""
    seed: int = 0
    """Seed of everything random."""
    folder: Annotated[OutputFolder, arg(name="run", metavar="DIR")] = Path("runs/judge")
    """The folder of the run."""

    def run(self) -> int:
        """Fit the classifier, and print the report."""
        from editor.train.judge.run import train_classifier
        from editor.train.judge.training import JudgeConfig

        print(json.dumps(train_classifier(JudgeConfig(seed=self.seed), self.folder, self.data, self.tutor), indent=2))
        return 0
