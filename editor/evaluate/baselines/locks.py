"""Locks: move along one attribute's normal without moving along others' (the conditional edit of InterFaceGAN).

    d = n - P n,    P the projection on the span of the locked normals;    then scaled so that d n = 1

A step then goes as far along n as before, and not at all along the locked normals. Where n lies almost inside their span,
little of it is left. Scaling is bounded, so such an attribute cannot be moved alone.
"""

import torch

MAX_LENGTHENING = 4.0
"""Longest locked step, in unlocked ones."""


def locked_normal(normal: torch.Tensor, locked: torch.Tensor) -> torch.Tensor:
    """The part of a unit normal [D] that is orthogonal to every row of `locked` [L, D], scaled as in the module's formula.

    >>> locked_normal(torch.tensor([1.0, 0.0]), locked=torch.tensor([[0.6, 0.8]]))
    tensor([ 1.0000, -0.7500])
    """
    if not len(locked):
        return normal
    basis = torch.linalg.svd(locked.t(), full_matrices=False)
    span = basis.U[:, 1e-4 * basis.S[0] < basis.S]
    free = normal - span @ (span.t() @ normal)
    size = free.norm()
    return free / size * torch.clamp(1 / size, max=MAX_LENGTHENING)


def all_others_locked(normals: torch.Tensor) -> torch.Tensor:
    """For every attribute, its normal with all others locked, [K, D].

    >>> all_others_locked(torch.tensor([[1.0, 0.0], [0.6, 0.8]]))
    tensor([[ 1.0000, -0.7500],
            [ 0.0000,  1.2500]])
    """
    rows = range(len(normals))
    return torch.stack([locked_normal(normals[k], normals[[j for j in rows if j != k]]) for k in rows])
