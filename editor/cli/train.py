"""`python -m editor train ...`: how every weight in `weights/` was made. Each run resumes where it was stopped."""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import torch

from editor.weights import Gate

VALIDATION = 0.04
"""Share of the training people that the encoder is checked on, not trained on."""


def add(commands: argparse._SubParsersAction) -> None:
    """Add `train` and its kinds."""
    train = commands.add_parser("train", help="train a model; a stopped run goes on where it was")
    kinds = train.add_subparsers(dest="kind", required=True, metavar="model")

    preview = kinds.add_parser("preview", help="slim blocks that draw the generator's image at small sizes")
    preview.add_argument("--widths", type=int, nargs="+", help="channels of the trunk and after each block: 512 256 128 64")
    begin = preview.add_mutually_exclusive_group()
    begin.add_argument("--init", type=Path, help="blocks to begin with (default: the generator's own, thinned)")
    begin.add_argument("--onto", dest="base", type=Path, help="blocks that are there already and stay as they are")
    for name in ("renders", "steps", "batch", "seed"):
        preview.add_argument(f"--{name}", type=int)
    preview.add_argument("--rate", type=float)
    preview.add_argument("--kept", type=Path, default=Path("runs/renders"), help="where renders are kept (default %(default)s)")
    preview.add_argument("--compile", action="store_true", help="compile the drawing: a third faster; needs a C++ compiler")
    _common(preview, "runs/preview", train_preview)

    encoder = kinds.add_parser("encoder", help="the compact encoder, on drawn faces and on photos")
    encoder.add_argument("--data", type=Path, help="labelled faces; without them, drawn faces only")
    for name in ("steps", "generated", "fresh", "photos", "photos-from", "seed"):
        encoder.add_argument(f"--{name}", type=int)
    for name in ("rate", "pixel", "perceptual", "identity", "code"):
        encoder.add_argument(f"--{name}", type=float)
    encoder.add_argument("--init", type=Path, help="weights to start from (default: fresh ones)")
    encoder.add_argument("--compile", action="store_true", help="compile the losses: a third faster; needs a C++ compiler")
    encoder.add_argument("--stop-at", type=int, help="pause after this step")
    _common(encoder, "runs/encoder", train_encoder)

    flow = kinds.add_parser("flow", help="the flow T, on the codes of labelled faces")
    _data(flow)
    for name in ("epochs", "batch", "seed"):
        flow.add_argument(f"--{name}", type=int)
    for name in ("rate", "margin", "preservation", "reach", "decay"):
        flow.add_argument(f"--{name}", type=float)
    _common(flow, "runs/flow", train_flow)

    judge = kinds.add_parser("judge", help="the judge of attributes, on labelled photos")
    judge.add_argument("--data", type=Path, required=True, help="labelled faces: img/, attributes.csv, split.csv")
    judge.add_argument("--seed", type=int)
    _common(judge, "runs/judge", train_judge)

    directions = kinds.add_parser("directions", help="SVMs in W+ and in W*, and the length of their steps")
    _data(directions)
    directions.add_argument("--flow", type=Path, help="flow to fit in (default: the one in weights/)")
    directions.add_argument("--seed", type=int)
    _common(directions, "runs/directions", train_directions)


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="labelled faces: img/, attributes.csv, split.csv")
    parser.add_argument("--encoder", type=Path, help="encoder that makes the codes (default: the one in weights/)")
    parser.add_argument("--codes", type=Path, default=Path("runs/codes"), help="where codes are kept (default %(default)s)")


def _common(parser: argparse.ArgumentParser, run: str, function) -> None:
    parser.add_argument("--run", dest="folder", type=Path, default=Path(run), help="folder of the run (default %(default)s)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.set_defaults(run=function)


def _overrides(options: argparse.Namespace, config: type) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(config)}
    return {name: value for name, value in vars(options).items() if name in names and value is not None}


