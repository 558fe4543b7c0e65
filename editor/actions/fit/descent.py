"""Move what a picture is drawn from until it shows the face in the photo: gradient descent on what is drawn small.

    L(o) = a pixel + b features + c perceptual + d identity + e stay(o)

The picture is drawn small, since the generator's last blocks cost most and say least about who it is: at 128 px first, at
256 px last. But a descent that only sees the small generator ends where that one errs. So now and then the picture is drawn in
full, at least once between the first step and the last, and the difference is added from then on:

    image(o) = small(o) + [ shrink(full(o_k)) - small(o_k) ],        o_k what was moved, at the last such step
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace

import torch

from editor.actions.fit.inversion import Inversion, Part
from editor.actions.fit.objective import Objective, Weights
from editor.actions.fit.optimizers import Optimizer
from editor.images import shrink
from editor.judge.likeness import Seen
from editor.judge.quality import ReconstructionQuality
from editor.reconstructor import Drawn


@dataclass(frozen=True)
class FitConfig:
    """How to move.

    Attributes:
        rate: of a code's steps, in standard deviations along W's principal axes; it falls to a tenth over the last half.
        momentum, scaling: of the averages of gradients and of their squares. They are short, since there are few steps.
        damping, power: of the preconditioner (`editor.generate.preconditioner`), where there is one.
        look_rate, look_power: the rate and the power of a descent of one step: a second look at what the encoder's code draws.
        plain_rate: the rate where there is none.
        near_rate: the rate of refining a code further. At the plain one it first leads away again.
        pixel, features, perceptual, identity: weights of the distances. Features, the eyes and the mouth, are a part of the
            picture and have no share in `weigh`.
        stay: weight of the mean squared distance to the code it starts from, in the same standard deviations.
        correct: steps from one drawing in full to the next. A shorter descent has one, where the larger drawings begin.
        coarse: share of the steps that is drawn at the smallest size.
        tune_rate, tune_stay: rate and weight for a LoRA, whose factors and size are in standard deviations of the weights.
    """

    rate: float = 0.15
    momentum: float = 0.7
    scaling: float = 0.9
    damping: float = 0.03
    power: float = 0.7
    look_rate: float = 0.35
    look_power: float = 1.0
    plain_rate: float = 0.1
    near_rate: float = 0.05
    pixel: float = 6.0
    features: float = 1.5
    perceptual: float = 4.0
    identity: float = 2.0
    stay: float = 0.5
    correct: int = 24
    coarse: float = 0.5
    tune_rate: float = 0.03
    tune_stay: float = 0.5

    @property
    def weights(self) -> Weights:
        """As the objectives take them."""
        return self.pixel, self.features, self.perceptual, self.identity

    def of(self, steps: int) -> "FitConfig":
        """The config of a descent of so many steps from the encoder's code.

        >>> FitConfig(rate=0.15, look_rate=0.35).of(20).rate, FitConfig(rate=0.15, look_rate=0.35).of(1).rate
        (0.15, 0.35)
        """
        return replace(self, rate=self.look_rate, power=self.look_power) if steps == 1 else self

    def correct_every(self, steps: int) -> int:
        """Steps from one drawing in full to the next in a descent of so many steps.

        >>> FitConfig(correct=24, coarse=0.5).correct_every(60), FitConfig(correct=24, coarse=0.5).correct_every(20)
        (24, 10)
        """
        return self.correct if steps > self.correct else max(1, math.ceil(self.coarse * steps))

    def weigh(self, quality: ReconstructionQuality) -> float:
        """A portrait's distances as one number.

        >>> FitConfig(pixel=6, perceptual=2, identity=1).weigh(ReconstructionQuality(identity=0.5, perceptual=0.5, pixel=0.25))
        3.0
        """
        return self.pixel * quality.pixel + self.perceptual * quality.perceptual + self.identity * quality.identity


@dataclass(frozen=True, eq=False)
class Judged:
    """An inversion drawn in full.

    Attributes:
        drawn: its picture, and how far that is from the face.
    """

    inversion: Inversion
    drawn: Drawn


@dataclass(frozen=True, eq=False)
class Step:
    """Where a descent is after `step` steps.

    Attributes:
        now: what it has come to.
        best: the best that was drawn in full so far; None: nothing was.
    """

    step: int
    now: Inversion
    best: Judged | None


@dataclass(frozen=True, eq=False)
class Moves:
    """What is moved.

    Attributes:
        part: of the inversion.
        leaves: what the steps move.
        now: what they stand for, with a gradient to them.
        stay: the loss's part that does not look at pictures.
        rate: of the steps.
        optimizer: leaves -> what moves them.
    """

    part: Part
    leaves: Sequence[torch.Tensor]
    now: Callable[[], Inversion]
    stay: Callable[[], torch.Tensor]
    rate: float
    optimizer: Callable[[Sequence[torch.Tensor]], Optimizer]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What it is compared with, and how.

    Attributes:
        face: [1, 3, R, R] in [-1, 1], at least as large as the largest drawing of the objectives.
        objectives: from the smallest drawings to the largest, on the device that the leaves are on.
        judge: draws an inversion in full; None: nothing is drawn in full, so the descent is not corrected.
        start: the inversion it starts from, drawn in full, if it is near; the descent is then corrected from the start.
        turn: held during each computation, so that other threads can compute between two of them.
        every: draw in full after so many steps too; 0: only where corrections are due, and at the end.
    """

    face: torch.Tensor
    objectives: Sequence[Objective]
    judge: Callable[[Inversion], Judged] | None = None
    start: Judged | None = None
    turn: AbstractContextManager[object] = nullcontext()
    every: int = 0

    def is_due(self, step: int, correct: int) -> bool:
        """Whether it is drawn in full after this step, which is neither the first nor the last."""
        return bool(step) and (step % correct == 0 or (bool(self.every) and step % self.every == 0))


