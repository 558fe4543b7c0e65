"""StyleGAN2, config F: W+ -> an image of 64 to 1024 px.

Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", CVPR 2020. A style scales the channels a convolution
reads, and the scale it gives them is divided out of the result (equation 3):

    s = A w / sqrt(512) + b                     conv(x, w)_j = d_j sum_i W_ji * (s_i x_i),    d_j = 1 / |W_j s|
    y = sqrt(2) lrelu_0.2( conv(x, w) + strength * noise + bias )

so no weights are made for each code: features are scaled before and after one convolution that all codes share, also
place by place (`editor.generate.masked`; d is then the mean of the codes' own by their shares). Images of all
resolutions add up, each read from its features without demodulation, the smaller ones upsampled with a [1, 3, 3, 1] filter.
Noise is the stored map: an image is a function of its code alone.

Parameters are called as in rosinality's stylegan2-pytorch, so its files (and pSp's and e4e's) load as they are.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from editor.generate.masked import Style, by_mask
from editor.spaces import CHANNELS, Codes

WIDTHS = (512, 512, 512, 512, 512, 256, 128, 64, 32)
"""Channels at 4, 8, ... 1024 px."""
GAIN = math.sqrt(2)
MAPPING_RATE = 0.01
"""Of the mapping network's learning rate, which its stored weights are scaled by."""


@dataclass(frozen=True)
class StyleGan2Config:
    """Sizes.

    Attributes:
        widths: channels of the features at 4 px and at every doubling.
        channels: of a style.
        depth: of the mapping network.
    """

    widths: tuple[int, ...] = WIDTHS
    channels: int = CHANNELS
    depth: int = 8

    @property
    def resolution(self) -> int:
        """Side of the image in pixels.

        >>> StyleGan2Config().resolution, StyleGan2Config(widths=(8, 8, 8)).resolution
        (1024, 16)
        """
        return 4 * 2 ** (len(self.widths) - 1)


def upsampling_filter(like: torch.Tensor) -> torch.Tensor:
    """The 4 x 4 filter that follows a doubling of the resolution; sums to 4, since three of four pixels are then zeros.

    Made on the device it is for: a copy from the host could not be recorded in a CUDA graph.

    Args:
        like: a tensor of the type and on the device that the filter is to have.

    >>> upsampling_filter(torch.zeros(())).sum()
    tensor(4.)
    """
    place = torch.arange(4, dtype=like.dtype, device=like.device)
    row = 1 + place * (3 - place)  # 1, 3, 3, 1
    return torch.outer(row, row) / 16


def blur(x: torch.Tensor) -> torch.Tensor:
    """Filter what a transposed convolution doubled, [B, C, 2R + 1, 2R + 1] -> [B, C, 2R, 2R].

    On GPUs, where half precision is used, as three 2 x 2 means, which make up the same filter: convolutions of single channels
    are slow there.

    >>> blur(torch.zeros(1, 2, 9, 9)).shape
    torch.Size([1, 2, 8, 8])
    """
    channels = x.shape[1]
    if x.dtype == torch.float16:
        x = F.pad(x * 4, (1, 1, 1, 1))
        return F.avg_pool2d(F.avg_pool2d(F.avg_pool2d(x, 2, 1), 2, 1), 2, 1)
    return F.conv2d(x, upsampling_filter(x).expand(channels, 1, 4, 4), padding=1, groups=channels)


def double(image: torch.Tensor) -> torch.Tensor:
    """Twice as large, filtered, [B, C, R, R] -> [B, C, 2R, 2R].

    >>> double(torch.ones(1, 1, 4, 4))[0, 0, 2:6, 2:6].unique()
    tensor([1.])
    """
    channels = image.shape[1]
    weight = upsampling_filter(image).expand(channels, 1, 4, 4)
    return F.conv_transpose2d(image, weight, stride=2, padding=1, groups=channels)


