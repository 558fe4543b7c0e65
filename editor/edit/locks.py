"""Locks: attributes whose own directions others leave out.

The step of an attribute that moves leaves out what goes along the locked normals n_i, as in InterFaceGAN's conditional edit:

    d = n - P n,    P the projection on the span of the n_i;    then scaled so that d n = n n, within bounds

That is for all faces alike, and a picture knows little of hyperplanes: of the change of a locked attribute beside an edit of
1.5, by the evaluation classifier, 0.56 is left in W+ and 0.61 in W* (means over 6 pairs of attributes, on 20 validation people
each). What is left is seen in the picture of the face at hand and taken back there (`editor.edit.preserving`).
"""

from collections.abc import Sequence
from dataclasses import replace

import torch

from editor.edit.directions import SpaceDirections

MAX_LENGTHENING = 4.0
"""Longest step of InterFaceGAN's conditional edit, in unlocked ones."""
LENGTHENED = 1.5
"""How many times what is left of a step beside locked attributes is lengthened at most: of one that they nearly span, little is
left, and the rest of it is noise."""


def locked_normals(normals: torch.Tensor, locked: torch.Tensor, longest: float = MAX_LENGTHENING) -> torch.Tensor:
    """The parts of normals [K, D] that are orthogonal to every row of `locked` [L, D], scaled as in the module's formula.

    Args:
        longest: bound on what comes out, in lengths of the normals.

    >>> locked_normals(torch.tensor([[0.6, 0.8]]), torch.tensor([[1.0, 0.0]]))
    tensor([[0.0000, 1.2500]])
    """
    if not len(locked):
        return normals
    free, left = _outside(normals, locked)
    return free * torch.minimum(1 / left.square(), longest / left)


def all_others_locked(normals: torch.Tensor) -> torch.Tensor:
    """For every attribute, its normal with all others locked, [K, D].

    >>> all_others_locked(torch.eye(2)).equal(torch.eye(2))
    True
    """
    rows = range(len(normals))
    return torch.cat([locked_normals(normals[[k]], normals[[j for j in rows if j != k]]) for k in rows])


def locked_directions(part: SpaceDirections, locked: Sequence[int]) -> SpaceDirections:
    """The directions of a space beside locked attributes, whose own directions stay as they are.

    >>> part = SpaceDirections(torch.tensor([[0.6, 0.8], [1.0, 0.0]]), torch.zeros(2), torch.ones(2), torch.ones(2))
    >>> locked_directions(part, [1]).normals
    tensor([[0.0000, 1.2000],
            [1.0000, 0.0000]])
    """
    if not locked:
        return part
    own = part.normals[list(locked)]
    free, left = _outside(part.normals, own)
    normals = free * (1 / left.square()).clamp(max=LENGTHENED)
    normals[list(locked)] = own
    return replace(part, normals=normals)


def _outside(normals: torch.Tensor, locked: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The parts of normals [K, D] outside the span of `locked` [L, D], and the share of their length that is left, [K, 1]."""
    basis = torch.linalg.svd(locked.t(), full_matrices=False)
    span = basis.U[:, 1e-4 * basis.S[0] < basis.S]
    free = normals - (normals @ span) @ span.t()
    return free, free.norm(dim=1, keepdim=True) / normals.norm(dim=1, keepdim=True)
