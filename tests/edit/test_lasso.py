"""The lasso within bounds: no other amounts cost less."""

import pytest
import torch

from editor.edit.lasso import lasso

M, H = 9, 5


@pytest.fixture
def problem(random) -> dict[str, torch.Tensor]:
    return {
        "answers": torch.randn(M, H, generator=random),
        "wanted": torch.randn(M, generator=random),
        "weights": torch.rand(M, generator=random),
        "penalties": torch.rand(H, generator=random),
        "bounds": torch.stack([-torch.rand(H, generator=random), torch.rand(H, generator=random)]),
    }


def cost(amounts: torch.Tensor, answers, wanted, weights, penalties, bounds, ridge=0.1) -> float:
    away = (wanted - answers @ amounts).square() @ weights
    return float(away / 2 + penalties @ amounts.abs() + ridge / 2 * amounts.square().sum())


def test_no_other_amounts_within_the_bounds_cost_less(problem, random):
    best, (low, high) = lasso(**problem, ridge=0.1), problem["bounds"]
    assert (best >= low).all() and (best <= high).all()
    for _ in range(200):
        other = (best + 0.1 * torch.randn(H, generator=random)).clamp(low, high)
        assert cost(other, **problem) >= cost(best, **problem) - 1e-5


def test_without_penalties_and_bounds_it_is_least_squares(problem):
    free = problem | {"penalties": torch.zeros(H), "bounds": torch.tensor([[-99.0], [99.0]]).expand(2, H)}
    root = problem["weights"].sqrt()
    solved = torch.linalg.lstsq(root[:, None] * problem["answers"], (root * problem["wanted"])[:, None]).solution[:, 0]
    assert torch.allclose(lasso(**free), solved, atol=0.02)


def test_a_high_penalty_leaves_an_amount_where_it_is_and_the_others_do_without_it(problem):
    penalties = torch.tensor([0.0, 1e3, 0.0, 1e3, 0.0])
    amounts = lasso(**problem | {"penalties": penalties})
    assert (amounts[[1, 3]] == 0).all() and (amounts[[0, 2, 4]] != 0).all()


def test_of_nothing_there_is_nothing():
    assert lasso(torch.zeros(3, 0), torch.ones(3), torch.ones(3), torch.zeros(0), torch.zeros(2, 0)).shape == (0,)
