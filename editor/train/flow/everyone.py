"""T trained on the codes of all people at once, as the paper's text suggests. Whoever is held out elsewhere is seen here."""

from pathlib import Path

import torch

from editor.classify.linear import Linear, fit_linear
from editor.data.codes import LabelledCodes, normalised_codes
from editor.flow import RealNVP
from editor.train.flow.classifiers import fresh_flow, frozen_classifiers
from editor.train.flow.recipes import FlowTraining
from editor.train.flow.training import train_flow
from editor.train.history import Run

CLASSIFIER_C = 1e-3
"""The C of the frozen classifiers. Nobody is left to choose it on."""
WATCHED = 2000
"""Codes on which the losses are followed; they are among those that are trained on."""


def train_on_everyone(codes: LabelledCodes, config: FlowTraining, folder: Path) -> tuple[RealNVP, Linear]:
    """Train T, and give the frozen classifiers too. The run in `folder` is resumed.

    >>> training = FlowTraining(epochs=1, batch=8, model=flow.config)
    >>> trained, classifiers = train_on_everyone(codes, training, folder)
    >>> trained(codes.w_plus).shape, classifiers.normals().shape
    (torch.Size([60, 18, 4]), torch.Size([2, 72]))
    """
    normalised = normalised_codes(fresh_flow(codes, config.model), codes, "w_plus")
    fitted = fit_linear(normalised, codes.labels, CLASSIFIER_C, "logistic")
    classifiers = frozen_classifiers(config, fitted, normalised, codes.labels)
    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(config.seed))
    run = Run(folder, config, codes=codes.fingerprint())
    return train_flow(config, run, classifiers, codes, codes.take(order[:WATCHED])), classifiers
