"""Which of the forty attributes an image shows: a linear probe on EfficientNet-Lite0's pooled features.

It sees pixels only, never a code, so it can say what an edit really did. Trained by `python -m editor train directions` on
the labelled faces; good for mean effects over many faces, not for a verdict on one.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from editor.images import shrink

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
    """

    features: PooledFeatures
    mean: torch.Tensor
    std: torch.Tensor
    weights: torch.Tensor
    intercepts: torch.Tensor

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        """Logits [B, K] for faces [B, 3, R, R] in [-1, 1]."""
        with torch.inference_mode():
            return self.score((self.features(faces) - self.mean) / self.std)

    def score(self, numbers: torch.Tensor) -> torch.Tensor:
        """Logits [B, K] for standardised features [B, D]."""
        return numbers @ self.weights.t() + self.intercepts
