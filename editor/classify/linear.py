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
WHITENED_ABOVE = 0.01
"""SVMs with a larger C are fitted on whitened codes: otherwise hundreds of iterations do not suffice."""
WHITENED_ITERATIONS = 150


@dataclass(frozen=True, eq=False)
class Linear:
    """K linear functions of vectors: vectors @ weights.T + intercepts.

    Attributes:
        weights: [K, D].
        intercepts: [K].

    >>> line = Linear(weights=torch.tensor([[3.0, 4.0]]), intercepts=torch.tensor([-5.0]))
    >>> line(torch.tensor([[1.0, 1.0], [0.0, 0.0]])).tolist()
    [[2.0], [-5.0]]
    """

    weights: torch.Tensor
    intercepts: torch.Tensor

    def __call__(self, vectors: torch.Tensor) -> torch.Tensor:
        """[N, D] -> scores [N, K], positive on the attribute's side."""
        return vectors @ self.weights.t() + self.intercepts

    def normals(self) -> torch.Tensor:
        """Unit normals of the hyperplanes, [K, D].

        >>> Linear(torch.tensor([[3.0, 4.0]]), torch.zeros(1)).normals()
        tensor([[0.6000, 0.8000]])
        """
        return F.normalize(self.weights, dim=1)

    def accuracy(self, vectors: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Share of samples that are on the side of their labels, [K].

        Args:
            vectors: the samples, [N, D].
            labels: bool [N, K].

        >>> line = Linear(torch.tensor([[1.0]]), torch.zeros(1))
        >>> line.accuracy(torch.tensor([[2.0], [-1.0]]), torch.tensor([[True], [True]]))
        tensor([0.5000])
        """
        return ((self(vectors) > 0) == labels).float().mean(0)

    def decorrelated(self, vectors: torch.Tensor, labels: torch.Tensor) -> "Linear":
        """The nearest hyperplanes whose normals are at right angles (Löwdin 1950), each refitted along its own normal.

        Args:
            vectors, labels: what they separate, [N, D] and bool [N, K].

        >>> random = torch.Generator().manual_seed(0)
        >>> vectors = torch.randn(200, 3, generator=random)
        >>> labels = torch.stack([vectors[:, 0] > 0, vectors[:, 0] + vectors[:, 1] > 0], 1)
        >>> normals = fit_linear(vectors, labels, c=1.0).decorrelated(vectors, labels).normals()
        >>> torch.allclose(normals @ normals.t(), torch.eye(2), atol=1e-4)
        True
        """
        normals = self.normals().double()
        values, axes = torch.linalg.eigh(normals @ normals.t())
        normals = ((axes * values.rsqrt()) @ axes.t() @ normals).float()
        along = (vectors @ normals.t()).unbind(1)
        fitted = [fit_linear(x[:, None], y[:, None], 1.0, "logistic") for x, y in zip(along, labels.unbind(1), strict=True)]
        slopes, intercepts = (torch.cat([getattr(one, name).flatten() for one in fitted]) for name in ("weights", "intercepts"))
        return Linear(slopes[:, None] * normals, intercepts)


def fit_linear(
    vectors: torch.Tensor,
    labels: torch.Tensor,
    c: float,
    loss: Loss = "svm",
    iterations: int = 100,
    whitened: bool = False,
) -> Linear:
    """Fit K classifiers.

    Args:
        vectors: [N, D] float.
        labels: [N, K] bool; for `logistic` also probabilities, in [0, 1].
        c: weight of the samples against the size of the normals, positive.
        iterations: of L-BFGS at most.
        whitened: precondition: solve for v, where w = v L^-1 and L L^T = (1 / c + X^T X) / N. It takes a minute. It pays
            for a `c` so large that the samples dominate the objective.

    Raises:
        ValueError: shapes differ, an attribute has one class only, or an SVM is given probabilities.

    >>> vectors = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
    >>> fitted = fit_linear(vectors, vectors > 0, c=1.0)
    >>> (fitted(vectors) > 0).flatten().tolist()
    [False, False, True, True]
    """
    if len(vectors) != len(labels):
        raise ValueError(f"{len(vectors)} codes but {len(labels)} rows of labels")
    if labels.dtype == torch.bool and not (labels.any(0) & ~labels.all(0)).all():
        raise ValueError("an attribute has one class only")
    if labels.dtype != torch.bool and loss == "svm":
        raise ValueError("an SVM takes labels, not probabilities")
    targets = labels.float()
    signs = targets * 2 - 1
    size = vectors.shape[1] ** 0.5  # of a typical sample: unknowns scaled by it make the problem round
    root = _root(vectors, c) if whitened else None
    unknowns = torch.zeros(labels.shape[1], vectors.shape[1] + 1, requires_grad=True)
    solver = torch.optim.LBFGS([unknowns], max_iter=iterations, history_size=20, line_search_fn="strong_wolfe")

    def found(unknowns: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        weights, intercepts = unknowns[:, :-1], unknowns[:, -1]
        if root is None:
            return weights / size, intercepts
        return torch.linalg.solve_triangular(root, weights, upper=False, left=False), intercepts

    def objective() -> torch.Tensor:
        solver.zero_grad()
        weights, intercepts = found(unknowns)
        scores = vectors @ weights.t() + intercepts
        errors = F.relu(1 - signs * scores).square() if loss == "svm" else F.softplus(scores) - targets * scores
        total = (0.5 * weights.square().sum() + c * errors.sum()) / (c * len(vectors))
        total.backward()
        return total

    solver.step(objective)
    return Linear(*found(unknowns.detach()))


def _root(vectors: torch.Tensor, c: float) -> torch.Tensor:
    """The Cholesky factor of the curvature that half the samples' errors give, [D, D]."""
    curvature = vectors.t() @ vectors
    curvature.diagonal().add_(1 / c)
    return torch.linalg.cholesky(curvature.div_(len(vectors)))


def majority_rate(labels: torch.Tensor) -> torch.Tensor:
    """Share of the commoner class among bool labels [N, K], [K] in [0.5, 1]: the accuracy of a constant prediction.

    >>> majority_rate(torch.tensor([[True, False], [True, True], [True, False], [False, True]]))
    tensor([0.7500, 0.5000])
    """
    rate = labels.float().mean(0)
    return torch.maximum(rate, 1 - rate)


def fit_svm(vectors: torch.Tensor, labels: torch.Tensor, c: float, iterations: int = 100) -> Linear:
    """Fit K SVMs as `fit_linear` does, on whitened vectors where C is so large that it pays.

    >>> vectors = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
    >>> [round(fit_svm(vectors, vectors > 0, c).weights.item(), 2) for c in (0.001, 1.0)]
    [0.01, 0.8]
    """
    if c > WHITENED_ABOVE:
        return fit_linear(vectors, labels, c, iterations=WHITENED_ITERATIONS, whitened=True)
    return fit_linear(vectors, labels, c, iterations=iterations)


def best_c(
    train: tuple[torch.Tensor, torch.Tensor],
    validation: tuple[torch.Tensor, torch.Tensor],
    candidates: tuple[float, ...] = CANDIDATES,
    loss: Loss = "svm",
) -> tuple[float, Linear]:
    """The C of the best mean validation accuracy, and the classifiers fitted with it.

    Args:
        train: vectors [N, D] and bool labels [N, K].
        validation: the same of other samples.

    Raises:
        ValueError: shapes differ, or an attribute has one class only.

    >>> vectors = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
    >>> c, fitted = best_c((vectors, vectors > 0), (vectors, vectors > 0), candidates=(0.1, 1.0))
    >>> c in (0.1, 1.0), fitted.accuracy(vectors, vectors > 0).item()
    (True, 1.0)
    """
    fitted = [(c, fit_linear(*train, c, loss)) for c in candidates]
    return max(fitted, key=lambda pair: pair[1].accuracy(*validation).mean().item())
