"""Train a classifier of attributes: logistic regression on frozen features of labelled photos.

C is chosen on validation people. Then thresholds and standard deviations of the logits are measured on generated faces.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from editor.classify.linear import best_c, fit_linear
from editor.data.labelled_faces import LabelledFaces, load_faces
from editor.devices.precision import autocast
from editor.images import to_signed
from editor.judge.attributes import AttributeClassifier, Features, standardised, thresholds
from editor.spaces import WPlus


@dataclass(frozen=True)
class ClassifierConfig:
    """What defines the fit.

    Attributes:
        validation: share of the training people that C is chosen on.
        generated: number of generated faces that thresholds are measured on.
        seed: of both.
    """

    validation: float = 0.12
    generated: int = 400
    seed: int = 0


def photo_features(features: Features, faces: LabelledFaces, side: int, mirrored: bool = False) -> torch.Tensor:
    """Features [N, D], float32, of photos shrunk to `side` pixels, or of their mirror images.

    >>> photo_features(lambda pictures: pictures.mean((2, 3)), faces, side=8).shape  # mean colours in place of a network
    torch.Size([24, 3])
    """
    pictures = load_faces(faces, side)
    with torch.inference_mode(), autocast(torch.device("cpu")):
        pieces = tqdm(pictures.split(16), desc="classifier's features")
        seen = [features(to_signed(piece.flip(-1) if mirrored else piece)) for piece in pieces]
    return torch.cat(seen).float().clone()


def fit_classifier(
    features: Features, faces: LabelledFaces, views: Sequence[torch.Tensor], config: ClassifierConfig
) -> AttributeClassifier:
    """Fit a classifier: C is chosen on validation people, then all of `faces` are used. Thresholds are 0 and stds 1.

    Args:
        features: the network whose features `views` are.
        views: `photo_features` of the faces as they are, then mirrored; C is chosen on the former.

    >>> features = lambda pictures: pictures.mean((2, 3))  # mean colours in place of a network
    >>> views = [photo_features(features, faces, 8, mirrored) for mirrored in (False, True)]
    >>> classifier = fit_classifier(features, faces, views, ClassifierConfig())
    >>> classifier.attributes, classifier(to_signed(load_faces(faces, 8))).shape
    (('Smiling', 'Young'), torch.Size([24, 2]))
    """
    _, validation_faces = faces.by_person(config.validation, config.seed)
    held_out = torch.from_numpy(np.isin(faces.people, validation_faces.people))
    seen, labels = torch.cat(list(views)), torch.from_numpy(faces.labels)
    mean, std = seen.mean(0), seen.std(0).clamp_min(1e-3)
    standard, all_labels = standardised(seen, mean, std), labels.repeat(len(views), 1)
    inside = (~held_out).repeat(len(views))
    validation = standard[: len(labels)][held_out], labels[held_out]
    c, _ = best_c((standard[inside], all_labels[inside]), validation, (2e-5, 5e-5, 1e-4, 5e-4), "logistic")
    probe = fit_linear(standard, all_labels, c, "logistic")
    prevalence = labels.float().mean(0)
    count = len(prevalence)
    threshold, logit_std = torch.zeros(count), torch.ones(count)
    return AttributeClassifier(
        features, mean, std, probe.weights, probe.intercepts, prevalence, faces.attributes, threshold, logit_std
    )


def on_generated_faces(
    classifier: AttributeClassifier, draw: Callable[[WPlus], torch.Tensor], codes: WPlus
) -> AttributeClassifier:
    """The classifier with thresholds and standard deviations of its logits measured on generated faces.

    Its own threshold, 0, is for photos.

    Args:
        draw: one code [1, 18, 512] -> an image [1, 3, R, R].
        codes: of the faces, [N, 18, 512].

    >>> measured = on_generated_faces(classifier, painter, codes.w_plus)
    >>> logits = classifier(painter(codes.w_plus))
    >>> (logits > measured.threshold).float().mean(0), classifier.prevalence  # as many as have the attribute in photos
    (tensor([0.5000, 0.5000]), tensor([0.5000, 0.5000]))
    """
    pieces = tqdm(codes.split(1), desc="generated faces")
    logits = torch.cat([classifier(draw(WPlus(code)).cpu().clamp(-1, 1)) for code in pieces])
    return replace(classifier, threshold=thresholds(logits, classifier.prevalence), logit_std=logits.std(0))


def area_under_curve(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """AUC of each column, [K]; nan where a column of labels has one class only.

    Args:
        scores: [N, K].
        labels: bool [N, K].

    >>> labels = torch.tensor([[True, True], [False, True], [True, True]])
    >>> area_under_curve(torch.tensor([[0.9, 0.1], [0.2, 0.2], [0.8, 0.3]]), labels).tolist()
    [1.0, nan]
    """
    columns = zip(labels.t(), scores.t(), strict=True)
    return torch.tensor([roc_auc_score(y, s) if y.any() and not y.all() else float("nan") for y, s in columns])
