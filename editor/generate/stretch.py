"""A stretch of MobileStyleGAN's blocks on a part of the picture, in as few passes over memory as there can be.

The last blocks have few channels and many pixels: whole, each of their maps is larger than a processor's cache, and most of
the time goes into moving them. A part that fits the cache is drawn several times faster, and parts that an edit does not
change need not be drawn. What a part is drawn from:

    features at R px          with `HALO` more on every side: the convolutions read their neighbours
    maps of each resolution   the shares of the codes (`MaskedCodes.masks`), 0 outside the picture, and the layers' noise

Convolutions are not padded. A place outside the picture has no share of any code, so its style is 0 and it counts as the
zeros that padding would put there. A block eats as much of the halo as it doubles: 2 (n + 2 HALO) - 4 = 2 n + 2 HALO.

The same pixels come out as of `editor.generate.mobile`. Only the order of channels differs: the inverse wavelet reads
approximations, then all details of one kind, then those of the next.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from editor.generate.mobile import Block, Modulation, StyledConv, Synthesis

HALO = 2
"""Pixels around a part that its features must have, at any resolution."""
FEW = 6
"""So many codes are mixed by as many multiplications, in the same pass as the rest. With eight, a picture takes up to a tenth
longer than with four."""


class PlainConv(nn.Module):
    """A styled convolution that is told its scales and its noise. Depthwise, pointwise, neither padded. Without gradients."""

    def __init__(self, conv: StyledConv, order: torch.Tensor):
        """Args:
        order: of the channels that come out.
        """
        super().__init__()
        assert conv.conv.weight_dw is not None
        self.weight_dw, weight, bias = conv.conv.weight_dw, conv.conv.weight[order], conv.bias[0, order, 0, 0]
        self.weight, self.bias = weight.detach(), bias.detach()

    def forward(self, x: torch.Tensor, scales: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        x = F.conv2d(x * scales, self.weight_dw, groups=x.shape[1])
        return F.leaky_relu(F.conv2d(x, self.weight, self.bias) + noise, 0.2)


class Stretch(nn.Module):
    """The blocks from features at one resolution to those at another, or to the image. Told styles, it holds none.

    Args:
        synthesis: whose blocks; their weights are copied where their order differs.
        first, last: the blocks, as a slice. If the last is the synthesis's own last, the image comes out.
        few: whether there are `FEW` codes; else as many as are given.

    >>> stretch = Stretch(Synthesis((4, 4, 4)), 0, 2)
    >>> stretch.source, stretch.image, sum(stretch.sizes)
    (4, True, 22)
    """

    def __init__(self, synthesis: Synthesis, first: int, last: int, few: bool = True):
        super().__init__()
        blocks = [_block(synthesis, k) for k in range(first, last)]
        self.source = 4 * 2**first
        self.image = last == len(synthesis.layers)
        self.few = few
        self.convs = nn.ModuleList()
        for k, block in enumerate(blocks, first):
            outputs = block.conv2.bias.shape[1]
            order = torch.arange(outputs) if k + 1 == len(synthesis.layers) else haar_order(outputs)
            self.convs.extend([PlainConv(block.conv1, torch.arange(outputs)), PlainConv(block.conv2, order)])
        order = haar_order(12)
        self.weight = synthesis.to_img.conv.weight[order].detach()
        self.bias = synthesis.to_img.bias[0, order, 0, 0].detach()
        self.sizes = [scales.bias.shape[1] for scales in _modulations(synthesis, first, last)]

    def forward(self, x: torch.Tensor, styles: torch.Tensor, *maps: torch.Tensor) -> torch.Tensor:
        """Features [1, C', 2^n r + 4, 2^n r + 4] after n blocks, or the image [1, 3, 2^(n+1) r, 2^(n+1) r].

        Args:
            x: features [1, C, r + 4, r + 4], channels in `haar_order`.
            styles: of each of the K codes, [1, K, sum(sizes)], from `styles_of`.
            maps: shares at the source's resolution, [1, K, r + 4, r + 4]; then of each block the noise of both convolutions,
                [1, 2, 2^k r + 8, 2^k r + 8], and the shares, [1, K, 2^k r + 8, 2^k r + 8].
        """
        style = iter(styles[0].split(self.sizes, 1))
        shares = maps[0]
        for k, (noise, level) in enumerate(zip(maps[1::2], maps[2::2], strict=True)):
            x = inverse_haar_in_order(x * self._scales(next(style), shares))
            noise1, noise2, shares = noise[:, :1], noise[:, 1:], level
            x = self.convs[2 * k](x, self._scales(next(style), shares), noise1[:, :, 1:-1, 1:-1])
            x = self.convs[2 * k + 1](x, self._scales(next(style), shares[:, :, 1:-1, 1:-1]), noise2[:, :, 2:-2, 2:-2])
            shares = shares[:, :, 2:-2, 2:-2]
        if not self.image:
            return x
        x, shares = x[:, :, HALO:-HALO, HALO:-HALO], shares[:, :, HALO:-HALO, HALO:-HALO]
        return inverse_haar_in_order(F.conv2d(x * self._scales(next(style), shares), self.weight, self.bias) / 2)

    def _scales(self, style: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
        """Of styles [K, C] and shares [1, K, h, w] of them: [1, C, h, w]."""
        if not self.few:
            return (style.t() @ shares.flatten(2)).unflatten(2, shares.shape[2:])
        scales = shares[:, :1] * style[0][None, :, None, None]
        for k in range(1, len(style)):
            scales = scales + shares[:, k : k + 1] * style[k][None, :, None, None]
        return scales


def styles_of(synthesis: Synthesis, codes: torch.Tensor, first: int, last: int) -> torch.Tensor:
    """What a stretch of blocks reads of codes, [1, K, 18, 512] -> [1, K, sum(sizes)]; halved where a wavelet follows.

    >>> styles_of(Synthesis((4, 4, 4)), torch.zeros(1, 2, 18, 512), 0, 2).shape
    torch.Size([1, 2, 22])
    """
    found = []
    for k in range(first, last):
        block = _block(synthesis, k)
        w_up, w_conv = codes[:, :, 1 + 2 * k], codes[:, :, 2 + 2 * k]
        order = haar_order(len(block.up.modulation.bias[0]))
        found.append(block.up.modulation.of(w_up)[..., order] / 2)
        found.append(block.conv1.conv.modulation.of(w_up) * block.conv1.conv.scale)
        found.append(block.conv2.conv.modulation.of(w_conv) * block.conv2.conv.scale)
    if last == len(synthesis.layers):
        conv = synthesis.to_img.conv
        found.append(conv.modulation.of(codes[:, :, 2 * last + 1]) * conv.scale)
    return torch.cat(found, 2)


def haar_order(channels: int) -> torch.Tensor:
    """Where in the generator's order the channels lie that `inverse_haar_in_order` reads.

    >>> haar_order(8)
    tensor([0, 1, 2, 5, 3, 6, 4, 7])
    """
    quarter = channels // 4
    return torch.cat([torch.arange(quarter), quarter + torch.arange(3 * quarter).view(quarter, 3).t().flatten()])


def inverse_haar_in_order(x: torch.Tensor) -> torch.Tensor:
    """Twice the inverse Haar transform, [B, 4C, H, W] -> [B, C, 2H, 2W], of channels in `haar_order`.

    >>> from editor.generate.mobile import inverse_haar
    >>> x = torch.rand(1, 8, 4, 4)
    >>> torch.allclose(inverse_haar_in_order(x[:, haar_order(8)]) / 2, inverse_haar(x))
    True
    """
    batch, channels, height, width = x.shape
    ll, lh, hl, hh = x.split(channels // 4, 1)
    top, bottom, side, cross = ll + lh, ll - lh, hl + hh, hl - hh
    pixels = torch.cat([top + side, top - side, bottom + cross, bottom - cross], 1)
    pixels = pixels.view(batch, 2, 2, channels // 4, height, width).permute(0, 3, 4, 1, 5, 2)
    return pixels.reshape(batch, channels // 4, 2 * height, 2 * width)


def noise_of(synthesis: Synthesis, block: int) -> torch.Tensor:
    """The noise of a block's two convolutions, [2, R, R].

    >>> noise_of(Synthesis((4, 4, 4)), 1).shape
    torch.Size([2, 16, 16])
    """
    own = _block(synthesis, block)
    return torch.cat([own.conv1.noise[0], own.conv2.noise[0]])


def inputs_of(synthesis: Synthesis, block: int) -> int:
    """Channels of the features that a block reads.

    >>> inputs_of(Synthesis((4, 8, 4)), 1)
    8
    """
    return _block(synthesis, block).up.modulation.bias.shape[1]


def _block(synthesis: Synthesis, number: int) -> Block:
    block = synthesis.layers[number]
    assert isinstance(block, Block)
    return block


def _modulations(synthesis: Synthesis, first: int, last: int) -> Sequence[Modulation]:
    found = []
    for k in range(first, last):
        block = _block(synthesis, k)
        found += [block.up.modulation, block.conv1.conv.modulation, block.conv2.conv.modulation]
    return [*found, synthesis.to_img.conv.modulation] if last == len(synthesis.layers) else found
