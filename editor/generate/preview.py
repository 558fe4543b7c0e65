"""The same face at a fraction of the cost: a small head draws a low-resolution image from the generator's inner features.

The exported generator can only draw at 1024 px, and nine tenths of its time go into its last blocks. A head is trained
(`python -m editor train preview`) to draw, from the features at r pixels and the styles that the skipped blocks would have
read, what the full image shrunk to 2r pixels looks like. Differentiable, so it also serves to train the encoder.
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from editor.errors import WeightsError
from editor.generate.mobile import Synthesis, inverse_haar
from editor.spaces import CHANNELS, WPlus
from editor.weights import read_tensors

LAST_LAYER = 15
"""The last layer of a code that the generator reads."""


class PreviewConv(nn.Module):
    """A depthwise-separable convolution modulated by all the styles the skipped blocks would have read."""

    def __init__(self, inputs: int, outputs: int, styles: int):
        super().__init__()
        self.gain = 1 / math.sqrt(styles * CHANNELS)
        self.modulation = nn.Linear(styles * CHANNELS, inputs)
        self.depthwise = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
        self.pointwise = nn.Conv2d(inputs, outputs, 1)
        nn.init.normal_(self.modulation.weight, std=0.1)
        nn.init.ones_(self.modulation.bias)
        nn.init.dirac_(self.depthwise.weight, groups=inputs)

    def forward(self, x: torch.Tensor, styles: torch.Tensor) -> torch.Tensor:
        return self.pointwise(self.depthwise(x * self.modulation(styles * self.gain)[:, :, None, None]))


class PreviewHead(nn.Module):
    """Features at `source` px and a code -> the image at twice that, [B, 3, 2 source, 2 source].

    Args:
        inputs: channels of the features.
        width: channels inside the head.
        source: resolution of the features in pixels.
    """

    def __init__(self, inputs: int, width: int, source: int):
        super().__init__()
        self.source = source
        self.first_layer = 2 * int(math.log2(source)) - 3
        styles = LAST_LAYER - self.first_layer + 1
        self.conv1 = PreviewConv(inputs, width, styles)
        self.conv2 = PreviewConv(width, width, styles)
        self.to_img = PreviewConv(width, 12, styles)

    def forward(self, features: torch.Tensor, w_plus: WPlus) -> torch.Tensor:
        styles = w_plus[:, self.first_layer : LAST_LAYER + 1].flatten(1)
        x = F.leaky_relu(self.conv1(features, styles), 0.2)
        x = F.leaky_relu(self.conv2(x, styles), 0.2)
        return inverse_haar(self.to_img(x, styles))


class PreviewGenerator(nn.Module):
    """W+ codes [B, 18, 512] -> images [B, 3, 2r, 2r] in about [-1, 1]: the generator's trunk up to r px, and a head."""

    def __init__(self, trunk: Synthesis, head: PreviewHead):
        super().__init__()
        self.trunk = trunk
        self.head = head
        self.resolution = 2 * head.source

    def forward(self, w_plus: WPlus) -> torch.Tensor:
        return self.head(self.trunk.features(w_plus, self.head.source), w_plus)


def read_preview(path: Path, trunk: Synthesis) -> PreviewGenerator:
    """The preview generator whose head is in a file, on a trunk that is already read, frozen, in eval mode.

    Raises:
        WeightsError: the file does not hold a head.
    """
    tensors, _ = read_tensors(path)
    try:
        width, inputs = tensors["conv1.pointwise.weight"].shape[:2]
        styles = tensors["conv1.modulation.weight"].shape[1] // CHANNELS
        head = PreviewHead(inputs, width, source=2 ** ((LAST_LAYER + 4 - styles) // 2))
        head.load_state_dict(tensors, strict=True)
    except (KeyError, RuntimeError) as error:
        raise WeightsError(f"{path} does not hold a preview head: {error}") from error
    return PreviewGenerator(trunk, head).eval().requires_grad_(False)
