"""Corrected directions: SVM normals changed so that an edit moves less of what goes together with its attribute.

An SVM's normal separates labels and leads from faces to faces, but attributes whose labels are correlated come along. Images
show which (`editor.train.directions.responses`). Let g_k be the mean gradient of the attribute's logit, and J, I, C the
gradients of all logits, of identity and of colours:

    M = E [ mean_j J_j J_j^T + v I I^T + c C C^T ]        squared change by a move, mean over many faces
    d_k = argmin_d  d^T M d + lambda (d - b_k)^T S^-1 (d - b_k)    such that  g_k d = 1

b_k is the normal, so long that g_k b_k = 1, and S is the covariance of codes: corrections are cheap where codes vary, so that
an edited face still looks like a face. Without S, colours run and glasses become a bar, though less leakage is measured.

A local edit is corrected by responses to moves in its region. What it would do elsewhere costs nothing, and colours are
averaged over the region. Hair is the exception. Its region has skin in it, and a pale or orange forehead costs less than it
is noticed next to a face that stays as it was. So hair is corrected as if it were edited everywhere.
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
        identity: v, where embeddings of two people have a distance of 1.
        colours: c, of mean squared changes in [-1, 1] in the region.
        penalty: lambda, in units of the trace of L^T M L, where S = L L^T.
        floor: added to the covariance's diagonal, in units of the diagonal's mean.
        validation: share of the faces that the leakage is predicted on.
    """

    identity: float = 0.1
    colours: float = 20.0
    penalty: float = 1e-2
    floor: float = 0.02
    validation: float = 0.2


@dataclass(frozen=True, eq=False)
class Fit:
    """Directions and their predicted leakage.

    Attributes:
        directions: [K, D], each of a length that changes its attribute's logit by one standard deviation on average.
        leakage: mean absolute change of the other logits, in standard deviations, to first order and by the training
            classifier. It is of a fit to most faces, predicted on the validation faces.
    """

    directions: torch.Tensor
    leakage: float


def corrected_in(attributes: Sequence[str]) -> torch.Tensor:
    """The parts that each attribute is corrected in, [K, P] of 0 and 1.

    >>> hat, smile = corrected_in(("Wearing_Hat", "Smiling"))
    >>> hat.mean().item(), smile.mean().item() < 0.5
    (1.0, True)
    """
    everywhere = torch.tensor([name in HAIR for name in attributes])
    return torch.where(everywhere[:, None], 1.0, parts_of(attributes))


def fit_by_region(
    responses: Responses,
    normals: torch.Tensor,
    codes: torch.Tensor,
    regions: torch.Tensor,
    areas: torch.Tensor,
    config: CorrectionConfig,
    view: Callable[[Responses], Responses] = lambda moved: moved,
) -> Fit:
    """Fit the attributes of each region: on most faces, to predict the leakage on the others, then on all faces.

    Args:
        responses: gradients by part.
        normals: [K, D], of any length.
        codes: [N, D] in the space of the directions, for their covariance.
        regions: [K, P], 1 where a part belongs to an attribute's region.
        areas: [P], of the parts, in shares of the picture.
        view: carries responses to moves in a region from W+ to the space of the directions.

    >>> normals, regions, areas = torch.eye(2, 72), torch.ones(2, 22), torch.full((22,), 1 / 22)
    >>> found = fit_by_region(responses, normals, codes.w_plus.flatten(1), regions, areas, CorrectionConfig())
    >>> found.directions.shape, found.leakage > 0
    (torch.Size([2, 72]), True)
    """
    root = torch.linalg.cholesky(covariance_of(codes, config.floor))
    cut = round(len(responses) * (1 - config.validation))
    directions, leakage = torch.empty_like(normals), 0.0
    for region in tqdm(regions.unique(dim=0), desc="correcting"):
        which = (regions == region).all(1).nonzero().flatten()
        moved, area = view(responses.moved_in(region)), (region @ areas).item()
        fitting, validation = (moved.of(faces) for faces in (slice(cut), slice(cut, None)))
        fitting_costs, validation_costs = (costs_of(part, normals[which], root, config, area) for part in (fitting, validation))
        candidate = fit_corrected(fitting_costs, fitting, normals[which], which, root, config)
        leakage += predicted_leakage(candidate, which, validation) * len(which) / len(normals)
        all_costs = fitting_costs.joined(validation_costs, cut / len(responses))
        directions[which] = fit_corrected(all_costs, moved, normals[which], which, root, config)
    return Fit(directions, leakage)


