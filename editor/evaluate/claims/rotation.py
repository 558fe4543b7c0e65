"""A flow whose W* is rotated, so that each of some directions becomes one number of it. Table 1 measures it (recipe `axes`).

For orthonormal rows Q [K, D] and the first K axes E, with U = Q - E:

    R = 1 - U^T (1 - E Q^T)^-1 U,        R Q^T = E^T,        R^T R = 1

Lengths, angles and hyperplanes stay what they are, so edits do too. What changes is what a single number means.
"""

import torch
from torch import nn

from editor.flow import RealNVP
from editor.spaces import WPlus, WStar


class Rotation(nn.Module):
    """An orthogonal map of the last dimension, [..., D] -> [..., D]; log|det| is 0."""

    directions: torch.Tensor

    def __init__(self, directions: torch.Tensor):
        """
        Args:
            directions: [K, D], orthonormal rows.
        """
        super().__init__()
        self.register_buffer("directions", directions)

    def _parts(self) -> tuple[torch.Tensor, torch.Tensor]:
        """U [K, D] and 1 - E Q^T [K, K]."""
        count = len(self.directions)
        one = torch.eye(count, dtype=self.directions.dtype, device=self.directions.device)
        difference = self.directions.clone()
        difference[:, :count] -= one
        return difference, one - self.directions[:, :count].t()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """R x, [..., D] -> [..., D]."""
        difference, between = self._parts()
        return _less(x, difference, between.t())

    def inverse(self, y: torch.Tensor) -> torch.Tensor:
        """R^T y, [..., D] -> [..., D]."""
        difference, between = self._parts()
        return _less(y, difference, between)


def _less(x: torch.Tensor, difference: torch.Tensor, between: torch.Tensor) -> torch.Tensor:
    """x - x U^T B^-1 U."""
    return x - (x @ difference.t()) @ torch.linalg.solve(between, difference)


class RotatedFlow(RealNVP):
    """A trained flow, then a rotation of W*. Attributes: `rotation`."""

    def __init__(self, flow: RealNVP, directions: torch.Tensor):
        """
        Args:
            flow: is not changed; its weights are copied.
            directions: of W*, [K, D] orthonormal; they become its first axes.
        """
        super().__init__(flow.config)
        self.load_state_dict(flow.state_dict())
        self.rotation = Rotation(directions)
        self.to(flow.mean.device).train(flow.training)
        self.requires_grad_(any(parameter.requires_grad for parameter in flow.parameters()))

    def transform(self, w_plus: WPlus) -> tuple[WStar, torch.Tensor]:
        """R T(w), [B, 18, 512], and log|det dT/dw|, [B]; a rotation changes no volume."""
        w_star, log_det = super().transform(w_plus)
        return WStar(self.rotation(w_star.flatten(1)).view_as(w_star)), log_det

    def inverse(self, w_star: WStar) -> WPlus:
        """T^-1 R^T, [B, 18, 512] -> [B, 18, 512]."""
        return super().inverse(WStar(self.rotation.inverse(w_star.flatten(1)).view_as(w_star)))
