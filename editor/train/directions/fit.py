"""Fit the directions of W+ and W*, with step lengths that have the same effect on images in both.

paper           the unit normals of SVMs, in both spaces
pictures        in W* normals corrected by images' responses (`editor.train.directions.corrected`); in W+ the normals of
                SVMs, which is InterFaceGAN. Steps are those of edits that keep to their regions
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch

from editor.classify.linear import CANDIDATES, Linear, best_c, fit_svm, majority_rate
from editor.data.codes import LabelledCodes, normalised_codes
from editor.edit.directions import Directions, SpaceDirections
from editor.edit.regions import Regions
from editor.flow import RealNVP
from editor.generate.runtimes import Runtime
from editor.judge.attributes import AttributeClassifier
from editor.spaces import SPACES, Space
from editor.train.directions.calibration import MAX_STEP, calibrated_steps

LOGIT_SPAN = 1.2
"""Span of corrected normals, in standard deviations of the logit. That of SVM normals is the distance between the classes."""
MAX_LOGIT_CHANGE = 0.5
"""Bound of a unit of corrected normals, in standard deviations of the training classifier's logit; at 1.8 faces break up."""
MAX_CORRECTED_STEP = 45.0
"""Longest unit of corrected normals, in standard deviations of codes. Two units of 80 leave little of a face."""
Correct = Callable[[torch.Tensor], torch.Tensor]
"""Normals [K, D] -> directions [K, D], each of a length that changes its attribute's logit by one standard deviation."""


@dataclass(frozen=True)
class DirectionsConfig:
    """What defines the fit.

    Attributes:
        validation: share of the training people that C is chosen on.
        faces: training faces on which effects are measured.
        reconstructed: training faces on whose reconstructions the difference between the classes is measured.
        seed: of both choices.
        c: of the SVMs, positive; None: the one that is best on validation people.
        unit: of all attributes in both spaces, in standard deviations of normalised codes, positive; None: units are
            calibrated by their effect.
    """

    validation: float = 0.12
    faces: int = 8
    reconstructed: int = 600
    seed: int = 0
    c: float | None = None
    unit: float | None = None


def chosen_c(
    flow: RealNVP, train: LabelledCodes, space: Space, config: DirectionsConfig, candidates: tuple[float, ...] = CANDIDATES
) -> float:
    """The C of the SVMs of one space that is best on validation people.

    >>> chosen_c(flow, codes, "w_plus", DirectionsConfig()) in CANDIDATES
    True
    """
    parts = train.by_person(config.validation, config.seed)
    inner, validation = ((normalised_codes(flow, part, space), part.labels) for part in parts)
    return best_c(inner, validation, candidates)[0]


def fit_svms(flow: RealNVP, train: LabelledCodes, space: Space, config: DirectionsConfig) -> Linear:
    """The SVMs of one space, fitted on all training codes, with the config's C or else one chosen on validation people.

    >>> fit_svms(flow, codes, "w_star", DirectionsConfig()).normals().shape
    torch.Size([2, 72])
    """
    return fit_svm(normalised_codes(flow, train, space), train.labels, config.c or chosen_c(flow, train, space, config))


