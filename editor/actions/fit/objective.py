"""How unlike the face in the photo a small drawing is, and the gradient of that: what every step of a fit needs.

    L = a pixel + b features + c perceptual + d identity        of small(w+) + correction, against the photo

There are two ways to compute it. PyTorch differentiates through the networks (`AutogradObjective`); it runs anywhere. On a
CPU, drawing, comparing and the gradient of both are one static graph that OpenVINO runs (`compiled.py`), in half the time.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import torch

from editor.actions.fit.inversion import Inversion, Part
from editor.devices.precision import autocast
from editor.generate.trunk import Generator
from editor.judge.features import features_distance, marks
from editor.judge.likeness import Likeness, Seen

Weights = tuple[float, float, float, float]
"""Of the distances: pixel, features, perceptual, identity."""


class Slope(NamedTuple):
    """Attributes:
    picture: the small drawing as it is, [1, 3, r, r] in about [-1, 1].
    distances: of the corrected drawing: pixel, features, perceptual and identity, [4].
    gradients: of the weighted sum of the distances, one for each tensor of the part that is moved.
    """

    picture: torch.Tensor
    distances: torch.Tensor
    gradients: Sequence[torch.Tensor]


class Objective(Protocol):
    """Compares drawings of one size with a face."""

    side: int
    """Of the drawings, in pixels."""

    def see(self, face: torch.Tensor) -> Seen:
        """What is to be drawn: a face [1, 3, r, r] in [-1, 1], r the side of the drawings."""
        ...

    def __call__(self, at: Inversion, part: Part, target: Seen, correction: torch.Tensor | None, weights: Weights) -> Slope:
        """Draw an inversion and compare.

        Args:
            part: of which gradients are wanted.
            target: what `see` gave.
            correction: added to the drawing before it is compared, [1, 3, r, r]; None: nothing.
        """
        ...


class AutogradObjective:
    """By PyTorch, on the device that the networks are on.

    Args:
        generator: draws small.
        side: of its drawings, in pixels.
    """

    def __init__(self, generator: Generator, side: int, likeness: Likeness):
        self.side = side
        self._generator = generator
        self._likeness = likeness
        self._marks = marks(side)

    def see(self, face: torch.Tensor) -> Seen:
        """As `Objective` says."""
        with torch.no_grad(), autocast(face.device):
            return self._likeness.see(face)

    def __call__(
        self, at: Inversion, part: Part, target: Seen, correction: torch.Tensor | None, weights: Weights | torch.Tensor
    ) -> Slope:
        """As `Objective` says; weights may be a tensor, [4]."""
        at = at.to_differentiate(part)
        trunk = self._generator.trunk.fitted(at.lora) if at.lora else None
        with autocast(at.w_plus.device):
            picture = self._generator.with_trunk(trunk)(at.w_plus)
            corrected = picture if correction is None else picture + correction
            found = self._likeness.between(self._likeness.see(corrected), target)
        self._marks = self._marks.to(corrected.device)  # once
        features = features_distance(corrected.float(), target.faces.float(), self._marks)
        distances = torch.cat([found.pixel, features, found.perceptual, found.identity])
        weighed = distances * (weights if isinstance(weights, torch.Tensor) else distances.new_tensor(weights))
        gradients = torch.autograd.grad(weighed.sum(), list(at.tensors(part)))
        return Slope(picture.detach().float(), distances.detach(), gradients)
