"""Where networks lie, what their copies share, and what happens when a GPU's memory runs out.

Loaded networks are shared by all threads, so nothing here changes one: each function gives a copy.
"""

import copy
import ctypes
import gc
import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def joined(pieces: Sequence[torch.Tensor]) -> torch.Tensor:
    """Pieces of one batch, [B_i, ...], joined to [sum B_i, ...].

    They are joined on the CPU where they do not all lie on one device, since the GPU was given up between them.

    >>> joined([torch.zeros(1, 3), torch.zeros(2, 3)]).shape
    torch.Size([3, 3])
    """
    apart = len({piece.device for piece in pieces}) > 1
    return torch.cat([piece.cpu() if apart else piece for piece in pieces])


def make_room() -> None:
    """Give back memory that nothing refers to any more, the GPU's included. Some 30 ms.

    The C library keeps what PyTorch freed, a few hundred megabytes after a fit, until it is asked for it.

    >>> make_room()
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own
        if trim:
            trim(0)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def copied(network: Network, change: Callable[[torch.Tensor], torch.Tensor], memo: dict[int, Any] | None = None) -> Network:
    """A copy of a network in which every tensor is what `change` makes of it.

    A tensor that `change` returns as it is stays shared between the network and its copy.

    Args:
        memo: pass the same dict for several networks, and their copies share what the networks share.

    >>> network = nn.Linear(2, 2)
    >>> half = copied(network, lambda tensor: tensor.half())
    >>> half.weight.dtype, network.weight.dtype
    (torch.float16, torch.float32)
    """
    memo = {} if memo is None else memo
    for tensor in chain(network.parameters(), network.buffers()):
        if id(tensor) not in memo:
            plain = tensor.detach()
            changed = change(plain)
            memo[id(tensor)] = tensor if changed is plain else _of_same_kind(changed, tensor)
    return copy.deepcopy(network, memo)


def _of_same_kind(tensor: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return nn.Parameter(tensor, like.requires_grad) if isinstance(like, nn.Parameter) else tensor


def with_weights(network: Network, weights: Mapping[str, torch.Tensor]) -> Network:
    """A copy of a network in which some weights are others, by name; it shares all other tensors with the network.

    The weights may be results of a computation, and gradients then reach what they were computed from.

    >>> network = nn.Linear(2, 1, bias=False)
    >>> other = with_weights(network, {"weight": torch.tensor([[1.0, 2.0]])})
    >>> other(torch.ones(1, 2))
    tensor([[3.]])
    """
    other = copied(network, lambda tensor: tensor)
    for name, weight in weights.items():
        place, _, leaf = name.rpartition(".")
        module = other.get_submodule(place)
        delattr(module, leaf)
        module.register_buffer(leaf, weight)  # a parameter could not be the result of a computation
    return other


def channels_last(network: Network, memo: dict[int, Any] | None = None) -> Network:
    """A copy with the weights of the convolutions in the layout that most of them are fastest in.

    Args:
        memo: pass the same dict for several networks, and their copies share what the networks share.

    >>> other = channels_last(nn.Conv2d(4, 4, 3))
    >>> other.weight.is_contiguous(memory_format=torch.channels_last)
    True
    """

    def change(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor

    return copied(network, change, memo)


def moved(network: Network, device: torch.device, memo: dict[int, Any] | None = None) -> Network:
    """A copy on a device, or the network itself where it is there already.

    Args:
        memo: pass the same dict for several networks, and their copies share what the networks share.

    >>> network = nn.Linear(2, 2)
    >>> moved(network, torch.device("cpu")) is network
    True
    """
    tensors = list(chain(network.parameters(), network.buffers()))
    if all(tensor.device.type == device.type and device.index in (None, tensor.device.index) for tensor in tensors):
        return network
    return copied(network, lambda tensor: tensor.to(device), memo)


def on_cpu(network: Network) -> Network:
    """A copy on the CPU that shares nothing with the network; nothing of it passes through the device's memory.

    >>> network = nn.Linear(2, 2)
    >>> other = on_cpu(network)
    >>> torch.equal(other.weight, network.weight), other.weight.data_ptr() == network.weight.data_ptr()
    (True, False)
    """
    return copied(network, lambda tensor: tensor.cpu() if tensor.device.type != "cpu" else tensor.clone())


class CpuFallback:
    """A network that is called on its device until the memory there runs out, and on the CPU from then on.

    `notice` then says so. May be called by several threads.

    >>> network = CpuFallback(nn.Identity())
    >>> network(torch.ones(2)), network.notice
    (tensor([1., 1.]), None)
    """

    def __init__(self, network: nn.Module):
        self._network = network
        self._on_cpu: nn.Module | None = None
        self._lock = threading.Lock()

    @property
    def notice(self) -> str | None:
        """What a person should know of where the network runs; None when all is well."""
        return "The GPU's memory ran out, so faces are read on the CPU now: slowly." if self._on_cpu else None

    def __call__(self, *inputs: torch.Tensor) -> Any:
        """Call the network; the result is on the device it was computed on."""
        if self._on_cpu is None:
            try:
                return self._network(*inputs)
            except torch.OutOfMemoryError:
                make_room()
        return self._fallback()(*(given.cpu() for given in inputs))

    def _fallback(self) -> nn.Module:
        """The copy on the CPU; the thread that comes first makes it, the others wait for it."""
        with self._lock:
            if self._on_cpu is None:
                self._on_cpu = on_cpu(self._network)
                warnings.warn(str(self.notice), stacklevel=3)
            return self._on_cpu
