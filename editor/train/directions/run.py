"""One fit of the sliders' directions, from its options to the written file and its report."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from editor.data.code_options import CodeOptions
from editor.data.codes import LabelledCodes, normalised_codes
from editor.data.generated import shipped_preview, unseen_codes
from editor.data.sources import codes_of, flow_for
from editor.edit.directions import write_directions
from editor.edit.regions import parts, regions_of
from editor.encode import read_encoder
from editor.errors import SettingError
from editor.flow import RealNVP
from editor.generate.mobile import read_mapping
from editor.generate.runtimes import best_runtime
from editor.judge.backbone import QUICK_SIDE, open_evaluation_classifier, open_training_classifier
from editor.judge.likeness import read_likeness
from editor.spaces import SPACES, Space, WPlus
from editor.train.directions.corrected import CorrectionConfig, corrected_in, fit_by_region
from editor.train.directions.fit import DirectionsConfig, fit_directions
from editor.train.directions.lengthening import lengthened
from editor.train.directions.responses import Responses, ResponsesConfig, gather, in_w_star
from editor.train.report import write_report
from editor.weights import WeightStore, sha256_of

CLASSIFIED_SIDE = 256
"""Side in pixels of the pictures that steps are calibrated on."""
GENERATED_SEED = 1000
"""Seed of the generated faces that responses are measured on. Evaluations use other seeds."""


def train_directions(
    source: CodeOptions,
    config: DirectionsConfig,
    folder: Path,
    flow: Path | None,
    responses: tuple[ResponsesConfig, Path] | None,
) -> dict[str, Any]:
    """Fit, calibrate, and write the directions and a report.

    Args:
        folder: of the run.
        flow: the flow to fit in; None: the shipped one.
        responses: config and cache folder of the responses that correct W*'s normals; None: normals are not corrected.

    Returns:
        The report: accuracies of the SVMs on people held out (test).

    Raises:
        SettingError: C or the unit is not above 0.
    """
    for name, value in (("C", config.c), ("The unit", config.unit)):
        if value is not None and value <= 0:
            raise SettingError(f"{name} has to be above 0, not {value:g}.")
    store = WeightStore()
    path = flow or store.path("flow")
    train, test = codes_of(source, store, "train"), codes_of(source, store, "test")
    network = flow_for(path, train)
    # not the training classifier: corrected directions are fitted to it, so it would overrate them
    classifier = open_evaluation_classifier(store)
    preview = best_runtime(shipped_preview(store, CLASSIFIED_SIDE), torch.device("cpu"))
    correct: dict[Space, Callable] = {}
    if responses:
        gathered = _responses(source, store, network, train, *responses)
        correct["w_star"] = partial(_corrected, gathered, network, train)
    regions = regions_of(train.attributes) if responses else None
    made = fit_directions(network, train, test, preview, classifier, config, sha256_of(path), correct, regions)
    if responses and config.unit is None:
        some = torch.randperm(len(train), generator=torch.Generator().manual_seed(config.seed))[: config.faces]
        compare = read_likeness(store.path("likeness"))
        made = lengthened(made, network, WPlus(train.w_plus[some].float()), preview, classifier, compare, regions)
    folder.mkdir(parents=True, exist_ok=True)
    write_directions(made, folder / "directions.safetensors")
    report: dict[str, Any] = {"n": len(test), "majority": made.majority.mean().item()}
    for space in SPACES:
        accuracy = getattr(made, space).accuracy
        report[space] = {name: getattr(accuracy, name)().item() for name in ("min", "max", "mean")}
    return write_report(folder, report)


def _responses(
    source: CodeOptions, store: WeightStore, flow: RealNVP, train: LabelledCodes, config: ResponsesConfig, cache: Path
) -> Responses:
    """Responses at photos' codes and at generated ones, alternately.

    Raises:
        SettingError: the training classifier has other attributes than the codes.
    """
    mapping, half = read_mapping(store.path("mobilestylegan-ffhq")), config.faces // 2
    mean = read_encoder(source.encoder or store.path("encoder")).w_mean
    generated = unseen_codes(mapping, mean, half, GENERATED_SEED + config.seed)
    some = torch.randperm(len(train), generator=torch.Generator().manual_seed(config.seed))[:half]
    faces = WPlus(torch.stack([train.w_plus[some].float(), generated], 1).flatten(0, 1))
    preview = shipped_preview(store, QUICK_SIDE).to(memory_format=torch.channels_last)
    classifier, likeness = open_training_classifier(store), read_likeness(store.path("likeness"))
    if classifier.attributes != train.attributes:
        raise SettingError("Directions corrected by pictures need the training classifier's attributes, in its order.")
    networks = " ".join(sha256_of(store.path(name)) for name in ("preview", "training-classifier", "likeness"))
    return gather(faces, flow, preview, classifier, likeness, config, cache, networks)


def _corrected(responses: Responses, flow: RealNVP, train: LabelledCodes, normals: torch.Tensor) -> torch.Tensor:
    """Directions of W* [K, D] that change the other attributes less than normals [K, D] do."""
    regions, areas = corrected_in(train.attributes), parts().mean((1, 2))
    codes, view = normalised_codes(flow, train, "w_star"), partial(in_w_star, flow=flow)
    fit = fit_by_region(responses, normals, codes, regions, areas, CorrectionConfig(), view)
    print(
        f"w_star: on validation faces the other attributes change by {fit.leakage:.3f} for 1, "
        "to first order and by the training classifier"
    )
    return fit.directions