def fit_directions(
    flow: RealNVP,
    train: LabelledCodes,
    test: LabelledCodes,
    preview: Runtime,
    classifier: AttributeClassifier,
    config: DirectionsConfig,
    flow_hash: str,
    correct: Mapping[Space, Correct] | None = None,
    regions: Regions | None = None,
) -> Directions:
    """Directions of both spaces. Only the stored accuracies of the SVMs are measured on `test`.

    Args:
        train, test: codes with labels.
        preview: draws images of codes.
        classifier: measures effects on these images.
        flow_hash: sha256 of the flow's file.
        correct: corrections of SVM normals, by space; a space without one keeps its normals.
        regions: of local edits; None: edits change the whole picture.

    >>> train, test = codes.by_person(0.2, seed=0)
    >>> directions = fit_directions(flow, train, test, painter, classifier, DirectionsConfig(), "sha256 of the flow")
    >>> directions.attributes, directions.w_star.normals.shape, directions.w_star.steps.shape
    (('Smiling', 'Young'), torch.Size([2, 72]), torch.Size([2]))
    """
    correct = correct or {}
    fitted: dict[Space, _Fitted] = {space: _fit_space(flow, train, test, space, config, correct.get(space)) for space in SPACES}
    parts: dict[Space, SpaceDirections] = {space: fitted[space].directions for space in SPACES}
    spans: dict[Space, torch.Tensor] = {space: fitted[space].spans for space in SPACES}
    bounds: dict[Space, torch.Tensor] = {space: fitted[space].bounds for space in SPACES}
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(config.seed))
    faces, sample = train.take(order[: config.faces]), train.take(order[: config.reconstructed])
    if config.unit is not None:
        steps: dict[Space, torch.Tensor] = {space: torch.full_like(spans[space], config.unit) for space in SPACES}
    else:
        steps = calibrated_steps(flow, faces, sample, parts, spans, bounds, preview, classifier, regions)
    w_plus, w_star = (replace(parts[space], steps=steps[space]) for space in SPACES)
    return Directions(
        train.attributes, w_plus, w_star, majority=majority_rate(test.labels), encoder=train.encoder, flow=flow_hash
    )


@dataclass(frozen=True, eq=False)
class _Fitted:
    """The directions of one space, before their steps are measured.

    Attributes:
        directions: with steps of 1.
        spans, bounds: [K], distance between the classes and longest step, for `calibrated_steps`.
    """

    directions: SpaceDirections
    spans: torch.Tensor
    bounds: torch.Tensor


def _fit_space(
    flow: RealNVP, train: LabelledCodes, test: LabelledCodes, space: Space, config: DirectionsConfig, correct: Correct | None
) -> _Fitted:
    """The directions of one space: normals of SVMs, corrected if there is a correction."""
    svm = fit_svms(flow, train, space, config)
    accuracy = svm.accuracy(normalised_codes(flow, test, space), test.labels)
    normals, ones, codes = svm.normals(), torch.ones(len(train.attributes)), normalised_codes(flow, train, space)
    if correct is None:
        part = SpaceDirections(normals, svm.intercepts / svm.weights.norm(dim=1), ones, accuracy)
        return _Fitted(part, class_spans(codes, train.labels, normals), MAX_STEP * ones)
    corrected = correct(normals)
    lengths, normals = corrected.norm(dim=1), torch.nn.functional.normalize(corrected, dim=1)
    part = SpaceDirections(normals, middles(codes, train.labels, normals), ones, accuracy)
    return _Fitted(part, LOGIT_SPAN * lengths, (MAX_LOGIT_CHANGE * lengths).clamp(max=MAX_CORRECTED_STEP))


def middles(codes: torch.Tensor, labels: torch.Tensor, normals: torch.Tensor) -> torch.Tensor:
    """Intercepts [K] half-way between the means of the classes along each normal.

    Args:
        codes: [N, D].
        labels: bool [N, K].
        normals: [K, D].

    >>> codes, labels = torch.tensor([[1.0], [3.0], [5.0]]), torch.tensor([[False], [False], [True]])
    >>> middles(codes, labels, normals=torch.tensor([[1.0]]))  # means of 2 and 5
    tensor([-3.5000])
    """
    along, have = codes @ normals.t(), labels.float()
    sides = ((along * part).sum(0) / part.sum(0) for part in (have, 1 - have))
    return -sum(sides, torch.zeros(())) / 2


def class_spans(codes: torch.Tensor, labels: torch.Tensor, normals: torch.Tensor) -> torch.Tensor:
    """Distance between the means of the classes along each normal, [K].

    Args:
        codes: [N, D].
        labels: bool [N, K].
        normals: [K, D].

    >>> codes, labels = torch.tensor([[1.0], [3.0], [5.0]]), torch.tensor([[False], [False], [True]])
    >>> class_spans(codes, labels, normals=torch.tensor([[1.0]]))  # means of 2 and 5
    tensor([3.])
    """
    along = codes @ normals.t()
    have = labels.float()
    return (along * have).sum(0) / have.sum(0) - (along * (1 - have)).sum(0) / (1 - have).sum(0)
