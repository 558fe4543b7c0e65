"""Where the codes of labelled faces come from: photos that are encoded once, or a file that `face-editor encode` wrote."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import torch

from editor.actions.fit.descent import FitConfig
from editor.data.code_options import CodeOptions, check_share
from editor.data.codes import LabelledCodes, joined_codes, read_codes, write_codes
from editor.data.encoding import encode_faces
from editor.data.fingerprint import hash_of_data
from editor.data.labelled_faces import labelled_splits, read_labelled_faces
from editor.data.refining import REFINED_BY, refiner
from editor.data.splits import TEST_SHARE, split_name
from editor.encode import read_encoder
from editor.errors import SettingError
from editor.files.writing import check_files
from editor.flow import RealNVP, read_flow
from editor.spaces import WPlus
from editor.weights import WeightStore, sha256_of


def codes_of(source: CodeOptions, store: WeightStore, split: str) -> LabelledCodes:
    """Codes of one split: of the data, encoded once and cached; or of a file, which is split by person here.

    Cached codes are filed by the data, the encoder and what refines them: others are never taken for these.

    Args:
        split: train or test. Other splits of a file are empty.

    Raises:
        SettingError: neither data nor a file of codes was named, codes in a file are to be refined, the share cannot be
            taken, or an attribute in the file has one class only.

    >>> write_codes(codes, folder / "codes.safetensors")
    >>> source = CodeOptions(codes=folder / "codes.safetensors")
    >>> train, test = (codes_of(source, WeightStore(), split) for split in ("train", "test"))
    >>> len(codes), len(train), len(test), set(train.people.tolist()) & set(test.people.tolist())
    (60, 52, 8, set())
    """
    check_share(source.refine, source.share)
    if source.codes.is_file():
        if source.refine:
            raise SettingError("A file of codes has no photos to refine them by. Name labelled faces with --data.")
        return _codes_in(source.codes, split)
    if not source.data:
        raise SettingError("Name labelled faces with --data, or a file of codes with --codes.")
    digest = sha256_of(source.encoder or store.path("encoder"))
    part = "heldout" if split_name(split) == "test" else split  # as such files were called when the first were cached
    cached = source.codes / f"{part}-{digest[:12]}{_refined(source, store)}-{hash_of_data(source.data)[:8]}.safetensors"
    if not cached.exists():
        check_files([cached])
        encode, resolution = encoding_of(source, store)
        write_codes(encode_faces(encode, read_labelled_faces(source.data, split), digest, resolution), cached)
    return read_codes(cached)


def encoding_of(source: CodeOptions, store: WeightStore) -> tuple[Callable[[torch.Tensor], WPlus], int]:
    """What makes the codes of the data's faces: [B, 3, R, R] in [-1, 1] -> [B, 18, 512]; and R.

    >>> encode, side = encoding_of(CodeOptions(), store)
    >>> encode(torch.zeros(2, 3, side, side)).shape
    torch.Size([2, 18, 512])
    """
    encoder = read_encoder(source.encoder or store.path("encoder"))
    if not source.refine:
        return encoder, encoder.config.resolution
    refine = refiner(encoder, store, encoder.w_mean.device)
    return lambda faces: refine(faces, source.refine, share=source.share), encoder.config.resolution


def everyones_codes(source: CodeOptions, store: WeightStore) -> LabelledCodes:
    """The codes of all splits, those of people held out (test) too.

    Raises:
        SettingError: as for `codes_of`.

    >>> write_codes(codes, folder / "codes.safetensors")
    >>> len(everyones_codes(CodeOptions(codes=folder / "codes.safetensors"), WeightStore()))
    60
    """
    splits = ("train", "test") if source.codes.is_file() or not source.data else labelled_splits(source.data)
    return joined_codes([codes_of(source, store, split) for split in splits])


def _refined(source: CodeOptions, store: WeightStore) -> str:
    """What the name of a file says of refining: how many steps, and by a hash how and with which weights they are made."""
    if not source.refine:
        return ""
    kind = FitConfig().of(source.refine), source.share, *(sha256_of(store.path(name)) for name in REFINED_BY)
    return f"-{source.refine}-{hashlib.sha256(repr(kind).encode()).hexdigest()[:8]}"


def _codes_in(file: Path, split: str) -> LabelledCodes:
    codes = read_codes(file)
    one_sided = [name for name, column in zip(codes.attributes, codes.labels.t(), strict=True) if len(column.unique()) < 2]
    if one_sided or not codes.attributes:
        raise SettingError(f"{file}: everybody or nobody has {', '.join(one_sided) or 'a label'}. Nothing to learn.")
    train, test = codes.by_person(TEST_SHARE, 0)
    return {"train": train, "test": test}.get(split_name(split)) or codes.take(torch.arange(0))


def flow_for(path: Path, codes: LabelledCodes) -> RealNVP:
    """A flow, if it is for codes of this encoder.

    Raises:
        SettingError: it unfolds another encoder's codes.

    >>> from editor.flow import write_flow
    >>> write_flow(flow, folder / "flow.safetensors", codes.encoder)
    >>> flow_for(folder / "flow.safetensors", codes)(codes.w_plus).shape
    torch.Size([60, 18, 4])
    """
    flow, encoder = read_flow(path)
    if encoder != codes.encoder:
        raise SettingError(
            f"{path} unfolds the codes of another encoder ({encoder[:12]}, these are from {codes.encoder[:12]}). "
            "Train one on these codes: face-editor train flow"
        )
    return flow
