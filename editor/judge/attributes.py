"""Which of the forty attributes an image shows: a linear probe on the features of frozen networks.

It sees pixels only, never a code, so it can say what an edit really did. Trained by `python -m editor train judge` on labelled
photos; good for mean effects over many faces, not for a verdict on one. There are two (`editor.judge.backbone`): the judge,
which measures, and a quicker tutor, which is asked while a flow is trained and measures nothing.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from editor.errors import WeightsError
from editor.weights import read_tensors

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
        line, deviation: [K] each, of the logits of faces that the generator draws: above the line lie as many of them as photos
            have the attribute. Zeros and ones until `drawn_scale` has measured them.
    """

    features: nn.Module
    mean: torch.Tensor
    std: torch.Tensor
    weights: torch.Tensor
    intercepts: torch.Tensor
    prevalence: torch.Tensor
    attributes: tuple[str, ...]
    line: torch.Tensor
    deviation: torch.Tensor

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        """Logits [B, K] for faces [B, 3, R, R] in [-1, 1]."""
        with torch.inference_mode():
            return self.score(self.features(faces))

    def score(self, features: torch.Tensor) -> torch.Tensor:
        """Logits [B, K] for features [B, D]."""
        return standardised(features, self.mean, self.std) @ self.weights.t() + self.intercepts


def standardised(features: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """What the probe reads, [B, D]."""
    return ((features - mean) / std).clamp(-LIMIT, LIMIT)


def lines(logits: torch.Tensor, prevalence: torch.Tensor) -> torch.Tensor:
    """The logit above which as many of some faces, [N, K], lie as photos have the attribute, [K].

    What parts the sides of drawn faces: the judge's own zero is for photos.
    """
    return torch.stack([torch.quantile(column, 1 - share) for column, share in zip(logits.t(), prevalence, strict=True)])


NUMBERS = ("mean", "std", "weights", "intercepts", "prevalence", "line", "deviation")


def write_classifier(judge: AttributeClassifier, path: Path) -> None:
    """Save all but the backbone."""
    tensors = {name: getattr(judge, name).contiguous() for name in NUMBERS}
    tensors["weights"] = tensors["weights"].half()
    save_file(tensors, path, {"attributes": json.dumps(judge.attributes)})


def read_classifier(path: Path, features: nn.Module) -> AttributeClassifier:
    """The judge that `write_classifier` saved, on the backbone's features it was trained with.

    Raises:
        WeightsError: the file is another kind of file.
    """
    tensors, metadata = read_tensors(path)
    try:
        numbers = {name: tensors[name] for name in NUMBERS}
        return AttributeClassifier(features, **numbers, attributes=tuple(json.loads(metadata["attributes"])))
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{path} does not hold a judge: {error}") from error
