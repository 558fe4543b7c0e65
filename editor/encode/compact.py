"""A compact pSp encoder: an aligned face -> W+.

Richardson et al., "Encoding in Style", CVPR 2021: a feature pyramid over a residual network, and heads that read the
coarse styles (layers 0-2) from its top, the middle ones (3-6) from its middle and the fine ones (7-17) from its finest
level, each style as an offset from the mean code. Here the network is small enough for a CPU, the styles of one level
share their head, and offsets are in units of W's per-channel deviation:

    w_plus = w_mean + w_std * heads(pyramid(face))
"""

from dataclasses import asdict
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from editor.encode.config import CompactConfig
from editor.encode.pyramid import LEVELS, Residual
from editor.images import shrink
from editor.spaces import CHANNELS, WPlus


class MapToStyles(nn.Module):
    """One pyramid level -> the styles of its layers, [B, C, s, s] -> [B, n, 512]; s is 4, 8 or 16."""

    def __init__(self, inputs: int, summary: int, halvings: int, layers: int):
        super().__init__()
        convs: list[nn.Module] = []
        for _ in range(halvings):
            convs += [nn.Conv2d(inputs, inputs, 3, 2, 1), nn.LeakyReLU(0.01)]
        convs += [nn.Conv2d(inputs, summary, 1), nn.LeakyReLU(0.01), nn.Flatten()]
        self.convs = nn.Sequential(*convs)
        self.linear = nn.Linear(summary * 16, layers * CHANNELS)
        nn.init.normal_(self.linear.weight, std=0.01)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(self.convs(x)).unflatten(1, (-1, CHANNELS))


class CompactEncoder(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1], R >= 128 -> W+ codes [B, 18, 512]. Faces are shrunk to `config.resolution` first.

    >>> encoder = CompactEncoder(CompactConfig(widths=(2, 2, 2, 2, 2), depth=1, pyramid=2, summary=2)).eval()
    >>> encoder(torch.zeros(1, 3, 256, 256)).shape
    torch.Size([1, 18, 512])
    """

    w_mean: torch.Tensor
    w_std: torch.Tensor

    def __init__(self, config: CompactConfig = CompactConfig()):
        super().__init__()
        self.config = config
        stem, *widths = config.widths
        self.stem = nn.Sequential(nn.Conv2d(3, stem, 3, 2, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU())
        self.stages = nn.ModuleList(
            nn.Sequential(Residual(inputs, outputs, 2), *(Residual(outputs, outputs, 1) for _ in range(config.depth - 1)))
            for inputs, outputs in pairwise(config.widths)
        )
        self.laterals = nn.ModuleList(nn.Conv2d(width, config.pyramid, 1) for width in widths[:0:-1])
        self.heads = nn.ModuleList(
            MapToStyles(config.pyramid, config.summary, halvings, last - first) for halvings, (first, last) in enumerate(LEVELS)
        )
        self.register_buffer("w_mean", torch.zeros(CHANNELS))
        self.register_buffer("w_std", torch.ones(CHANNELS))

    def offsets(self, face: torch.Tensor) -> torch.Tensor:
        """The code's offset from the mean in units of `w_std`, [B, 18, 512], of faces [B, 3, R, R] in [-1, 1]."""
        x = self.stem(shrink(face, self.config.resolution))
        taps = []
        for stage in self.stages:
            x = stage(x)
            taps.append(x)
        styles, top = [], None
        for tap, lateral, head in zip(taps[:0:-1], self.laterals, self.heads, strict=True):
            side = lateral(tap)
            top = side if top is None else side + F.interpolate(top, scale_factor=2.0)
            styles.append(head(top))
        return torch.cat(styles, dim=1).float()

    def forward(self, face: torch.Tensor) -> WPlus:
        return WPlus(self.w_mean + self.w_std * self.offsets(face))

    @property
    def about(self) -> dict[str, object]:
        """What a file says of it."""
        return asdict(self.config)
