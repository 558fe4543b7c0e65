"""`face-editor prepare ffhq --photos DIR --labels CSV`: a flow and directions for a set's own encoder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from editor.cli.arguments import Device
from editor.options import FileName, Flag, ModelSetName, Positive


@dataclass(frozen=True, kw_only=True)
class Prepare:
    """Train a flow and directions for the codes of another encoder.

    The model set is then ready for the app. A stopped preparation goes on where it was.
    """

    models: Positional[Annotated[ModelSetName, arg(metavar="MODELS")]]
    """The model set to prepare: ffhq."""
    photos: Annotated[Path, arg(metavar="DIR")]
    """A folder of photos, thousands of them."""
    labels: Annotated[Path, arg(metavar="FILE")]
    """Their labels: a CSV, or CelebA's list_attr_celeba.txt."""
    people: FileName = None
    """A CSV with the columns id and person, so that no person is on both sides of a split."""
    aligned: Flag = False
    """The photos are aligned as in FFHQ already, so no faces are detected."""
    epochs: Annotated[Positive | None, arg(help_behavior_hint="(default: as for the shipped flow)")] = None
    """How many epochs the flow is trained for."""
    device: Device = None
    """Where the networks run: cpu, cuda or cuda:N."""

    def run(self) -> int:
        """Prepare, and say what came of it."""
        from editor.devices.choice import chosen_device
        from editor.train.prepare_run import prepare_models
        from editor.weights import WeightStore

        device, store = chosen_device(self.device), WeightStore()
        reached = prepare_models(self.models, self.photos, self.labels, self.people, self.aligned, self.epochs, device, store)
        print(json.dumps(reached, indent=2))
        print(f"{self.models} is ready: face-editor --models {self.models}")
        return 0