def train_preview(options: argparse.Namespace) -> int:
    """Render, train, then write the blocks."""
    from safetensors.torch import save_file

    from editor.generate.mobile import read_mapping, read_synthesis
    from editor.generate.preview import read_slim
    from editor.generate.runtime import best_runtime
    from editor.generate.trunk import whole_generator
    from editor.train.generated import w_statistics
    from editor.train.preview import PreviewConfig, PreviewTrainer, render_pairs
    from editor.train.run import Run
    from editor.weights import sha256_of

    config, device = PreviewConfig(**_overrides(options, PreviewConfig)), torch.device(options.device)
    hashes = {name: sha256_of(path) if path else "" for name, path in (("start", options.init), ("onto", options.base))}
    config = dataclasses.replace(config, widths=tuple(config.widths), **hashes)
    folder = Gate().path("mobilestylegan-ffhq")
    mapping, synthesis = read_mapping(folder), read_synthesis(folder)
    run = Run(options.folder, config)
    mean = w_statistics(mapping).mean
    codes, renders = render_pairs(best_runtime(whole_generator(synthesis), device), mapping, mean, config, options.kept)
    start, onto = (read_slim(path) if path else None for path in (options.init, options.base))
    slim = PreviewTrainer(synthesis, codes, renders, device, start, onto, options.compile).train(config, run)
    path = options.folder / "preview.safetensors"
    save_file({name: value.half().contiguous().cpu() for name, value in slim.state_dict().items()}, path)
    print(f"wrote {path}")
    return 0


def train_encoder(options: argparse.Namespace) -> int:
    """Train, then write the averaged weights beside the checkpoint."""
    from editor.encode import read_encoder, write_encoder
    from editor.generate.mobile import read_mapping
    from editor.judge.likeness import read_likeness
    from editor.train.encoder import EncoderConfig, EncoderTrainer
    from editor.train.generated import w_statistics
    from editor.train.photos import load_faces, read_labelled_faces
    from editor.train.run import Run
    from editor.weights import sha256_of

    config = EncoderConfig(**_overrides(options, EncoderConfig))
    if options.init:
        config = dataclasses.replace(config, start=sha256_of(options.init))
    gate, device = Gate(), torch.device(options.device)
    resolution = config.model.resolution
    photos = validation = torch.empty(0, 3, resolution, resolution, dtype=torch.uint8)
    if options.data:
        inside, apart = read_labelled_faces(options.data, "train").by_person(VALIDATION, config.seed)
        photos = load_faces(inside, resolution)
        validation = load_faces(apart.sample(64, config.seed), resolution)
    mapping, preview = read_mapping(gate.path("mobilestylegan-ffhq")), _preview(gate, resolution)
    trainer = EncoderTrainer(
        mapping=mapping.to(device),
        statistics=w_statistics(mapping).to(device),
        preview=preview.to(memory_format=torch.channels_last).to(device),
        likeness=read_likeness(gate.path("likeness")).to(memory_format=torch.channels_last).to(device),
        photos=photos,
        validation=validation,
        device=device,
        start=read_encoder(options.init) if options.init else None,
        compiled=options.compile,
    )
    encoder = trainer.train(config, Run(options.folder, config), stop_at=options.stop_at)
    write_encoder(encoder, options.folder / "encoder.safetensors")
    print(f"wrote {options.folder / 'encoder.safetensors'}")
    return 0


def _preview(gate: Gate, resolution: int):
    """The embedded generator's preview at a resolution."""
    from editor.generate.mobile import read_synthesis
    from editor.generate.preview import read_preview

    return read_preview(gate.path("preview"), read_synthesis(gate.path("mobilestylegan-ffhq")), resolution)


def _codes(options: argparse.Namespace, gate: Gate, split: str):
    """Codes of one split of the data, from the encoder asked for; made once and kept."""
    from editor.encode import read_encoder
    from editor.train.codes import encode_faces, read_codes, write_codes
    from editor.train.photos import read_labelled_faces
    from editor.weights import sha256_of

    weights = options.encoder or gate.path("encoder")
    digest = sha256_of(weights)
    kept = options.codes / f"{split}-{digest[:12]}.safetensors"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_codes(encode_faces(read_encoder(weights), read_labelled_faces(options.data, split), digest), kept)
    return read_codes(kept)


