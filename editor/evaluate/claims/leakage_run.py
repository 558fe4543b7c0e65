"""One measurement of leakage, from its options to its numbers."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from editor.data.codes import LabelledCodes
from editor.data.generated import shipped_preview, unseen_codes
from editor.data.sources import codes_of, flow_for
from editor.edit import read_directions, regions_of
from editor.edit.preserving import SETTINGS
from editor.encode import read_encoder
from editor.errors import SettingError
from editor.evaluate.baselines.default_c import default_normals
from editor.evaluate.baselines.latent_transformer import LatentTransformerConfig, cached_transformers
from editor.evaluate.claims.leakage import TRIALS, ImageMeter, measure_leakage
from editor.evaluate.claims.leakage_options import LeakageOptions
from editor.evaluate.claims.methods import (
    METHODS,
    Method,
    all_methods,
    at_default_c,
    equally_far,
    methods_with,
)
from editor.evaluate.claims.preserving import PreservingEdit
from editor.evaluate.shelf import Shelf
from editor.flow import RealNVP
from editor.generate.mobile import read_mapping
from editor.generate.runtimes import Runtime, best_runtime
from editor.judge.backbone import open_evaluation_classifier, open_training_classifier
from editor.judge.identity import IdentityJudge
from editor.spaces import SPACES, Space, WPlus
from editor.weights import WeightStore, sha256_of

CLASSIFIED_SIDE = 256
"""Side in pixels of the pictures that the preview draws for the classifier."""
SAMPLE = 100
"""Photos, and as many generated faces, that the logits' standard deviations are measured on."""


def evaluate_leakage(options: LeakageOptions, out: Path) -> dict[str, Any]:
    """Edit by every method, and measure the images.

    Args:
        out: folder for cached results of single faces, SVMs and Latent Transformers.

    Raises:
        SettingError: a method does not exist.
    """
    wanted, store, seed = _wanted(options), WeightStore(), options.seed
    train, test = codes_of(options.source, store, "train"), codes_of(options.source, store, "test")
    mean = read_encoder(options.source.encoder or store.path("encoder")).w_mean
    mapping = read_mapping(store.path("mobilestylegan-ffhq"))
    generated = [unseen_codes(mapping, mean, 1, 1_000_003 * (seed + 1) + n) for n in range(options.generated)]
    codes = WPlus(torch.cat([_some(test, options.real, seed), *generated]))  # with more faces, those of before are among them
    runtime = best_runtime(shipped_preview(store, CLASSIFIED_SIDE), torch.device("cpu"))
    compared = _compared(options, wanted, store, train, runtime, out)
    sample = WPlus(torch.cat([_some(train, SAMPLE, seed), unseen_codes(mapping, mean, SAMPLE, seed)]))
    identity = IdentityJudge(store.path("dlib-face-recognition"))
    meter = ImageMeter.over(runtime, open_evaluation_classifier(store), identity, sample)
    shelf = Shelf(out / "leakage-pieces", f"{train.encoder} {seed} {compared.about}")
    return {
        "n": {"real": options.real, "generated": options.generated},
        "attributes": compared.attributes,
        "beside": compared.references,
        "methods": measure_leakage(meter, codes, compared.methods, shelf, compared.references),
    }


def _wanted(options: LeakageOptions) -> set[str]:
    """The methods that are asked for, and W+, which all are compared with."""
    there = [*METHODS, *(f"{space}_{name}" for name in options.others() for space in SPACES)]
    if unknown := set(options.methods) - set(there):
        raise SettingError(f"There is no method {', '.join(sorted(unknown))}. There are: {', '.join(there)}.")
    return {"w_plus", *options.methods} if options.methods else set(there)


def _some(codes: LabelledCodes, count: int, seed: int) -> torch.Tensor:
    """Codes [count, 18, 512] at random."""
    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(seed))[:count]
    return codes.w_plus[order].float()


@dataclass(frozen=True, eq=False)
class _Compared:
    """What is compared.

    Attributes:
        references: methods that are compared with W+ alone.
        about: names all that the results depend on.
    """

    attributes: tuple[str, ...]
    methods: dict[str, Method]
    references: list[str]
    about: str


def _compared(
    options: LeakageOptions, wanted: set[str], store: WeightStore, train: LabelledCodes, runtime: Runtime, out: Path
) -> _Compared:
    files = {"directions": options.directions or store.path("directions"), "flow": options.flow or store.path("flow")}
    directions, flow = read_directions(files["directions"]), flow_for(files["flow"], train)
    transformers = []
    if "latent_transformer" in wanted:
        transformers = cached_transformers(flow, train, LatentTransformerConfig(), out / "latent-transformers")
    regions, classifier = regions_of(directions.attributes), open_training_classifier(store)
    w_plus, w_star = equally_far(directions)
    methods = all_methods(flow, w_plus, w_star, transformers, regions)
    if classifier.attributes == directions.attributes:
        far = replace(directions, w_plus=w_plus, w_star=w_star)
        methods |= {f"{space}_preserve": PreservingEdit(space, flow, far, regions, runtime, classifier) for space in SPACES}
    for name, file in options.others().items():
        methods |= methods_with(flow, read_directions(file), directions, name)
    references = at_default_c(flow, directions, _default_normals(flow, train, sha256_of(files["flow"]), wanted, out))
    networks = [store.path(name) for name in ("preview", "evaluation-classifier", "training-classifier")]
    paths = [*files.values(), *networks]
    others = [f"{name}={sha256_of(path)}" for name, path in options.others().items()]
    masks = hashlib.sha256(regions.maps.numpy().tobytes()).hexdigest()
    chosen = {name: method for name, method in (methods | references).items() if name in wanted}
    about = " ".join([str(TRIALS), str(SETTINGS), masks, train.fingerprint(), *map(sha256_of, paths), *others])
    return _Compared(directions.attributes, chosen, [name for name in references if name in chosen], about)


def _default_normals(
    flow: RealNVP, train: LabelledCodes, flow_hash: str, wanted: set[str], out: Path
) -> dict[Space, torch.Tensor]:
    """Normals [K, 9216] of SVMs with scikit-learn's C, in the spaces where they are asked for."""
    seen = hashlib.sha256(f"{train.fingerprint()} {flow_hash}".encode()).hexdigest()[:12]
    return {
        space: default_normals(flow, train, space, out / "svms-c1" / f"{space}-{seen}.safetensors")
        for space in SPACES
        if f"{space}_c1" in wanted
    }
