"""Preserve other attributes: what an edit changes besides, on the face at hand, is taken back by a little of other directions.

A direction serves all faces, but what it changes besides differs from face to face. So this face's responses are measured.
Let z be the training classifier's logits, in standard deviations, and w_j+-h the code moved by +-h units along direction j,
drawn in the region of attribute k. Then

    J_ij = [ z_i(w_j+h) - z_i(w_j-h) ] / 2h
    a    = argmin_a  sum_{i != k} (J_i a)^2 + rho sum_{j != k} a_j^2       such that a_k = 1, J_k a = J_kk

A unit of k does as much as before, and the other attributes move as little as small amounts of 39 directions can achieve.
The amounts a are the face's mixing. InterFaceGAN's conditional edit asks the same of hyperplanes, for all faces alike.
"""

from collections.abc import Mapping
from dataclasses import replace

import torch

from editor.edit.directions import Directions, SpaceDirections
from editor.spaces import Space

Mixing = Mapping[str, torch.Tensor]
"""Attribute -> amounts [K], a, of one face."""
REACH = 0.5
"""h, in units of a slider."""
RIDGE = 8.0
"""rho. With 3 other attributes move as little, and identity changes more; with 20 hardly anything is taken back."""
FIRM = 30.0
"""Weight of J_k a = J_kk."""


def query_strengths(count: int) -> torch.Tensor:
    """The strengths whose responses are measured, [2 K, K], in units of a slider: +h of each direction, then -h.

    >>> query_strengths(2)
    tensor([[ 0.5000,  0.0000],
            [ 0.0000,  0.5000],
            [-0.5000, -0.0000],
            [-0.0000, -0.5000]])
    """
    return torch.cat([sign * REACH * torch.eye(count) for sign in (1, -1)])


def jacobian(logits: torch.Tensor) -> torch.Tensor:
    """J, [M, K], from the logits [2 K, M], in standard deviations, at `query_strengths`: change of a logit for one unit.

    >>> truth = torch.tensor([[2.0, 0.5], [0.0, 1.0], [1.0, 1.0]])
    >>> torch.equal(jacobian(query_strengths(2) @ truth.t()), truth)
    True
    """
    more, less = logits.chunk(2)
    return ((more - less) / (2 * REACH)).t()


def mixing_of(jacobian: torch.Tensor, own: int, k: int, ridge: float = RIDGE) -> torch.Tensor:
    """The amounts of all directions that a unit of attribute k is made of, a, [K]; a_k is 1.

    Args:
        jacobian: J, [M, K].
        own: the row of J that attribute k's logit is in.
        k: the attribute's number among the K.
        ridge: rho, not negative; the larger, the smaller the other amounts.

    >>> leaky = torch.tensor([[1.0, 0.0], [0.5, 1.0]])  # a unit of attribute 0 moves the other one by half
    >>> mixing_of(leaky, own=0, k=0, ridge=0.0)
    tensor([ 1.0000, -0.5000])
    """
    weights = torch.ones(len(jacobian))
    weights[own] = FIRM
    others = torch.arange(jacobian.shape[1]) != k
    wanted = jacobian[:, k].clone()
    wanted[own] = 0
    rows = weights[:, None] * jacobian[:, others]
    system = rows.t() @ rows + ridge * torch.eye(int(others.sum()))
    amounts = torch.ones(jacobian.shape[1])
    amounts[others] = -torch.linalg.solve(system, rows.t() @ (weights * wanted))
    return amounts


def mixed(directions: SpaceDirections, amounts: Mapping[int, torch.Tensor]) -> SpaceDirections:
    """Directions of one face: a unit of attribute k is now made of other amounts.

    Args:
        amounts: k -> amounts [K] of units of all directions.

    >>> part = SpaceDirections(torch.eye(2, 4), torch.zeros(2), torch.tensor([2.0, 4.0]), torch.ones(2))
    >>> mixed(part, {0: torch.tensor([1.0, -0.5])}).shift(torch.tensor([1.0, 0.0]))
    tensor([ 2., -2.,  0.,  0.])
    """
    normals = directions.normals.clone()
    for k, amount in amounts.items():
        normals[k] = directions.shift(amount) / directions.steps[k]
    return replace(directions, normals=normals)


def face_directions(directions: Directions, space: Space, mixing: Mixing) -> SpaceDirections:
    """The directions of a space on one face: those of W* with the face's mixing, those of W+ as they are.

    >>> part = SpaceDirections(torch.eye(1, 4), torch.zeros(1), torch.ones(1), torch.ones(1))
    >>> directions = Directions(("Young",), part, part, torch.ones(1), encoder="", flow="")
    >>> mixing = {"Young": torch.tensor([2.0])}
    >>> face_directions(directions, "w_plus", mixing) is part
    True
    >>> face_directions(directions, "w_star", mixing).normals[0, 0].item()
    2.0
    """
    if space == "w_plus" or not mixing:
        return getattr(directions, space)
    return mixed(directions.w_star, {directions.attributes.index(name): amounts for name, amounts in mixing.items()})
