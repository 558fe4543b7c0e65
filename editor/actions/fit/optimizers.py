"""What a gradient makes of the leaves: the step of a descent."""

from collections.abc import Sequence
from typing import Protocol

import torch

from editor.generate.preconditioner import Preconditioner

TINY = 1e-8


class Optimizer(Protocol):
    """Moves the leaves that it was made for."""

    def step(self, gradients: Sequence[torch.Tensor], rate: float) -> None:
        """Move them.

        Args:
            gradients: one for each leaf, of its shape.
            rate: size of the step, in the units of the leaves.
        """
        ...


class Adam:
    """Kingma and Ba, "Adam", 2015. PyTorch's own imports its compiler at the first step: a second, and 150 MB for good.

    >>> leaf = torch.zeros(2)
    >>> Adam([leaf], momentum=0.7, scaling=0.9).step([torch.tensor([1.0, -5.0])], rate=0.1)
    >>> leaf
    tensor([-0.1000,  0.1000])
    """

    def __init__(self, leaves: Sequence[torch.Tensor], momentum: float, scaling: float):
        self._leaves, self._momentum, self._scaling = leaves, momentum, scaling
        self._means = [torch.zeros_like(leaf) for leaf in leaves]
        self._squares = [torch.zeros_like(leaf) for leaf in leaves]
        self._steps = 0

    @torch.no_grad()
    def step(self, gradients: Sequence[torch.Tensor], rate: float) -> None:
        """As `Optimizer` says."""
        self._steps += 1
        known, spread = 1 - self._momentum**self._steps, 1 - self._scaling**self._steps
        for leaf, mean, square, gradient in zip(self._leaves, self._means, self._squares, gradients, strict=True):
            mean.lerp_(gradient, 1 - self._momentum)
            square.lerp_(gradient.square(), 1 - self._scaling)
            leaf.addcdiv_(mean / known, (square / spread).sqrt().add_(TINY), value=-rate)


class Preconditioned:
    """Descent along P m, m the mean of the last gradients, in steps as long as the rate says whatever the loss's scale.

    The leaf holds the moves of codes, [B, L, 512]; each goes its own way.

    >>> leaf = torch.zeros(1, 1, 2)
    >>> known = Preconditioner(torch.eye(2), torch.eye(2)[None, :, :1], torch.tensor([[3.0]]))
    >>> Preconditioned(leaf, known, 0.7, 0.9, damping=1.0, power=0.5).step([torch.tensor([[[2.0, 1.0]]])], rate=0.1)
    >>> leaf  # pictures answer more to the first direction, so its gradient counts for less
    tensor([[[-0.1000, -0.1000]]])
    """

    def __init__(
        self, leaf: torch.Tensor, known: Preconditioner, momentum: float, scaling: float, damping: float, power: float
    ):
        self._leaf, self._known, self._damping, self._power = leaf, known, damping, power
        self._momentum, self._scaling = momentum, scaling
        self._mean, self._square, self._steps = torch.zeros_like(leaf), leaf.new_zeros(len(leaf), 1, 1), 0

    @torch.no_grad()
    def step(self, gradients: Sequence[torch.Tensor], rate: float) -> None:
        """As `Optimizer` says."""
        self._steps += 1
        (gradient,) = gradients
        self._mean.lerp_(gradient, 1 - self._momentum)
        move = self._known.apply(self._mean / (1 - self._momentum**self._steps), self._damping, self._power)
        self._square.lerp_(move.square().mean((1, 2), keepdim=True), 1 - self._scaling)
        length = (self._square / (1 - self._scaling**self._steps)).sqrt() + TINY
        self._leaf.sub_(rate * move / length)