def descend(moves: Moves, comparison: Comparison, steps: int, config: FitConfig) -> Iterator[Step]:
    """Take `steps` steps, giving the state before each and after the last. Stop iterating to stop.

    >>> from editor.actions.fit.refine import code_moves
    >>> moves = code_moves(portrait.w_plus, torch.eye(512))
    >>> comparison = Comparison(portrait.detail.small, editor.fitter.objectives)
    >>> [at.step for at in descend(moves, comparison, steps=2, config=FitConfig())]
    [0, 1, 2]
    """
    walk, correct = _Walk(moves, comparison, config), config.correct_every(steps)
    for step in range(steps + 1):
        small = step < config.coarse * steps
        walk.look(comparison.objectives[0 if small else -1])
        if comparison.judge and (step == steps or comparison.is_due(step, correct)):
            walk.judge()
        yield Step(step, walk.now, walk.best)
        if step < steps:
            walk.move(moves.rate * fall(step / steps))


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


class _Walk:
    """A descent under way: look where it is, perhaps judge it, then move."""

    def __init__(self, moves: Moves, comparison: Comparison, config: FitConfig):
        self._moves, self._comparison, self._config = moves, comparison, config
        self._objective = comparison.objectives[0]
        self._targets: dict[int, Seen] = {}
        self._known: Judged | None = comparison.start
        self._correction: tuple[int, torch.Tensor] | None = None
        self.best = comparison.start
        with gradients():
            self._optimizer = moves.optimizer(moves.leaves)
            self._now = moves.now()
        self.now = self._now.detached()

    def look(self, objective: Objective) -> None:
        """Bring up what the leaves stand for now, and choose the size at which it is drawn next."""
        self._objective = objective
        with gradients():
            self._now = self._moves.now()
        self.now = self._now.detached()

    def judge(self) -> None:
        """Draw in full; kept if nothing was better."""
        assert self._comparison.judge
        with torch.no_grad():
            self._known = self._comparison.judge(self.now)
        self._correction = None
        weigh = self._config.weigh
        if self.best is None or weigh(self._known.drawn.quality) < weigh(self.best.drawn.quality):
            self.best = self._known

    def move(self, rate: float) -> None:
        """A step of the optimizer."""
        objective, part, weights = self._objective, self._moves.part, self._config.weights
        with gradients():
            target = self._target(objective)
            correction = self._corrected(objective, target)
            with self._comparison.turn:
                slope = objective(self.now, part, target, correction, weights)
            stay = self._moves.stay()
            results, weights_of = [*self._now.tensors(part), stay], [*slope.gradients, torch.ones_like(stay)]
            self._optimizer.step(torch.autograd.grad(results, list(self._moves.leaves), weights_of), rate)

    def _target(self, objective: Objective) -> Seen:
        """What the face looks like at this size; looked at once."""
        if objective.side not in self._targets:
            self._targets[objective.side] = objective.see(shrink(self._comparison.face, objective.side))
        return self._targets[objective.side]

    def _corrected(self, objective: Objective, target: Seen) -> torch.Tensor | None:
        """What small drawings of this size missed of the last full one; None where nothing was drawn in full."""
        if self._known is None:
            return None
        if self._correction is None or self._correction[0] != objective.side:
            with self._comparison.turn:
                small = objective(self._known.inversion, self._moves.part, target, None, self._config.weights).picture
            whole = shrink(self._known.drawn.image.to(small), objective.side)
            self._correction = objective.side, whole.clamp(-1, 1) - small
        return self._correction[1]


def fall(done: float) -> float:
    """Share of the rate once a share of the steps is done: whole for a half of them, then down to a tenth.

    >>> [round(fall(done), 2) for done in (0.0, 0.5, 0.75, 1.0)]
    [1.0, 1.0, 0.55, 0.1]
    """
    return 1.0 if done < 0.5 else 1.0 - 0.9 * (2 * done - 1)
