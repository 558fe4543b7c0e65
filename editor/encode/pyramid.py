"""A pSp encoder over a pretrained eye: an aligned face -> W+.

Richardson et al., "Encoding in Style", CVPR 2021, read coarse styles (layers 0-2) from the top of a feature pyramid, the middle
ones (3-6) from its middle and the fine ones (7-17) from its finest level. Here the pyramid stands on features of networks that
learnt to see on other data (`editor.encode.eye`). As in e4e (Tov et al., 2021), all layers share one code and each differs from
it by an offset; both are in standard deviations along the principal axes of W (`editor.generate.axes`):

    w+_i = w_mean + A (z + d_i + g_i)

g_i is read from the pixels of a small picture: networks that learnt to tell things apart see past colour and light.
"""

from dataclasses import asdict

import torch
import torch.nn.functional as F
from torch import nn

from editor.encode.config import PyramidConfig
from editor.encode.eye import STRIDES, WIDTHS, Eye
from editor.images import shrink
from editor.spaces import CHANNELS, LAYERS, WPlus

GLANCE_WIDTH = 256
LEVELS = ((0, 3), (3, 7), (7, LAYERS))
"""The layers [first, last) that the coarse, the middle and the fine level feed."""


class Residual(nn.Module):
    """Two 3x3 convolutions with batch norm around a shortcut (He et al., 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = (
            nn.Identity()
            if inputs == outputs and stride == 1
            else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(inner + self.shortcut(x))


class Summary(nn.Module):
    """One pyramid level -> what its styles are read from, [B, C, s, s] -> [B, summary s^2 / 4^halvings]."""

    def __init__(self, inputs: int, summary: int, halvings: int):
        super().__init__()
        convs: list[nn.Module] = []
        for _ in range(halvings):
            convs += [nn.Conv2d(inputs, inputs, 3, 2, 1), nn.LeakyReLU(0.01)]
        self.convs = nn.Sequential(*convs, nn.Conv2d(inputs, summary, 1), nn.LeakyReLU(0.01), nn.Flatten())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.convs(x)


class PyramidEncoder(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1] -> W+ codes [B, 18, 512]. Faces are brought to `config.resolution` first.

    >>> encoder = PyramidEncoder(PyramidConfig(resolution=64, pyramid=4, summary=2, glance=8)).eval()
    >>> encoder(torch.zeros(1, 3, 256, 256)).shape
    torch.Size([1, 18, 512])
    """

    w_mean: torch.Tensor
    w_std: torch.Tensor
    axes: torch.Tensor

    def __init__(self, config: PyramidConfig = PyramidConfig()):
        super().__init__()
        self.config = config
        width, read = config.pyramid, config.summary * (config.resolution // STRIDES[0]) ** 2
        self.eye = Eye()
        self.laterals = nn.ModuleList(
            nn.Sequential(nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width)) for inputs in WIDTHS
        )
        self.mixes = nn.ModuleList(Residual(width, width, 1) for _ in LEVELS)
        self.summaries = nn.ModuleList(Summary(width, config.summary, halvings) for halvings in range(len(LEVELS)))
        self.common = _small(nn.Linear(read, CHANNELS))
        self.styles = nn.ModuleList(_small(nn.Linear(read, (last - first) * CHANNELS)) for first, last in LEVELS)
        self.glance = nn.Sequential(
            nn.Flatten(),
            nn.Linear(3 * config.glance**2, GLANCE_WIDTH),
            nn.LeakyReLU(0.01),
            _small(nn.Linear(GLANCE_WIDTH, len(LEVELS) * CHANNELS)),
        )
        self.register_buffer("w_mean", torch.zeros(CHANNELS))
        self.register_buffer("w_std", torch.ones(CHANNELS))
        self.register_buffer("axes", torch.eye(CHANNELS))

    def moves(self, face: torch.Tensor) -> torch.Tensor:
        """How far from the mean faces [B, 3, R, R] in [-1, 1] lie, in standard deviations along W's axes, [B, 18, 512]."""
        glanced = self.glance(shrink(face, self.config.glance)).float().unflatten(1, (len(LEVELS), CHANNELS))
        layers = torch.tensor([last - first for first, last in LEVELS], device=glanced.device)
        return self._read(self.eye(shrink(face, self.config.resolution))) + glanced.repeat_interleave(layers, dim=1)

    def _read(self, levels: list[torch.Tensor]) -> torch.Tensor:
        """The same of what the eye sees."""
        top, summaries = None, []
        for level, lateral, mix, summary in zip(levels, self.laterals, self.mixes, self.summaries, strict=True):
            side = lateral(level)
            top = mix(side if top is None else side + F.interpolate(top, scale_factor=2.0))
            summaries.append(summary(top))
        offsets = torch.cat([style(s) for style, s in zip(self.styles, summaries, strict=True)], 1)
        return self.common(summaries[0])[:, None].float() + offsets.unflatten(1, (LAYERS, CHANNELS)).float()

    def codes(self, moves: torch.Tensor) -> WPlus:
        """The codes of moves, [B, 18, 512] each."""
        return WPlus(self.w_mean + moves @ self.axes.t())

    def moves_of(self, w_plus: WPlus) -> torch.Tensor:
        """The moves that give codes, [B, 18, 512] each."""
        away = (w_plus - self.w_mean).flatten(0, 1)
        return torch.linalg.solve(self.axes, away.t()).t().reshape(w_plus.shape)

    def forward(self, face: torch.Tensor) -> WPlus:
        return self.codes(self.moves(face))

    @property
    def about(self) -> dict[str, object]:
        """What a file says of it."""
        return {"kind": "pyramid", **asdict(self.config)}


def _small(linear: nn.Linear) -> nn.Linear:
    """Begin near the mean code."""
    nn.init.normal_(linear.weight, std=0.005)
    nn.init.zeros_(linear.bias)
    return linear
