"""Normals corrected by what pictures answer: the SVM's direction, less what it changes besides.

An SVM's normal parts labels and leads from faces to faces, but brings along what labels go together with. Images show what
(`editor.train.directions.responses`): with g_k the mean gradient of the attribute's logit, and J, I, C the gradients of all
logits, of identity and of colours,

    M = E [ mean_j J_j J_j^T + v I I^T + c C C^T ]        what a move changes, squared, over many faces
    d_k = argmin_d  d^T M d + lambda (d - b_k)^T S^-1 (d - b_k)    such that  g_k d = 1

An edit that changes the picture in a place only is corrected by what moves in that place change: what it would do elsewhere
costs nothing, and colours cost what they change where the place is. Hair is the exception: its place has skin in it, and a
forehead that is pale or orange costs less than it is seen, next to a face that stays as it was. So it is corrected as if
everywhere.
b_k is the normal, so long that g_k b_k = 1, and S the covariance of codes: corrections are cheap where codes
vary, so that an edited face stays among faces. Without S colours run and glasses become a bar, though judges leak less.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from tqdm import tqdm

from editor.edit.regions import parts_of
from editor.train.directions.responses import Responses

HAIR = (
    *("Bald", "Bangs", "Receding_Hairline", "Wearing_Hat", "Straight_Hair", "Wavy_Hair"),
    *("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair"),
)
"""Attributes that are corrected by what a move changes everywhere."""


@dataclass(frozen=True)
class CorrectionConfig:
    """What defines the fit.

    Attributes:
        identity: v, with embeddings of two people a distance of 1 apart.
        colours: c, of mean squared changes in [-1, 1] in the place.
        penalty: lambda, in mean costs of a code's own variation.
        floor: what is added to the covariance's diagonal, in its mean.
        validation: share of the faces that what is promised is measured on.
    """

    identity: float = 0.1
    colours: float = 20.0
    penalty: float = 1e-2
    floor: float = 0.02
    validation: float = 0.2


@dataclass(frozen=True, eq=False)
class Fit:
    """Directions and what they promise.

    Attributes:
        directions: [K, D], each of a length that changes its attribute by one deviation in the mean.
        leakage: mean absolute change of the others, in deviations, on validation faces of a fit to the others: to first order,
            by the training classifier.
    """

    directions: torch.Tensor
    leakage: float


def corrected_in(attributes: Sequence[str]) -> torch.Tensor:
    """1 where what a move changes in a part counts for an attribute, else 0, [K, P]."""
    everywhere = torch.tensor([name in HAIR for name in attributes])
    return torch.where(everywhere[:, None], 1.0, parts_of(attributes))


def fit_by_region(
    responses: Responses,
    normals: torch.Tensor,
    numbers: torch.Tensor,
    regions: torch.Tensor,
    areas: torch.Tensor,
    config: CorrectionConfig,
    view: Callable[[Responses], Responses] = lambda moved: moved,
) -> Fit:
    """Fit the attributes of every place: on most faces, for what that promises on the others, then on all of them.

    Args:
        responses: gradients by part.
        normals: [K, D], of any length.
        numbers: [N, D] of codes, for their covariance.
        regions: [K, P], 1 where a part belongs to an attribute's place.
        areas: [P], of the parts, in frames.
        view: takes the gradients of moves in a place to the space of the numbers.
    """
    root = torch.linalg.cholesky(covariance_of(numbers, config.floor))
    cut = round(len(responses) * (1 - config.validation))
    directions, promised = torch.empty_like(normals), 0.0
    for place in tqdm(regions.unique(dim=0), desc="correcting"):
        which = (regions == place).all(1).nonzero().flatten()
        answers, area = view(responses.moved_in(place)), (place @ areas).item()
        most, rest = (answers.of(faces) for faces in (slice(cut), slice(cut, None)))
        of_most, of_rest = (costs_of(part, normals[which], root, config, area) for part in (most, rest))
        tried = fit_corrected(of_most, most, normals[which], which, root, config)
        promised += predicted_leakage(tried, which, rest) * len(which) / len(normals)
        everybody = of_most.joined(of_rest, cut / len(responses))
        directions[which] = fit_corrected(everybody, answers, normals[which], which, root, config)
    return Fit(directions, promised)


@dataclass(frozen=True, eq=False)
class Costs:
    """What moves cost at some faces.

    Attributes:
        system: L^T M L, [D, D].
        of_normals: L^T M n, [D, J].
    """

    system: torch.Tensor
    of_normals: torch.Tensor

    def joined(self, other: "Costs", share: float) -> "Costs":
        """Of both parts' faces, of which this part has a share."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Costs(*(share * one + (1 - share) * more for one, more in pairs))


