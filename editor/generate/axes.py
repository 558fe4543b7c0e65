"""The principal axes of W: how far codes of random faces lie from their mean, and in which directions.

W's channels are strongly correlated, so a step of one standard deviation in every channel leaves the codes that the generator
knows. A step z along the axes does not:

    w = w_0 + A z,        A A^T = cov(W)
"""

from collections.abc import Callable

import torch

LEAST = 1e-3
"""Of the largest variance along an axis: variances below it count as this large, or faces could not differ along that axis."""


def principal_axes(
    mapping: Callable[[torch.Tensor], torch.Tensor], channels: int, count: int = 10_000, seed: int = 0
) -> torch.Tensor:
    """A, [C, C] on the CPU: each column an axis, as long as the standard deviation along it.

    Args:
        mapping: z of a normal distribution, [B, C] -> w, [B, C].
        count: codes of which the covariance is estimated.

    >>> axes = principal_axes(lambda z: z * torch.tensor([3.0, 1.0]), channels=2)
    >>> (axes @ axes.t()).round()
    tensor([[9., 0.],
            [0., 1.]])
    """
    z = torch.randn(count, channels, generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        variances, axes = torch.linalg.eigh(torch.cov(mapping(z).float().cpu().t()))
        scaled = axes * variances.clamp(min=LEAST * float(variances.max())).sqrt()
    with torch.inference_mode(False):
        return scaled.clone()  # what is made in inference mode cannot be differentiated through
