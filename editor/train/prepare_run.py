"""One preparation of a model set, from its options to its files."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from editor.align import FaceFinder
from editor.data.encoding import CodeReader
from editor.data.labelled_folder import read_folder
from editor.encode.face import FaceEncoder
from editor.errors import SettingError
from editor.files.writing import check_folder, check_space
from editor.generate.runtimes import best_runtime
from editor.judge.backbone import open_training_classifier
from editor.models import load_networks, model_set, prepared_files
from editor.train.flow.recipes import RECIPES
from editor.train.prepare import Preparation, prepare, summary
from editor.weights import WeightStore


def prepare_models(
    models: str,
    photos: Path,
    labels: Path,
    people: Path | None,
    aligned: bool,
    epochs: int | None,
    device: torch.device,
    store: WeightStore,
) -> dict[str, Any]:
    """Train a flow and directions for the codes of a model set's encoder; photos that are passed over are named on stderr.

    Args:
        photos: a folder.
        labels, people: tables; without `people`, every photo is a person of its own.
        aligned: the photos are aligned as in FFHQ already.
        epochs: of the flow; None: the recipe's.

    Returns:
        What was reached on people held out (test).

    Raises:
        SettingError: the set has its flow already, no photo could be encoded, or an attribute has one class only.
    """
    entries = model_set(models)
    if entries.flow:
        raise SettingError(f"{models} has its flow and directions already. Those to prepare: ffhq.")
    to = prepared_files(models, store)[0].parent
    check_folder(to)
    folder = read_folder(photos, labels, people)
    check_space(to, folder.size)
    networks, recipe = load_networks(entries, store).to(device), RECIPES["editing"]
    how = Preparation(
        reader=CodeReader(FaceFinder(device), FaceEncoder(networks.encoder, device), aligned),
        draw=best_runtime(networks.preview, device),
        classifier=open_training_classifier(store),
        encoder=store.entries[entries.encoder].sha256,
        aligned=aligned,
        flow=replace(recipe, epochs=epochs or recipe.epochs),
    )
    print(f"Preparing {models} in {to}. It can be stopped, and goes on where it was.", flush=True)
    directions, test, skipped = prepare(folder, to, how)
    for photo, reason in skipped.items():
        print(f"passed over {photo}: {reason}", file=sys.stderr)
    return summary(directions, test)
