"""Distances at the eyes and the mouth of FFHQ frames: a hundredth of the frame, and much of who somebody is.

Irises are a few pixels large and their colour counts little beside that of skin and hair, so it counts more here:

    d = mean of  m (|x - y|^2 + COLOUR |c(x) - c(y)|^2),        c(x) = x - its mean over red, green and blue

m is large at the eyes and the mouth, and 1 on the mean over the frame.
"""

import torch

MARKS = ((0.375, 0.472, 0.09, 0.05), (0.625, 0.472, 0.09, 0.05), (0.5, 0.75, 0.11, 0.06))
"""Where an FFHQ frame has the eyes and the mouth: centre, across and down, and deviations, as shares of the side."""
COLOUR = 2.0
"""At 5, in fits that weigh these distances 3.6, two of 64 faces lost their colours: no preconditioner was measured for it."""


def marks(side: int) -> torch.Tensor:
    """Weights of pixels that lie at the eyes and the mouth, [side, side], of mean 1.

    >>> found = marks(64)
    >>> found.mean().round(decimals=3), bool(found[30, 24] > 5), bool(found[10, 32] < 0.01)
    (tensor(1.), True, True)
    """
    at = (torch.arange(side) + 0.5) / side
    bumps = [torch.exp(-((at[None] - x) / wide).square() - ((at[:, None] - y) / high).square()) for x, y, wide, high in MARKS]
    found = torch.stack(bumps).sum(0)
    return found / found.mean()


def features_distance(faces: torch.Tensor, targets: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
    """How far faces are from targets at the eyes and the mouth, [B], at least 0; differentiable in both.

    Args:
        faces, targets: [B, 3, R, R] in [-1, 1].
        at: what `marks` gives for R.

    >>> grey, brighter, red = torch.zeros(1, 3, 64, 64), torch.full((1, 3, 64, 64), 0.1), torch.zeros(1, 3, 64, 64)
    >>> red[:, 0] = 0.3
    >>> [round(features_distance(face, grey, marks(64)).item(), 3) for face in (grey, brighter, red)]
    [0.0, 0.01, 0.07]
    """
    error = faces - targets
    colour = error - error.mean(1, keepdim=True)
    return ((error.square() + COLOUR * colour.square()) * at).mean((1, 2, 3))
