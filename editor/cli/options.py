"""What several commands share: options, configs made from them, and what they load."""

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from editor.errors import SettingError
from editor.weights import Gate

if TYPE_CHECKING:
    from editor.flow import RealNVP
    from editor.train.codes import Codes


def common(parser: argparse.ArgumentParser, run: str, function) -> None:
    """Every training's options."""
    parser.add_argument("--run", dest="folder", type=Path, default=Path(run), help="folder of the run (default %(default)s)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.set_defaults(run=function)


def pieces(parser: argparse.ArgumentParser) -> None:
    """The option of trainings that move between machines."""
    parser.add_argument(
        "--piece-mb",
        dest="piece",
        type=lambda megabytes: int(float(megabytes) * 1e6),
        help="write checkpoints and weights in pieces of at most this size; they are joined where they are read",
    )


def models_options(parser: argparse.ArgumentParser) -> None:
    """Which models, and where they run."""
    parser.add_argument("--models", default="embedded", help="model set (default %(default)s)")
    parser.add_argument("--generator", default="", metavar="FILE", help="another StyleGAN2-FFHQ (.pt, .pkl) for ffhq, ffhq-e4e")
    parser.add_argument("--device", help="cpu or cuda; by default CUDA where there is one")


def labelled_codes(parser: argparse.ArgumentParser) -> None:
    """The options of what works on codes of labelled faces."""
    parser.add_argument("--data", type=Path, help="labelled faces: img/, attributes.csv, split.csv")
    parser.add_argument("--encoder", type=Path, help="encoder that makes their codes (default: the one in weights/)")
    parser.add_argument(
        "--codes",
        type=Path,
        default=Path("runs/codes"),
        help="a file that `encode` wrote, or the folder where codes of --data are kept (default %(default)s)",
    )


def overrides(options: argparse.Namespace, config: type) -> dict[str, Any]:
    """The options that were given and that the config has."""
    names = {field.name for field in dataclasses.fields(config)}
    return {name: value for name, value in vars(options).items() if name in names and value is not None}


def preview_of(gate: Gate, resolution: int):
    """The embedded generator's preview at a resolution."""
    from editor.generate.mobile import read_synthesis
    from editor.generate.preview import read_preview

    return read_preview(gate.path("preview"), read_synthesis(gate.path("mobilestylegan-ffhq")), resolution)


def codes_of(options: argparse.Namespace, gate: Gate, split: str) -> "Codes":
    """Codes of one split: of the data, from the encoder asked for, made once and kept; or of a file, split by person here.

    Raises:
        SettingError: neither data nor a file of codes was named, or an attribute in the file has one class only.
    """
    from editor.encode import read_encoder
    from editor.train.codes import HELD_OUT, encode_faces, read_codes, write_codes
    from editor.train.photos import read_labelled_faces
    from editor.weights import sha256_of

    if options.codes.is_file():
        codes = read_codes(options.codes)
        one_sided = [name for name, column in zip(codes.attributes, codes.labels.t(), strict=True) if len(column.unique()) < 2]
        if one_sided or not codes.attributes:
            raise SettingError(
                f"{options.codes}: everybody or nobody has {', '.join(one_sided) or 'a label'}. Nothing to learn."
            )
        train, heldout = codes.by_person(HELD_OUT, 0)
        return {"train": train, "heldout": heldout}.get(split) or codes.take(torch.arange(0))
    if not options.data:
        raise SettingError("Name labelled faces with --data, or a file of codes with --codes.")
    weights = options.encoder or gate.path("encoder")
    digest = sha256_of(weights)
    kept = options.codes / f"{split}-{digest[:12]}.safetensors"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_codes(encode_faces(read_encoder(weights), read_labelled_faces(options.data, split), digest), kept)
    return read_codes(kept)


def taught_codes(options: argparse.Namespace, gate: Gate) -> "Codes":
    """The training people's codes with what a judge of their photos believes, and other views of them; made once and kept.

    A file of codes has no photos to ask about, and is given as it is: whoever wants beliefs then says so.
    """
    import dataclasses

    from safetensors.torch import save_file

    from editor.encode import read_encoder
    from editor.judge.backbone import WIDE_SIDE, wide_features
    from editor.train.judge import photo_features
    from editor.train.photos import read_labelled_faces
    from editor.train.teacher import beliefs_apart, coded_views
    from editor.weights import read_tensors

    codes = codes_of(options, gate, "train")
    if options.codes.is_file():
        return codes
    kept = options.codes / f"taught-{codes.fingerprint()}.safetensors"
    if not kept.exists():
        faces = read_labelled_faces(options.data, "train")
        features = wide_features(gate)
        pictures = [photo_features(features, faces, WIDE_SIDE, mirrored).half() for mirrored in (False, True)]
        beliefs = beliefs_apart(pictures, codes.labels, codes.people)
        views = coded_views(read_encoder(options.encoder or gate.path("encoder")), faces)
        part = kept.with_suffix(".part")
        save_file({"beliefs": beliefs, "views": views}, part)
        part.replace(kept)
    tensors, _ = read_tensors(kept)
    return dataclasses.replace(codes, beliefs=tensors["beliefs"], views=tensors["views"])


def flow_for(path: Path, codes: "Codes") -> "RealNVP":
    """A flow, if it is for codes of this encoder.

    Raises:
        SettingError: it unfolds another encoder's codes.
    """
    from editor.flow import read_flow

    flow, encoder = read_flow(path)
    if encoder != codes.encoder:
        raise SettingError(
            f"{path} unfolds the codes of another encoder ({encoder[:12]}, these are from {codes.encoder[:12]}). "
            "Train one on these codes: python -m editor train flow"
        )
    return flow