def costs_of(
    responses: Responses, normals: torch.Tensor, root: torch.Tensor, config: CorrectionConfig, area: float = 1.0
) -> Costs:
    """The costs at the faces of these gradients, of moves in a place of this share of the frame."""
    rows = _weighted_rows(responses, config, area)
    along = rows @ root
    return Costs(along.t() @ along, along.t() @ (rows @ normals.t()))


def covariance_of(numbers: torch.Tensor, floor: float) -> torch.Tensor:
    """S of codes' numbers [N, D]."""
    centred = numbers - numbers.mean(0)
    covariance = centred.t() @ centred / len(centred)
    covariance.diagonal().add_(floor * covariance.diagonal().mean())
    return covariance


def fit_corrected(
    costs: Costs,
    responses: Responses,
    normals: torch.Tensor,
    which: torch.Tensor,
    root: torch.Tensor,
    config: CorrectionConfig,
) -> torch.Tensor:
    """Directions [J, D], each of a length that changes its attribute by one deviation in the mean.

    With d = b + L u and S = L L^T, (L^T M L + lambda) u = mu L^T g - L^T M b, and mu keeps g u at 0.

    Args:
        costs: at the faces of the gradients.
        responses: gradients in the space of the numbers, of moves in the place of the attributes.
        normals: [J, D], of any length.
        which: [J], the attributes' numbers among the logits.
        root: L, [D, D].
    """
    means = _mean_gradients(responses, which)
    lengths = 1 / (normals * means).sum(1)
    system = costs.system.clone()
    system.diagonal().add_(config.penalty * system.diagonal().sum())
    factor = torch.linalg.cholesky(system)
    wanted = root.t() @ means.t()
    towards = torch.cholesky_solve(wanted, factor)
    besides = torch.cholesky_solve(costs.of_normals * lengths, factor)
    mu = (wanted * besides).sum(0) / (wanted * towards).sum(0)
    return normals * lengths[:, None] + (root @ (mu * towards - besides)).t()


def _mean_gradients(responses: Responses, which: torch.Tensor) -> torch.Tensor:
    """g, [J, D]."""
    rows, asked = responses.gradients.flatten(0, 1), responses.asked.flatten()
    return torch.stack([rows[asked == k].float().sum(0) / (asked == k).sum().clamp_min(1) for k in which.tolist()])


def _weighted_rows(responses: Responses, config: CorrectionConfig, area: float) -> torch.Tensor:
    """R with M = R^T R, [n, D]."""
    colours = config.colours / area
    weighted = ((responses.gradients, 1.0), (responses.identity, config.identity), (responses.colours, colours))
    rows = [(values.flatten(0, 1).float(), weight) for values, weight in weighted]
    return torch.cat([part * (weight / len(part)) ** 0.5 for part, weight in rows])


def predicted_leakage(directions: torch.Tensor, which: torch.Tensor, responses: Responses) -> float:
    """Mean absolute change of other logits for a mean change of 1 of each direction's own, to first order.

    Args:
        directions, which: as `fit_corrected` gives and takes them.
    """
    changes = torch.einsum("fmd,kd->fmk", responses.gradients.float(), directions)
    own = responses.asked[:, :, None] == which
    means = (changes * own).sum((0, 1)) / own.sum((0, 1)).clamp_min(1)
    leaks = (changes.abs() * ~own).sum((0, 1)) / (~own).sum((0, 1)).clamp_min(1)
    return (leaks / means.clamp_min(1e-3)).mean().item()
