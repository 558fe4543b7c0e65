"""MobileStyleGAN-FFHQ: W+ -> a 1024 px image, on a CPU.

Belousov, "MobileStyleGAN: A Lightweight Convolutional Neural Network for High-Fidelity Image Synthesis", 2021
(arXiv 2104.04767). A student distilled from StyleGAN2-FFHQ that keeps the teacher's mapping network, so its W is
StyleGAN2-FFHQ's W. Each style enters by scaling the channels of a feature map:

    conv(x, w) = lrelu_0.2( pointwise( depthwise( x * c * (A w + b) ) ) + noise + bias )

The demodulation is static and already folded into the pointwise weights; the noise is a stored map, so an image is a
function of its code alone. Feature maps grow by an inverse Haar wavelet (channels to pixels), and so does the image.
Layers 16 and 17 of a code, StyleGAN2's 1024 px block, have no effect here.
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from editor.generate.ir import Graph, Node
from editor.generate.masked import Style, by_mask
from editor.spaces import CHANNELS, Codes
from editor.weights.tensors import filled

SYNTHESIS = "SynthesisNetwork.xml"
MAPPING = "MappingNetwork.xml"


def inverse_haar(x: torch.Tensor) -> torch.Tensor:
    """One level of the inverse 2-D Haar transform, [B, 4C, H, W] -> [B, C, 2H, 2W].

    Channels are C approximation maps followed by C groups of three details (lh, hl, hh).

    >>> inverse_haar(torch.tensor([2.0, 0.0, 0.0, 0.0]).reshape(1, 4, 1, 1))
    tensor([[[[1., 1.],
              [1., 1.]]]])
    """
    channels = x.shape[1] // 4
    ll, details = x[:, :channels], x[:, channels:].unflatten(1, (channels, 3))
    lh, hl, hh = details.unbind(2)
    top, bottom = ll + lh, ll - lh
    side, cross = hl + hh, hl - hh
    pixels = torch.stack([top + side, top - side, bottom + cross, bottom - cross], dim=2) / 2
    return F.pixel_shuffle(pixels.flatten(1, 2), 2)


def haar(image: torch.Tensor) -> torch.Tensor:
    """One level of the 2-D Haar transform, [B, C, 2H, 2W] -> [B, 4C, H, W]; `inverse_haar` undoes it.

    >>> image = torch.rand(1, 3, 8, 8)
    >>> torch.allclose(inverse_haar(haar(image)), image, atol=1e-6)
    True
    """
    first, second, third, fourth = F.pixel_unshuffle(image, 2).unflatten(1, (-1, 4)).unbind(2)
    top, side, bottom, cross = first + second, first - second, third + fourth, third - fourth
    details = torch.stack([top - bottom, side + cross, side - cross], dim=2)
    return torch.cat([top + bottom, details.flatten(1, 2)], dim=1) / 2


class Modulation(nn.Module):
    """Per-channel scales from one style vector: A w + b."""

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels, CHANNELS))
        self.bias = nn.Parameter(torch.empty(1, channels))

    def forward(self, w: Style, side: int) -> torch.Tensor:
        """[B, 512] -> [B, C, 1, 1]; of several codes, what they amount to at every place, [B, C, side, side]."""
        return by_mask(self.of, w, side)

    def of(self, codes: torch.Tensor) -> torch.Tensor:
        """[..., 512] -> [..., C]."""
        return F.linear(codes, self.weight, self.bias[0])


class ModulatedConv(nn.Module):
    """A modulated convolution: depthwise 3x3 then pointwise, or (without `weight_dw`) one full 3x3."""

    scale: torch.Tensor

    def __init__(self, inputs: int, outputs: int, separable: bool = True):
        super().__init__()
        self.modulation = Modulation(inputs)
        self.register_buffer("scale", torch.ones(()))
        self.weight_dw = nn.Parameter(torch.empty(inputs, 1, 3, 3)) if separable else None
        kernel = 1 if separable else 3
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))

    def spread(self, x: torch.Tensor, w: Style) -> torch.Tensor:
        """What the last convolution reads, [B, C, R, R]: features, modulated and, if it is separable, convolved depthwise."""
        x = x * (self.modulation(w, x.shape[-1]) * self.scale)
        return x if self.weight_dw is None else F.conv2d(x, self.weight_dw, padding=1, groups=x.shape[1])

    def forward(self, x: torch.Tensor, w: Style) -> torch.Tensor:
        return F.conv2d(self.spread(x, w), self.weight, padding=1 if self.weight_dw is None else 0)


class StyledConv(nn.Module):
    """A modulated convolution, its noise map, bias and leaky ReLU."""

    noise: torch.Tensor

    def __init__(self, inputs: int, outputs: int, resolution: int, separable: bool = True):
        super().__init__()
        self.conv = ModulatedConv(inputs, outputs, separable)
        self.register_buffer("noise", torch.zeros(1, 1, resolution, resolution))
        self.bias = nn.Parameter(torch.zeros(1, outputs, 1, 1))

    def forward(self, x: torch.Tensor, w: Style) -> torch.Tensor:
        return F.leaky_relu(self.conv(x, w) + self.noise + self.bias, 0.2)


class Upsample(nn.Module):
    """Modulate, then trade channels for pixels: [B, 4C, H, W] -> [B, C, 2H, 2W]."""

    def __init__(self, channels: int):
        super().__init__()
        self.modulation = Modulation(channels)

    def forward(self, x: torch.Tensor, w: Style) -> torch.Tensor:
        return inverse_haar(x * self.modulation(w, x.shape[-1]))


class Block(nn.Module):
    """Double the resolution: upsample and two styled convolutions. Reads three of a code's layers."""

    def __init__(self, inputs: int, outputs: int, resolution: int):
        super().__init__()
        self.up = Upsample(inputs)
        self.conv1 = StyledConv(inputs // 4, outputs, resolution)
        self.conv2 = StyledConv(outputs, outputs, resolution)

    def forward(self, x: torch.Tensor, w_up: Style, w_conv: Style) -> torch.Tensor:
        return self.conv2(self.conv1(self.up(x, w_up), w_up), w_conv)


class ToImage(nn.Module):
    """Wavelet coefficients of the image from the last features: [B, C, H, W] -> [B, 3, 2H, 2W]."""

    def __init__(self, inputs: int):
        super().__init__()
        self.conv = ModulatedConv(inputs, 12, separable=False)
        self.conv.weight = nn.Parameter(torch.empty(12, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, 12, 1, 1))

    def forward(self, x: torch.Tensor, w: Style) -> torch.Tensor:
        x = x * (self.conv.modulation(w, x.shape[-1]) * self.conv.scale)
        return inverse_haar(F.conv2d(x, self.conv.weight) + self.bias)


class Synthesis(nn.Module):
    """The generator: W+ codes [B, 18, 512] -> images [B, 3, 2R, 2R] in about [-1, 1], R the last block's resolution.

    Args:
        widths: channels after `conv1` and after each block, which double the resolution from 4 px on.

    >>> network = Synthesis(widths=(4, 4, 4))
    >>> network(torch.zeros(2, 18, 512)).shape, network.resolution
    (torch.Size([2, 3, 32, 32]), 32)
    """

    def __init__(self, widths: tuple[int, ...] = (512, 512, 512, 512, 512, 256, 128, 64)):
        super().__init__()
        self.input = nn.Parameter(torch.empty(1, widths[0], 4, 4))
        self.conv1 = StyledConv(widths[0], widths[0], 4, separable=False)
        self.layers = nn.ModuleList(Block(inputs, outputs, 8 * 2**k) for k, (inputs, outputs) in enumerate(pairwise(widths)))
        self.to_img = ToImage(widths[-1])
        self.resolution = 4 * 2 ** len(widths)

    def tunable(self, resolution: int) -> Iterator[str]:
        """Names of the pointwise weights of the blocks that work at up to `resolution` pixels."""
        for k in range(int(math.log2(resolution)) - 2):
            for conv in ("conv1", "conv2"):
                yield f"layers.{k}.{conv}.conv.weight"

    def features(self, w_plus: Codes, resolution: int) -> torch.Tensor:
        """The features after the block that works at `resolution` pixels, [B, C, resolution, resolution]."""
        x = self.conv1(self.input.expand(len(w_plus), -1, -1, -1), w_plus[:, 0])
        return self._run(x, w_plus, 0, int(math.log2(resolution)) - 2)

    def finish(self, x: torch.Tensor, w_plus: Codes, resolution: int) -> torch.Tensor:
        """The image from the features at `resolution` pixels, [B, C, resolution, resolution] -> [B, 3, 2R, 2R]. Not clamped."""
        x = self._run(x, w_plus, int(math.log2(resolution)) - 2, len(self.layers))
        return self.to_img(x, w_plus[:, 2 * len(self.layers) + 1])

    def _run(self, x: torch.Tensor, w_plus: Codes, first: int, last: int) -> torch.Tensor:
        for k in range(first, last):
            x = self.layers[k](x, w_plus[:, 1 + 2 * k], w_plus[:, 2 + 2 * k])
        return x

    def forward(self, w_plus: Codes) -> torch.Tensor:
        """Draw codes [B, 18, 512], or as many pictures of several codes: [B, 3, 2R, 2R]. Not clamped."""
        return self.finish(self.features(w_plus, 4), w_plus, 4)


class Mapping(nn.Module):
    """StyleGAN2-FFHQ's mapping network: z of a normal distribution, [B, 512] -> w, [B, 512]."""

    def __init__(self, depth: int = 8):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(CHANNELS, CHANNELS) for _ in range(depth))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = z * torch.rsqrt(z.square().mean(dim=1, keepdim=True) + 1e-8)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2) * math.sqrt(2)
        return x


