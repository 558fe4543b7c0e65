"""DCI: how disentangled, complete and informative codes are about attributes (Eastwood and Williams, ICLR 2018).

A Lasso regressor an attribute predicts its label from the D numbers of a code. R_ij = |weight of number i for attribute j|.

    disentanglement D   sum_i rho_i (1 - H_K(R_i. / sum R_i.)),  rho_i = share of number i in all of R: 1 where every
                        number serves one attribute
    completeness C      mean_j (1 - H_D(R_.j / sum R_.j)): 1 where one number does for each attribute
    informativeness I   root of the regressors' mean squared error on 0/1 labels, mean over attributes: 0 is best

Numbers are standardised first, by the codes that the regressors are fitted on: alpha has no meaning without a unit, and by
stretching a space D and C could be made to rise at the cost of I or the other way round.

H_n is the entropy to the base n. The paper calls I the classification error, but its 0.33 in W+ stands beside an accuracy of
0.834, which leaves 0.166: it is the regressors' error that is meant, and that is what is given here.
"""

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.linear_model import Lasso
from tqdm import tqdm

ALPHA = 0.05
"""Weight of the Lasso's L1 term; the paper's."""


@dataclass(frozen=True)
class Dci:
    """The three measures."""

    disentanglement: float
    completeness: float
    informativeness: float


def measure_dci(train: tuple[torch.Tensor, torch.Tensor], test: tuple[torch.Tensor, torch.Tensor], alpha: float = ALPHA) -> Dci:
    """Fit the regressors on `train` and take their error on `test`.

    Args:
        train, test: codes [N, D] and bool labels [N, K] each.

    >>> train, test = codes.by_person(0.3, seed=0)
    >>> found = measure_dci(*((part.w_plus.flatten(1), part.labels) for part in (train, test)))
    >>> 0 <= found.disentanglement <= 1, 0 <= found.completeness <= 1, found.informativeness < 0.5
    (True, True, True)
    """
    mean, std = train[0].double().mean(0), train[0].double().std(0)
    std[std < 1e-6] = 1
    codes = np.asfortranarray(((train[0].double() - mean) / std).numpy())
    unseen = ((test[0].double() - mean) / std).numpy()
    labels, truth = (part[1].double().numpy() for part in (train, test))
    importance, errors = [], []
    for column, wanted in tqdm(zip(labels.T, truth.T, strict=True), total=labels.shape[1], desc="Lasso"):
        model = Lasso(alpha=alpha).fit(codes, column)
        importance.append(np.abs(model.coef_))
        errors.append(np.sqrt(np.mean((model.predict(unseen) - wanted) ** 2)))
    disentanglement, completeness = scores_of(np.stack(importance, 1))
    return Dci(disentanglement, completeness, float(np.mean(errors)))


def scores_of(importance: np.ndarray) -> tuple[float, float]:
    """D and C of an importance matrix [D, K], not negative. Attributes that no number predicts are left out of C.

    >>> scores_of(np.eye(2)), scores_of(np.ones((2, 2)))  # a number for each attribute; every number for every attribute
    ((1.0, 1.0), (0.0, 0.0))
    """
    total = importance.sum()
    if total == 0:
        return 0.0, 0.0
    used = importance[importance.sum(1) > 0]
    disentanglement = (used.sum(1) / total) @ (1 - entropy(used))
    columns = importance[:, importance.sum(0) > 0]
    return float(disentanglement), float(np.mean(1 - entropy(columns.T)))


def entropy(rows: np.ndarray) -> np.ndarray:
    """Entropy of every row [N, n], made to sum to 1, to the base n.

    >>> entropy(np.array([[2.0, 2.0], [1.0, 3.0]])).round(2)
    array([1.  , 0.81])
    """
    shares = rows / rows.sum(1, keepdims=True)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return -(shares * logs).sum(1) / np.log(rows.shape[1])
