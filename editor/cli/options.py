"""What several commands share: options, configs made from them, and what they load."""

import argparse
import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from editor.errors import SettingError
from editor.files import check_files
from editor.weights import Gate

if TYPE_CHECKING:
    from editor.data.codes import Codes
    from editor.data.photos import LabelledFaces
    from editor.flow import RealNVP


def common(parser: argparse.ArgumentParser, run: str, function) -> None:
    """Every training's options."""
    parser.add_argument("--run", dest="folder", type=Path, default=Path(run), help="folder of the run (default %(default)s)")
    parser.add_argument("--device", help="cpu, cuda or cuda:N; by default CUDA where there is one")
    parser.set_defaults(run=function, folders=("folder", "kept"))


def models_options(parser: argparse.ArgumentParser) -> None:
    """Which models, and where they run."""
    parser.add_argument("--models", default="embedded", help="model set (default %(default)s)")
    parser.add_argument("--generator", default="", metavar="FILE", help="another StyleGAN2-FFHQ (.pt, .pkl) for ffhq, ffhq-e4e")
    parser.add_argument("--device", help="cpu, cuda or cuda:N; by default CUDA where there is one")


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
    from editor.data.codes import read_codes, write_codes
    from editor.data.encoding import encode_faces
    from editor.data.photos import read_labelled_faces
    from editor.data.splits import TEST_SHARE
    from editor.encode import read_encoder
    from editor.weights import sha256_of

    if options.codes.is_file():
        codes = read_codes(options.codes)
        one_sided = [name for name, column in zip(codes.attributes, codes.labels.t(), strict=True) if len(column.unique()) < 2]
        if one_sided or not codes.attributes:
            raise SettingError(
                f"{options.codes}: everybody or nobody has {', '.join(one_sided) or 'a label'}. Nothing to learn."
            )
        train, heldout = codes.by_person(TEST_SHARE, 0)
        return {"train": train, "heldout": heldout}.get(split) or codes.take(torch.arange(0))
    if not options.data:
        raise SettingError("Name labelled faces with --data, or a file of codes with --codes.")
    weights = options.encoder or gate.path("encoder")
    digest = sha256_of(weights)
    kept = options.codes / f"{split}-{digest[:12]}.safetensors"
    if not kept.exists():
        check_files([kept])
        write_codes(encode_faces(read_encoder(weights), read_labelled_faces(options.data, split), digest), kept)
    return read_codes(kept)


def taught_codes(options: argparse.Namespace, gate: Gate, seeds: Sequence[int]) -> "list[Codes]":
    """The training people's codes with what a judge of their photos believes, for each seed of a T and whom it is checked on,
    and other views of them; made once and kept.

    A file of codes has no photos to ask about, and is given as it is: whoever wants beliefs then says so.
    """
    from editor.data.photos import read_labelled_faces
    from editor.data.splits import VALIDATION_SHARE
    from editor.encode import read_encoder
    from editor.judge.backbone import WIDE_SIDE, wide_features
    from editor.train.flow.distillation import TeacherConfig, beliefs_apart, coded_views
    from editor.train.judge.training import photo_features
    from editor.weights.tensors import kept_tensor

    codes = codes_of(options, gate, "train")
    if options.codes.is_file():
        return [codes] * len(seeds)

    @cache
    def faces() -> "LabelledFaces":
        every = read_labelled_faces(options.data, "train")
        return every.of_ids(codes.ids) if codes.ids else every  # pictures that cannot be read have no codes

    @cache
    def pictures() -> list[torch.Tensor]:
        features = wide_features(gate)
        return [photo_features(features, faces(), WIDE_SIDE, mirrored).half() for mirrored in (False, True)]

    def believed(config: TeacherConfig) -> torch.Tensor:
        checked = codes.by_person(VALIDATION_SHARE, config.seed)[1].people.unique()
        return beliefs_apart(pictures(), codes.labels, codes.people, checked, config)

    def seen() -> torch.Tensor:
        return coded_views(read_encoder(options.encoder or gate.path("encoder")), faces())

    def kept(kind: str, config: TeacherConfig, make: Callable[[], torch.Tensor]) -> torch.Tensor:
        digest = hashlib.sha256(repr(config).encode()).hexdigest()[:8]
        return kept_tensor(options.codes / f"{kind}-{codes.fingerprint()}-{digest}.safetensors", kind, make)

    views = kept("views", TeacherConfig(), seen)
    configs = [TeacherConfig(seed=seed) for seed in seeds]
    beliefs = [kept("beliefs", config, partial(believed, config)) for config in configs]
    return [dataclasses.replace(codes, beliefs=found, views=views) for found in beliefs]


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
