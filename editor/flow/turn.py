"""A turn of W* that makes given directions its first axes, so that each of them is one number.

For orthonormal rows Q [K, D] and the first K axes E, with U = Q - E:

    R = 1 - U^T (1 - E Q^T)^-1 U,        R Q^T = E^T,        R^T R = 1

Lengths, angles and hyperplanes stay what they are, so edits do too; what changes is what a single number means.
"""

import torch
from torch import nn


class Turn(nn.Module):
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
        apart = self.directions.clone()
        apart[:, :count] -= one
        return apart, one - self.directions[:, :count].t()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """R x."""
        apart, between = self._parts()
        return _less(x, apart, between.t())

    def inverse(self, y: torch.Tensor) -> torch.Tensor:
        """R^T y."""
        apart, between = self._parts()
        return _less(y, apart, between)


def _less(x: torch.Tensor, apart: torch.Tensor, between: torch.Tensor) -> torch.Tensor:
    """x - x U^T B^-1 U."""
    return x - (x @ apart.t()) @ torch.linalg.solve(between, apart)
