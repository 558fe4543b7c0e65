"""The objective as one static graph for a CPU: drawing, comparing and the gradient of both, run by OpenVINO.

The graph takes the code and the LoRA as inputs, so it serves every portrait and both ways of fitting. A LoRA's products of thin
matrices are applied to the features beside the weights, not added to these.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from editor.actions.fit.inversion import Inversion, Part
from editor.actions.fit.objective import Slope, Weights
from editor.compiled.converted import stored_maps
from editor.compiled.static import StaticGraph
from editor.devices.memory import copied
from editor.devices.precision import has_fast_bf16
from editor.generate.mobile import ModulatedConv
from editor.generate.preview import PreviewGenerator
from editor.generate.runtimes.gradient import with_gradients
from editor.generate.trunk import LoRA, zero_lora
from editor.judge.features import features_distance, marks
from editor.judge.likeness import Likeness, Seen
from editor.spaces import CHANNELS, LAYERS, WPlus

FORM = "fit-3"
"""Part of the name of kept graphs; changes whenever the graph does."""


class CompiledObjective:
    """As `Objective` says. Threads take turns.

    Args:
        generator: draws small; on the CPU.
        kept: folder to keep the converted graph in; its name must change with the weights. Converting takes ten seconds.
    """

    def __init__(self, generator: PreviewGenerator, likeness: Likeness, kept: Path | None = None):
        self.side = generator.resolution
        self._likeness = likeness
        self._nothing = zero_lora(generator.trunk)
        self._names = list(self._nothing.factors)
        code = WPlus(torch.zeros(1, LAYERS, CHANNELS))
        target = self.see(torch.zeros(1, 3, self.side, self.side))
        correction = torch.zeros(1, 3, self.side, self.side)
        examples = self._inputs(Inversion(code), target, correction, (1.0, 1.0, 1.0, 1.0))

        self._maps = used_maps(generator)

        def graph() -> nn.Module:
            compared = _Compared(generator, likeness, self._names, list(self._maps))
            return with_gradients(compared, self._with_maps(examples), of=range(1 + 2 * len(self._names)))

        precision = "bf16" if has_fast_bf16(torch.device("cpu")) else "f32"
        kept = kept and kept / f"{FORM}-{self.side}"
        self._graph = StaticGraph(graph, self._with_maps(examples), kept, precision)

    def see(self, face: torch.Tensor) -> Seen:
        """As `Objective` says."""
        with torch.no_grad():
            return self._likeness.see(face)

    def __call__(self, at: Inversion, part: Part, target: Seen, correction: torch.Tensor | None, weights: Weights) -> Slope:
        """As `Objective` says."""
        correction = torch.zeros_like(target.faces) if correction is None else correction
        distances, picture, code, *factors = self._graph(*self._with_maps(self._inputs(at, target, correction, weights)))
        return Slope(picture, distances, [code] if part == "w_plus" else factors)

    def _inputs(self, at: Inversion, target: Seen, correction: torch.Tensor, weights: Weights) -> tuple[torch.Tensor, ...]:
        lora = at.lora or self._nothing
        factors = [factor.float() for name in self._names for factor in lora.factors[name]]
        return at.w_plus, *factors, *target[:2], *target.taps, correction, torch.tensor(weights, dtype=torch.float32)

    def _with_maps(self, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        return *inputs, *self._maps.values()


class _Compared:
    """Code, factors, the target's face, embedding and taps, correction, weights, maps -> loss; distances and picture.

    Args:
        names: of the LoRA's weights.
        maps: names of the generator's stored maps, which are inputs, as `editor.compiled.converted` says.
    """

    def __init__(self, generator: PreviewGenerator, likeness: Likeness, names: Sequence[str], maps: Sequence[str]):
        self._generator, self._likeness, self._names, self._maps = generator, likeness, names, maps
        self._marks = marks(generator.resolution)

    def __call__(self, code: torch.Tensor, *inputs: torch.Tensor) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        first, last = 2 * len(self._names), len(inputs) - len(self._maps)
        factors, seen, maps = inputs[:first], inputs[first:last], inputs[last:]
        face, embedding, *taps, correction, weights = seen
        generator = with_maps(self._generator, dict(zip(self._maps, maps, strict=True)))
        pairs = dict(zip(self._names, zip(factors[::2], factors[1::2], strict=True), strict=True))
        apply_low_rank(generator.trunk, LoRA(pairs))
        picture = generator(WPlus(code))
        corrected = picture + correction
        found = self._likeness.between(self._likeness.see(corrected), Seen(face, embedding, list(taps)))
        features = features_distance(corrected, face, self._marks)
        distances = torch.cat([found.pixel, features, found.perceptual, found.identity])
        return (distances * weights).sum(), (distances, picture)


def used_maps(generator: PreviewGenerator) -> dict[str, torch.Tensor]:
    """The stored maps that a drawing reads; a preview does not need those of the full generator's last blocks.

    >>> from editor.generate.mobile import Synthesis
    >>> from editor.generate.preview import SlimBlocks
    >>> from editor.generate.trunk import Trunk
    >>> slim = SlimBlocks(widths=(4, 4), source=8, hidden=2, total=1)
    >>> maps = used_maps(PreviewGenerator(Trunk(Synthesis((4, 4, 4)), 8), slim, 32))
    >>> sorted({map_.shape[-1] for map_ in maps.values()})
    [4, 8, 16]
    """
    own, called = copied(generator, lambda tensor: tensor), set()
    for name, module in own.named_modules():
        module.register_forward_hook(lambda *_, name=name: called.add(name))
    with torch.no_grad():
        own(WPlus(torch.zeros(1, LAYERS, CHANNELS)))
    return {name: map_ for name, map_ in stored_maps(generator).items() if name.rpartition(".")[0] in called}


def with_maps(generator: PreviewGenerator, maps: Mapping[str, torch.Tensor]) -> PreviewGenerator:
    """A copy of the generator that reads other maps, by name; it shares all else.

    >>> from editor.generate.mobile import Synthesis
    >>> from editor.generate.preview import SlimBlocks
    >>> from editor.generate.trunk import Trunk
    >>> slim = SlimBlocks(widths=(4, 4), source=8, hidden=2, total=1)
    >>> preview = PreviewGenerator(Trunk(Synthesis((4, 4, 4)), 8), slim, 32)
    >>> other = with_maps(preview, {name: torch.ones_like(map_) for name, map_ in used_maps(preview).items()})
    >>> {bool((map_ == 1).all()) for map_ in used_maps(other).values()}
    {True}
    """
    other = copied(generator, lambda tensor: tensor)
    for name, map_ in maps.items():
        place, _, leaf = name.rpartition(".")
        other.get_submodule(place).register_buffer(leaf, map_)
    return other


class _LowRank(nn.Module):
    """A modulated 1x1 convolution whose weight is changed by a product of thin matrices.

    Args:
        u, v: [outputs, rank] and [rank, inputs].
    """

    def __init__(self, convolution: ModulatedConv, u: torch.Tensor, v: torch.Tensor):
        super().__init__()
        self._convolution = convolution
        self._u, self._v = u * convolution.weight.std(), v

    def forward(self, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        spread = self._convolution.spread(x, w)
        change = self._u @ (self._v @ spread.flatten(2))
        return F.conv2d(spread, self._convolution.weight) + change.unflatten(2, spread.shape[2:])


def apply_low_rank(trunk: nn.Module, lora: LoRA) -> None:
    """Make a trunk apply a LoRA to features. The trunk must be one's own; its weights stay as they are.

    >>> from editor.generate.mobile import Synthesis
    >>> from editor.generate.trunk import Trunk
    >>> trunk = Trunk(Synthesis((4, 4, 4)), resolution=8)
    >>> lora = zero_lora(trunk).map(torch.ones_like)
    >>> other = copied(trunk, lambda tensor: tensor.normal_())
    >>> apply_low_rank(other, lora)
    >>> torch.allclose(other(torch.ones(1, 18, 512)), trunk.fitted(lora)(torch.ones(1, 18, 512)), rtol=1e-3)
    True
    """
    for name, (u, v) in lora.factors.items():
        place, _, leaf = name.removesuffix(".weight").rpartition(".")
        convolution = trunk.get_submodule(f"{place}.{leaf}")
        assert isinstance(convolution, ModulatedConv)
        setattr(trunk.get_submodule(place), leaf, _LowRank(convolution, u, v))
