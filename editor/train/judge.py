"""Train the judge of attributes: a logistic probe on pooled features of labelled photos, its C chosen on people apart."""

from dataclasses import dataclass

import torch
from tqdm import tqdm

from editor.images import to_signed
from editor.judge.attributes import SIDE, AttributeJudge, PooledFeatures
from editor.precision import autocast
from editor.train.linear import best_c
from editor.train.photos import LabelledFaces, load_faces


@dataclass(frozen=True)
class JudgeConfig:
    """What defines the fit: the share of the training people that C is chosen on, by which seed."""

    validation: float = 0.12
    seed: int = 0


def photo_features(features: PooledFeatures, faces: LabelledFaces) -> torch.Tensor:
    """What the probe reads, [N, D]."""
    pictures = load_faces(faces, SIDE)
    with torch.inference_mode(), autocast(torch.device("cpu")):
        pooled = [features(to_signed(piece)) for piece in tqdm(pictures.split(32), desc="judge's features")]
    return torch.cat(pooled).float().clone()


def train_judge(features: PooledFeatures, faces: LabelledFaces, config: JudgeConfig) -> AttributeJudge:
    """Fit the probe."""
    inner, apart = faces.by_person(config.validation, config.seed)
    train, check = photo_features(features, inner), photo_features(features, apart)
    mean, std = train.mean(0), train.std(0).clamp_min(1e-3)
    labels, check_labels = torch.from_numpy(inner.labels), torch.from_numpy(apart.labels)
    _, probe = best_c(((train - mean) / std, labels), ((check - mean) / std, check_labels), (1e-5, 1e-4, 1e-3), "logistic")
    return AttributeJudge(features, mean, std, probe.weights, probe.intercepts, labels.float().mean(0), faces.attributes)


def area_under_curve(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """AUC of each column, [K]: the chance that one with the attribute scores above one without; nan where all are alike.

    Args:
        scores, labels: [N, K].
    """
    ranks = scores.argsort(0).argsort(0).double() + 1
    have, lack = labels.sum(0).double(), (~labels).sum(0).double()
    return (((ranks * labels).sum(0) - have * (have + 1) / 2) / (have * lack)).float()
