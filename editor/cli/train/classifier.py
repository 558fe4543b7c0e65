"""`face-editor train classifier`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.options import Flag


@dataclass(frozen=True, kw_only=True)
class Classifier:
    """Train a classifier of attributes, on labelled photos.

    Writes evaluation-classifier.safetensors, or training-classifier.safetensors, and report.json into the folder of the run.
    """

    data: Annotated[Path, arg(metavar="DIR")]
    """Labelled faces: a folder with img/, attributes.csv and split.csv."""
    training: Flag = False
    """Train the quick training classifier, which steers preserving, in place of the evaluation classifier. Its network learns
    too; a run that was stopped goes on."""
    epochs: int = 8
    """Passes of the training classifier's network over the photos."""
    seed: int = 0
    """Seed of everything random."""
    folder: Annotated[OutputFolder, arg(name="run", metavar="DIR")] = Path("runs/classifier")
    """The folder of the run."""

    def run(self) -> int:
        """Fit the classifier, and print the report."""
        from editor.train.classifier.run import train_evaluation_classifier, train_training_classifier
        from editor.train.classifier.training import ClassifierConfig
        from editor.train.classifier.tuning import TuningConfig

        config = ClassifierConfig(seed=self.seed)
        if self.training:
            report = train_training_classifier(config, TuningConfig(self.epochs, seed=self.seed), self.folder, self.data)
        else:
            report = train_evaluation_classifier(config, self.folder, self.data)
        print(json.dumps(report, indent=2))
        return 0
