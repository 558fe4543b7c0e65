"""Move what a picture is drawn from until it shows the face in the photo: Adam on what is drawn small.

    L(o) = a pixel + b perceptual + c identity + d stay(o)

The picture is drawn small, since the generator's last blocks cost most and say least about who it is. But a descent that only
sees the small generator ends where that one errs. So every few steps the picture is drawn in full, and the difference is added:

    image(o) = small(o) + [ shrink(full(o_k)) - small(o_k) ],        o_k what was moved, at the last such step
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import torch

from editor.devices.precision import autocast
from editor.images import shrink
from editor.judge.likeness import Distances, Likeness, Seen
from editor.judge.quality import ReconstructionQuality

Inversion = TypeVar("Inversion")
"""What is moved and drawn: a code, or a LoRA of the generator."""


@dataclass(frozen=True)
class FitConfig:
    """How to move.

    Attributes:
        rate: of Adam for a code, in standard deviations of W; it falls to a tenth over the last half.
        pixel, perceptual, identity: weights of the distances.
        stay: weight of the mean squared distance to the code it starts from, in standard deviations.
        correct: steps from one drawing in full to the next.
        tune_rate, tune_stay: rate and weight for a LoRA, whose factors and size are in standard deviations of the weights.
    """

    rate: float = 0.05
    pixel: float = 6.0
    perceptual: float = 2.0
    identity: float = 1.0
    stay: float = 0.5
    correct: int = 10
    tune_rate: float = 0.02
    tune_stay: float = 0.5

    def weigh(self, distances: Distances | ReconstructionQuality) -> Any:
        """The distances as one number: [B] of a batch's, a float of a portrait's quality.

        >>> FitConfig().weigh(ReconstructionQuality(identity=0.25, perceptual=0.5, pixel=0.125))
        2.0
        """
        return self.pixel * distances.pixel + self.perceptual * distances.perceptual + self.identity * distances.identity


@dataclass(frozen=True, eq=False)
class Step(Generic[Inversion]):
    """Where a descent is after `step` steps: the best so far, and its loss.

    It is judged only where it is drawn in full, so the best one changes at those steps.
    """

    step: int
    best: Inversion
    loss: float


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


def descend(
    descent: Descent[Inversion],
    face: torch.Tensor,
    draw: Callable[[Inversion], torch.Tensor],
    full: Callable[[Inversion], torch.Tensor],
    likeness: Likeness,
    steps: int,
    config: FitConfig,
) -> Iterator[Step[Inversion]]:
    """Take `steps` steps, giving the state before each and after the last. Stop iterating to stop.

    Args:
        face: [1, 3, R, R] in [-1, 1], at least as large as what `draw` draws.
        draw: a differentiable drawing of a small, fixed size.
        full: what it is for; need not be differentiable, may draw larger and on another device.

    >>> moved = torch.zeros(1, requires_grad=True)  # how light the picture is
    >>> descent = Descent([moved], now=lambda: moved, kept=lambda level: level.detach().clone(), stay=lambda: 0.0, rate=0.05)
    >>> draw = lambda level: level.expand(1, 3, 16, 16)
    >>> likeness = Likeness(lambda faces: (torch.ones(1, 1), [faces + 2]))  # stands in for the network
    >>> steps = list(descend(descent, torch.full((1, 3, 16, 16), 0.5), draw, draw, likeness, steps=10, config=FitConfig()))
    >>> steps[-1].best.item() > 0.2, steps[-1].loss < steps[0].loss
    (True, True)
    """
    walk = _Walk(descent, face, draw, full, likeness, config)
    for step in range(steps + 1):
        walk.look(in_full=step % config.correct == 0 or step == steps)
        yield Step(step, walk.best, walk.best_loss)
        if step < steps:
            walk.move(descent.rate * fall(step / steps))


@contextmanager
def gradients() -> Iterator[None]:
    """Compute with gradients, whatever mode the thread is in. Never held while a generator is suspended.

    Modes belong to a thread. A suspended generator would leave its own to the caller, and may go on in another thread.

    >>> with torch.no_grad(), gradients():
    ...     torch.is_grad_enabled()
    True
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
        likeness: Likeness,
        config: FitConfig,
    ):
        self._descent, self._face, self._draw, self._full = descent, face, draw, full
        self._likeness, self._config = likeness, config
        with gradients():
            self._optimizer = torch.optim.Adam(descent.moved, lr=descent.rate, betas=(0.9, 0.99))
            self.best: Inversion = descent.kept(descent.now())
        self.best_loss = float("inf")
        self._target: Seen | None = None
        self._correction = torch.zeros(())
        self._total = torch.zeros(())

    def look(self, in_full: bool) -> None:
        """Draw where the descent is and compare. Drawn in full, it is kept if nothing was better."""
        with gradients():
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
        with gradients():
            for group in self._optimizer.param_groups:
                group["lr"] = rate
            self._optimizer.zero_grad()
            self._total.backward()
            self._optimizer.step()


def fall(done: float) -> float:
    """Share of the rate once a share of the steps is done: whole for a half of them, then down to a tenth.

    >>> [round(fall(done), 2) for done in (0.0, 0.5, 0.75, 1.0)]
    [1.0, 1.0, 0.55, 0.1]
    """
    return 1.0 if done < 0.5 else 1.0 - 0.9 * (2 * done - 1)
