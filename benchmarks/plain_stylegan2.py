"""StyleGAN2 as the usual repositories compute it without their own CUDA kernels: the benchmark's yardstick.

Eager, float32, channels first: weights are made anew for every code and all codes of a batch go through one grouped
convolution; every filter is an upsampling with zeros, a padding and a convolution. The same weights, the same image.
"""

import math

import torch
import torch.nn.functional as F

from editor.generate.stylegan2 import GAIN, ModulatedConv, StyledConv, StyleGan2, ToRgb, upsampling_filter
from editor.spaces import WPlus


class PlainStyleGan2:
    """Draws with the weights of a `StyleGan2`, the usual way."""

    def __init__(self, network: StyleGan2):
        self._network = network

    def __call__(self, w_plus: WPlus) -> torch.Tensor:
        """[B, 18, 512] -> [B, 3, R, R]."""
        net = self._network
        x = net.input.input.repeat(len(w_plus), 1, 1, 1)
        x = _styled(net.conv1, x, w_plus[:, 0], net.noises[0])
        image = _rgb(net.to_rgb1, x, w_plus[:, 1], None)
        for k, to_rgb in enumerate(net.to_rgbs):
            layer = 1 + 2 * k
            for n in (0, 1):
                conv = net.convs[2 * k + n]
                assert isinstance(conv, StyledConv) and isinstance(to_rgb, ToRgb)
                x = _styled(conv, x, w_plus[:, layer + n], net.noises[layer + n])
            image = _rgb(to_rgb, x, w_plus[:, layer + 2], image)
        return image


def _styled(layer: StyledConv, x: torch.Tensor, w: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    x = _modulated(layer.conv, x, w)
    x = x + layer.noise.weight * noise
    return F.leaky_relu(x + layer.activate.bias.view(1, -1, 1, 1), 0.2) * GAIN


def _rgb(layer: ToRgb, x: torch.Tensor, w: torch.Tensor, image: torch.Tensor | None) -> torch.Tensor:
    new = _modulated(layer.conv, x, w) + layer.bias
    return new if image is None else new + _filtered(_zeros_between(image), (2, 1))


def _modulated(conv: ModulatedConv, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    batch, inputs, height, width = x.shape
    outputs, kernel = conv.weight.shape[1], conv.weight.shape[-1]
    style = conv.modulation(w).view(batch, 1, inputs, 1, 1)
    weight = conv.weight * style / math.sqrt(inputs * kernel * kernel)
    if conv.demodulate:
        weight = weight * torch.rsqrt(weight.square().sum([2, 3, 4]) + 1e-8).view(batch, outputs, 1, 1, 1)
    grouped = x.reshape(1, batch * inputs, height, width)
    if conv.up:
        weight = weight.transpose(1, 2).reshape(batch * inputs, outputs, kernel, kernel)
        x = F.conv_transpose2d(grouped, weight, stride=2, groups=batch)
        return _filtered(x.view(batch, outputs, *x.shape[-2:]), (1, 1))
    weight = weight.view(batch * outputs, inputs, kernel, kernel)
    x = F.conv2d(grouped, weight, padding=kernel // 2, groups=batch)
    return x.view(batch, outputs, *x.shape[-2:])


def _zeros_between(image: torch.Tensor) -> torch.Tensor:
    batch, channels, height, width = image.shape
    spread = F.pad(image.view(batch, channels, height, 1, width, 1), (0, 1, 0, 0, 0, 1))
    return spread.view(batch, channels, 2 * height, 2 * width)


def _filtered(x: torch.Tensor, padding: tuple[int, int]) -> torch.Tensor:
    batch, channels, height, width = x.shape
    flat = F.pad(x.reshape(batch * channels, 1, height, width), (*padding, *padding))
    out = F.conv2d(flat, upsampling_filter(x)[None, None])
    return out.view(batch, channels, *out.shape[-2:])