def train_flow(options: argparse.Namespace) -> int:
    """Fit the frozen classifiers in W+, train T, and write it."""
    from editor.flow import RealNVP, write_flow
    from editor.train.directions import space_numbers
    from editor.train.flow import FlowTraining, normalisation, round_trip_error, train_flow
    from editor.train.linear import best_c
    from editor.train.run import Run

    config = FlowTraining(**_overrides(options, FlowTraining))
    train, validation = _codes(options, Gate(), "train").by_person(0.12, config.seed)
    fresh = RealNVP(config.model)
    normalisation(train, fresh)
    inside, apart = (space_numbers(fresh, codes, "w_plus") for codes in (train, validation))
    c, classifiers = best_c((inside, train.labels), (apart, validation.labels), loss="logistic")
    before = classifiers.accuracy(apart, validation.labels).mean().item()
    print(f"classifiers in W+: C={c:g}, accuracy {before:.4f} on {len(validation)} codes of people apart")
    flow = train_flow(config, Run(options.folder, config), classifiers, train, validation)
    print(f"round trip on {len(validation)} codes: {round_trip_error(flow, validation.w_plus):.2e} at most")
    write_flow(flow, options.folder / "flow.safetensors", train.encoder)
    print(f"wrote {options.folder / 'flow.safetensors'}")
    return 0


def train_judge(options: argparse.Namespace) -> int:
    """Fit the judge, measure it on people held out, and write both."""
    from editor.judge.attributes import write_judge
    from editor.judge.backbone import read_features
    from editor.train.judge import JudgeConfig, area_under_curve, photo_features, train_judge
    from editor.train.photos import read_labelled_faces

    features = read_features(Gate().path("efficientnet-lite0"))
    judge = train_judge(features, read_labelled_faces(options.data, "train"), JudgeConfig(**_overrides(options, JudgeConfig)))
    options.folder.mkdir(parents=True, exist_ok=True)
    write_judge(judge, options.folder / "judge.safetensors")
    heldout = read_labelled_faces(options.data, "heldout")
    scores = judge.score((photo_features(features, heldout) - judge.mean) / judge.std)
    auc = area_under_curve(scores, torch.from_numpy(heldout.labels))
    by_name = {name: round(value, 4) for name, value in zip(judge.attributes, auc.tolist(), strict=True)}
    report = {"n": len(heldout), "auc_mean": auc.nanmean().item(), "auc": by_name}
    (options.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    return 0


def train_directions(options: argparse.Namespace) -> int:
    """Fit the SVMs, calibrate, and write the directions and a report."""
    from editor.edit.directions import SPACES, write_directions
    from editor.flow import read_flow
    from editor.judge.attributes import SIDE, read_judge
    from editor.judge.backbone import read_features
    from editor.train.directions import DirectionsConfig, fit_directions
    from editor.weights import sha256_of

    config, gate = DirectionsConfig(**_overrides(options, DirectionsConfig)), Gate()
    path = options.flow or gate.path("flow")
    flow, _ = read_flow(path)
    train, heldout = _codes(options, gate, "train"), _codes(options, gate, "heldout")
    judge = read_judge(gate.path("judge"), read_features(gate.path("efficientnet-lite0")))
    preview = _preview(gate, SIDE)
    directions = fit_directions(
        flow, train, heldout, preview.to(memory_format=torch.channels_last), judge, config, sha256_of(path)
    )
    options.folder.mkdir(parents=True, exist_ok=True)
    write_directions(directions, options.folder / "directions.safetensors")
    report = {"n": len(heldout), "majority": directions.majority.mean().item()}
    for space in SPACES:
        accuracy = getattr(directions, space).accuracy
        report[space] = {name: getattr(accuracy, name)().item() for name in ("min", "max", "mean")}
    (options.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    return 0
