"""One training of a classifier of attributes, from its options to the written file and its report."""

from pathlib import Path
from typing import Any

import torch

from editor.data.generated import unseen_codes, w_statistics
from editor.data.labelled_faces import read_labelled_faces
from editor.generate.mobile import read_mapping, read_synthesis
from editor.generate.runtimes import best_runtime
from editor.generate.trunk import whole_generator
from editor.judge.attributes import write_classifier
from editor.judge.backbone import QUICK_SIDE, WIDE_SIDE, quick_features, wide_features
from editor.train.classifier.training import (
    ClassifierConfig,
    area_under_curve,
    fit_classifier,
    on_generated_faces,
    photo_features,
)
from editor.train.report import write_report
from editor.weights import WeightStore


def train_classifier(config: ClassifierConfig, folder: Path, data: Path, quick: bool) -> dict[str, Any]:
    """Fit a classifier, measure it on people held out (test), and write both.

    Args:
        folder: of the run.
        data: labelled faces.
        quick: whether it is the training classifier, which is smaller, or the evaluation classifier.

    Returns:
        The report: AUC by attribute.
    """
    store, side = WeightStore(), QUICK_SIDE if quick else WIDE_SIDE
    features = (quick_features if quick else wide_features)(store)
    faces, test = (read_labelled_faces(data, split) for split in ("train", "test"))
    views = [photo_features(features, faces, side, mirrored) for mirrored in (False, True)]
    classifier = fit_classifier(features, faces, views, config)
    generator = store.path("mobilestylegan-ffhq")
    mapping, runtime = read_mapping(generator), best_runtime(whole_generator(read_synthesis(generator)), torch.device("cpu"))
    generated = unseen_codes(mapping, w_statistics(mapping).mean, config.generated, config.seed)
    classifier = on_generated_faces(classifier, runtime, generated)
    folder.mkdir(parents=True, exist_ok=True)
    write_classifier(classifier, folder / ("training-classifier.safetensors" if quick else "evaluation-classifier.safetensors"))
    auc = area_under_curve(classifier.score(photo_features(features, test, side)), torch.from_numpy(test.labels))
    by_name = {name: round(value, 4) for name, value in zip(classifier.attributes, auc.tolist(), strict=True)}
    return write_report(folder, {"n": len(test), "auc_mean": auc.nanmean().item(), "auc": by_name})
