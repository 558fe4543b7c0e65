"""Codes with soft labels of their photos (`editor.train.flow.distillation`), which are made once and kept."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

import torch

from editor.data.code_options import CodeOptions
from editor.data.codes import Codes
from editor.data.photos import LabelledFaces, read_labelled_faces
from editor.data.sources import codes_of
from editor.data.splits import VALIDATION_SHARE
from editor.encode import read_encoder
from editor.judge.backbone import WIDE_SIDE, wide_features
from editor.train.flow.distillation import TeacherConfig, beliefs_apart, coded_views
from editor.train.judge.training import photo_features
from editor.weights import WeightStore
from editor.weights.tensors import kept_tensor


def softly_labelled(source: CodeOptions, store: WeightStore, seeds: Sequence[int]) -> list[Codes]:
    """The training people's codes with soft labels and other views of their photos, for each seed of a flow and its validation.

    A file of codes has no photos to label, and is given as it is: whoever wants soft labels then says so.
    """
    codes = codes_of(source, store, "train")
    if source.codes.is_file() or not source.data:
        return [codes] * len(seeds)
    data = source.data

    @cache
    def faces() -> LabelledFaces:
        every = read_labelled_faces(data, "train")
        return every.of_ids(codes.ids) if codes.ids else every  # pictures that cannot be read have no codes

    @cache
    def pictures() -> list[torch.Tensor]:
        features = wide_features(store)
        return [photo_features(features, faces(), WIDE_SIDE, mirrored).half() for mirrored in (False, True)]

    def labelled(config: TeacherConfig) -> torch.Tensor:
        checked = codes.by_person(VALIDATION_SHARE, config.seed)[1].people.unique()
        return beliefs_apart(pictures(), codes.labels, codes.people, checked, config)

    def seen() -> torch.Tensor:
        return coded_views(read_encoder(source.encoder or store.path("encoder")), faces())

    def kept(kind: str, config: TeacherConfig, make: Callable[[], torch.Tensor]) -> torch.Tensor:
        digest = hashlib.sha256(repr(config).encode()).hexdigest()[:8]
        return kept_tensor(source.codes / f"{kind}-{codes.fingerprint()}-{digest}.safetensors", kind, make)

    views = kept("views", TeacherConfig(), seen)
    configs = [TeacherConfig(seed=seed) for seed in seeds]
    beliefs = [kept("beliefs", config, partial(labelled, config)) for config in configs]
    return [replace(codes, beliefs=found, views=views) for found in beliefs]
