"""Fit the directions of W+ and W*, and one step length each with the same effect on images.

paper           the unit normals of SVMs, in both spaces
pictures        in W* normals corrected by images' responses (`editor.train.directions.corrected`); in W+ the normals of
                SVMs, which is InterFaceGAN. Steps are those of edits that keep to their regions
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch

from editor.classify.linear import CANDIDATES, Linear, best_c, fit_linear, majority_rate
from editor.data.codes import Codes, space_numbers
from editor.edit.directions import Directions, SpaceDirections
from editor.edit.regions import Regions
from editor.flow import RealNVP
from editor.generate.runtimes import Runtime
from editor.judge.attributes import AttributeClassifier
from editor.spaces import SPACES, Space
from editor.train.directions.calibration import LONGEST, calibrated_steps

FAR = 1.2
"""Deviations of a logit about which effects of corrected normals are tried; of SVMs' it is the distance between the classes."""
FURTHEST = 0.5
"""Most that a unit of a corrected normal is worth, in deviations of the training classifier's logit; at 1.8 faces break up."""
OUTERMOST = 45.0
"""Nor is it longer than this, in deviations of a code's numbers; of twice 80 or more little is left of a face."""
Correct = Callable[[torch.Tensor], torch.Tensor]
"""Normals [K, D] to directions [K, D], each so long that its attribute's logit changes by a deviation."""


@dataclass(frozen=True)
class DirectionsConfig:
    """What defines the fit.

    Attributes:
        validation: share of the training people that C is chosen on.
        faces: training faces on which effects are measured.
        drawn: training faces on whose reconstructions the judge's gaps are measured.
        seed: of both choices.
    """

    validation: float = 0.12
    faces: int = 8
    drawn: int = 600
    seed: int = 0


def chosen_c(
    flow: RealNVP, train: Codes, space: Space, config: DirectionsConfig, candidates: tuple[float, ...] = CANDIDATES
) -> float:
    """The C of the SVMs of one space that is best on validation people."""
    parts = train.by_person(config.validation, config.seed)
    inner, validation = ((space_numbers(flow, part, space), part.labels) for part in parts)
    return best_c(inner, validation, candidates)[0]


def fit_svms(flow: RealNVP, train: Codes, space: Space, config: DirectionsConfig) -> Linear:
    """The SVMs of one space, C chosen on validation people, then fitted on all training codes."""
    return fit_linear(space_numbers(flow, train, space), train.labels, chosen_c(flow, train, space, config))


def fit_directions(
    flow: RealNVP,
    train: Codes,
    test: Codes,
    preview: Runtime,
    judge: AttributeClassifier,
    config: DirectionsConfig,
    flow_hash: str,
    correct: Mapping[Space, Correct] | None = None,
    regions: Regions | None = None,
) -> Directions:
    """Directions of both spaces; `test` serves for the SVMs' accuracies that are stored, and for nothing else.

    Args:
        correct: what makes directions of a space's normals, where these are not to be taken as they are.
        regions: where the attributes lie, if edits are to keep there.
    """
    correct = correct or {}
    fitted: dict[Space, _Fitted] = {space: _fit_space(flow, train, test, space, config, correct.get(space)) for space in SPACES}
    parts: dict[Space, SpaceDirections] = {space: fitted[space].directions for space in SPACES}
    spans: dict[Space, torch.Tensor] = {space: fitted[space].spans for space in SPACES}
    bounds: dict[Space, torch.Tensor] = {space: fitted[space].bounds for space in SPACES}
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(config.seed))
    faces, sample = train.take(order[: config.faces]), train.take(order[: config.drawn])
    steps = calibrated_steps(flow, faces, sample, parts, spans, bounds, preview, judge, regions)
    w_plus, w_star = (replace(parts[space], steps=steps[space]) for space in SPACES)
    return Directions(
        train.attributes, w_plus, w_star, majority=majority_rate(test.labels), encoder=train.encoder, flow=flow_hash
    )


@dataclass(frozen=True, eq=False)
class _Fitted:
    """The directions of one space, before their steps are measured.

    Attributes:
        directions: with steps of 1.
        spans, bounds: [K], as `calibrated_steps` takes them.
    """

    directions: SpaceDirections
    spans: torch.Tensor
    bounds: torch.Tensor


def _fit_space(
    flow: RealNVP, train: Codes, test: Codes, space: Space, config: DirectionsConfig, correct: Correct | None
) -> _Fitted:
    """The normals of SVMs, or what `correct` makes of them."""
    svm = fit_svms(flow, train, space, config)
    accuracy = svm.accuracy(space_numbers(flow, test, space), test.labels)
    normals, ones, numbers = svm.normals(), torch.ones(len(train.attributes)), space_numbers(flow, train, space)
    if correct is None:
        part = SpaceDirections(normals, svm.intercepts / svm.weights.norm(dim=1), ones, accuracy)
        return _Fitted(part, class_spans(numbers, train.labels, normals), LONGEST * ones)
    corrected = correct(normals)
    lengths, normals = corrected.norm(dim=1), torch.nn.functional.normalize(corrected, dim=1)
    part = SpaceDirections(normals, middles(numbers, train.labels, normals), ones, accuracy)
    return _Fitted(part, FAR * lengths, (FURTHEST * lengths).clamp(max=OUTERMOST))


def middles(numbers: torch.Tensor, labels: torch.Tensor, normals: torch.Tensor) -> torch.Tensor:
    """The intercepts that part the classes half-way between their means along each normal, [K]."""
    along, have = numbers @ normals.t(), labels.float()
    sides = ((along * part).sum(0) / part.sum(0) for part in (have, 1 - have))
    return -sum(sides, torch.zeros(())) / 2


def class_spans(numbers: torch.Tensor, labels: torch.Tensor, normals: torch.Tensor) -> torch.Tensor:
    """Distance between the means of the classes along each normal, [K]."""
    along = numbers @ normals.t()
    have = labels.float()
    return (along * have).sum(0) / have.sum(0) - (along * (1 - have)).sum(0) / (1 - have).sum(0)
