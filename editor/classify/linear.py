"""Linear classifiers for all attributes at once, from scratch.

    svm        minimise 1/2 |n|^2 + C sum max(0, 1 - y (n x + b))^2        (scikit-learn's LinearSVC, same C, free intercept)
    logistic   minimise 1/2 |n|^2 + C sum log(1 + exp(-y (n x + b)))       (scikit-learn's LogisticRegression, same C)

Both are convex, so the solver does not matter for the result; L-BFGS over the K attributes together takes seconds where one
at a time takes half an hour. `tests/classify/test_linear.py` holds both against scikit-learn.
"""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F

Loss = Literal["svm", "logistic"]
CANDIDATES = (1e-5, 1e-4, 1e-3)
"""For C, where it is chosen."""
DEFAULT_C = 1.0
"""scikit-learn's; the paper names no other."""


@dataclass(frozen=True, eq=False)
class Linear:
    """K linear functions of a vector: numbers @ weights.T + intercepts.

    Attributes:
        weights: [K, D].
        intercepts: [K].

    >>> line = Linear(weights=torch.tensor([[3.0, 4.0]]), intercepts=torch.tensor([-5.0]))
    >>> line(torch.tensor([[1.0, 1.0], [0.0, 0.0]])).tolist()
    [[2.0], [-5.0]]
    """

    weights: torch.Tensor
    intercepts: torch.Tensor

    def __call__(self, numbers: torch.Tensor) -> torch.Tensor:
        """[N, D] -> scores [N, K], positive on the attribute's side."""
        return numbers @ self.weights.t() + self.intercepts

    def normals(self) -> torch.Tensor:
        """Unit normals of the hyperplanes, [K, D].

        >>> Linear(torch.tensor([[3.0, 4.0]]), torch.zeros(1)).normals()
        tensor([[0.6000, 0.8000]])
        """
        return F.normalize(self.weights, dim=1)

    def accuracy(self, numbers: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Share of samples on their right side, [K].

        Args:
            numbers: the samples, [N, D].
            labels: bool [N, K].

        >>> line = Linear(torch.tensor([[1.0]]), torch.zeros(1))
        >>> line.accuracy(torch.tensor([[2.0], [-1.0]]), torch.tensor([[True], [True]]))
        tensor([0.5000])
        """
        return ((self(numbers) > 0) == labels).float().mean(0)

    def decorrelated(self, numbers: torch.Tensor, labels: torch.Tensor) -> "Linear":
        """The nearest hyperplanes whose normals are at right angles (Löwdin 1950), each refitted along its own normal.

        Args:
            numbers, labels: what they separate, [N, D] and bool [N, K].

        >>> random = torch.Generator().manual_seed(0)
        >>> numbers = torch.randn(200, 3, generator=random)
        >>> labels = torch.stack([numbers[:, 0] > 0, numbers[:, 0] + numbers[:, 1] > 0], 1)
        >>> normals = fit_linear(numbers, labels, c=1.0).decorrelated(numbers, labels).normals()
        >>> torch.allclose(normals @ normals.t(), torch.eye(2), atol=1e-4)
        True
        """
        normals = self.normals().double()
        values, vectors = torch.linalg.eigh(normals @ normals.t())
        normals = ((vectors * values.rsqrt()) @ vectors.t() @ normals).float()
        along = (numbers @ normals.t()).unbind(1)
        fitted = [fit_linear(x[:, None], y[:, None], 1.0, "logistic") for x, y in zip(along, labels.unbind(1), strict=True)]
        slopes, intercepts = (torch.cat([getattr(one, name).flatten() for one in fitted]) for name in ("weights", "intercepts"))
        return Linear(slopes[:, None] * normals, intercepts)


def fit_linear(
    numbers: torch.Tensor,
    labels: torch.Tensor,
    c: float,
    loss: Loss = "svm",
    iterations: int = 100,
    whitened: bool = False,
) -> Linear:
    """Fit K classifiers.

    Args:
        numbers: [N, D] float.
        labels: [N, K] bool; for `logistic` also probabilities, in [0, 1].
        c: weight of the samples against the size of the normals, positive.
        iterations: of L-BFGS at most.
        whitened: solve for unknowns that make the problem round, w = v L^-1 with L L^T = (1 / c + X^T X) / N; worth its minute
            where `c` is so large that the samples, not the size of the normals, shape it.

    Raises:
        ValueError: shapes differ, an attribute has one class only, or an SVM is given probabilities.

    >>> numbers = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
    >>> fitted = fit_linear(numbers, numbers > 0, c=1.0)
    >>> (fitted(numbers) > 0).flatten().tolist()
    [False, False, True, True]
    """
    if len(numbers) != len(labels):
        raise ValueError(f"{len(numbers)} codes but {len(labels)} rows of labels")
    if labels.dtype == torch.bool and not (labels.any(0) & ~labels.all(0)).all():
        raise ValueError("an attribute has one class only")
    if labels.dtype != torch.bool and loss == "svm":
        raise ValueError("an SVM takes labels, not probabilities")
    targets = labels.float()
    signs = targets * 2 - 1
    size = numbers.shape[1] ** 0.5  # of a typical sample: unknowns scaled by it make the problem round
    root = _root(numbers, c) if whitened else None
    unknowns = torch.zeros(labels.shape[1], numbers.shape[1] + 1, requires_grad=True)
    solver = torch.optim.LBFGS([unknowns], max_iter=iterations, history_size=20, line_search_fn="strong_wolfe")

    def found(unknowns: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        weights, intercepts = unknowns[:, :-1], unknowns[:, -1]
        if root is None:
            return weights / size, intercepts
        return torch.linalg.solve_triangular(root, weights, upper=False, left=False), intercepts

    def objective() -> torch.Tensor:
        solver.zero_grad()
        weights, intercepts = found(unknowns)
        scores = numbers @ weights.t() + intercepts
        errors = F.relu(1 - signs * scores).square() if loss == "svm" else F.softplus(scores) - targets * scores
        total = (0.5 * weights.square().sum() + c * errors.sum()) / (c * len(numbers))
        total.backward()
        return total

    solver.step(objective)
    return Linear(*found(unknowns.detach()))


def _root(numbers: torch.Tensor, c: float) -> torch.Tensor:
    """The Cholesky factor of the curvature that half the samples' errors give, [D, D]."""
    curvature = numbers.t() @ numbers
    curvature.diagonal().add_(1 / c)
    return torch.linalg.cholesky(curvature.div_(len(numbers)))


def majority_rate(labels: torch.Tensor) -> torch.Tensor:
    """Share of the commoner class among bool labels [N, K], [K] in [0.5, 1]: what a constant answer scores.

    >>> majority_rate(torch.tensor([[True, False], [True, True], [True, False], [False, True]]))
    tensor([0.7500, 0.5000])
    """
    rate = labels.float().mean(0)
    return torch.maximum(rate, 1 - rate)


def best_c(
    train: tuple[torch.Tensor, torch.Tensor],
    validation: tuple[torch.Tensor, torch.Tensor],
    candidates: tuple[float, ...] = CANDIDATES,
    loss: Loss = "svm",
) -> tuple[float, Linear]:
    """The C of the best mean validation accuracy, and the classifiers fitted with it.

    Args:
        train: numbers [N, D] and bool labels [N, K].
        validation: the same of other samples.

    Raises:
        ValueError: shapes differ, or an attribute has one class only.

    >>> numbers = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
    >>> c, fitted = best_c((numbers, numbers > 0), (numbers, numbers > 0), candidates=(0.1, 1.0))
    >>> c in (0.1, 1.0), fitted.accuracy(numbers, numbers > 0).item()
    (True, 1.0)
    """
    fitted = [(c, fit_linear(*train, c, loss)) for c in candidates]
    return max(fitted, key=lambda pair: pair[1].accuracy(*validation).mean().item())
