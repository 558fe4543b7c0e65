"""Keep a network that is seldom called in half the memory: its large weights rest in half precision between two calls.

Files of this project hold halves, so nothing is lost. Each layer widens its own weights while it computes. That takes time, so
a network that is called at every move stays wide.
"""

import torch
from torch import nn

from editor.devices.memory import Network, copied

LARGE = 100_000
"""Numbers from which on a weight is worth narrowing. Biases are smaller, and buffers stay wide: others read them."""


def narrowed(network: Network) -> Network:
    """A copy whose large weights are in half precision, where that holds them exactly; it shares all others with the network.

    It computes once it is `widening`.

    >>> network = nn.Linear(400, 400)
    >>> narrowed(network).weight.dtype
    torch.float32
    >>> narrowed(network.half().float()).weight.dtype
    torch.float16
    """

    def change(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.dtype != torch.float32 or tensor.numel() < LARGE:
            return tensor
        half = tensor.half()
        return half if torch.equal(half.float(), tensor) else tensor

    return copied(network, change, {id(buffer): buffer for buffer in network.buffers()})


def widening(network: nn.Module) -> nn.Module:
    """A network that computes in full precision what a narrowed one would, and shares its weights; a wide one as it is.

    It may be shared by threads.

    >>> network = nn.Sequential(nn.Linear(400, 400)).half().float()
    >>> torch.equal(widening(narrowed(network))(torch.ones(1, 400)), network(torch.ones(1, 400)))
    True
    """
    if not any(weight.dtype == torch.float16 for weight in network.parameters()):
        return network
    other = copied(nn.Sequential(network), lambda tensor: tensor)
    for name, module in list(other.named_modules()):
        if any(weight.dtype == torch.float16 for weight in module.parameters(recurse=False)):
            other.set_submodule(name, _Widening(module))
    return other


class _Widening(nn.Module):
    """A layer whose weights are widened while it computes."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return copied(self.layer, lambda tensor: tensor.float() if tensor.dtype == torch.float16 else tensor)(*inputs)
