"""One training of a classifier of attributes, from its options to the written file and its report."""

from pathlib import Path
from typing import Any

import torch

from editor.data.fingerprint import hash_of_data
from editor.data.generated import unseen_codes, w_statistics
from editor.data.labelled_faces import LabelledFaces, load_faces, read_labelled_faces
from editor.generate.mobile import read_mapping, read_synthesis
from editor.generate.runtimes import best_runtime
from editor.generate.trunk import whole_generator
from editor.judge.attributes import AttributeClassifier, Features, write_classifier
from editor.judge.backbone import (
    QUICK_SIDE,
    WIDE_SIDE,
    QuickFeatures,
    read_backbone,
    wide_features,
    write_training_classifier,
)
from editor.train.classifier.training import (
    ClassifierConfig,
    area_under_curve,
    fit_classifier,
    on_generated_faces,
    photo_features,
)
from editor.train.classifier.tuning import Photos, TuningConfig, tune
from editor.train.history import Run
from editor.train.report import write_report
from editor.weights import WeightStore


def train_evaluation_classifier(config: ClassifierConfig, folder: Path, data: Path) -> dict[str, Any]:
    """Fit the evaluation classifier, measure it on people held out (test), and write both.

    Args:
        folder: of the run.
        data: labelled faces.

    Returns:
        The report: AUC by attribute.
    """
    store = WeightStore()
    features, faces = wide_features(store), read_labelled_faces(data, "train")
    classifier = _measured(_fitted(features, faces, WIDE_SIDE, config), config, store)
    folder.mkdir(parents=True, exist_ok=True)
    write_classifier(classifier, folder / "evaluation-classifier.safetensors")
    return write_report(folder, _aucs(classifier, read_labelled_faces(data, "test"), WIDE_SIDE))


def train_training_classifier(config: ClassifierConfig, tuning: TuningConfig, folder: Path, data: Path) -> dict[str, Any]:
    """Fit the training classifier's probe and train its network, measure it on people held out (test), and write both.

    Nothing is fitted to validation people; C, and the epochs where somebody looks at the curve, are chosen on them.

    Args:
        folder: of the run. A run that was stopped goes on from its last checkpoint.
        data: labelled faces.

    Returns:
        The report: AUC by attribute.
    """
    store, run = WeightStore(), Run(folder, tuning, data=hash_of_data(data))
    inside, validation = read_labelled_faces(data, "train").by_person(config.validation, config.seed)
    backbone = read_backbone(store)
    start = _fitted(QuickFeatures(backbone), inside, QUICK_SIDE, config)
    parts = [Photos(load_faces(some, QUICK_SIDE), torch.from_numpy(some.labels)) for some in (inside, validation)]
    classifier = _measured(tune(start, parts[0], parts[1], tuning, run), config, store)
    write_training_classifier(classifier, folder / "training-classifier.safetensors")
    return write_report(folder, _aucs(classifier, read_labelled_faces(data, "test"), QUICK_SIDE))


def _fitted(features: Features, faces: LabelledFaces, side: int, config: ClassifierConfig) -> AttributeClassifier:
    """A probe on features of photos as they are and of their mirror images."""
    views = [photo_features(features, faces, side, mirrored) for mirrored in (False, True)]
    return fit_classifier(features, faces, views, config)


def _measured(classifier: AttributeClassifier, config: ClassifierConfig, store: WeightStore) -> AttributeClassifier:
    """The classifier with thresholds and standard deviations on generated faces."""
    generator = store.path("mobilestylegan-ffhq")
    mapping, runtime = read_mapping(generator), best_runtime(whole_generator(read_synthesis(generator)), torch.device("cpu"))
    generated = unseen_codes(mapping, w_statistics(mapping).mean, config.generated, config.seed)
    return on_generated_faces(classifier, runtime, generated)


def _aucs(classifier: AttributeClassifier, test: LabelledFaces, side: int) -> dict[str, Any]:
    found = area_under_curve(classifier.score(photo_features(classifier.features, test, side)), torch.from_numpy(test.labels))
    by_name = {name: round(value, 4) for name, value in zip(classifier.attributes, found.tolist(), strict=True)}
    return {"n": len(test), "auc_mean": found.nanmean().item(), "auc": by_name}
