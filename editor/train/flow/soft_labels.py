"""Codes with soft labels of their photos (`editor.train.flow.distillation`), made once and cached."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

import torch

from editor.data.code_options import CodeOptions
from editor.data.codes import LabelledCodes
from editor.data.labelled_faces import LabelledFaces, read_labelled_faces
from editor.data.sources import codes_of, encoding_of
from editor.data.splits import VALIDATION_SHARE
from editor.judge.backbone import WIDE_SIDE, wide_features
from editor.train.classifier.training import photo_features
from editor.train.flow.distillation import DistillationConfig, coded_views, out_of_fold_labels
from editor.weights import WeightStore
from editor.weights.tensors import kept_tensor


def with_soft_labels(source: CodeOptions, store: WeightStore, seeds: Sequence[int]) -> list[LabelledCodes]:
    """Codes of the training people with soft labels and views of their photos: one `LabelledCodes` for each seed.

    A file of codes comes without photos, so its codes are returned without soft labels. `soft_labels_of` refuses them.

    Args:
        seeds: of the flows to train; they decide who is used for validation.

    >>> from editor.data.codes import write_codes
    >>> write_codes(codes, folder / "codes.safetensors")
    >>> found = with_soft_labels(CodeOptions(codes=folder / "codes.safetensors"), WeightStore(), seeds=[0, 1])
    >>> len(found), found[0].soft_labels is None  # a file of codes has no photos
    (2, True)
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

    def labelled(config: DistillationConfig) -> torch.Tensor:
        validation = codes.by_person(VALIDATION_SHARE, config.seed)[1].people.unique()
        return out_of_fold_labels(pictures(), codes.labels, codes.people, validation, config)

    def encoded_views() -> torch.Tensor:
        return coded_views(*encoding_of(source, store), faces())

    def cached(kind: str, config: DistillationConfig, make: Callable[[], torch.Tensor]) -> torch.Tensor:
        digest = hashlib.sha256(repr(config).encode()).hexdigest()[:8]
        return kept_tensor(source.codes / f"{kind}-{codes.fingerprint()}-{digest}.safetensors", kind, make)

    views = cached("views", DistillationConfig(), encoded_views)
    configs = [DistillationConfig(seed=seed) for seed in seeds]
    labels = [cached("soft-labels", config, partial(labelled, config)) for config in configs]
    return [replace(codes, soft_labels=found, views=views) for found in labels]
