"""Which of the forty attributes an image shows: a linear probe on EfficientNet-Lite0's pooled features.

It sees pixels only, never a code, so it can say what an edit really did. Trained by `python -m editor train judge` on labelled
photos; good for mean effects over many faces, not for a verdict on one.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from safetensors.torch import save_file
from torch import nn

from editor.errors import WeightsError
from editor.images import shrink
from editor.weights import read_tensors

SIDE = 128


class HasFeatures(Protocol):
    """A network whose feature maps can be read."""

    def features(self, faces: torch.Tensor) -> list[torch.Tensor]:
        """Feature maps [B, C, H, W] from shallow to deep."""
        ...


class PooledFeatures(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1] -> [B, D]: mean and deviation over the frame of every depth's features."""

    def __init__(self, backbone: HasFeatures):
        super().__init__()
        self._maps = backbone.features

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        """See the class."""
        maps = self._maps(shrink(faces, SIDE))
        pooled = [torch.cat([m.float().mean((2, 3)), m.float().std((2, 3))], 1) for m in maps]
        # where in the frame things are: the deepest map is 4 x 4, and hats are above chins
        return torch.cat([*pooled, maps[-1].float().flatten(1)], 1)


@dataclass(frozen=True)
class AttributeJudge:
    """Scores images.

    Attributes:
        features: pooled features of faces.
        mean, std: of the features over the training faces, [D].
        weights, intercepts: of the probe, [K, D] and [K].
        prevalence: [K], share of the training photos with the attribute.
        attributes: K names.
    """

    features: PooledFeatures
    mean: torch.Tensor
    std: torch.Tensor
    weights: torch.Tensor
    intercepts: torch.Tensor
    prevalence: torch.Tensor
    attributes: tuple[str, ...]

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        """Logits [B, K] for faces [B, 3, R, R] in [-1, 1]."""
        with torch.inference_mode():
            return self.score((self.features(faces) - self.mean) / self.std)

    def score(self, numbers: torch.Tensor) -> torch.Tensor:
        """Logits [B, K] for standardised features [B, D]."""
        return numbers @ self.weights.t() + self.intercepts


NUMBERS = ("mean", "std", "weights", "intercepts", "prevalence")


def write_judge(judge: AttributeJudge, path: Path) -> None:
    """Save all but the backbone."""
    tensors = {name: getattr(judge, name).contiguous() for name in NUMBERS}
    tensors["weights"] = tensors["weights"].half()
    save_file(tensors, path, {"attributes": json.dumps(judge.attributes)})


def read_judge(path: Path, features: PooledFeatures) -> AttributeJudge:
    """The judge that `write_judge` saved, on the backbone's features it was trained with.

    Raises:
        WeightsError: the file is another kind of file.
    """
    tensors, metadata = read_tensors(path)
    try:
        numbers = {name: tensors[name] for name in NUMBERS}
        return AttributeJudge(features, **numbers, attributes=tuple(json.loads(metadata["attributes"])))
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{path} does not hold a judge: {error}") from error
