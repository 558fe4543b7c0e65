"""Soft labels for T, from photos to codes: knowledge distillation (Hinton, Vinyals and Dean, 2015).

A label is one person's yes or no. A photo holds more than that, and a probe on its features says how much:

    p_i = sigmoid(INVERSE_TEMPERATURE z_i)      z_i the probe's logits, mean over the photo and its mirror image

Labels are out of fold: people are put into folds, and the probe that labels a fold was fitted on the other folds. Validation
people are in no fold. All probes label them, and none was fitted on them. T also sees views: codes of the same faces mirrored,
or a little misaligned and in another light, so that it does not learn the encoder's noise. Only training people take part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from tqdm import tqdm

from editor.classify.linear import fit_linear
from editor.data.degrade import Degrade
from editor.data.labelled_faces import LabelledFaces, load_faces
from editor.errors import SettingError
from editor.images import to_signed
from editor.judge.attributes import standardised
from editor.spaces import WPlus

VALIDATION = -1
"""The fold of validation people: no probe is fitted on it."""
INVERSE_TEMPERATURE = 0.8
"""Makes probabilities less extreme. On validation people, 0.7 to 1 serve equally well."""


@dataclass(frozen=True)
class DistillationConfig:
    """What defines soft labels and views.

    Attributes:
        folds: number of folds, and of probes.
        c: of the probes; the evaluation classifier's.
        perturbed: number of views besides the mirrored one.
        perturbation: strength of `Perturbed`; 1 is what generated faces are degraded by.
        seed: of folds and views.
    """

    folds: int = 5
    c: float = 1e-4
    perturbed: int = 3
    perturbation: float = 0.5
    seed: int = 0


def out_of_fold_labels(
    features: Sequence[torch.Tensor],
    labels: torch.Tensor,
    people: torch.Tensor,
    validation: torch.Tensor,
    config: DistillationConfig = DistillationConfig(),
) -> torch.Tensor:
    """Probabilities [N, K] of every face's attributes, by probes that were fitted on other people.

    Args:
        features: [N, D] of each picture of the faces: as they are, mirrored.
        labels: bool [N, K].
        people: [N], an integer for each person.
        validation: the people that T is validated on; no probe is fitted on them.

    Raises:
        SettingError: everybody in the other folds, or nobody, has some attribute.

    >>> features = codes.w_plus.flatten(1)  # in place of a network's
    >>> soft = out_of_fold_labels([features, features], codes.labels, codes.people, torch.tensor([0, 1]))
    >>> soft.shape, bool((soft > 0).all() and (soft < 1).all())
    (torch.Size([60, 2]), True)
    """
    fold = _folds(people, validation, config)
    logits = torch.zeros(labels.shape)
    for k in tqdm(range(config.folds), desc="soft labels"):
        fitting, unseen = (fold != k) & (fold != VALIDATION), (fold == k) | (fold == VALIDATION)
        if not (labels[fitting].any(0) & ~labels[fitting].all(0)).all():
            raise SettingError(
                "Too few people have one of the attributes, or lack it, for soft labels. Leave it out of the table."
            )
        seen = torch.cat([part[fitting].float() for part in features])
        mean, std = seen.mean(0), seen.std(0).clamp_min(1e-3)
        probe = fit_linear(standardised(seen, mean, std), labels[fitting].repeat(len(features), 1), config.c, "logistic")
        logits[unseen] += torch.stack([probe(standardised(part[unseen].float(), mean, std)) for part in features]).mean(0)
    logits[fold == VALIDATION] /= config.folds
    return (INVERSE_TEMPERATURE * logits).sigmoid()


def _folds(people: torch.Tensor, validation: torch.Tensor, config: DistillationConfig) -> torch.Tensor:
    """Each face's fold, [N]."""
    who, of_face = people.unique(return_inverse=True)
    fold_of = torch.full((len(who),), VALIDATION)
    learners = (~torch.isin(who, validation)).nonzero().flatten()
    order = torch.randperm(len(learners), generator=torch.Generator().manual_seed(config.seed))
    fold_of[learners] = order % config.folds
    return fold_of[of_face]


def coded_views(
    encode: Callable[[torch.Tensor], WPlus],
    resolution: int,
    faces: LabelledFaces,
    config: DistillationConfig = DistillationConfig(),
) -> torch.Tensor:
    """Codes [N, 1 + config.perturbed, 18, 512], float16, of the faces mirrored, and perturbed.

    Args:
        encode: faces [B, 3, R, R] in [-1, 1] -> their codes, [B, 18, 512].
        resolution: R, in pixels.

    >>> from editor.encode import CompactConfig, CompactEncoder
    >>> encoder = CompactEncoder(CompactConfig(widths=(8, 8, 8, 8, 16), depth=1, pyramid=8, summary=2)).eval()
    >>> coded_views(encoder, 128, faces.take([0, 1, 2]), DistillationConfig(perturbed=1)).shape
    torch.Size([3, 2, 18, 512])
    """
    pictures = load_faces(faces, resolution)
    effects: list[Mirrored | Perturbed] = [Mirrored()]
    effects += [Perturbed(config.seed + n, config.perturbation) for n in range(config.perturbed)]
    with torch.no_grad():
        views = [
            torch.cat([encode(effect(to_signed(piece))).half() for piece in tqdm(pictures.split(32), desc="views")])
            for effect in effects
        ]
    return torch.stack(views, 1)


class Mirrored:
    """Callable on a batch of faces [B, 3, R, R]: their mirror images."""

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        return faces.flip(-1)


class Perturbed:
    """Callable on a batch of faces [B, 3, R, R] in [-1, 1]: a little misaligned, in another light, half of them mirrored."""

    def __init__(self, seed: int, perturbation: float):
        self._random = torch.Generator().manual_seed(seed)
        self._degrade = Degrade(self._random, perturbation)

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        changed = self._degrade.light(self._degrade.misalign(faces)).clamp(-1, 1)
        mirrored = torch.rand(len(faces), generator=self._random) < 0.5
        return torch.where(mirrored[:, None, None, None], changed.flip(-1), changed)
