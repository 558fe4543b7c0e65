"""What a network that knows pictures sees in a face: EfficientNet-Lite0's features (ImageNet, Apache-2.0) at four depths."""

from pathlib import Path

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

from editor.judge.attributes import PooledFeatures

FILE = "efficientnet-lite0-57934424.pth"
"""The weights, in the folder of their package."""
TAPS = (2, 4, 10, 14)
"""Blocks after which features are read: 1/4, 1/8, 1/16 and 1/32 of the side."""


class Backbone(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1] -> features; frozen."""

    def __init__(self, weights: Path):
        """Read the backbone's weights from a state dict at `weights`; nothing is unpickled beyond tensors."""
        super().__init__()
        self.backbone = EfficientNet.from_name("efficientnet-lite0")
        self.backbone.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
        self.eval().requires_grad_(False)

    def train(self, mode: bool = True) -> "Backbone":
        """Stay in eval mode whatever a trainer does."""
        return super().train(False)

    def features(self, faces: torch.Tensor) -> list[torch.Tensor]:
        """The features at each tap. The network's own input normalisation is (x - 0.5) / 0.5 to within 2 %."""
        net = self.backbone
        x = net._swish(net._bn0(net._conv_stem(faces)))
        taps = []
        for index, block in enumerate(net._blocks[: TAPS[-1] + 1]):
            x = block(x)
            if index in TAPS:
                taps.append(x)
        return taps


def read_features(folder: Path) -> PooledFeatures:
    """What the judge of attributes reads, from the folder of the backbone's weights."""
    return PooledFeatures(Backbone(folder / FILE))
