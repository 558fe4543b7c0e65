"""Locks: attributes that stay as they are on one face while others move.

Two things together, in either space. The step of an attribute that moves leaves out what goes along the locked normals n_i, as
in InterFaceGAN's conditional edit:

    d = n - P n,    P the projection on the span of the n_i;    then scaled so that d n = n n, within bounds

That is for all faces alike, and a picture knows little of hyperplanes. So what is left is taken back by the locked attribute's
own slider, as a person would do it by hand. By how much was measured on this face (`editor.actions.hold`): with r_k the change
of the locked attributes' logits, by the training classifier, at strength +-REACH of attribute k, and linear in between,

    sum_k r_k(s_k) + sum_i r_i(c_i) = 0        gives the amounts c_i that the locked sliders move by; s_i + c_i stays in range

Of a locked slider's two sides the steeper counts. A face without a beard cannot lose one, so its slider does nothing on that
side; but what it takes back is the beard that the edit has brought, and on that way it is as steep as on the other.

A locked attribute's own strength s_i is what is held: it goes its whole way.

Of the change of a locked attribute beside an edit of 1.5, by the evaluation classifier, 0.44 is left in W+ and 0.43 in W*, and
0.81 and 0.79 of what was asked for. By the normals alone 0.56 and 0.61 are left, by the sliders alone 0.84 and 0.62 (means over
6 pairs of attributes, on 20 validation people each).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from editor.edit.directions import MAX_STRENGTH, SpaceDirections
from editor.spaces import Space

MAX_LENGTHENING = 4.0
"""Longest step of InterFaceGAN's conditional edit, in unlocked ones."""
LENGTHENED = 1.5
"""How many times what is left of a step beside locked attributes is lengthened at most: of one that they nearly span, little is
left, and the rest of it is noise."""
REACH = 1.5
"""Strength at which changes are measured."""
WEAKEST = 0.2
"""Change of the locked logit for a unit of its own slider, in standard deviations, that is reckoned with at least."""
ROUNDS = 8
"""Passes over several locked attributes, whose sliders move one another."""


@dataclass(frozen=True)
class Locking:
    """Under what conditions changes were measured.

    Attributes:
        space: where edits are made.
        local: whether they change the picture only where their attributes lie.
        locked: the attributes that are locked, in the order of the directions.
    """

    space: Space
    local: bool
    locked: tuple[str, ...]


Held = Mapping[Locking, Mapping[str, torch.Tensor]]
"""What was measured on one face: attribute -> changes [2, L] of the L locked logits at -REACH and +REACH."""


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


def held_strengths(strengths: torch.Tensor, locked: Sequence[int], measured: Mapping[int, torch.Tensor]) -> torch.Tensor:
    """Strengths [K] at which the locked attributes stay as they are, by what was measured.

    Args:
        strengths: [K], of the sliders, each within the range.
        locked: numbers of the L locked attributes.
        measured: number of an attribute -> changes [2, L] of the locked logits. One that is not there counts as changing
            nothing, and a locked one that is not there stays at its strength.

    >>> measured = {0: torch.tensor([[0.75], [-0.75]]), 1: torch.tensor([[-1.5], [1.5]])}  # a unit of 0 lowers 1 by half
    >>> held_strengths(torch.tensor([1.0, 0.0]), [1], measured)
    tensor([1.0000, 0.5000])
    """
    held = strengths.clone()
    left = torch.zeros(len(locked))
    for k in set(strengths.nonzero().flatten().tolist()) - set(locked):
        left = left + _change(measured, k, float(strengths[k]), len(locked))
    amounts = [0.0] * len(locked)
    for _ in range(ROUNDS if len(locked) > 1 else 1):
        for i, k in enumerate(locked):
            if k not in measured:
                continue
            others = (_change(measured, j, amounts[n], len(locked)) for n, j in enumerate(locked) if n != i)
            wanted = -float(left[i] + sum(float(change[i]) for change in others))
            less, more = measured[k][:, i].tolist()
            slope = max(more / REACH, -less / REACH, WEAKEST)
            now = float(strengths[k])
            amounts[i] = min(max(wanted / slope, -MAX_STRENGTH - now), MAX_STRENGTH - now)
            held[k] = now + amounts[i]
    return held


def _change(measured: Mapping[int, torch.Tensor], k: int, strength: float, count: int) -> torch.Tensor:
    """Change [L] of the locked logits at a strength of attribute k."""
    if k not in measured:
        return torch.zeros(count)
    return abs(strength) / REACH * measured[k][int(strength > 0)]
