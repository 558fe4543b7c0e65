"""Mixing edits: what an edit changes besides, on the face at hand, is taken back by a little of the other directions.

A direction serves all faces, and what it changes besides is mostly each face's own. So the face is asked: with z the logits of
a judge of images, in deviations, and w_j+-h the code moved by +-h units along direction j, all drawn in the place of k,

    J_ij = [ z_i(w_j+h) - z_i(w_j-h) ] / 2h
    a    = argmin_a  sum_{i != k} (J_i a)^2 + rho sum_{j != k} a_j^2       such that a_k = 1, J_k a = J_kk

so that a unit of k does as much as before, and the others move as little as small amounts of 39 directions can bring about:
too few to please a judge with what no face shows, as free moves do. InterFaceGAN's conditional edit asks it of hyperplanes.
"""

from collections.abc import Mapping
from dataclasses import replace

import torch

from editor.edit.directions import Directions, Space, SpaceDirections

Mixing = Mapping[str, torch.Tensor]
"""Attribute -> amounts [K], a, of one face."""
NOTHING: Mixing = {}
REACH = 0.5
"""h, in units."""
RIDGE = 8.0
"""rho; with 3 the other attributes move as little, and who it is changes more; with 20 hardly anything is taken back."""
FIRM = 30.0
"""Weight of J_k a = J_kk."""


def tried(count: int) -> torch.Tensor:
    """The strengths at which a face is asked, [2 K, K]: +h and -h of each direction."""
    return torch.cat([sign * REACH * torch.eye(count) for sign in (1, -1)])


def answers(logits: torch.Tensor) -> torch.Tensor:
    """J, [M, K], of the logits [2 K, M], in deviations, that `tried` gave."""
    more, less = logits.chunk(2)
    return ((more - less) / (2 * REACH)).t()


def mixing_of(found: torch.Tensor, own: int, k: int, ridge: float = RIDGE) -> torch.Tensor:
    """a, [K].

    Args:
        found: J, [M, K].
        own: the row of J that attribute k's logit is in.
    """
    weights = torch.ones(len(found))
    weights[own] = FIRM
    others = torch.arange(found.shape[1]) != k
    wanted = found[:, k].clone()
    wanted[own] = 0
    rows = weights[:, None] * found[:, others]
    system = rows.t() @ rows + ridge * torch.eye(int(others.sum()))
    amounts = torch.ones(found.shape[1])
    amounts[others] = -torch.linalg.solve(system, rows.t() @ (weights * wanted))
    return amounts


def steadied(directions: SpaceDirections, amounts: Mapping[int, torch.Tensor]) -> SpaceDirections:
    """Directions of one face: a unit of attribute k is now made of these amounts [K] of units of all."""
    normals = directions.normals.clone()
    for k, mixed in amounts.items():
        normals[k] = directions.shift(mixed) / directions.steps[k]
    return replace(directions, normals=normals)


def face_directions(directions: Directions, space: Space, steady: Mixing) -> SpaceDirections:
    """The directions of a space, those of W* as a face has them."""
    if space == "w_plus" or not steady:
        return getattr(directions, space)
    return steadied(directions.w_star, {directions.attributes.index(name): amounts for name, amounts in steady.items()})
