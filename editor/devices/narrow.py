"""Keep a network that is seldom called in half the memory: its large weights stay in half precision between two calls.

Files of this project hold halves, so nothing is lost. A network that is called at every move stays wide, since widening an
encoder's weights takes some 15 ms.
"""

import torch
from torch import nn

from editor.devices.memory import Network, copied

LARGE = 100_000
"""Numbers from which on a tensor is worth narrowing. Statistics and biases are smaller, and others read them."""


def narrowed(network: Network) -> Network:
    """A copy whose large weights are in half precision, where that holds them exactly; it shares all others with the network.

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

    return copied(network, change)


class Widening(nn.Module):
    """Calls a network in full precision. Of a narrowed one a wide copy is made each time. May be shared by threads.

    >>> network = nn.Linear(400, 400).half().float()
    >>> torch.equal(Widening(narrowed(network))(torch.ones(1, 400)), network(torch.ones(1, 400)))
    True
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network
        self._narrow = any(weight.dtype == torch.float16 for weight in network.parameters())

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        network = copied(self.network, _wide) if self._narrow else self.network
        return network(*inputs)


def _wide(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.dtype == torch.float16 else tensor
