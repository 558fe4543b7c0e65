"""From the encoder's code to a likeness: move w+ until what the generator draws is the person in the photo.

    L(o) = a pixel + b perceptual + c identity + d mean (o - o_0)^2,        w+ = w_mean + w_std * o

o_0 is the encoder's offset and d keeps o near it: what an encoder gives can be edited, and what lies far from it often
cannot (Tov et al., "Designing an Encoder for StyleGAN Image Manipulation", 2021).

Drawn small, since the generator's last blocks cost most and say least about who it is. But steps that quality a small
generator end where it errs; so every few steps the code is drawn in full, and the difference is added to what is drawn small

    image(w) = small(w) + [ shrink(full(w_k)) - small(w_k) ],        w_k the code at the last such step

Where no code draws the face, the code stays and the generator gives way: the same steps, moving the factors of a change of
its weights instead (Roich et al., "Pivotal Tuning for Latent-based Editing of Real Images", 2022), d keeping that change small.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import torch

from editor.images import shrink
from editor.precision import autocast
from editor.spaces import WPlus

Inversion = TypeVar("Inversion")
"""What is moved and drawn: a code, or a change of the generator."""


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


class LoraLike(Protocol):
    """A change of a generator's weights."""

    @property
    def parameters(self) -> Sequence[torch.Tensor]: ...
    def map(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Any: ...
    def size(self) -> torch.Tensor: ...


@dataclass(frozen=True)
class RefineConfig:
    """How to move.

    Attributes:
        rate: of Adam, in deviations of W; it falls to a tenth over the last half.
        pixel, perceptual, identity: weights of the distances.
        stay: weight of the squared distance to the encoder's offsets.
        correct: steps from one drawing in full to the next.
        tune_rate, tune_stay: the same of changes of the generator, whose factors and weights are in units of its weights'
            deviation.
    """

    rate: float = 0.05
    pixel: float = 6.0
    perceptual: float = 2.0
    identity: float = 1.0
    stay: float = 0.5
    correct: int = 10
    tune_rate: float = 0.02
    tune_stay: float = 0.5

    def weigh(self, distances: DistancesLike) -> Any:
        """One number a face, of the kind that the distances are."""
        return self.pixel * distances.pixel + self.perceptual * distances.perceptual + self.identity * distances.identity


@dataclass(frozen=True, eq=False)
class Step(Generic[Inversion]):
    """Where a descent is after `step` steps: the best so far, and its loss.

    It is judged only where it is drawn in full, so the best one changes at those steps.
    """

    step: int
    best: Inversion
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
) -> Iterator[Step[WPlus]]:
    """Improve one code a step at a time. Stop iterating to stop; the last one given is the best until then.

    Args:
        face: [1, 3, R, R] in [-1, 1], at least as large as what `draw` draws.
        w_plus: the encoder's code, [1, 18, 512], on the device to work on.
        w_std: deviation of W per channel, [512].
        draw: a differentiable generator of a small, fixed size.
        full: what the codes are for; need not be differentiable, may draw larger and on another device.
    """
    with _gradients():
        start = w_plus.clone()
        moved = torch.zeros_like(start, requires_grad=True)
    descent = Descent(
        moved=[moved],
        now=lambda: WPlus(start + w_std * moved),
        kept=lambda code: WPlus(code.detach()),
        stay=lambda: config.stay * moved.square().mean(),
        rate=config.rate,
    )
    yield from _descend(descent, face, draw, full, likeness, steps, config)


def tune(
    face: torch.Tensor,
    lora: LoraLike,
    draw: Callable[[Any], torch.Tensor],
    full: Callable[[Any], torch.Tensor],
    likeness: LikenessLike,
    steps: int,
    config: RefineConfig = RefineConfig(),
) -> Iterator[Step[Any]]:
    """Improve a change of the generator a step at a time, as `refine` does a code.

    Args:
        lora: the change to begin with, on the device to work on.
        draw, full: draw the pivotal code with a changed generator, as for `refine`.
    """
    with _gradients():
        moved = lora.map(lambda factor: factor.detach().clone().requires_grad_())
    descent = Descent(
        moved=moved.parameters,
        now=lambda: moved,
        kept=lambda lora: lora.map(lambda factor: factor.detach().clone()),
        stay=lambda: config.tune_stay * moved.size(),
        rate=config.tune_rate,
    )
    yield from _descend(descent, face, draw, full, likeness, steps, config)


