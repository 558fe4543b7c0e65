"""Train the judge of attributes: a logistic probe on frozen features of labelled photos, its C chosen on validation people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from tqdm import tqdm

from editor.classify.linear import best_c, fit_linear
from editor.data.photos import LabelledFaces, load_faces
from editor.devices.precision import autocast
from editor.images import to_signed
from editor.judge.attributes import AttributeClassifier, standardised, thresholds
from editor.spaces import WPlus


@dataclass(frozen=True)
class JudgeConfig:
    """What defines the fit.

    Attributes:
        validation: share of the training people that C is chosen on.
        drawn: faces that the generator draws to put the judge's lines among.
        seed: of both.
    """

    validation: float = 0.12
    drawn: int = 400
    seed: int = 0


def photo_features(features: nn.Module, faces: LabelledFaces, side: int, mirrored: bool = False) -> torch.Tensor:
    """What a judge sees in photos shrunk to `side`, or in their mirror images, [N, D]."""
    pictures = load_faces(faces, side)
    with torch.inference_mode(), autocast(torch.device("cpu")):
        pieces = tqdm(pictures.split(16), desc="judge's features")
        seen = [features(to_signed(piece.flip(-1) if mirrored else piece)) for piece in pieces]
    return torch.cat(seen).float().clone()


def train_judge(
    features: nn.Module, faces: LabelledFaces, views: Sequence[torch.Tensor], config: JudgeConfig
) -> AttributeClassifier:
    """Fit the probe: C chosen on validation people, then all of `faces`.

    Args:
        views: `photo_features` of the faces as they are, then mirrored, for more to learn from; C is chosen on the former.
    """
    _, checked = faces.by_person(config.validation, config.seed)
    aside = torch.from_numpy(np.isin(faces.people, checked.people))
    seen, labels = torch.cat(list(views)), torch.from_numpy(faces.labels)
    mean, std = seen.mean(0), seen.std(0).clamp_min(1e-3)
    numbers, all_labels = standardised(seen, mean, std), labels.repeat(len(views), 1)
    inside = (~aside).repeat(len(views))
    validation = numbers[: len(labels)][aside], labels[aside]
    c, _ = best_c((numbers[inside], all_labels[inside]), validation, (2e-5, 5e-5, 1e-4, 5e-4), "logistic")
    probe = fit_linear(numbers, all_labels, c, "logistic")
    prevalence = labels.float().mean(0)
    count = len(prevalence)
    line, deviation = torch.zeros(count), torch.ones(count)
    return AttributeClassifier(
        features, mean, std, probe.weights, probe.intercepts, prevalence, faces.attributes, line, deviation
    )


def on_drawn_faces(judge: AttributeClassifier, draw: Callable[[WPlus], torch.Tensor], codes: WPlus) -> AttributeClassifier:
    """The judge with its lines and deviations measured on faces that a generator draws: its own zero is for photos.

    Args:
        draw: one code [1, 18, 512] -> an image [1, 3, R, R].
        codes: of the faces, [N, 18, 512].
    """
    pieces = tqdm(codes.split(1), desc="drawn faces")
    logits = torch.cat([judge(draw(WPlus(code)).cpu().clamp(-1, 1)) for code in pieces])
    return replace(judge, threshold=thresholds(logits, judge.prevalence), logit_std=logits.std(0))


def area_under_curve(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """AUC of each column, [K]: the chance that one with the attribute scores above one without; nan where all are alike.

    Args:
        scores, labels: [N, K].
    """
    columns = zip(labels.t(), scores.t(), strict=True)
    return torch.tensor([roc_auc_score(y, s) if y.any() and not y.all() else float("nan") for y, s in columns])
