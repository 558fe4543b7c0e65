"""The same face at a fraction of the cost: the generator's own trunk, then slimmer blocks than its own.

The exported generator can only draw at 1024 px, and nineteen twentieths of its time go into what follows its 32 px features.
There the preview goes on by itself, with blocks half as wide, and leaves after each of them:

    features at 32 px --block--> 64 px --block--> 128 px --block--> 256 px
                                   |                |                 |
                                  128 px           256 px            512 px   images: what the full one is, shrunk to that

An exit is the blocks it skips in miniature: few channels, all at the resolution it starts from. Everything after the trunk is
distilled (`face-editor train preview`). Differentiable, so it also serves to train the encoder and to refine codes.
"""

import math
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn

from editor.errors import WeightsError
from editor.generate.mobile import Block, Modulation, StyledConv, Synthesis, ToImage
from editor.generate.sizes import HIDDEN, SOURCE, TOTAL, WIDTHS
from editor.generate.trunk import Generator, Trunk
from editor.spaces import Codes
from editor.weights.tensors import Tensors, filled, halved, read_as, write_tensors


class Exit(nn.Module):
    """Features [B, C, R, R] -> an image [B, 3, 2R, 2R]: the blocks that are skipped in miniature, all at R pixels.

    Args:
        inputs: channels of the features.
        resolution: R.
        layer: the first layer of a code that the skipped blocks would have read.
        blocks: how many are skipped.
        hidden: channels inside.
    """

    def __init__(self, inputs: int, resolution: int, layer: int, blocks: int, hidden: int):
        super().__init__()
        self.layer = layer
        self.ups, self.convs = nn.ModuleList(), nn.ModuleList()
        for _ in range(blocks):
            self.ups.append(Modulation(inputs))
            self.convs.append(StyledConv(inputs, hidden, resolution))
            self.convs.append(StyledConv(hidden, hidden, resolution))
            inputs = hidden
        self.to_img = ToImage(inputs)

    def layers(self, block: int) -> tuple[int, int]:
        """The two layers of a code that a skipped block would have read."""
        return self.layer + 2 * block, self.layer + 2 * block + 1

    def forward(self, x: torch.Tensor, w_plus: Codes) -> torch.Tensor:
        for block, up in enumerate(self.ups):
            w_up, w_conv = (w_plus[:, layer] for layer in self.layers(block))
            x = self.convs[2 * block](x * up(w_up, x.shape[-1]), w_up)
            x = self.convs[2 * block + 1](x, w_conv)
        return self.to_img(x, w_plus[:, self.layers(len(self.ups))[0]])


class SlimBlocks(nn.Module):
    """What follows the trunk: a block and an exit for each doubling of the resolution.

    Args:
        widths: channels of the trunk's features, then after each block.
        source: resolution of the trunk's features in pixels.
        hidden: channels inside the exits.
        total: blocks that the generator has after the trunk.
    """

    def __init__(self, widths: tuple[int, ...] = WIDTHS, source: int = SOURCE, hidden: int = HIDDEN, total: int = TOTAL):
        super().__init__()
        self.source = source
        self.blocks, self.exits = nn.ModuleList(), nn.ModuleList()
        for k, (inputs, outputs) in enumerate(pairwise(widths)):
            resolution = source * 2 ** (k + 1)
            self.blocks.append(Block(inputs, outputs, resolution))
            self.exits.append(Exit(outputs, resolution, self.layer(k) + 2, total - 1 - k, hidden))

    def layer(self, block: int) -> int:
        """The first of the two layers of a code that a block reads of its own."""
        return 2 * (int(math.log2(self.source)) + block) - 3

    @property
    def resolutions(self) -> list[int]:
        """Sides in pixels of the images that can be drawn.

        >>> SlimBlocks().resolutions
        [128, 256, 512]
        """
        return [4 * self.source * 2**k for k in range(len(self.blocks))]

    def step(self, block: int, x: torch.Tensor, w_plus: Codes) -> torch.Tensor:
        """The features after a block, [B, C', 2R, 2R], from those before it, [B, C, R, R]."""
        layer = self.layer(block)
        return self.blocks[block](x, w_plus[:, layer], w_plus[:, layer + 1])

    def forward(self, x: torch.Tensor, w_plus: Codes) -> list[torch.Tensor]:
        """The trunk's features, [B, C, R, R], -> images [B, 3, side, side] for each side in `resolutions`."""
        images = []
        for block, leave in enumerate(self.exits):
            x = self.step(block, x, w_plus)
            images.append(leave(x, w_plus))
        return images


