"""`python -m editor train ...`: how every weight in `weights/` was made. Each run resumes where it was stopped."""

import argparse
import dataclasses
from pathlib import Path

import torch

from editor.weights import Gate


def add(commands: argparse._SubParsersAction) -> None:
    """Add `train` and its kinds."""
    train = commands.add_parser("train", help="train a model; a stopped run goes on where it was")
    kinds = train.add_subparsers(dest="kind", required=True, metavar="model")
    encoder = kinds.add_parser("encoder", help="the compact encoder, on drawn faces and on photos")
    encoder.add_argument(
        "--data", type=Path, help="labelled faces: img/, attributes.csv, split.csv; without, drawn faces only"
    )
    for name in ("steps", "generated", "fresh", "photos", "photos-from", "seed"):
        encoder.add_argument(f"--{name}", type=int)
    encoder.add_argument("--stop-at", type=int, help="pause after this step")
    _common(encoder, "runs/encoder", train_encoder)


def _common(parser: argparse.ArgumentParser, run: str, function) -> None:
    parser.add_argument(
        "--run", dest="folder", type=Path, default=Path(run), help="folder of the run (default %(default)s)"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.set_defaults(run=function)


def _overrides(options: argparse.Namespace, config: type) -> dict:
    names = {field.name for field in dataclasses.fields(config)}
    return {name: value for name, value in vars(options).items() if name in names and value is not None}


def train_encoder(options: argparse.Namespace) -> int:
    """Train, then write the averaged weights beside the checkpoint."""
    from editor.encode import write_encoder
    from editor.generate.mobile import read_mapping
    from editor.generate.preview import read_preview
    from editor.train.encoder import EncoderConfig, EncoderTrainer
    from editor.train.generated import w_statistics
    from editor.train.perceptual import Perceptual
    from editor.train.photos import load_faces, read_labelled_faces
    from editor.train.run import Run

    config = EncoderConfig(**_overrides(options, EncoderConfig))
    gate, device = Gate(), torch.device(options.device)
    resolution = config.model.resolution
    photos = torch.empty(0, 3, resolution, resolution, dtype=torch.uint8)
    if options.data:
        photos = load_faces(read_labelled_faces(options.data, "train"), resolution)
    mapping = read_mapping(gate.path("mobilestylegan-ffhq"))
    trainer = EncoderTrainer(
        mapping=mapping.to(device),
        statistics=w_statistics(mapping).to(device),
        preview=read_preview(gate, resolution).to(device, memory_format=torch.channels_last),
        perceptual=Perceptual(gate.path("efficientnet-lite0") / "efficientnet-lite0-57934424.pth").to(device),
        photos=photos,
        device=device,
    )
    run = Run(options.folder, config)
    encoder = trainer.train(config, run, stop_at=options.stop_at)
    write_encoder(encoder, options.folder / "encoder.safetensors")
    print(f"wrote {options.folder / 'encoder.safetensors'}")
    return 0
