"""The frozen classifiers C_i of the losses: linear, on normalised codes, fitted in W+ before T is trained."""

import torch

from editor.classify.linear import Linear, best_c, fit_linear
from editor.data.codes import LabelledCodes, normalised_codes
from editor.errors import SettingError
from editor.flow import FlowConfig, RealNVP
from editor.train.flow.recipes import FlowTraining

DISTILLATION_C = 1e-3
"""C of the classifiers fitted to soft labels; up to 1e-2 is as good."""


def fresh_flow(codes: LabelledCodes, model: FlowConfig = FlowConfig()) -> RealNVP:
    """A flow before training, with the mean and std of these codes. A number that never varies gets a std of 1.

    >>> fresh = fresh_flow(codes, FlowConfig(couplings=2, hidden=4, layers=18, channels=4))
    >>> torch.equal(fresh(codes.w_plus).flatten(1), fresh.normalise(codes.w_plus))  # T changes nothing yet
    True
    """
    flow, std = RealNVP(model), codes.w_plus.std(0)
    flow.mean.copy_(codes.w_plus.mean(0))
    flow.std.copy_(torch.where(std > 1e-6, std, torch.ones(())))
    return flow


def fit_classifiers(config: FlowTraining, train: LabelledCodes, validation: LabelledCodes) -> tuple[float, Linear]:
    """C and the frozen classifiers, fitted in W+. C is chosen on validation codes, or fixed where labels are soft.

    Raises:
        SettingError: the recipe wants soft labels, and there are none.

    >>> train, validation = codes.by_person(0.2, seed=0)
    >>> c, classifiers = fit_classifiers(FlowTraining(model=flow.config), train, validation)
    >>> c > 0, classifiers.weights.shape
    (True, torch.Size([2, 72]))
    """
    fresh = fresh_flow(train, config.model)
    inside, outside = (normalised_codes(fresh, codes, "w_plus") for codes in (train, validation))
    if config.distilled:
        classifiers = fit_linear(inside, soft_labels_of(train), DISTILLATION_C, "logistic")
        return DISTILLATION_C, frozen_classifiers(config, classifiers, inside, train.labels)
    c, classifiers = best_c((inside, train.labels), (outside, validation.labels), loss="logistic")
    return c, frozen_classifiers(config, classifiers, inside, train.labels)


def frozen_classifiers(config: FlowTraining, fitted: Linear, normalised: torch.Tensor, labels: torch.Tensor) -> Linear:
    """The classifiers as the losses use them: decorrelated and less sure of themselves, if the config says so.

    Args:
        fitted: in W+.
        normalised, labels: the codes [N, D] and labels [N, K] that they were fitted on.

    >>> fitted, normalised = Linear(4 * torch.eye(2, 72), torch.zeros(2)), codes.w_plus.flatten(1)
    >>> frozen_classifiers(FlowTraining(stretch=4.0), fitted, normalised, codes.labels).weights[0, :3]
    tensor([1., 0., 0.])
    """
    if config.decorrelated:
        fitted = fitted.decorrelated(normalised, labels)
    return Linear(fitted.weights / config.stretch, fitted.intercepts)


def soft_labels_of(codes: LabelledCodes) -> torch.Tensor:
    """The soft labels of codes, [N, K] in 0-1.

    Raises:
        SettingError: the codes have none.

    >>> from dataclasses import replace
    >>> soft_labels_of(replace(codes, soft_labels=codes.labels.float())).shape
    torch.Size([60, 2])
    >>> soft_labels_of(codes)
    Traceback (most recent call last):
        ...
    editor.errors.SettingError: The recipe distilled needs the photos: name them with --data, not --codes FILE.
    """
    if codes.soft_labels is None:
        raise SettingError("The recipe distilled needs the photos: name them with --data, not --codes FILE.")
    return codes.soft_labels
