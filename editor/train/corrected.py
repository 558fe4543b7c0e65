"""Normals corrected by what pictures answer: the SVM's direction, less what it changes besides.

An SVM's normal parts labels and leads from faces to faces, but brings along what labels go together with. Pictures say what
(`editor.train.responses`): with g_k the mean gradient of the attribute's logit, and J, I, C the gradients of all logits, of
who it is and of colours,

    M = E [ mean_j J_j J_j^T + v I I^T + c C C^T ]        what a move changes, squared, over many faces
    d_k = argmin_d  d^T M d + lambda (d - b_k)^T S^-1 (d - b_k)    such that  g_k d = 1

b_k the normal, so long that g_k b_k = 1, and S the covariance of codes: corrections are cheap where codes vary, so that an
edited face stays among faces. Without S colours run and glasses become a bar, though judges leak less.
"""

from dataclasses import dataclass

import torch

from editor.train.responses import Responses


@dataclass(frozen=True)
class CorrectionConfig:
    """What defines the fit.

    Attributes:
        identity: v, with embeddings of two people a distance of 1 apart.
        colours: c, of mean squared changes in [-1, 1].
        penalty: lambda, in mean costs of a code's own variation.
        floor: what is added to the covariance's diagonal, in its mean.
        apart: share of the faces that what is promised is measured on.
    """

    identity: float = 0.1
    colours: float = 10.0
    penalty: float = 1e-2
    floor: float = 0.02
    apart: float = 0.2


@dataclass(frozen=True)
class Fit:
    """Directions and what they promise.

    Attributes:
        directions: [K, D], each of a length that changes its attribute by one deviation in the mean.
        leakage: mean absolute change of the others, in deviations, on faces apart of a fit to the others: to first order,
            by the tutor.
    """

    directions: torch.Tensor
    leakage: float


def fit_corrected(responses: Responses, normals: torch.Tensor, numbers: torch.Tensor, config: CorrectionConfig) -> Fit:
    """Fit on most faces and say what that promises on the others, then fit on all of them.

    Args:
        responses: gradients in the space of the numbers.
        normals: [K, D], of any length.
        numbers: [N, D] of codes, for their covariance.
    """
    covariance = _covariance(numbers, config.floor)
    cut = round(len(responses) * (1 - config.apart))
    promised = predicted_leakage(
        _solve(responses.part(slice(cut)), normals, covariance, config), responses.part(slice(cut, None))
    )
    return Fit(_solve(responses, normals, covariance, config), promised)


def _covariance(numbers: torch.Tensor, floor: float) -> torch.Tensor:
    centred = numbers - numbers.mean(0)
    covariance = centred.t() @ centred / len(centred)
    covariance.diagonal().add_(floor * covariance.diagonal().mean())
    return covariance


def _solve(responses: Responses, normals: torch.Tensor, covariance: torch.Tensor, config: CorrectionConfig) -> torch.Tensor:
    """d for all attributes, [K, D].

    With d = b + L u and S = L L^T, (L^T M L + lambda) u = mu L^T g - L^T M b, and mu keeps g u at 0.
    """
    means, cost = _mean_gradients(responses, len(normals)), _costs(responses, config)
    b = normals / (normals * means).sum(1, keepdim=True)
    root = torch.linalg.cholesky(covariance)
    system = root.t() @ cost @ root
    system.diagonal().add_(config.penalty * (cost * covariance).sum())
    factor = torch.linalg.cholesky(system)
    wanted = root.t() @ means.t()
    towards = torch.cholesky_solve(wanted, factor)
    besides = torch.cholesky_solve(root.t() @ (cost @ b.t()), factor)
    mu = (wanted * besides).sum(0) / (wanted * towards).sum(0)
    return b + (root @ (mu * towards - besides)).t()


def _mean_gradients(responses: Responses, attributes: int) -> torch.Tensor:
    """g, [K, D]."""
    rows, asked = responses.gradients.flatten(0, 1).float(), responses.asked.flatten()
    sums = torch.zeros(attributes, rows.shape[1]).index_add_(0, asked, rows)
    return sums / torch.bincount(asked, minlength=attributes).clamp_min(1)[:, None]


def _costs(responses: Responses, config: CorrectionConfig) -> torch.Tensor:
    """M, [D, D]."""
    parts = ((responses.gradients, 1.0), (responses.identity, config.identity), (responses.colours, config.colours))
    rows = [values.flatten(0, 1).float() for values, _ in parts]
    return sum((part.t() @ part * (weight / len(part)) for part, (_, weight) in zip(rows, parts, strict=True)), torch.zeros(()))


def predicted_leakage(directions: torch.Tensor, responses: Responses) -> float:
    """Mean absolute change of other logits for a mean change of 1 of each direction's own, to first order."""
    changes = torch.einsum("fmd,kd->fmk", responses.gradients.float(), directions)
    own = responses.asked[:, :, None] == torch.arange(len(directions))
    means = (changes * own).sum((0, 1)) / own.sum((0, 1)).clamp_min(1)
    leaks = (changes.abs() * ~own).sum((0, 1)) / (~own).sum((0, 1)).clamp_min(1)
    return (leaks / means.clamp_min(1e-3)).mean().item()
