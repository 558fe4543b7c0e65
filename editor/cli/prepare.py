"""`python -m editor prepare ffhq --photos DIR --labels CSV`: a flow and directions for a set's own encoder."""

import argparse
import json
import sys
from pathlib import Path

from editor.cli.numbers import positive
from editor.errors import SettingError


def add(commands: argparse._SubParsersAction) -> None:
    """Add `prepare`."""
    prepare = commands.add_parser("prepare", help="train a flow and directions for the codes of ffhq's encoder")
    prepare.add_argument("models", help="model set: ffhq")
    prepare.add_argument("--photos", type=Path, required=True, help="a folder of photos, thousands of them")
    prepare.add_argument("--labels", type=Path, required=True, help="CSV, or CelebA's list_attr_celeba.txt")
    prepare.add_argument("--people", type=Path, help="CSV with id and person, so that no person is on both sides of a split")
    prepare.add_argument("--framed", action="store_true", help="the photos are framed as FFHQ frames faces already")
    prepare.add_argument("--epochs", type=positive, help="of the flow's training")
    prepare.add_argument("--device", help="cpu, cuda or cuda:N; by default CUDA where there is one")
    prepare.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it, and say what came of it."""
    import dataclasses

    from editor.data.folder import read_folder
    from editor.device import chosen_device
    from editor.files import check_folder, check_space
    from editor.generate.runtimes import best_runtime
    from editor.judge.backbone import open_training_classifier
    from editor.models import load_networks, model_set, prepared_files
    from editor.reader import FaceReader
    from editor.train.flow.recipes import RECIPES
    from editor.train.prepare import Preparation, prepare, summary
    from editor.weights import Gate

    gate, cards = Gate(), model_set(options.models)
    if cards.flow:
        raise SettingError(f"{options.models} has its flow and directions already. Those to prepare: ffhq.")
    flow, _ = prepared_files(options.models, gate)
    check_folder(flow.parent)
    device = chosen_device(options.device)
    folder = read_folder(options.photos, options.labels, options.people)
    check_space(flow.parent, folder.size)
    networks = load_networks(cards, gate).to(device)
    recipe = RECIPES["editing"]
    how = Preparation(
        reader=FaceReader(networks, device),
        draw=best_runtime(networks.preview, device),
        judge=open_training_classifier(gate),
        encoder=gate.cards[cards.encoder].sha256,
        framed=options.framed,
        flow=dataclasses.replace(recipe, epochs=options.epochs or recipe.epochs),
    )
    print(f"Preparing {options.models} in {flow.parent}; it can be stopped and goes on where it was.", flush=True)
    directions, heldout, skipped = prepare(folder, flow.parent, how)
    for photo, reason in skipped.items():
        print(f"passed over {photo}: {reason}", file=sys.stderr)
    print(json.dumps(summary(directions, heldout), indent=2))
    print(f"{options.models} is ready: make app MODELS={options.models}")
    return 0