def read_synthesis(folder: Path) -> Synthesis:
    """Build the generator from the IR files in `folder`, frozen, in eval mode.

    Raises:
        WeightsError: the files are missing or damaged.

    >>> read_synthesis(store.path("mobilestylegan-ffhq")).resolution
    1024
    """
    graph = Graph(folder / SYNTHESIS)
    state = {_parameter_name(name): graph.constant(node) for name, node in graph.named("m.")}
    state["input"] = state.pop("input.input")
    for name in [name for name in state if name.endswith("weight_dw")]:
        state[name] = state[name].flatten(0, 1)
    for convolution in graph.of_kind("Convolution", "GroupConvolution"):
        state |= _folded(graph, convolution)
    return filled(Synthesis, state)


def _parameter_name(name: str) -> str:
    return name.replace("layers.6.to_img", "to_img")


def _folded(graph: Graph, convolution: Node) -> dict[str, torch.Tensor]:
    """The nameless constants around one convolution: its scale, its folded weight and its noise map."""
    weight = graph.nodes[convolution.inputs[1]]
    if weight.name.endswith("to_img.conv.weight"):
        return {"to_img.conv.scale": _scale(graph, convolution)}
    if weight.name.endswith("weight_dw"):  # scaled here, its pointwise half is the next operation
        return {weight.name.removeprefix("m.").removesuffix("weight_dw") + "scale": _scale(graph, convolution)}
    noise = graph.only_user(convolution)
    bias = graph.only_user(noise)
    stem = graph.constant_input(bias).name.removeprefix("m.").removesuffix("bias")
    state = {
        stem + "conv.weight": graph.constant(weight),
        stem + "noise": graph.constant(graph.constant_input(noise)),
    }
    if stem == "conv1.":  # the one convolution that is not separable
        state[stem + "conv.scale"] = _scale(graph, convolution)
    return state


