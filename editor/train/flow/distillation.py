"""What photos show of their faces, for T to be taught by: labels are one person's yes or no, a photo holds more than that.

beliefs     p_i = sigmoid(TEMPER z_i), z_i being logits of a probe on features of the photo and of its mirror image. People are
            dealt into folds, and each fold is answered by a probe that was fitted on the others: it never saw who it speaks of.
            Whoever T is checked on is in no fold: all probes speak of them, and none has their labels to pass on
views       codes of the same faces mirrored, or framed and lit a little otherwise: what of a code is the encoder's chance

Knowledge distillation (Hinton, Vinyals and Dean, 2015), from photos to codes. Only training people are ever shown to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tqdm import tqdm

from editor.classify.linear import fit_linear
from editor.data.degrade import Degrade
from editor.data.photos import LabelledFaces, load_faces
from editor.encode import CompactEncoder
from editor.errors import SettingError
from editor.images import to_signed
from editor.judge.attributes import standardised

CHECKED = -1
"""In place of a fold: nobody's probe is fitted on these."""
TEMPER = 0.8
"""Makes a probe less sure of itself: on validation people, codes learn as well from 0.7 to 1."""


@dataclass(frozen=True)
class TeacherConfig:
    """What defines a teacher.

    Attributes:
        folds: probes, each silent about the people it was fitted on.
        c: of the probes; the judge's.
        otherwise: views besides the mirrored one.
        change: how much they differ from the photo; 1 is what generated faces are degraded by.
        seed: of folds and views.
    """

    folds: int = 5
    c: float = 1e-4
    otherwise: int = 3
    change: float = 0.5
    seed: int = 0


def beliefs_apart(
    features: Sequence[torch.Tensor],
    labels: torch.Tensor,
    people: torch.Tensor,
    checked: torch.Tensor,
    config: TeacherConfig = TeacherConfig(),
) -> torch.Tensor:
    """Probabilities [N, K] of every face's attributes, by probes that were fitted on other people.

    Args:
        features: [N, D] of each picture of the faces: as they are, mirrored.
        labels: bool [N, K].
        people: [N], who is who.
        checked: the people that T is checked on; no probe is fitted on them.

    Raises:
        SettingError: everybody in the other folds, or nobody, has some attribute.
    """
    fold = _folds(people, checked, config)
    logits = torch.zeros(labels.shape)
    for k in tqdm(range(config.folds), desc="teacher"):
        known, asked = (fold != k) & (fold != CHECKED), (fold == k) | (fold == CHECKED)
        if not (labels[known].any(0) & ~labels[known].all(0)).all():
            raise SettingError(
                "Too few people have one of the attributes, or lack it, for a teacher. Leave it out of the table."
            )
        seen = torch.cat([part[known].float() for part in features])
        mean, std = seen.mean(0), seen.std(0).clamp_min(1e-3)
        probe = fit_linear(standardised(seen, mean, std), labels[known].repeat(len(features), 1), config.c, "logistic")
        logits[asked] += torch.stack([probe(standardised(part[asked].float(), mean, std)) for part in features]).mean(0)
    logits[fold == CHECKED] /= config.folds
    return (TEMPER * logits).sigmoid()


def _folds(people: torch.Tensor, checked: torch.Tensor, config: TeacherConfig) -> torch.Tensor:
    """Each face's fold, [N]."""
    who, of_face = people.unique(return_inverse=True)
    dealt = torch.full((len(who),), CHECKED)
    taught = (~torch.isin(who, checked)).nonzero().flatten()
    order = torch.randperm(len(taught), generator=torch.Generator().manual_seed(config.seed))
    dealt[taught] = order % config.folds
    return dealt[of_face]


def coded_views(encoder: CompactEncoder, faces: LabelledFaces, config: TeacherConfig = TeacherConfig()) -> torch.Tensor:
    """Codes [N, 1 + otherwise, 18, 512], in half precision, of the faces mirrored, and framed and lit otherwise."""
    pictures = load_faces(faces, encoder.config.resolution)
    effects: list[Mirrored | Otherwise] = [Mirrored()]
    effects += [Otherwise(config.seed + n, config.change) for n in range(config.otherwise)]
    with torch.inference_mode():
        views = [
            torch.cat([encoder(effect(to_signed(piece))).half() for piece in tqdm(pictures.split(32), desc="views")])
            for effect in effects
        ]
    return torch.stack(views, 1).clone()


class Mirrored:
    """Left is right."""

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        return faces.flip(-1)


class Otherwise:
    """A little misaligned, in another light, every second one mirrored."""

    def __init__(self, seed: int, change: float):
        self._random = torch.Generator().manual_seed(seed)
        self._degrade = Degrade(self._random, change)

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        changed = self._degrade.light(self._degrade.misalign(faces)).clamp(-1, 1)
        mirrored = torch.rand(len(faces), generator=self._random) < 0.5
        return torch.where(mirrored[:, None, None, None], changed.flip(-1), changed)
