"""A generator in two pieces, so that several images share the first and one photo can have a first piece of its own.

    w+ --trunk--> features at 32 px --tail--> image

The trunk decides what there is to see, the tail draws it: in full, or small (`editor.generate.preview`). A LoRA changes a
trunk for one photo: each weight of its convolutions by a product of two thin matrices (Hu et al., "LoRA", 2021),

    W' = W + std(W) U V

A trunk with a LoRA is a copy that owns the changed weights and shares all others. The trunk itself never changes, since other
threads draw with it at the same time.
"""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import nn

from editor.devices.memory import with_weights
from editor.generate.mobile import Synthesis
from editor.generate.sizes import SOURCE
from editor.generate.stylegan2 import StyleGan2
from editor.spaces import Codes

RANK = 16

Synthesizer = Synthesis | StyleGan2
"""What can be cut in two: has `features` up to a resolution, `finish` from there, and names what a LoRA may change."""


class Trunk(nn.Module):
    """W+ codes [B, 18, 512] -> features [B, C, R, R]. Shares the generator's parameters.

    >>> Trunk(Synthesis((4, 4, 4)), resolution=8)(torch.zeros(2, 18, 512)).shape
    torch.Size([2, 4, 8, 8])
    """

    def __init__(self, synthesis: Synthesizer, resolution: int = SOURCE):
        super().__init__()
        self.synthesis = synthesis
        self.resolution = resolution

    def forward(self, w_plus: Codes) -> torch.Tensor:
        return self.synthesis.features(w_plus, self.resolution)

    def fitted(self, lora: "LoRA") -> "Trunk":
        """A trunk with the LoRA's weights, differentiable in its factors; all other weights are this trunk's own tensors.

        >>> from editor.generate.stylegan2 import StyleGan2Config
        >>> trunk = Trunk(StyleGan2(StyleGan2Config((4, 4, 4), depth=1)), resolution=8)
        >>> code = torch.randn(1, 18, 512)
        >>> torch.equal(trunk.fitted(zero_lora(trunk))(code), trunk(code))
        True
        """
        with torch.inference_mode(False), torch.set_grad_enabled(any(factor.requires_grad for factor in lora.parameters)):
            return with_weights(self, lora.weights(self))


class Tail(nn.Module):
    """Features [B, C, R, R] and codes -> the full image.

    Args:
        half: compute in float16 what is safe in it; for GPUs. The trunk decides what there is to see and stays in float32.
    """

    def __init__(self, synthesis: Synthesizer, resolution: int = SOURCE, half: bool = False):
        super().__init__()
        self.synthesis = synthesis
        self.resolution = resolution
        self.in_half = half

    def forward(self, features: torch.Tensor, w_plus: Codes) -> torch.Tensor:
        if isinstance(self.synthesis, StyleGan2):
            dtype = torch.float16 if self.in_half else torch.float32
            return self.synthesis.finish(features, w_plus, self.resolution, dtype=dtype)
        with torch.autocast(features.device.type, torch.float16) if self.in_half else nullcontext():
            return self.synthesis.finish(features, w_plus, self.resolution)


class EarlyTail(nn.Module):
    """StyleGAN2's image as far as it is drawn at a smaller size: its preview, which nobody has to train."""

    def __init__(self, synthesis: StyleGan2, resolution: int, until: int):
        super().__init__()
        self.synthesis = synthesis
        self.resolution = resolution
        self.until = until

    def forward(self, features: torch.Tensor, w_plus: Codes) -> torch.Tensor:
        return self.synthesis.finish(features, w_plus, self.resolution, self.until)


@dataclass(frozen=True, eq=False)
class LoRA:
    """What makes a trunk one photo's own.

    Attributes:
        factors: name of a weight -> U [outputs, rank] and V [rank, inputs].
    """

    factors: dict[str, tuple[torch.Tensor, torch.Tensor]]

    @property
    def parameters(self) -> list[torch.Tensor]:
        """All factors, U and V of each weight in turn."""
        return [factor for pair in self.factors.values() for factor in pair]

    def map(self, change: Callable[[torch.Tensor], torch.Tensor]) -> "LoRA":
        """The LoRA with every factor changed.

        >>> LoRA({"weight": (torch.ones(4, 2), torch.ones(2, 3))}).map(lambda factor: factor.half()).parameters[0].dtype
        torch.float16
        """
        return LoRA({name: (change(u), change(v)) for name, (u, v) in self.factors.items()})

    def weights(self, trunk: Trunk) -> dict[str, torch.Tensor]:
        """The changed weights, by name, each in the shape and type of the trunk's own and on its device.

        >>> from editor.generate.stylegan2 import StyleGan2Config
        >>> trunk = Trunk(StyleGan2(StyleGan2Config((4, 4, 4), depth=1)), resolution=8)
        >>> list(zero_lora(trunk).weights(trunk))
        ['synthesis.convs.0.conv.weight', 'synthesis.convs.1.conv.weight']
        """
        changed = {}
        for name, (u, v) in self.factors.items():
            weight = trunk.get_parameter(name)
            changed[name] = weight + weight.std() * (u.to(weight) @ v.to(weight)).view_as(weight)
        return changed

    def size(self) -> torch.Tensor:
        """Mean square of what is added to the weights, in units of their variance; a scalar tensor.

        >>> LoRA({"weight": (torch.ones(4, 2), torch.ones(2, 3))}).size()
        tensor(4.)
        """
        return torch.stack([(u @ v).square().mean() for u, v in self.factors.values()]).mean()


