"""A generator in two pieces, so that several images share the first and one photo can have a first piece of its own.

    w+ --trunk--> features at 32 px --tail--> image

The trunk decides what there is to see, the tail draws it: in full, or small (`editor.generate.preview`). A delta changes a
trunk for one photo: each of its pointwise weights by a product of two thin matrices (Hu et al., "LoRA", 2021),

    W' = W + std(W) U V
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.func import functional_call

from editor.generate.mobile import Synthesis
from editor.spaces import WPlus

SOURCE = 32
"""Side in pixels of a trunk's features."""
RANK = 16


class Trunk(nn.Module):
    """W+ codes [B, 18, 512] -> features [B, C, R, R]. Shares the generator's parameters."""

    def __init__(self, synthesis: Synthesis, resolution: int = SOURCE):
        super().__init__()
        self.synthesis = synthesis
        self.resolution = resolution

    def forward(self, w_plus: WPlus) -> torch.Tensor:
        return self.synthesis.features(w_plus, self.resolution)


class Tail(nn.Module):
    """Features [B, C, R, R] and codes -> the full image."""

    def __init__(self, synthesis: Synthesis, resolution: int = SOURCE):
        super().__init__()
        self.synthesis = synthesis
        self.resolution = resolution

    def forward(self, features: torch.Tensor, w_plus: WPlus) -> torch.Tensor:
        return self.synthesis.finish(features, w_plus, self.resolution)


@dataclass(frozen=True)
class Delta:
    """What makes a trunk one photo's own.

    Attributes:
        factors: name of a weight -> U [outputs, rank] and V [rank, inputs].
    """

    factors: dict[str, tuple[torch.Tensor, torch.Tensor]]

    @property
    def parameters(self) -> list[torch.Tensor]:
        """All factors."""
        return [factor for pair in self.factors.values() for factor in pair]

    def map(self, change) -> "Delta":
        """The delta with every factor changed."""
        return Delta({name: (change(u), change(v)) for name, (u, v) in self.factors.items()})

    def weights(self, trunk: Trunk) -> dict[str, torch.Tensor]:
        """The changed weights, by name, of the trunk's own type and on its device."""
        changed = {}
        for name, (u, v) in self.factors.items():
            weight = trunk.get_parameter(name)
            changed[name] = weight + weight.std() * (u.to(weight) @ v.to(weight))[:, :, None, None]
        return changed

    def size(self) -> torch.Tensor:
        """Mean square of what is added to the weights, in units of their variance."""
        return torch.stack([(u @ v).square().mean() for u, v in self.factors.values()]).mean()


def no_delta(trunk: Trunk, seed: int = 0, rank: int = RANK) -> Delta:
    """A delta of a trunk that changes nothing yet: U is zero, V random."""
    random = torch.Generator().manual_seed(seed)
    factors = {}
    for name, weight in trunk.named_parameters():
        block = name.removeprefix("synthesis.layers.").partition(".")[0]
        inside = block.isdigit() and 8 * 2 ** int(block) <= trunk.resolution
        if inside and name.endswith("conv.weight"):
            v = torch.randn(rank, weight.shape[1], generator=random) / rank**0.5
            factors[name] = (weight.new_zeros(weight.shape[0], rank), v.to(weight))
    return Delta(factors)


class Generator(nn.Module):
    """W+ codes [B, 18, 512] -> images [B, 3, R, R] in about [-1, 1]; differentiable in the codes and in a delta."""

    def __init__(self, trunk: Trunk, tail: nn.Module):
        super().__init__()
        self.trunk = trunk
        self.tail = tail

    def features(self, w_plus: WPlus, delta: Delta | None = None) -> torch.Tensor:
        """What the tail reads."""
        return self.trunk(w_plus) if delta is None else functional_call(self.trunk, delta.weights(self.trunk), (w_plus,))

    def forward(self, w_plus: WPlus, delta: Delta | None = None) -> torch.Tensor:
        return self.tail(self.features(w_plus, delta), w_plus)


def whole_generator(synthesis: Synthesis, source: int = SOURCE) -> Generator:
    """The generator that draws in full."""
    return Generator(Trunk(synthesis, source), Tail(synthesis, source)).train(synthesis.training)
