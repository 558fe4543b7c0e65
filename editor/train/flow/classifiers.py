"""What T is trained around: classifiers of normalised codes, fitted in W+ before the training and frozen in it."""

import torch

from editor.classify.linear import Linear, best_c, fit_linear
from editor.data.codes import Codes, space_numbers
from editor.errors import SettingError
from editor.flow import FlowConfig, RealNVP
from editor.train.flow.recipes import FlowTraining

TAUGHT_C = 1e-3
"""C of the classifiers fitted to beliefs; 1e-3 to 1e-2 are as good."""


def fresh_flow(codes: Codes, model: FlowConfig = FlowConfig()) -> RealNVP:
    """A flow before training: the mean and deviation of these codes; a number that never moves keeps deviation 1."""
    flow, std = RealNVP(model), codes.w_plus.std(0)
    flow.mean.copy_(codes.w_plus.mean(0))
    flow.std.copy_(torch.where(std > 1e-6, std, torch.ones(())))
    return flow


def fit_classifiers(config: FlowTraining, train: Codes, validation: Codes) -> tuple[float, Linear]:
    """C, chosen on validation people, and the classifiers fitted with it in W+ that T is trained around."""
    fresh = fresh_flow(train, config.model)
    inside, outside = (space_numbers(fresh, codes, "w_plus") for codes in (train, validation))
    if config.taught:
        classifiers = fit_linear(inside, believed(train), TAUGHT_C, "logistic")
        return TAUGHT_C, frozen_classifiers(config, classifiers, inside, train.labels)
    c, classifiers = best_c((inside, train.labels), (outside, validation.labels), loss="logistic")
    return c, frozen_classifiers(config, classifiers, inside, train.labels)


def frozen_classifiers(config: FlowTraining, fitted: Linear, numbers: torch.Tensor, labels: torch.Tensor) -> Linear:
    """What T is trained around: classifiers fitted in W+, or as near to them as is at right angles."""
    if config.decorrelated:
        fitted = fitted.decorrelated(numbers, labels)
    return Linear(fitted.weights / config.stretch, fitted.intercepts)


def believed(codes: Codes) -> torch.Tensor:
    """What a judge of their photos believes of faces, [N, K].

    Raises:
        SettingError: nobody has asked one.
    """
    if codes.beliefs is None:
        raise SettingError("The recipe taught asks a judge of the photos themselves: name them with --data, not --codes FILE.")
    return codes.beliefs
