"""`face-editor prepare ffhq --photos DIR --labels CSV`: a flow and directions for a set's own encoder."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from editor.cli.arguments import Device
from editor.errors import SettingError
from editor.options import Flag, ModelSetName, Positive


@dataclasses.dataclass(frozen=True, kw_only=True)
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
    people: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """A CSV with the columns id and person, so that no person is on both sides of a split."""
    aligned: Flag = False
    """The photos are aligned as in FFHQ already, so no faces are detected."""
    epochs: Annotated[Positive | None, arg(help_behavior_hint="(default: as for the shipped flow)")] = None
    """How many epochs the flow is trained for."""
    device: Device = None
    """Where the networks run: cpu, cuda or cuda:N."""

    def run(self) -> int:
        """Prepare, and say what came of it."""
        from editor.align import FaceFinder
        from editor.data.encoding import CodeReader
        from editor.data.folder import read_folder
        from editor.device import chosen_device
        from editor.encode.face import FaceEncoder
        from editor.files import check_folder, check_space
        from editor.generate.runtimes import best_runtime
        from editor.judge.backbone import open_training_classifier
        from editor.models import load_networks, model_set, prepared_files
        from editor.train.flow.recipes import RECIPES
        from editor.train.prepare import Preparation, prepare, summary
        from editor.weights import WeightStore

        store, entries = WeightStore(), model_set(self.models)
        if entries.flow:
            raise SettingError(f"{self.models} has its flow and directions already. Those to prepare: ffhq.")
        flow, _ = prepared_files(self.models, store)
        check_folder(flow.parent)
        device = chosen_device(self.device)
        folder = read_folder(self.photos, self.labels, self.people)
        check_space(flow.parent, folder.size)
        networks = load_networks(entries, store).to(device)
        recipe = RECIPES["editing"]
        how = Preparation(
            reader=CodeReader(FaceFinder(device), FaceEncoder(networks.encoder, device)),
            draw=best_runtime(networks.preview, device),
            judge=open_training_classifier(store),
            encoder=store.entries[entries.encoder].sha256,
            framed=self.aligned,
            flow=dataclasses.replace(recipe, epochs=self.epochs or recipe.epochs),
        )
        print(f"Preparing {self.models} in {flow.parent}; it can be stopped and goes on where it was.", flush=True)
        directions, heldout, skipped = prepare(folder, flow.parent, how)
        for photo, reason in skipped.items():
            print(f"passed over {photo}: {reason}", file=sys.stderr)
        print(json.dumps(summary(directions, heldout), indent=2))
        print(f"{self.models} is ready: face-editor --models {self.models}")
        return 0
