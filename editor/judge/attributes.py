"""Which of the forty attributes an image shows: a linear probe on the features of a network.

It sees pixels only, never a code, so it can say what an edit really did. It is good for mean effects over many faces, not for a
verdict on one. There are two of them (`editor.judge.backbone`), both made by `face-editor train classifier` from labelled
photos: the evaluation classifier measures, and the quicker training classifier steers training,
preserving and the units of `prepare`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from editor.weights.tensors import Tensors, read_as, write_tensors

Features = Callable[[torch.Tensor], torch.Tensor]
"""Faces [B, 3, R, R] in [-1, 1] -> numbers [B, D]."""
LIMIT = 6.0
"""Features count up to so many deviations from their mean."""


@dataclass(frozen=True, eq=False)
class AttributeClassifier:
    """Scores images.

    Attributes:
        features: faces [B, 3, R, R] in [-1, 1] -> [B, D].
        mean, std: of the features over the training faces, [D].
        weights, intercepts: of the probe, [K, D] and [K].
        prevalence: [K], share of the training photos with the attribute.
        attributes: K names.
        threshold: [K], of the logits of generated faces; as many of them lie above it as photos have the attribute.
        logit_std: [K], standard deviation of those logits. Zeros and ones until `on_generated_faces` has measured both.

    >>> one = torch.ones(1)
    >>> parts = dict(mean=one, std=one, weights=one[:, None], intercepts=one, prevalence=one, threshold=one, logit_std=one)
    >>> light = AttributeClassifier(lambda faces: faces.mean((1, 2, 3))[:, None], **parts, attributes=("Pale_Skin",))
    >>> light(torch.full((2, 3, 8, 8), 0.5)).tolist()
    [[0.5], [0.5]]
    >>> light.oddness(torch.full((1, 3, 8, 8), 0.5)).tolist()  # half a deviation from the mean of 1
    [0.5]
    """

    features: Features
    mean: torch.Tensor
    std: torch.Tensor
    weights: torch.Tensor
    intercepts: torch.Tensor
    prevalence: torch.Tensor
    attributes: tuple[str, ...]
    threshold: torch.Tensor
    logit_std: torch.Tensor

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        """Logits [B, K] for faces [B, 3, R, R] in [-1, 1]."""
        with torch.inference_mode():
            return self.score(self.features(faces))

    def glance(self, face: torch.Tensor) -> torch.Tensor:
        """The logits of one face, [1, 3, R, R], and behind them its features, all in standard deviations: [K + D].

        Logits are the mean of the face's and its mirror image's. Nobody sees the two differently but a classifier, so less of
        what it says is chance.
        """
        seen = face.float().cpu().clamp(-1, 1)
        with torch.inference_mode():
            features = self.features(torch.cat([seen, seen.flip(-1)]))
            logits = self.score(features).mean(0) / self.logit_std
            return torch.cat([logits, standardised(features[0], self.mean, self.std)])

    def oddness(self, faces: torch.Tensor) -> torch.Tensor:
        """How unusual faces [B, 3, R, R] in [-1, 1] look among the training faces, [B]; about 1 for photos.

        It is the root mean square of the features in standard deviations, each cut off at `LIMIT`.
        """
        with torch.inference_mode():
            return standardised(self.features(faces), self.mean, self.std).square().mean(1).sqrt()

    def score(self, features: torch.Tensor) -> torch.Tensor:
        """Logits [B, K] for features [B, D]."""
        return standardised(features, self.mean, self.std) @ self.weights.t() + self.intercepts


def standardised(features: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """What the probe reads: features [B, D] in standard deviations from their mean, cut off at `LIMIT`, [B, D].

    Args:
        mean, std: of the features over the training faces, [D] each.

    >>> standardised(torch.tensor([[3.0, 99.0]]), mean=torch.tensor([1.0, 0.0]), std=torch.tensor([2.0, 1.0]))
    tensor([[1., 6.]])
    """
    return ((features - mean) / std).clamp(-LIMIT, LIMIT)


def thresholds(logits: torch.Tensor, prevalence: torch.Tensor) -> torch.Tensor:
    """The logit above which as many of some faces, [N, K], lie as photos have the attribute, [K].

    It parts the sides of generated faces: the classifier's own zero is for photos.

    Args:
        prevalence: [K], share of the photos with the attribute, in [0, 1].

    >>> logits = torch.arange(5.0)[:, None]
    >>> thresholds(logits, prevalence=torch.tensor([0.25]))
    tensor([3.])
    """
    return torch.stack([torch.quantile(column, 1 - share) for column, share in zip(logits.t(), prevalence, strict=True)])


NAMES = {name: name for name in ("mean", "std", "weights", "intercepts", "prevalence")}
NAMES |= {"threshold": "line", "logit_std": "deviation"}
"""Attribute -> what its tensor is called in a file."""


def write_classifier(classifier: AttributeClassifier, path: Path, network: Tensors | None = None) -> None:
    """Save all but the features, and a network's tensors beside it; what has more than one dimension in half precision.

    >>> write_classifier(classifier, folder / "classifier.safetensors")
    >>> read_classifier(folder / "classifier.safetensors", classifier.features).attributes
    ('Smiling', 'Young')
    """
    tensors = {stored: getattr(classifier, name) for name, stored in NAMES.items()} | (network or {})
    tensors = {name: value.half() if value.ndim > 1 else value for name, value in tensors.items()}
    write_tensors(path, tensors, {"attributes": json.dumps(classifier.attributes)})


def read_classifier(path: Path, features: Features) -> AttributeClassifier:
    """The classifier that `write_classifier` saved, on the features that it was trained with.

    Raises:
        WeightsError: the file is another kind of file.

    >>> write_classifier(classifier, folder / "classifier.safetensors")
    >>> again = read_classifier(folder / "classifier.safetensors", classifier.features)
    >>> faces = torch.rand(4, 3, 16, 16)
    >>> torch.allclose(again(faces), classifier(faces))
    True
    """
    return read_as(path, "a classifier of attributes", lambda tensors, about: classifier_of(tensors, about, features))


def classifier_of(tensors: Tensors, about: dict[str, str], features: Features) -> AttributeClassifier:
    """The classifier of a file's tensors and metadata.

    Raises:
        KeyError: something of it is not among them.

    >>> from editor.weights.tensors import read_tensors
    >>> write_classifier(classifier, folder / "classifier.safetensors")
    >>> classifier_of(*read_tensors(folder / "classifier.safetensors"), classifier.features).attributes
    ('Smiling', 'Young')
    """
    parts = {name: tensors[stored] for name, stored in NAMES.items()}
    return AttributeClassifier(features, **parts, attributes=tuple(json.loads(about["attributes"])))
