"""What an edit changes besides is taken back, and nothing of what was asked for."""

import pytest
import torch

from editor.edit.directions import SpaceDirections
from editor.edit.mixing import REACH, jacobian, mixed, mixing_of, query_strengths

K, M, D = 5, 6, 30


@pytest.fixture
def found(random) -> torch.Tensor:
    """J of a face whose logit k + 1 is attribute k's."""
    leaks = 0.4 * torch.randn(M, K, generator=random)
    leaks[torch.arange(K) + 1, torch.arange(K)] = 1.0
    return leaks


@pytest.mark.parametrize("k", range(K))
def test_others_move_less_and_the_attribute_as_much(found, k):
    amounts = mixing_of(found, k + 1, k, ridge=0.3)
    others = torch.arange(M) != k + 1
    moved = found @ amounts
    assert moved[others].norm() < 0.95 * found[others, k].norm()
    assert moved[k + 1].item() == pytest.approx(found[k + 1, k].item(), abs=0.01) and amounts[k] == 1


def test_no_other_amounts_do_better(found, random):
    """At the least, every small change of the amounts costs."""

    def cost(amounts: torch.Tensor) -> torch.Tensor:
        moved = found.double() @ amounts
        held = (30 * (moved[1] - found[1, 0])) ** 2
        return moved[torch.arange(M) != 1].square().sum() + 2.0 * amounts[1:].square().sum() + held

    best = mixing_of(found, 1, 0, ridge=2.0).double()
    for _ in range(50):
        other = best.clone()
        other[1:] += 0.05 * torch.randn(K - 1, generator=random)
        assert cost(other) > cost(best)


def test_a_high_price_changes_nothing(found):
    assert torch.allclose(mixing_of(found, 1, 0, ridge=1e7), torch.eye(K)[0], atol=1e-4)


def test_the_jacobian_is_of_slopes_whatever_is_even_in_a_move(random):
    slopes, bends = torch.randn(M, K, generator=random), torch.randn(M, K, generator=random)
    strengths = query_strengths(K)
    assert strengths.shape == (2 * K, K) and strengths.abs().max() == REACH
    logits = 3 + strengths @ slopes.t() + strengths.square() @ bends.t()
    assert torch.allclose(jacobian(logits), slopes, atol=1e-5)


def test_a_unit_is_made_of_units_of_all(random):
    normals = torch.nn.functional.normalize(torch.randn(K, D, generator=random), dim=1)
    directions = SpaceDirections(normals, torch.zeros(K), torch.rand(K, generator=random) + 1, torch.ones(K))
    amounts = torch.randn(K, generator=random)
    moved = mixed(directions, {2: amounts})
    assert torch.allclose(moved.shift(torch.eye(K)[2]), directions.shift(amounts), atol=1e-5)
    assert torch.equal(moved.normals[[0, 1, 3, 4]], normals[[0, 1, 3, 4]]) and torch.equal(directions.normals, normals)
