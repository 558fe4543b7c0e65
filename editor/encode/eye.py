"""What an encoder sees faces with: two networks that learnt to see on many more pictures than an encoder is trained on.

EfficientNet-Lite0 was trained on ImageNet and knows what is in a picture (`editor.judge.backbone` reads its weights). The
likeness network was trained to recognise people (`editor.judge.likeness`). Both see the whole frame, and their features lie on
the same grids.
"""

import torch
import torch.nn.functional as F
from torch import nn

from editor.judge.backbone import trimmed
from editor.judge.likeness import LikenessNet

STRIDES = (32, 16, 8)
"""Pixels from one feature to the next, from the coarsest level to the finest."""
WIDTHS = (320 + 1024, 112 + 512, 40 + 256)
"""Channels of each level."""
LITE_TAPS, LIKENESS_TAPS = (4, 10, 15), (5, 11, 13)
"""Blocks after which features are read, from the finest level to the coarsest."""


class Eye(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1], R a multiple of 32 -> features [B, C, R / stride, R / stride] for each of `STRIDES`.

    It stays in eval mode: batches of an encoder's training say less of pictures than the statistics that the networks bring.

    >>> [tuple(level.shape) for level in Eye()(torch.zeros(1, 3, 64, 64))]
    [(1, 1344, 2, 2), (1, 624, 4, 4), (1, 296, 8, 8)]
    """

    def __init__(self) -> None:
        super().__init__()
        self.lite = trimmed(LITE_TAPS[-1])
        self.likeness = LikenessNet()
        self.eval()

    def train(self, mode: bool = True) -> "Eye":
        """Stay in eval mode whatever a trainer does."""
        return super().train(False)

    @property
    def later(self) -> list[nn.Parameter]:
        """The parameters after the finest level: the others have most of the work and least of the knowledge."""
        modules = [
            *self.lite._blocks[LITE_TAPS[0] + 1 :],
            *self.likeness.depthwise[LIKENESS_TAPS[0] :],
            *self.likeness.pointwise[LIKENESS_TAPS[0] :],
        ]
        return [parameter for module in modules for parameter in module.parameters()]

    def forward(self, faces: torch.Tensor) -> list[torch.Tensor]:
        pairs = zip(self._lite(faces), self.likeness.features(faces, LIKENESS_TAPS), strict=True)
        return [torch.cat(pair, 1) for pair in pairs][::-1]

    def _lite(self, faces: torch.Tensor) -> list[torch.Tensor]:
        x, taps = F.relu6(self.lite._bn0(self.lite._conv_stem(faces))), []
        for index, block in enumerate(self.lite._blocks):
            x = block(x)
            if index in LITE_TAPS:
                taps.append(x)
        return taps
