"""The classifiers are scikit-learn's, only faster."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from editor.classify.linear import best_c, fit_linear, majority_rate


@pytest.fixture
def data() -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    numbers = torch.randn(300, 12, generator=random)
    truth = torch.randn(12, 3, generator=random)
    noise = torch.randn(300, 3, generator=random)
    return numbers, numbers @ truth + noise + torch.tensor([0.0, 1.0, -2.0]) > 0


@pytest.mark.parametrize("whitened", [False, True])
@pytest.mark.parametrize("c", [1e-3, 1e-1, 1.0])
def test_svms_are_linearsvcs(data, c, whitened):
    numbers, labels = data
    found = fit_linear(numbers, labels, c, whitened=whitened)
    for k in range(3):
        svc = LinearSVC(C=c, intercept_scaling=1000, tol=1e-8, max_iter=100_000).fit(numbers, labels[:, k])
        assert np.allclose(found.weights[k], svc.coef_[0], atol=5e-3 * np.abs(svc.coef_).max())
        assert found.intercepts[k].item() == pytest.approx(svc.intercept_[0], abs=2e-2)


def test_logistic_is_logisticregression(data):
    numbers, labels = data
    found = fit_linear(numbers, labels, 0.1, "logistic")
    for k in range(3):
        model = LogisticRegression(C=0.1, tol=1e-8).fit(numbers, labels[:, k])
        assert np.allclose(found.weights[k], model.coef_[0], atol=5e-3)


def test_probabilities_are_labels_counted_in_parts(data):
    """A belief of p is p of a sample with the attribute and 1 - p of one without."""
    numbers, labels = data
    parts = fit_linear(numbers.repeat(4, 1), torch.cat([labels, labels, labels, ~labels]), 0.1, "logistic")
    found = fit_linear(numbers, labels * 0.5 + 0.25, 0.4, "logistic")
    assert torch.allclose(found.weights, parts.weights, atol=1e-3) and torch.allclose(
        found.intercepts, parts.intercepts, atol=1e-3
    )
    with pytest.raises(ValueError, match="probabilities"):
        fit_linear(numbers, labels.float(), 0.1)


def test_normals_are_unit_and_accuracy_counts_right_sides(data):
    numbers, labels = data
    found = fit_linear(numbers, labels, 0.1)
    assert torch.allclose(found.normals().norm(dim=1), torch.ones(3))
    assert torch.equal(found.accuracy(numbers, found(numbers) > 0), torch.ones(3))
    assert torch.allclose(found.accuracy(numbers, found(numbers) <= 0), torch.zeros(3))


def test_the_majority_is_at_least_half():
    assert torch.allclose(majority_rate(torch.tensor([[1, 0], [1, 0], [0, 0]]).bool()), torch.tensor([2 / 3, 1.0]))


def test_best_c_is_chosen_on_validation_codes(data):
    numbers, labels = data
    c, _ = best_c((numbers[:200], labels[:200]), (numbers[200:], labels[200:]), (1e-9, 1e-2))
    assert c == 1e-2, "a C so small that nothing is learned must lose"


def test_labels_that_do_not_match_are_a_bug(data):
    numbers, labels = data
    with pytest.raises(ValueError, match="rows of labels"):
        fit_linear(numbers, labels[:-1], 1)
    with pytest.raises(ValueError, match="one class"):
        fit_linear(numbers, torch.ones_like(labels), 1)


def test_whitened_unknowns_reach_the_end_where_others_do_not():
    """More numbers than samples, of very different sizes, and a large C: as codes at the paper's C = 1."""
    random = torch.Generator().manual_seed(0)
    numbers = torch.randn(150, 200, generator=random) @ torch.diag(torch.logspace(0, -2, 200))
    labels = torch.rand(150, 2, generator=random) > 0.5

    def objective(found):
        margins = (labels.float() * 2 - 1) * found(numbers)
        return 0.5 * found.weights.square().sum() + 10 * torch.relu(1 - margins).square().sum()

    few, best = (objective(fit_linear(numbers, labels, 10.0, iterations=n, whitened=True)) for n in (15, 500))
    plain = objective(fit_linear(numbers, labels, 10.0, iterations=15))
    assert few < 1.05 * best < plain


def test_decorrelated_hyperplanes_are_at_right_angles_and_near(random):
    numbers = torch.randn(500, 6, generator=random)
    wanted = torch.tensor([[1.0, 0.5, 0, 0, 0, 0], [0.5, 1.0, 0, 0, 0, 0]])
    labels = numbers @ wanted.t() > 0
    fitted = fit_linear(numbers, labels, 1.0, "logistic")
    apart = fitted.decorrelated(numbers, labels)
    normals = apart.normals()
    assert torch.allclose(normals @ normals.t(), torch.eye(2), atol=1e-5)
    assert ((normals * fitted.normals()).sum(1) > 0.85).all()
    assert (apart.accuracy(numbers, labels) > 0.8).all()
