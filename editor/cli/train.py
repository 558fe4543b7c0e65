"""`python -m editor train ...`: how every weight in `weights/` was made. Each run resumes where it was stopped."""

import argparse
import dataclasses
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from editor.cli import unfold
from editor.cli.numbers import count, positive
from editor.cli.options import common, overrides, preview_of
from editor.device import chosen_device
from editor.weights import Gate

VALIDATION = 0.04
"""Share of the training people that the encoder is checked on, not trained on."""


def add(commands: argparse._SubParsersAction) -> None:
    """Add `train` and its kinds."""
    train = commands.add_parser("train", help="train a model; a stopped run goes on where it was")
    kinds = train.add_subparsers(dest="kind", required=True, metavar="model")

    preview = kinds.add_parser("preview", help="slim blocks that draw the generator's image at small sizes")
    preview.add_argument(
        "--widths", type=positive, nargs="+", help="channels of the trunk and after each block: 512 256 128 64"
    )
    preview.add_argument("--init", type=Path, help="blocks to begin with (default: the generator's own, thinned)")
    for name in ("renders", "steps", "batch", "seed"):
        preview.add_argument(f"--{name}", type=count)
    preview.add_argument("--rate", type=float)
    preview.add_argument("--kept", type=Path, default=Path("runs/renders"), help="where renders are kept (default %(default)s)")
    preview.add_argument("--compile", action="store_true", help="compile the drawing: a third faster; needs a C++ compiler")
    common(preview, "runs/preview", train_preview)

    encoder = kinds.add_parser("encoder", help="the compact encoder, on drawn faces and on photos")
    encoder.add_argument("--data", type=Path, help="labelled faces; without them, drawn faces only")
    for name in ("steps", "generated", "fresh", "photos", "photos-from", "seed"):
        encoder.add_argument(f"--{name}", type=count)
    for name in ("rate", "pixel", "perceptual", "identity", "code"):
        encoder.add_argument(f"--{name}", type=float)
    encoder.add_argument("--init", type=Path, help="weights to start from (default: fresh ones)")
    encoder.add_argument("--compile", action="store_true", help="compile the losses: a third faster; needs a C++ compiler")
    encoder.add_argument("--stop-at", type=positive, help="pause after this step")
    common(encoder, "runs/encoder", train_encoder)

    judge = kinds.add_parser("judge", help="the judge of attributes, on labelled photos")
    judge.add_argument("--data", type=Path, required=True, help="labelled faces: img/, attributes.csv, split.csv")
    judge.add_argument("--tutor", action="store_true", help="the quicker one that a flow is trained by, instead")
    judge.add_argument("--seed", type=count)
    common(judge, "runs/judge", train_judge)
    unfold.add(kinds)


def train_preview(options: argparse.Namespace) -> int:
    """Render, train, then write the blocks."""
    from safetensors.torch import save_file

    from editor.data.generated import w_statistics
    from editor.generate.mobile import read_mapping, read_synthesis
    from editor.generate.preview import read_slim
    from editor.generate.runtimes import best_runtime
    from editor.generate.trunk import whole_generator
    from editor.train.preview.training import PreviewConfig, PreviewTrainer, render_pairs
    from editor.train.run import Run
    from editor.weights import sha256_of

    config, device = PreviewConfig(**overrides(options, PreviewConfig)), chosen_device(options.device)
    config = dataclasses.replace(config, widths=tuple(config.widths), start=sha256_of(options.init) if options.init else "")
    folder = Gate().path("mobilestylegan-ffhq")
    mapping, synthesis = read_mapping(folder), read_synthesis(folder)
    run = Run(options.folder, config)
    mean = w_statistics(mapping).mean
    codes, renders = render_pairs(best_runtime(whole_generator(synthesis), device), mapping, mean, config, options.kept)
    start = read_slim(options.init) if options.init else None
    slim = PreviewTrainer(synthesis, codes, renders, device, start, options.compile).train(config, run)
    path = options.folder / "preview.safetensors"
    save_file({name: value.half().contiguous().cpu() for name, value in slim.state_dict().items()}, path)
    print(f"wrote {path}")
    return 0