def zero_lora(trunk: Trunk, seed: int = 0, rank: int = RANK) -> LoRA:
    """A LoRA of a trunk that changes nothing yet: U, [outputs, rank], is zero, and V, [rank, inputs], random.

    >>> from editor.generate.stylegan2 import StyleGan2Config
    >>> lora = zero_lora(Trunk(StyleGan2(StyleGan2Config((4, 4, 4), depth=1)), resolution=8), rank=2)
    >>> [tuple(factor.shape) for factor in lora.parameters[:2]], lora.size().item()
    ([(4, 2), (2, 36)], 0.0)
    """
    random = torch.Generator().manual_seed(seed)
    factors = {}
    for inner in trunk.synthesis.tunable(trunk.resolution):
        weight = trunk.synthesis.get_parameter(inner)
        outputs = weight.shape[-4]
        v = torch.randn(rank, weight.numel() // outputs, generator=random) / rank**0.5
        factors[f"synthesis.{inner}"] = (weight.new_zeros(outputs, rank), v.to(weight))
    return LoRA(factors)


class FittedTrunks:
    """The trunks of the photos that were fitted, each made once and kept as long as its LoRA is in use, and no longer.

    May be called by several threads.

    Args:
        trunk: what LoRAs change.
        most: how many are kept; one of StyleGAN2 has 57 MB of its own, one of the embedded generator 6 MB.
    """

    def __init__(self, trunk: Trunk, most: int = 8):
        self._trunk = trunk
        self._most = most
        self._made: WeakKeyDictionary[LoRA, Trunk] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def __call__(self, lora: LoRA) -> Trunk:
        """The trunk with this lora, without gradients."""
        with self._lock:
            fitted = self._made.pop(lora, None) or self._trunk.fitted(lora)
            self._made[lora] = fitted  # at the end: the first is what was used longest ago
            while len(self._made) > self._most:
                self._made.pop(next(iter(self._made)))
            return fitted


class Generator(nn.Module):
    """W+ codes [B, 18, 512] -> images [B, 3, R, R] in about [-1, 1]; differentiable in the codes."""

    def __init__(self, trunk: Trunk, tail: nn.Module):
        super().__init__()
        self.trunk = trunk
        self.tail = tail

    def with_trunk(self, trunk: Trunk | None) -> "Generator":
        """The generator with another trunk before the same tail; itself where none is given."""
        return self if trunk is None else Generator(trunk, self.tail).train(self.training)

    def forward(self, w_plus: Codes) -> torch.Tensor:
        return self.tail(self.trunk(w_plus), w_plus)


def whole_generator(synthesis: Synthesizer, source: int = SOURCE, half: bool = False) -> Generator:
    """The generator that draws in full.

    Args:
        source: side in pixels of the features at which it is cut into trunk and tail.
        half: compute in float16 what is safe in it; for GPUs.

    >>> whole_generator(Synthesis((4, 4, 4)), source=8)(torch.zeros(1, 18, 512)).shape
    torch.Size([1, 3, 32, 32])
    """
    return Generator(Trunk(synthesis, source), Tail(synthesis, source, half)).train(synthesis.training)


def early_generator(synthesis: StyleGan2, until: int, source: int = SOURCE) -> Generator:
    """The generator that stops at a smaller size.

    Args:
        until: side of the images in pixels; at least `source`.
        source: side in pixels of the features at which it is cut into trunk and tail.

    >>> from editor.generate.stylegan2 import StyleGan2Config
    >>> synthesis = StyleGan2(StyleGan2Config((4, 4, 4, 4), depth=1))
    >>> early_generator(synthesis, until=16, source=8)(torch.zeros(1, 18, 512)).shape
    torch.Size([1, 3, 16, 16])
    """
    return Generator(Trunk(synthesis, source), EarlyTail(synthesis, source, until)).train(synthesis.training)


def full_precision(generator: Generator) -> Generator:
    """The same generator, changed to compute in float32 throughout.

    >>> full_precision(whole_generator(Synthesis((4, 4, 4)), source=8, half=True)).tail.in_half
    False
    """
    if isinstance(generator.tail, Tail):
        generator.tail.in_half = False
    return generator
