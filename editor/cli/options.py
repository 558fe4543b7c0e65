"""What several commands share: options, configs made from them, and what they load."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import torch

from editor.weights import Gate


def common(parser: argparse.ArgumentParser, run: str, function) -> None:
    """Every training's options."""
    parser.add_argument("--run", dest="folder", type=Path, default=Path(run), help="folder of the run (default %(default)s)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.set_defaults(run=function)


def labelled_codes(parser: argparse.ArgumentParser) -> None:
    """The options of what works on codes of labelled faces."""
    parser.add_argument("--data", type=Path, required=True, help="labelled faces: img/, attributes.csv, split.csv")
    parser.add_argument("--encoder", type=Path, help="encoder that makes the codes (default: the one in weights/)")
    parser.add_argument("--codes", type=Path, default=Path("runs/codes"), help="where codes are kept (default %(default)s)")


def overrides(options: argparse.Namespace, config: type) -> dict[str, Any]:
    """The options that were given and that the config has."""
    names = {field.name for field in dataclasses.fields(config)}
    return {name: value for name, value in vars(options).items() if name in names and value is not None}


def preview_of(gate: Gate, resolution: int):
    """The embedded generator's preview at a resolution."""
    from editor.generate.mobile import read_synthesis
    from editor.generate.preview import read_preview

    return read_preview(gate.path("preview"), read_synthesis(gate.path("mobilestylegan-ffhq")), resolution)


def codes_of(options: argparse.Namespace, gate: Gate, split: str):
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
