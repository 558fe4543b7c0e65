"""Generated faces, whose codes are known.

    w+ = w_mean + psi (w - w_mean)      psi uniform in 0.5-1

Half of the codes are style-mixed at a random layer. Half, independently, get noise from layer to layer. So an encoder sees W+
and not only W.
"""

from dataclasses import dataclass

import torch
from torch import nn

from editor.generate.mobile import Mapping, read_synthesis
from editor.generate.preview import PreviewGenerator, read_preview
from editor.spaces import CHANNELS, LAYERS, WPlus, broadcast_w
from editor.weights import WeightStore


@dataclass(frozen=True, eq=False)
class WStatistics:
    """Mean and standard deviation of each channel of W, both [512]."""

    mean: torch.Tensor
    std: torch.Tensor

    def to(self, device: torch.device) -> "WStatistics":
        """These statistics on `device`."""
        return WStatistics(self.mean.to(device), self.std.to(device))


def w_statistics(mapping: Mapping, samples: int = 50_000, seed: int = 0) -> WStatistics:
    """Estimate mean and standard deviation of W from `samples` codes.

    >>> statistics = w_statistics(Mapping(depth=2), samples=100)
    >>> statistics.mean.shape, statistics.std.shape, bool((statistics.std > 0).all())
    (torch.Size([512]), torch.Size([512]), True)
    """
    z = torch.randn(samples, CHANNELS, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        w = mapping(z)
    return WStatistics(w.mean(0), w.std(0))


def sample_codes(mapping: Mapping, mean: torch.Tensor, count: int, random: torch.Generator) -> WPlus:
    """`count` random codes of W+, [count, 18, 512], on the mapping's device.

    Args:
        mean: of W, [512].

    >>> mapping, random = Mapping(depth=2), torch.Generator().manual_seed(0)
    >>> sample_codes(mapping, torch.zeros(512), 3, random).shape
    torch.Size([3, 18, 512])
    """
    device = mean.device

    def uniform(low: float, high: float) -> torch.Tensor:
        return (low + (high - low) * torch.rand(count, 1, 1, generator=random)).to(device)

    def w(*shape: int) -> torch.Tensor:
        z = torch.randn(*shape, CHANNELS, generator=random).to(device)
        with torch.no_grad():
            return mapping(z.flatten(0, -2)).view(*shape, CHANNELS) - mean

    layer = torch.arange(LAYERS, device=device)[:, None]
    crossover = torch.where(uniform(0, 1) < 0.5, uniform(1, 16).floor(), torch.full((), LAYERS, device=device))
    mixed = torch.where(layer < crossover, broadcast_w(w(count)), broadcast_w(w(count)))
    wander = torch.where(uniform(0, 1) < 0.5, uniform(0, 0.35), torch.zeros((), device=device))
    return WPlus(mean + uniform(0.5, 1.0) * mixed + wander * w(count, LAYERS))


def blended_codes(one: WPlus, other: WPlus, random: torch.Generator) -> WPlus:
    """Codes between two photos' codes, [N, 18, 512] each: where photos lie in W+, but nobody's.

    Half of them have the coarse layers, up to a random one, of the one and the fine ones of the other.

    Args:
        random: on the CPU, as the codes.

    >>> ends = torch.zeros(3, 18, 512), torch.ones(3, 18, 512)
    >>> between = blended_codes(*map(WPlus, ends), torch.Generator().manual_seed(0))
    >>> between.shape, bool((between >= 0).all() and (between <= 1).all())
    (torch.Size([3, 18, 512]), True)
    """
    count, layer = len(one), torch.arange(LAYERS)[:, None]
    crossed = torch.rand(count, 1, 1, generator=random) < 0.5
    crossover = torch.randint(2, LAYERS - 2, (count, 1, 1), generator=random)
    mixed = (layer >= crossover).float()
    even = torch.rand(count, 1, 1, generator=random)
    return WPlus(torch.lerp(one, other, torch.where(crossed, mixed, even)))


def draw(generator: nn.Module, w_plus: WPlus, chunk: int) -> torch.Tensor:
    """Faces [N, 3, R, R] in [-1, 1] of codes, drawn in pieces of `chunk`: on a CPU, small pieces stay in the cache.

    >>> drawn = draw(lambda w_plus: 3 * painter(w_plus), codes.w_plus, chunk=16)
    >>> drawn.shape, drawn.abs().max()
    (torch.Size([60, 3, 16, 16]), tensor(1.))
    """
    with torch.no_grad():
        return torch.cat([generator(piece).float().clamp(-1, 1) for piece in w_plus.split(chunk)])


def unseen_codes(mapping: Mapping, mean: torch.Tensor, count: int, seed: int) -> WPlus:
    """Random codes of W, truncated by psi of 0.5-1, [count, 18, 512]. Training uses codes of other seeds.

    Args:
        mean: of W, [512].

    >>> w_plus = unseen_codes(Mapping(depth=2), torch.zeros(512), 3, seed=0)
    >>> w_plus.shape, torch.equal(w_plus[:, 0], w_plus[:, 17])  # of W, so the same in every layer
    (torch.Size([3, 18, 512]), True)
    """
    random = torch.Generator().manual_seed(seed)
    psi = 0.5 + 0.5 * torch.rand(count, 1, generator=random)
    with torch.no_grad():
        w = mapping(torch.randn(count, CHANNELS, generator=random))
    return broadcast_w(mean + psi * (w - mean))


def shipped_preview(store: WeightStore, resolution: int) -> PreviewGenerator:
    """The embedded generator's preview at a resolution in pixels.

    >>> shipped_preview(store, 128)(torch.zeros(1, 18, 512)).shape
    torch.Size([1, 3, 128, 128])
    """
    return read_preview(store.path("preview"), read_synthesis(store.path("mobilestylegan-ffhq")), resolution)
