"""Where networks lie: the layout of their weights, and what happens when a GPU's memory runs out."""

import copy
import gc
import warnings
from itertools import chain
from typing import Any, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def make_room() -> None:
    """Give back what nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def channels_last(network: Network) -> Network:
    """The network with the weights of its convolutions in the layout that most of them are fastest in; changed in place."""
    for tensor in chain(network.parameters(), network.buffers()):
        if tensor.ndim == 4:
            tensor.data = tensor.data.contiguous(memory_format=torch.channels_last)
    return network


def on_cpu(network: Network) -> Network:
    """A copy of a network on the CPU; nothing of it passes through the device's memory, and the network stays as it is."""
    tensors = chain(network.parameters(), network.buffers())
    memo: dict[int, torch.Tensor] = {}
    for tensor in tensors:
        moved = tensor.detach().cpu()
        memo[id(tensor)] = nn.Parameter(moved, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else moved
    return copy.deepcopy(network, memo)


class Careful:
    """A network that is called on its device until the memory there runs out, and on the CPU from then on; `notice` says so."""

    def __init__(self, network: nn.Module):
        self.notice: str | None = None
        self._network = network

    def __call__(self, *inputs: torch.Tensor) -> Any:
        """Call the network; the result is on the device it was computed on."""
        if self.notice is None:
            try:
                return self._network(*inputs)
            except torch.OutOfMemoryError:
                make_room()
        if self.notice is None:
            self._network = on_cpu(self._network)
            self.notice = "The GPU's memory ran out, so faces are read on the CPU now: slowly."
            warnings.warn(self.notice, stacklevel=2)
        return self._network(*(given.cpu() for given in inputs))