@dataclass(frozen=True, eq=False)
class Descent(Generic[Inversion]):
    """What is moved.

    Attributes:
        moved: leaves that the steps move.
        now: what they stand for, to be drawn.
        kept: the same to keep, untouched by later steps.
        stay: the loss's part that does not look at images.
        rate: of Adam.
    """

    moved: Sequence[torch.Tensor]
    now: Callable[[], Inversion]
    kept: Callable[[Inversion], Inversion]
    stay: Callable[[], torch.Tensor]
    rate: float


def _descend(
    descent: Descent[Inversion],
    face: torch.Tensor,
    draw: Callable[[Inversion], torch.Tensor],
    full: Callable[[Inversion], torch.Tensor],
    likeness: LikenessLike,
    steps: int,
    config: RefineConfig,
) -> Iterator[Step[Inversion]]:
    walk = _Walk(descent, face, draw, full, likeness, config)
    for step in range(steps + 1):
        walk.look(in_full=step % config.correct == 0 or step == steps)
        yield Step(step, walk.best, walk.best_loss)
        if step < steps:
            walk.move(descent.rate * fall(step / steps))


@contextmanager
def _gradients() -> Iterator[None]:
    """Compute with gradients, whatever mode the thread is in. Never held while a generator is suspended.

    Modes belong to a thread. A suspended generator would leave its own to the caller, and may go on in another thread.
    """
    with torch.inference_mode(False), torch.enable_grad():
        yield


class _Walk(Generic[Inversion]):
    """A descent under way: look where it is, then move."""

    def __init__(
        self,
        descent: Descent[Inversion],
        face: torch.Tensor,
        draw: Callable[[Inversion], torch.Tensor],
        full: Callable[[Inversion], torch.Tensor],
        likeness: LikenessLike,
        config: RefineConfig,
    ):
        self._descent, self._face, self._draw, self._full = descent, face, draw, full
        self._likeness, self._config = likeness, config
        with _gradients():
            self._optimizer = torch.optim.Adam(descent.moved, lr=descent.rate, betas=(0.9, 0.99))
            self.best: Inversion = descent.kept(descent.now())
        self.best_loss = float("inf")
        self._target: Any = None
        self._correction = torch.zeros(())
        self._total = torch.zeros(())

    def look(self, in_full: bool) -> None:
        """Draw where the descent is and compare; drawn in full, it is kept if nothing was better."""
        with _gradients():
            now = self._descent.now()
            with autocast(self._face.device):
                small = self._draw(now)
                if in_full:
                    whole = shrink(self._full(self._descent.kept(now)).to(self._face.device), small.shape[-1])
                    self._correction = whole.clamp(-1, 1) - small.detach()
                self._target = self._target or self._likeness.see(shrink(self._face, small.shape[-1]))
                distances = self._likeness.between(self._likeness.see(small + self._correction), self._target)
            self._total = self._config.weigh(distances).sum() + self._descent.stay()
            if in_full and self._total.item() < self.best_loss:
                self.best, self.best_loss = self._descent.kept(now), self._total.item()

    def move(self, rate: float) -> None:
        """A step of Adam from where it was last looked."""
        with _gradients():
            for group in self._optimizer.param_groups:
                group["lr"] = rate
            self._optimizer.zero_grad()
            self._total.backward()
            self._optimizer.step()


def fall(done: float) -> float:
    """Share of the rate once a share of the steps is done: whole for a half of them, then down to a tenth."""
    return 1.0 if done < 0.5 else 1.0 - 0.9 * (2 * done - 1)