def train_encoder(options: argparse.Namespace) -> int:
    """Train, then write the averaged weights beside the checkpoint."""
    from editor.data.generated import w_statistics
    from editor.data.photos import load_faces, read_labelled_faces
    from editor.encode import read_encoder, write_encoder
    from editor.generate.mobile import read_mapping
    from editor.judge.likeness import read_likeness
    from editor.train.encoder.training import EncoderConfig, EncoderTrainer
    from editor.train.run import Run
    from editor.weights import sha256_of

    config = EncoderConfig(**overrides(options, EncoderConfig))
    if options.init:
        config = dataclasses.replace(config, start=sha256_of(options.init))
    gate, device = Gate(), chosen_device(options.device)
    resolution = config.model.resolution
    photos = validation = torch.empty(0, 3, resolution, resolution, dtype=torch.uint8)
    if options.data:
        inside, apart = read_labelled_faces(options.data, "train").by_person(VALIDATION, config.seed)
        photos = load_faces(inside, resolution)
        validation = load_faces(apart.sample(64, config.seed), resolution)
    mapping, preview = read_mapping(gate.path("mobilestylegan-ffhq")), preview_of(gate, resolution)
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
        workers=min(12, os.cpu_count() or 1) if device.type == "cuda" else 0,
    )
    run = Run(options.folder, config)
    with threads(1 if trainer.workers else torch.get_num_threads()):  # with workers, each of them is a thread
        encoder = trainer.train(config, run, stop_at=options.stop_at)
    write_encoder(encoder, options.folder / "encoder.safetensors")
    print(f"wrote {options.folder / 'encoder.safetensors'}")
    return 0


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let PyTorch use this many threads, and afterwards as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def train_judge(options: argparse.Namespace) -> int:
    """Fit a judge, measure it on people held out, and write both."""
    from editor.data.generated import unseen_codes, w_statistics
    from editor.data.photos import read_labelled_faces
    from editor.generate.mobile import read_mapping, read_synthesis
    from editor.generate.runtimes import best_runtime
    from editor.generate.trunk import whole_generator
    from editor.judge.attributes import write_classifier
    from editor.judge.backbone import QUICK_SIDE, WIDE_SIDE, quick_features, wide_features
    from editor.train.judge.training import JudgeConfig, area_under_curve, on_drawn_faces, photo_features, train_judge

    side = QUICK_SIDE if options.tutor else WIDE_SIDE
    gate = Gate()
    features = (quick_features if options.tutor else wide_features)(gate)
    faces, heldout = (read_labelled_faces(options.data, split) for split in ("train", "heldout"))
    config = JudgeConfig(**overrides(options, JudgeConfig))
    views = [photo_features(features, faces, side, mirrored) for mirrored in (False, True)]
    judge = train_judge(features, faces, views, config)
    folder = gate.path("mobilestylegan-ffhq")
    mapping, runtime = read_mapping(folder), best_runtime(whole_generator(read_synthesis(folder)), torch.device("cpu"))
    drawn = unseen_codes(mapping, w_statistics(mapping).mean, config.drawn, config.seed)
    judge = on_drawn_faces(judge, runtime, drawn)
    options.folder.mkdir(parents=True, exist_ok=True)
    write_classifier(judge, options.folder / ("tutor.safetensors" if options.tutor else "judge.safetensors"))
    auc = area_under_curve(judge.score(photo_features(features, heldout, side)), torch.from_numpy(heldout.labels))
    by_name = {name: round(value, 4) for name, value in zip(judge.attributes, auc.tolist(), strict=True)}
    report = {"n": len(heldout), "auc_mean": auc.nanmean().item(), "auc": by_name}
    (options.folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    return 0