@dataclass(frozen=True, eq=False)
class Costs:
    """The costs of moves at some faces. S = L L^T is the covariance of codes, n are normals.

    Attributes:
        system: L^T M L, [D, D].
        of_normals: L^T M n, [D, J].
    """

    system: torch.Tensor
    of_normals: torch.Tensor

    def joined(self, other: "Costs", share: float) -> "Costs":
        """The costs at the faces of both parts, of which this part has a share."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Costs(*(share * one + (1 - share) * more for one, more in pairs))


def costs_of(
    responses: Responses, normals: torch.Tensor, root: torch.Tensor, config: CorrectionConfig, area: float = 1.0
) -> Costs:
    """The costs at the faces of these responses.

    Args:
        normals: [J, D].
        root: L, [D, D].
        area: of the region, in shares of the picture.

    >>> moved = responses.moved_in(torch.ones(22))
    >>> costs = costs_of(moved, normals=torch.eye(2, 72), root=torch.eye(72), config=CorrectionConfig())
    >>> costs.system.shape, costs.of_normals.shape
    (torch.Size([72, 72]), torch.Size([72, 2]))
    """
    rows = _weighted_rows(responses, config, area)
    along = rows @ root
    return Costs(along.t() @ along, along.t() @ (rows @ normals.t()))


def covariance_of(codes: torch.Tensor, floor: float) -> torch.Tensor:
    """S of codes [N, D]: [D, D], with `floor` times its mean diagonal added to the diagonal.

    >>> covariance_of(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), floor=0.5)
    tensor([[1.2500, 0.0000],
            [0.0000, 0.2500]])
    """
    centred = codes - codes.mean(0)
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
    """Directions [J, D], each of a length that changes its attribute's logit by one standard deviation on average.

    With d = b + L u and S = L L^T, (L^T M L + lambda) u = mu L^T g - L^T M b, and mu keeps g u at 0.

    Args:
        costs: at the faces of the responses.
        responses: in the space of the directions, to moves in the region of the attributes.
        normals: [J, D], of any length.
        which: [J], the attributes' indices among the logits.
        root: L, [D, D].

    >>> moved, normals, which, root = responses.moved_in(torch.ones(22)), torch.eye(2, 72), torch.arange(2), torch.eye(72)
    >>> costs = costs_of(moved, normals, root, CorrectionConfig())
    >>> directions = fit_corrected(costs, moved, normals, which, root, CorrectionConfig())
    >>> predicted_leakage(directions, which, moved) < predicted_leakage(normals, which, moved)
    True
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
    rows, queries = responses.gradients.flatten(0, 1), responses.queries.flatten()
    return torch.stack([rows[queries == k].float().sum(0) / (queries == k).sum().clamp_min(1) for k in which.tolist()])


def _weighted_rows(responses: Responses, config: CorrectionConfig, area: float) -> torch.Tensor:
    """R with M = R^T R, [n, D]."""
    colours = config.colours / area
    weighted = ((responses.gradients, 1.0), (responses.identity, config.identity), (responses.colours, colours))
    rows = [(values.flatten(0, 1).float(), weight) for values, weight in weighted]
    return torch.cat([part * (weight / len(part)) ** 0.5 for part, weight in rows])


def predicted_leakage(directions: torch.Tensor, which: torch.Tensor, responses: Responses) -> float:
    """Mean absolute change of other logits for a mean change of 1 of each direction's own, to first order.

    Args:
        directions: [J, D].
        which: [J], the attributes' indices among the logits.

    >>> gradients, none = torch.tensor([[[1.0, 0.0], [0.5, 1.0]]]), torch.zeros(1, 1, 2)
    >>> responses = Responses(torch.zeros(1, 2), gradients, torch.tensor([[0, 1]]), identity=none, colours=none)
    >>> predicted_leakage(torch.tensor([[1.0, 0.0]]), torch.tensor([0]), responses)  # logit 1 moves half as far as logit 0
    0.5
    """
    changes = torch.einsum("fmd,kd->fmk", responses.gradients.float(), directions)
    own = responses.queries[:, :, None] == which
    means = (changes * own).sum((0, 1)) / own.sum((0, 1)).clamp_min(1)
    leaks = (changes.abs() * ~own).sum((0, 1)) / (~own).sum((0, 1)).clamp_min(1)
    return (leaks / means.clamp_min(1e-3)).mean().item()