def _scale(graph: Graph, convolution: Node) -> torch.Tensor:
    """The factor c in x * c * (A w + b), two multiplications above a convolution."""
    modulated = graph.nodes[convolution.inputs[0]]
    for source in (graph.nodes[i] for i in modulated.inputs):
        constants = [graph.nodes[i] for i in source.inputs if graph.nodes[i].kind == "Const"]
        if source.kind == "Multiply" and len(constants) == 1:
            return graph.constant(constants[0]).reshape(())
    raise ValueError(f"no scale above {convolution.name}")


def read_mapping(folder: Path) -> Mapping:
    """Build the mapping network from the IR files in `folder`, frozen, in eval mode.

    >>> read_mapping(store.path("mobilestylegan-ffhq"))(torch.zeros(2, 512)).shape
    torch.Size([2, 512])
    """
    graph = Graph(folder / MAPPING)
    network = Mapping()
    with torch.no_grad():
        for layer, product in zip(network.layers, graph.of_kind("MatMul"), strict=True):
            assert isinstance(layer, nn.Linear)
            layer.weight.copy_(graph.constant(graph.constant_input(product)))
            layer.bias.copy_(graph.constant(_dense_bias(graph, product)))
    return network.eval().requires_grad_(False)


def _dense_bias(graph: Graph, product: Node) -> Node:
    """The bias added to a matrix product, which the export passes through a reshape."""
    (addition,) = (graph.nodes[i] for i in product.users if graph.nodes[i].kind == "Add")
    (other,) = (graph.nodes[i] for i in addition.inputs if i != product.id)
    return other if other.kind == "Const" else graph.nodes[other.inputs[0]]
