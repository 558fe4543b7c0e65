"""`python -m editor train flow | directions`: from codes of labelled faces to W* and the sliders in it."""

import argparse
import json
from pathlib import Path

import torch

from editor.cli.numbers import count, positive
from editor.cli.options import codes_of, common, flow_for, labelled_codes, overrides, preview_of, taught_codes
from editor.weights import Gate

LOOKED_AT = 256
"""Side in pixels of the pictures that steps are calibrated on."""
DRAWN = 1000
"""Seed of the drawn faces whose pictures are asked: others than those that are measured on."""


def add(kinds: argparse._SubParsersAction) -> None:
    """Add the two."""
    flow = kinds.add_parser("flow", help="the flow T, on the codes of labelled faces")
    labelled_codes(flow)
    flow.add_argument(
        "--recipe",
        choices=("editing", "paper", "fast", "axes", "taught"),
        default="editing",
        help="losses (default %(default)s)",
    )
    for name in ("epochs", "batch", "seed", "couplings", "hidden"):
        flow.add_argument(f"--{name}", type=count)
    flow.add_argument("--bound", type=float, help="largest log-scale of a coupling")
    flow.add_argument("--masks", choices=("stripes", "halves", "random"))
    flow.add_argument("--per-layer", action="store_true", default=None, help="one T for each of the 18 layers alike")
    for name in ("rate", "attribute", "margin", "preservation", "reach", "decay", "stretch"):
        flow.add_argument(f"--{name}", type=float)
    common(flow, "runs/flow", train_flow)

    directions = kinds.add_parser("directions", help="SVMs in W+ and in W*, and the length of their steps")
    labelled_codes(directions)
    directions.add_argument("--flow", type=Path, help="flow to fit in (default: the one in weights/)")
    directions.add_argument(
        "--recipe",
        choices=("paper", "pictures"),
        default="pictures",
        help="SVMs' normals, or in W* the same corrected by what pictures say (default %(default)s)",
    )
    directions.add_argument("--faces", dest="asked_faces", type=positive, help="whose pictures are asked (default 400)")
    directions.add_argument(
        "--kept",
        type=Path,
        default=Path("runs/responses"),
        help="where their answers are kept, 4.6 GB for 400 (default %(default)s)",
    )
    directions.add_argument("--seed", type=count)
    common(directions, "runs/directions", train_directions)


def train_flow(options: argparse.Namespace) -> int:
    """Fit the frozen classifiers in W+, train T, and write both."""
    import dataclasses

    from editor.data.codes import space_numbers
    from editor.data.splits import VALIDATION_SHARE
    from editor.evaluate.claims.ablation import REPORT, measure_flow
    from editor.flow import FlowConfig, write_flow
    from editor.train.flow.classifiers import fit_classifiers, fresh_flow
    from editor.train.flow.recipes import RECIPES
    from editor.train.flow.training import train_flow
    from editor.train.run import Run

    recipe = RECIPES[options.recipe]
    model = dataclasses.replace(recipe.model, **overrides(options, FlowConfig))
    config = dataclasses.replace(recipe, **overrides(options, type(recipe)), model=model)
    codes = taught_codes(options, Gate(), [config.seed])[0] if config.taught else codes_of(options, Gate(), "train")
    train, validation = codes.by_person(VALIDATION_SHARE, config.seed)
    c, classifiers = fit_classifiers(config, train, validation)
    apart = space_numbers(fresh_flow(train, config.model), validation, "w_plus")
    before = classifiers.accuracy(apart, validation.labels).mean().item()
    print(f"classifiers in W+: C={c:g}, accuracy {before:.4f} on {len(validation)} codes of people apart")
    flow = train_flow(config, Run(options.folder, config), classifiers, train, validation)
    write_flow(flow, options.folder / "flow.safetensors", train.encoder)
    report = measure_flow(flow, train, validation, options.folder / "curve.jsonl")
    (options.folder / REPORT).write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2), f"wrote {options.folder / 'flow.safetensors'}", sep="\n")
    return 0


def train_directions(options: argparse.Namespace) -> int:
    """Fit, calibrate, and write the directions and a report."""
    from editor.edit.directions import SPACES, write_directions
    from editor.edit.regions import regions_of
    from editor.generate.runtimes import best_runtime
    from editor.judge.backbone import open_evaluation_classifier
    from editor.train.directions.fit import DirectionsConfig, fit_directions
    from editor.weights import sha256_of

    config, gate = DirectionsConfig(**overrides(options, DirectionsConfig)), Gate()
    path = options.flow or gate.path("flow")
    train, heldout = codes_of(options, gate, "train"), codes_of(options, gate, "heldout")
    flow = flow_for(path, train)
    judge = open_evaluation_classifier(
        gate
    )  # the training classifier has a say in directions by pictures, and they please it more than they should
    preview = best_runtime(preview_of(gate, LOOKED_AT), torch.device("cpu"))
    correct = {} if options.recipe == "paper" else _by_pictures(options, gate, flow, train)
    regions = None if options.recipe == "paper" else regions_of(train.attributes)
    directions = fit_directions(flow, train, heldout, preview, judge, config, sha256_of(path), correct, regions)
    options.folder.mkdir(parents=True, exist_ok=True)
    write_directions(directions, options.folder / "directions.safetensors")
    report = {"n": len(heldout), "majority": directions.majority.mean().item()}
    for space in SPACES:
        accuracy = getattr(directions, space).accuracy
        report[space] = {name: getattr(accuracy, name)().item() for name in ("min", "max", "mean")}
    (options.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    return 0


def _by_pictures(options: argparse.Namespace, gate: Gate, flow, train) -> dict:
    """What corrects normals by what pictures say, in W*."""
    from functools import partial

    from editor.data.codes import space_numbers
    from editor.data.generated import unseen_codes
    from editor.edit.directions import Space
    from editor.edit.regions import parts
    from editor.encode import read_encoder
    from editor.generate.mobile import read_mapping
    from editor.judge.backbone import QUICK_SIDE, open_training_classifier
    from editor.judge.likeness import read_likeness
    from editor.spaces import WPlus
    from editor.train.directions.corrected import CorrectionConfig, corrected_in, fit_by_region
    from editor.train.directions.responses import ResponsesConfig, gather, in_w_star

    config = ResponsesConfig(**{"faces": options.asked_faces} if options.asked_faces else {})
    mapping, half = read_mapping(gate.path("mobilestylegan-ffhq")), config.faces // 2
    mean = read_encoder(options.encoder or gate.path("encoder")).w_mean
    drawn = unseen_codes(mapping, mean, half, DRAWN + config.seed)
    some = torch.randperm(len(train), generator=torch.Generator().manual_seed(config.seed))[:half]
    faces = WPlus(torch.stack([train.w_plus[some].float(), drawn], 1).flatten(0, 1))
    preview, tutor = preview_of(gate, QUICK_SIDE).to(memory_format=torch.channels_last), open_training_classifier(gate)
    responses = gather(faces, flow, preview, tutor, read_likeness(gate.path("likeness")), config, options.kept)

    def correct(space: Space, normals: torch.Tensor) -> torch.Tensor:
        view = partial(in_w_star, flow=flow) if space == "w_star" else lambda moved: moved
        regions, areas = corrected_in(train.attributes), parts().mean((1, 2))
        fit = fit_by_region(responses, normals, space_numbers(flow, train, space), regions, areas, CorrectionConfig(), view)
        print(
            f"{space}: on validation faces the other attributes change by {fit.leakage:.3f} for 1, "
            "to first order and by the training classifier"
        )
        return fit.directions

    return {space: partial(correct, space) for space in ("w_star",)}
