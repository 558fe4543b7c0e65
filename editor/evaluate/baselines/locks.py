"""Locks: move along one attribute's normal without moving along others' (the conditional edit of InterFaceGAN).

    d = n - P n,    P the projection on the span of the locked normals;    then scaled so that d n = 1

so that a step goes as far along n as before, and not at all along what is locked. Where n lies almost inside that span, little
of it is left, and scaling is bounded: such an attribute cannot be moved alone.
"""

import torch

LONGEST = 4.0
"""At most so many times the length of an unlocked step."""


def locked_normal(normal: torch.Tensor, locked: torch.Tensor) -> torch.Tensor:
    """The part of a unit normal [D] that is orthogonal to every row of `locked` [L, D], lengthened as above."""
    if not len(locked):
        return normal
    basis = torch.linalg.svd(locked.t(), full_matrices=False)
    kept = basis.U[:, 1e-4 * basis.S[0] < basis.S]
    free = normal - kept @ (kept.t() @ normal)
    size = free.norm()
    return free / size * torch.clamp(1 / size, max=LONGEST)


def all_others_locked(normals: torch.Tensor) -> torch.Tensor:
    """For every attribute, its normal with all others locked, [K, D]."""
    rows = range(len(normals))
    return torch.stack([locked_normal(normals[k], normals[[j for j in rows if j != k]]) for k in rows])
