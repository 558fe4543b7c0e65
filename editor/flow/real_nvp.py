"""The flow T: W+ <-> W*, a stack of couplings over the whole code.

    w* = T(w) = (f_n o ... o f_1)((w - mean) / std),        w = T^-1(w*)

Codes are centred and scaled by the statistics of the codes it is trained on, since codes of W+ share a large offset. T sees
the 18 x 512 numbers flat, so what it moves in one layer may depend on every other; `per_layer`, one T of 512 numbers serves all
layers alike. Masks are stripes; each pair of
couplings uses stripes and their complement, so that every pair changes every number.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from editor.flow.config import FlowConfig
from editor.flow.coupling import Coupling
from editor.spaces import WPlus, WStar
from editor.weights.tensors import Tensors, filled, halved, read_as, write_tensors


def alternating_masks(config: FlowConfig) -> Iterator[torch.Tensor]:
    """A mask and its complement for each pair of couplings, [dimension] bool. True marks the numbers that a coupling keeps.

    >>> masks = list(alternating_masks(FlowConfig(couplings=2, layers=2, channels=3)))
    >>> masks[0].tolist()
    [False, True, False, True, False, True]
    >>> torch.equal(masks[1], ~masks[0])
    True
    """
    index, random = torch.arange(config.dimension, device="cpu"), torch.Generator().manual_seed(0)
    for pair in range(config.couplings // 2):
        if config.masks == "stripes":
            mask = (index >> pair & 1).bool()
        elif config.masks == "halves":
            mask = index >= config.dimension // 2
        else:
            mask = torch.randperm(config.dimension, generator=random, device="cpu") >= config.dimension // 2
        yield mask
        yield ~mask


class RealNVP(nn.Module):
    """An exactly invertible map T between W+ and W*.

    Raises:
        ValueError: the number of couplings is odd.

    >>> flow = RealNVP(FlowConfig(couplings=2, hidden=8))
    >>> flow.load_state_dict({name: torch.rand_like(value) + 0.1 for name, value in flow.state_dict().items()})
    <All keys matched successfully>
    >>> w_plus = WPlus(torch.randn(2, 18, 512))
    >>> torch.allclose(flow.inverse(flow(w_plus)), w_plus, atol=1e-4)
    True
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, config: FlowConfig = FlowConfig()):
        super().__init__()
        if config.couplings % 2:
            raise ValueError("couplings come in pairs")
        self.config = config
        self.couplings = nn.ModuleList(Coupling(mask, config.hidden, config.bound) for mask in alternating_masks(config))
        self.register_buffer("mean", torch.zeros(config.layers, config.channels))
        self.register_buffer("std", torch.ones(config.layers, config.channels))

    def normalise(self, w_plus: WPlus) -> torch.Tensor:
        """Centre and scale codes of W+, [B, 18, 512] -> normalised codes, [B, 9216].

        Over the codes that the flow was trained on, each number has mean 0 and standard deviation 1.

        >>> flow = RealNVP(FlowConfig(couplings=2, hidden=8))
        >>> flow.normalise(WPlus(torch.zeros(1, 18, 512))).shape
        torch.Size([1, 9216])
        """
        return ((w_plus - self.mean) / self.std).flatten(1)

    def denormalise(self, numbers: torch.Tensor) -> WPlus:
        """Undo `normalise`: normalised codes, [B, 9216] -> codes of W+, [B, 18, 512].

        >>> flow, w_plus = RealNVP(FlowConfig(couplings=2, hidden=8)), WPlus(torch.randn(1, 18, 512))
        >>> torch.allclose(flow.denormalise(flow.normalise(w_plus)), w_plus)
        True
        """
        return WPlus(numbers.unflatten(1, self.mean.shape) * self.std + self.mean)

    def forward(self, w_plus: WPlus) -> WStar:
        """T, W+ -> W*, [B, 18, 512] -> [B, 18, 512].

        >>> flow = RealNVP(FlowConfig(couplings=2, hidden=8))  # fresh, so the identity
        >>> torch.equal(flow(WPlus(torch.ones(1, 18, 512))), torch.ones(1, 18, 512))
        True
        """
        return self.transform(w_plus)[0]

    def transform(self, w_plus: WPlus) -> tuple[WStar, torch.Tensor]:
        """T, [B, 18, 512] -> [B, 18, 512], and log|det dT/dw|, [B].

        The determinant is that of the couplings; the normalisation's is constant and left out.

        >>> flow = RealNVP(FlowConfig(couplings=2, hidden=8))
        >>> flow.transform(WPlus(torch.zeros(2, 18, 512)))[1]
        tensor([0., 0.], grad_fn=<AddBackward0>)
        """
        numbers = self.normalise(w_plus).unflatten(1, (-1, self.config.dimension))
        log_det = numbers.new_zeros(len(numbers))
        for coupling in self.couplings:
            numbers, change = coupling(numbers)
            log_det = log_det + change.sum(1)
        return WStar(numbers.flatten(1).unflatten(1, self.mean.shape)), log_det

    def inverse(self, w_star: WStar) -> WPlus:
        """T^-1, W* -> W+, [B, 18, 512] -> [B, 18, 512].

        >>> flow = RealNVP(FlowConfig(couplings=2, hidden=8))
        >>> flow.inverse(WStar(torch.zeros(1, 18, 512))).shape
        torch.Size([1, 18, 512])
        """
        numbers = w_star.flatten(1).unflatten(1, (-1, self.config.dimension))
        for coupling in reversed(self.couplings):
            assert isinstance(coupling, Coupling)
            numbers = coupling.inverse(numbers)
        return self.denormalise(numbers.flatten(1))


def write_flow(flow: RealNVP, path: Path, encoder: str) -> None:
    """Save in half precision, with the sha256 of the encoder whose codes it unfolds.

    >>> write_flow(flow, folder / "flow.safetensors", encoder="sha256 of the encoder")
    >>> read_flow(folder / "flow.safetensors")[1]
    'sha256 of the encoder'
    """
    about = {"config": json.dumps(asdict(flow.config)), "encoder": encoder}
    write_tensors(path, halved(flow.state_dict(), ("mean", "std")), about)


def read_flow(path: Path) -> tuple[RealNVP, str]:
    """The flow in a file that `write_flow` made, frozen, in eval mode; and the sha256 of its encoder.

    Raises:
        WeightsError: the file is not such a file.

    >>> write_flow(flow, folder / "flow.safetensors", encoder="sha256 of the encoder")
    >>> again, encoder = read_flow(folder / "flow.safetensors")
    >>> torch.allclose(again(codes.w_plus), flow(codes.w_plus), atol=0.01)  # weights are in half precision
    True
    """

    def build(tensors: Tensors, about: dict[str, str]) -> tuple[RealNVP, str]:
        config = FlowConfig(**json.loads(about["config"]))
        _check_size(config, tensors)
        return filled(lambda: RealNVP(config), tensors), about["encoder"]

    return read_as(path, "a flow", build)


def _check_size(config: FlowConfig, tensors: Tensors) -> None:
    """Refuse a config whose network would be larger than the file: what it says is not to be trusted with memory.

    Raises:
        ValueError: the file holds fewer numbers than the config asks for.
    """
    asked = 2 * config.couplings * config.hidden * (config.dimension + config.hidden) + 2 * config.layers * config.channels
    if asked > sum(value.numel() for value in tensors.values()):
        raise ValueError("its config is of a larger network")
