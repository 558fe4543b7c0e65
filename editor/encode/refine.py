"""From the encoder's code to a likeness: move w+ until what the generator draws is the person in the photo.

    L(o) = a pixel + b perceptual + c identity + d mean (o - o_0)^2,        w+ = w_mean + w_std * o

o_0 is the encoder's offset and d keeps o near it: what an encoder gives can be edited, and what lies far from it often
cannot (Tov et al., "Designing an Encoder for StyleGAN Image Manipulation", 2021).

Drawn small, since the generator's last blocks cost most and say least about who it is. But steps that trust a small
generator end where it errs; so every few steps the code is drawn in full, and the difference is added to what is drawn small

    image(w) = small(w) + [ shrink(full(w_k)) - small(w_k) ],        w_k the code at the last such step
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from editor.images import shrink
from editor.spaces import WPlus


class DistancesLike(Protocol):
    """What the steps are steered by: tensors [B], or numbers of one face."""

    @property
    def pixel(self) -> Any: ...
    @property
    def perceptual(self) -> Any: ...
    @property
    def identity(self) -> Any: ...


class LikenessLike(Protocol):
    """What tells how alike faces are, and looks at a target once for many distances."""

    def see(self, faces: torch.Tensor) -> Any: ...
    def between(self, one: Any, target: Any) -> DistancesLike: ...


@dataclass(frozen=True)
class RefineConfig:
    """How to move.

    Attributes:
        rate: of Adam, in deviations of W; it falls to a tenth over the last half.
        pixel, perceptual, identity: weights of the distances.
        stay: weight of the squared distance to the encoder's offsets.
        correct: steps from one drawing in full to the next.
    """

    rate: float = 0.05
    pixel: float = 6.0
    perceptual: float = 2.0
    identity: float = 1.0
    stay: float = 0.5
    correct: int = 10

    def weigh(self, distances: DistancesLike) -> Any:
        """One number a face, of the kind that the distances are."""
        return self.pixel * distances.pixel + self.perceptual * distances.perceptual + self.identity * distances.identity


@dataclass(frozen=True)
class RefineStep:
    """Where a refinement is after `step` steps: the best code so far, [1, 18, 512], and its loss.

    A code is judged only where it is drawn in full, so the best one changes at those steps.
    """

    step: int
    w_plus: WPlus
    loss: float


def refine(
    face: torch.Tensor,
    w_plus: WPlus,
    w_std: torch.Tensor,
    draw: Callable[[WPlus], torch.Tensor],
    full: Callable[[WPlus], torch.Tensor],
    likeness: LikenessLike,
    steps: int,
    config: RefineConfig = RefineConfig(),
) -> Iterator[RefineStep]:
    """Improve one code a step at a time. Stop iterating to stop; the last one given is the best until then.

    Args:
        face: [1, 3, R, R] in [-1, 1], at least as large as what `draw` draws.
        w_plus: the encoder's code, [1, 18, 512], on the device to work on.
        w_std: deviation of W per channel, [512].
        draw: a differentiable generator of a small, fixed size.
        full: what the codes are for; need not be differentiable, may draw larger and on another device.
    """
    with torch.inference_mode(False), torch.enable_grad():
        start = w_plus.clone()
        moved = torch.zeros_like(start, requires_grad=True)
        optimizer = torch.optim.Adam([moved], lr=config.rate, betas=(0.9, 0.99))
        best, best_loss, target, correction = start, float("inf"), None, torch.zeros(())
        for step in range(steps + 1):
            code = WPlus(start + w_std * moved)
            exact = step % config.correct == 0 or step == steps
            with torch.autocast(face.device.type, dtype=torch.bfloat16):
                small = draw(code)
                if exact:
                    whole = shrink(full(WPlus(code.detach())).to(face.device), small.shape[-1])
                    correction = whole.clamp(-1, 1) - small.detach()
                target = target or likeness.see(shrink(face, small.shape[-1]))
                distances = likeness.between(likeness.see(small + correction), target)
            total = config.weigh(distances).sum() + config.stay * moved.square().mean()
            if exact and total.item() < best_loss:
                best, best_loss = WPlus(code.detach()), total.item()
            yield RefineStep(step, WPlus(best), best_loss)
            if step == steps:
                return
            for group in optimizer.param_groups:
                group["lr"] = config.rate * fall(step / steps)
            optimizer.zero_grad()
            total.backward()
            optimizer.step()


def fall(done: float) -> float:
    """Share of the rate once a share of the steps is done: whole for a half of them, then down to a tenth."""
    return 1.0 if done < 0.5 else 1.0 - 0.9 * (2 * done - 1)