class PixelNorm(nn.Module):
    """Unit mean square over channels."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-8)


class EqualLinear(nn.Module):
    """A dense layer whose stored weights are of unit variance: W x rate / sqrt(inputs) + b rate."""

    def __init__(self, inputs: int, outputs: int, rate: float = 1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.rate = rate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.weight * (self.rate / math.sqrt(self.weight.shape[1])), self.bias * self.rate)


class MappingLayer(EqualLinear):
    """A layer of the mapping network."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.leaky_relu(super().forward(x), 0.2) * GAIN


class ModulatedConv(nn.Module):
    """A convolution that a style modulates; `up` doubles the resolution, `demodulate` divides the style's scale out again."""

    def __init__(self, inputs: int, outputs: int, kernel: int, channels: int, up: bool = False, demodulate: bool = True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, outputs, inputs, kernel, kernel))
        self.modulation = EqualLinear(channels, inputs)
        nn.init.ones_(self.modulation.bias)
        self.up = up
        self.demodulate = demodulate

    def forward(self, x: torch.Tensor, w: Style) -> torch.Tensor:
        weight = self.weight[0] / math.sqrt(self.weight[0, 0].numel())
        bounded = self.demodulate and x.dtype == torch.float16
        if bounded:  # by factors that demodulation cancels, so that no sum overflows
            weight = weight / (weight.abs().amax(dim=(1, 2, 3), keepdim=True) * math.sqrt(weight[0].numel()))

        def scales(codes: torch.Tensor) -> torch.Tensor:
            style = self.modulation(codes.float())
            return style / style.abs().amax(dim=-1, keepdim=True) if bounded else style

        def demodulation(codes: torch.Tensor) -> torch.Tensor:
            return torch.rsqrt(scales(codes).square() @ weight.square().sum(dim=(2, 3)).t() + 1e-8)

        x, kernel = x * by_mask(scales, w, x.shape[-1]).to(x.dtype), weight.to(x.dtype)
        if self.up:
            x = blur(F.conv_transpose2d(x, kernel.transpose(0, 1), stride=2))
        else:
            x = F.conv2d(x, kernel, padding=kernel.shape[-1] // 2)
        return x * by_mask(demodulation, w, x.shape[-1]).to(x.dtype) if self.demodulate else x


class NoiseStrength(nn.Module):
    """How strongly a layer's noise map is added."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))


class Activation(nn.Module):
    """Bias and leaky ReLU."""

    def __init__(self, channels: int):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.leaky_relu(x + self.bias[:, None, None].to(x.dtype), 0.2) * GAIN


class StyledConv(nn.Module):
    """A modulated 3x3 convolution, noise, bias and leaky ReLU."""

    def __init__(self, inputs: int, outputs: int, channels: int, up: bool = False):
        super().__init__()
        self.conv = ModulatedConv(inputs, outputs, 3, channels, up)
        self.noise = NoiseStrength()
        self.activate = Activation(outputs)

    def forward(self, x: torch.Tensor, w: Style, noise: torch.Tensor) -> torch.Tensor:
        return self.activate(self.conv(x, w) + (self.noise.weight * noise).to(x.dtype))


class ToRgb(nn.Module):
    """What features add to the image, in full precision."""

    def __init__(self, inputs: int, channels: int):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))
        self.conv = ModulatedConv(inputs, 3, 1, channels, demodulate=False)

    def forward(self, x: torch.Tensor, w: Style) -> torch.Tensor:
        return self.conv(x.float(), w) + self.bias


class Constant(nn.Module):
    """The learned 4 px features that every image begins with."""

    def __init__(self, width: int):
        super().__init__()
        self.input = nn.Parameter(torch.randn(1, width, 4, 4))


class NoiseMaps(nn.Module):
    """A stored map for every styled convolution: `noise_0` of 4 px, then two of every resolution."""

    def __init__(self, levels: int):
        super().__init__()
        for index in range(2 * levels - 1):
            side = 4 * 2 ** ((index + 1) // 2)
            self.register_buffer(f"noise_{index}", torch.randn(1, 1, side, side))

    def __getitem__(self, index: int) -> torch.Tensor:
        return getattr(self, f"noise_{index}")


class StyleGan2(nn.Module):
    """The generator: W+ codes [B, 18, 512] -> images [B, 3, R, R] in about [-1, 1]; smaller ones read fewer layers.

    Features carry the image drawn until then as three last channels, so that they can be handed on as one tensor.

    >>> network = StyleGan2(StyleGan2Config(widths=(4, 4, 4), depth=1))
    >>> network(torch.zeros(2, 18, 512)).shape
    torch.Size([2, 3, 16, 16])
    """

    def __init__(self, config: StyleGan2Config = StyleGan2Config()):
        super().__init__()
        self.config = config
        widths, channels = config.widths, config.channels
        mapping = (MappingLayer(channels, channels, MAPPING_RATE) for _ in range(config.depth))
        self.style = nn.Sequential(PixelNorm(), *mapping)
        self.input = Constant(widths[0])
        self.conv1 = StyledConv(widths[0], widths[0], channels)
        self.to_rgb1 = ToRgb(widths[0], channels)
        self.convs, self.to_rgbs = nn.ModuleList(), nn.ModuleList()
        for inputs, outputs in pairwise(widths):
            self.convs.append(StyledConv(inputs, outputs, channels, up=True))
            self.convs.append(StyledConv(outputs, outputs, channels))
            self.to_rgbs.append(ToRgb(outputs, channels))
        self.noises = NoiseMaps(len(widths))

    @property
    def resolution(self) -> int:
        """Side of the image in pixels."""
        return self.config.resolution

    def tunable(self, resolution: int) -> Iterator[str]:
        """Names of the weights of the styled convolutions that work at up to `resolution` pixels, after the first."""
        for index in range(2 * _level(resolution)):
            yield f"convs.{index}.conv.weight"

    def features(self, w_plus: Codes, resolution: int) -> torch.Tensor:
        """The features at `resolution` pixels and the image until there, [B, C + 3, resolution, resolution]."""
        x = self.conv1(self.input.input.expand(len(w_plus), -1, -1, -1), w_plus[:, 0], self.noises[0])
        return self._run(torch.cat([x, self.to_rgb1(x, w_plus[:, 1])], dim=1), w_plus, 0, _level(resolution))

    def finish(
        self,
        x: torch.Tensor,
        w_plus: Codes,
        resolution: int,
        until: int | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> torch.Tensor:
        """The image, [B, 3, R, R], from the features at `resolution` pixels, [B, C + 3, resolution, resolution]. Not clamped.

        Args:
            until: draw it at this size, without what larger features would add.
            dtype: of the features from here on; sums of images stay in full precision.
        """
        last = _level(until) if until else len(self.to_rgbs)
        return self._run(x, w_plus, _level(resolution), last, dtype)[:, -3:]

    def _run(self, x: torch.Tensor, w_plus: Codes, first: int, last: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        if first == last:
            return x
        x, image = x[:, :-3].to(dtype), x[:, -3:].float()
        if dtype == torch.float16:
            x = x.contiguous(memory_format=torch.channels_last)
        for k in range(first, last):
            layer = 1 + 2 * k
            x = self.convs[2 * k](x, w_plus[:, layer], self.noises[layer])
            x = self.convs[2 * k + 1](x, w_plus[:, layer + 1], self.noises[layer + 1])
            image = double(image) + self.to_rgbs[k](x, w_plus[:, layer + 2])
        return image if last == len(self.to_rgbs) else torch.cat([x.float(), image], dim=1)

    def forward(self, w_plus: Codes) -> torch.Tensor:
        """Draw codes [B, 18, 512], or as many pictures of several codes: [B, 3, R, R]. Not clamped."""
        return self.finish(self.features(w_plus, 4), w_plus, 4)


def _level(resolution: int) -> int:
    """Doublings from 4 pixels."""
    return int(math.log2(resolution)) - 2


def style_statistics(network: StyleGan2, count: int = 4096, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of W per channel, [512] each, over the codes of `count` random z.

    >>> mean, std = style_statistics(StyleGan2(StyleGan2Config(widths=(4, 4), channels=8, depth=1)), count=64)
    >>> mean.shape, bool((std > 0).all())
    (torch.Size([8]), True)
    """
    z = torch.randn(count, network.config.channels, generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        w = network.style(z.to(network.input.input.device))
    return w.mean(dim=0).clone(), w.std(dim=0).clone()
