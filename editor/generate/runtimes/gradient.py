"""A function and its gradient as one static graph, which needs no automatic differentiation to run.

PyTorch computes a gradient by walking back over what it has just computed, an operation at a time. Here the walk is made once,
and every operation of it is written down beside those of the function: the gradient of a convolution is a convolution with the
kernel turned round, that of a resampling is the transposed matrix. What comes out is a module like any other. OpenVINO runs it
in half the time that PyTorch takes for the two passes.

Weights are constants here: there are gradients of inputs only.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

aten = torch.ops.aten

Differentiated = Callable[..., tuple[torch.Tensor, tuple[torch.Tensor, ...]]]
"""Tensors -> a scalar tensor to differentiate, and other results."""


def with_gradients(function: Differentiated, examples: Sequence[torch.Tensor], of: Sequence[int]) -> nn.Module:
    """A module that gives the function's other results and then the gradients of its scalar.

    Args:
        examples: inputs of the shapes that the module will be given.
        of: which inputs gradients are wanted of.

    >>> module = with_gradients(lambda x, y: ((x * y).sum(), (x + y,)), [torch.ones(2), torch.full((2,), 3.0)], of=[0])
    >>> module(torch.tensor([5.0, 7.0]), torch.tensor([2.0, 4.0]))
    (tensor([ 7., 11.]), tensor([2., 4.]))
    """

    from torch.fx.experimental.proxy_tensor import make_fx  # half a second and 100 MB, for what is kept once it is made

    def both(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        given = list(inputs)
        for at in of:
            given[at] = given[at].detach().requires_grad_()
        scalar, others = function(*given)
        gradients = torch.autograd.grad(scalar, [given[at] for at in of])
        return *(other.detach() for other in others), *gradients

    with torch.inference_mode(False), torch.enable_grad():
        graph = make_fx(both, decomposition_table=DECOMPOSITIONS)(*examples)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph.eval()


def _convolution(
    gradient: torch.Tensor,
    given: torch.Tensor,
    weight: torch.Tensor,
    _bias_sizes: Any,
    stride: Sequence[int],
    padding: Sequence[int],
    _dilation: Any,
    _transposed: bool,
    _output_padding: Any,
    groups: int,
    wanted: Sequence[bool],
) -> tuple[torch.Tensor, None, None]:
    """The gradient of a convolution's input, [B, C, H, W]: one with the kernel turned round, strides filled up with zeros."""
    if wanted[1] or wanted[2] or groups not in (1, len(weight)):
        raise NotImplementedError("gradients of weights, and of grouped convolutions that are not depthwise")
    side = weight.shape[-1]
    turned = weight.flip(2, 3) if groups > 1 else weight.transpose(0, 1).flip(2, 3)
    if stride[0] == 1:
        return F.conv2d(gradient, turned, padding=side - 1 - padding[0], groups=groups), None, None
    if stride[0] != 2 or padding[0]:
        raise NotImplementedError("strides other than 2, or padding with them")
    nothing = torch.zeros_like(gradient)
    spread = F.pixel_shuffle(torch.stack([gradient, nothing, nothing, nothing], 2).flatten(1, 2), 2)
    whole = F.conv2d(spread, turned, padding=side - 1, groups=groups)
    return whole[..., : given.shape[2], : given.shape[3]], None, None


def _select(gradient: torch.Tensor, sizes: Sequence[int], dim: int, index: int) -> torch.Tensor:
    dim %= len(sizes)
    index %= sizes[dim]
    return _placed(gradient.unsqueeze(dim), dim, index, sizes[dim])


def _slice(gradient: torch.Tensor, sizes: Sequence[int], dim: int, start: int, _end: int, step: int) -> torch.Tensor:
    if step != 1:
        raise NotImplementedError("slices with steps")
    dim %= len(sizes)
    return _placed(gradient, dim, start % sizes[dim], sizes[dim])


def _placed(part: torch.Tensor, dim: int, start: int, size: int) -> torch.Tensor:
    """The part of a tensor of that size along a dimension, and zeros around it."""
    pads = [0, 0] * (part.ndim - dim)
    pads[-2:] = start, size - start - part.shape[dim]
    return F.pad(part, pads)


def _resampling(given: int, wanted: int) -> torch.Tensor:
    """Linear interpolation without aligned corners as a matrix, [wanted, given]."""
    at = ((np.arange(wanted) + 0.5) * given / wanted - 0.5).clip(0, given - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, given - 1)
    matrix = np.zeros((wanted, given), np.float32)
    np.add.at(matrix, (np.arange(wanted), low), 1 - (at - low))
    np.add.at(matrix, (np.arange(wanted), high), at - low)
    return torch.from_numpy(matrix)


def _resized(images: torch.Tensor, size: Sequence[int], _corners: bool, *_scales: Any) -> torch.Tensor:
    rows, columns = _resampling(images.shape[-2], size[0]), _resampling(images.shape[-1], size[1])
    return rows @ images @ columns.t()


def _resized_back(
    gradient: torch.Tensor, size: Sequence[int], given: Sequence[int], _corners: bool, *_scales: Any
) -> torch.Tensor:
    rows, columns = _resampling(given[2], size[0]), _resampling(given[3], size[1])
    return rows.t() @ gradient @ columns


DECOMPOSITIONS: dict[Any, Callable[..., Any]] = {
    aten.convolution_backward.default: _convolution,
    aten.select_backward.default: _select,
    aten.slice_backward.default: _slice,
    aten.upsample_bilinear2d.default: _resized,
    aten.upsample_bilinear2d_backward.default: _resized_back,
    aten._unsafe_view.default: lambda given, size: aten.view.default(given, size),
    aten.hardtanh_backward.default: lambda gradient, x, low, high: torch.where((x > low) & (x < high), gradient, 0.0),
    aten.leaky_relu_backward.default: lambda gradient, given, slope, _: torch.where(given > 0, gradient, gradient * slope),
}
"""Operations of the gradient -> the same by operations that OpenVINO knows."""