class SlimTail(nn.Module):
    """The trunk's features and codes -> an image of one of `slim.resolutions`."""

    def __init__(self, slim: SlimBlocks, resolution: int):
        super().__init__()
        self.slim = slim
        self.resolution = resolution
        self.last = slim.resolutions.index(resolution)

    def forward(self, x: torch.Tensor, w_plus: Codes) -> torch.Tensor:
        for block in range(self.last + 1):
            x = self.slim.step(block, x, w_plus)
        return self.slim.exits[self.last](x, w_plus)


class PreviewGenerator(Generator):
    """A generator whose images are small, of one of `slim.resolutions`.

    >>> slim = SlimBlocks(widths=(4, 4), source=8, hidden=2, total=1)
    >>> preview = PreviewGenerator(Trunk(Synthesis((4, 4, 4)), 8), slim, 32)
    >>> preview(torch.zeros(1, 18, 512)).shape
    torch.Size([1, 3, 32, 32])
    """

    tail: SlimTail

    def __init__(self, trunk: Trunk, slim: SlimBlocks, resolution: int):
        """Combine.

        Raises:
            ValueError: the blocks do not draw that resolution.
        """
        super().__init__(trunk, SlimTail(slim, resolution))

    @property
    def resolution(self) -> int:
        """Side of the images in pixels."""
        return self.tail.resolution

    def at(self, resolution: int) -> "PreviewGenerator":
        """The same generator at another of `slim.resolutions`; shares everything.

        >>> slim = SlimBlocks(widths=(4, 4, 4), source=8, hidden=2, total=2)
        >>> PreviewGenerator(Trunk(Synthesis((4, 4, 4, 4)), 8), slim, 64).at(32).resolution
        32
        """
        return PreviewGenerator(self.trunk, self.tail.slim, resolution).train(self.training)


def write_slim(slim: SlimBlocks, path: Path) -> None:
    """Save slim blocks in half precision.

    >>> write_slim(SlimBlocks((16, 8, 4), source=8, hidden=4, total=3), folder / "preview.safetensors")
    >>> read_slim(folder / "preview.safetensors").resolutions
    [32, 64]
    """
    write_tensors(path, halved(slim.state_dict()))


def read_slim(path: Path) -> SlimBlocks:
    """The slim blocks in a file, frozen, in eval mode; sizes follow from the tensors.

    Raises:
        WeightsError: the file does not hold such blocks.

    >>> write_slim(SlimBlocks((16, 8, 4), source=8, hidden=4, total=3), folder / "preview.safetensors")
    >>> [image.shape for image in read_slim(folder / "preview.safetensors")(torch.zeros(1, 16, 8, 8), torch.zeros(1, 18, 512))]
    [torch.Size([1, 3, 32, 32]), torch.Size([1, 3, 64, 64])]
    """

    def build(tensors: Tensors, _: dict[str, str]) -> SlimBlocks:
        count = sum(name.startswith("blocks") and name.endswith("up.modulation.weight") for name in tensors)
        widths = [len(tensors["blocks.0.up.modulation.weight"])]
        widths += [len(tensors[f"blocks.{k}.conv2.conv.weight"]) for k in range(count)]
        source = tensors["blocks.0.conv1.noise"].shape[-1] // 2
        hidden = tensors["exits.0.to_img.conv.weight"].shape[1]
        total = 1 + sum(name.startswith("exits.0.ups") and name.endswith("weight") for name in tensors)
        return filled(lambda: SlimBlocks(tuple(widths), source, hidden, total), tensors)

    return read_as(path, "a preview's blocks", build)


def read_preview(path: Path, synthesis: Synthesis, resolution: int) -> PreviewGenerator:
    """The preview generator whose slim blocks are in a file, on a generator that is already read, frozen, in eval mode.

    Raises:
        WeightsError: the file does not hold such blocks, or they do not draw at that resolution.

    >>> write_slim(SlimBlocks((16, 8, 4), source=8, hidden=4, total=3), folder / "preview.safetensors")
    >>> preview = read_preview(folder / "preview.safetensors", Synthesis((16, 16, 16)), resolution=32)
    >>> preview(torch.zeros(1, 18, 512)).shape
    torch.Size([1, 3, 32, 32])
    """
    slim = read_slim(path)
    if resolution not in slim.resolutions:
        raise WeightsError(f"{path} draws at {slim.resolutions} pixels, not at {resolution}.")
    return PreviewGenerator(Trunk(synthesis, slim.source), slim, resolution).eval()
