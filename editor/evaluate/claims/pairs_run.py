"""One measurement of named pairs, from its options to its numbers."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from editor.data.generated import unseen_codes
from editor.data.identifiers import match_photos, photo_name
from editor.data.splits import read_split, split_name
from editor.edit.preserving import SETTINGS
from editor.errors import SettingError
from editor.evaluate.claims.leakage import TRIALS, ImageMeter
from editor.evaluate.claims.methods import AlongNormals, LocalEdit, Method
from editor.evaluate.claims.pairs import LEVELS, PAIRS, REFERENCE, compared_pairs, measure_pairs
from editor.evaluate.claims.pairs_options import PairsOptions
from editor.evaluate.claims.preserving import PreservingEdit
from editor.evaluate.product.fidelity import find_faces
from editor.evaluate.product.improved import improvement_shelf
from editor.evaluate.product.likenesses import improve
from editor.evaluate.shelf import Shelf
from editor.generate.mobile import read_mapping
from editor.images import open_photo
from editor.judge.backbone import open_evaluation_classifier, open_training_classifier
from editor.judge.identity import IdentityJudge
from editor.pipeline import Editor
from editor.spaces import SPACES, Codes, Space, WPlus
from editor.weights import WeightStore

METHODS = ("w_plus", "w_plus_local", "w_plus_preserve", "w_star_everywhere", "w_star_local", "w_star")
"""In W+: InterFaceGAN's edit, the same where attributes lie only, and that with the rest preserved; in W* likewise."""


def evaluate_pairs(options: PairsOptions, out: Path) -> dict[str, Any]:
    """Edit by every method, and measure the pictures.

    Args:
        out: folder for cached results of single faces, and of refined codes.

    Raises:
        SettingError: a method or an edit does not exist, or there are too few people.
    """
    wanted, pairs = _wanted(options)
    store = WeightStore()
    editor = Editor.load("embedded", "cpu", store)
    editor.prepare()
    codes = WPlus(torch.cat([*_refined(editor, store, options, out), *_generated(editor, store, options)]))
    judge = editor.models.classifier or open_evaluation_classifier(store)

    def draw(code: Codes) -> torch.Tensor:
        return editor.renderer.draw(code, live=True).float()

    methods = {name: method for name, method in _methods(editor, store, draw).items() if name in wanted}
    identity = IdentityJudge(store.path("dlib-face-recognition"))
    meter = ImageMeter(lambda code: draw(code).clamp(-1, 1), judge, identity, judge.logit_std, judge.threshold)
    masks = hashlib.sha256(editor.models.regions.maps.numpy().tobytes()).hexdigest() if editor.models.regions else ""
    networks = [store.entries[name].sha256 for name in ("preview", "evaluation-classifier", "training-classifier")]
    about = [*editor.models.hashes.values(), *networks, masks, str((TRIALS, LEVELS, SETTINGS, pairs))]
    trials = measure_pairs(meter, codes, methods, pairs, Shelf(out / "pairs-pieces", " ".join(about)))
    levels = torch.tensor([level for _ in pairs for level in LEVELS])
    return {
        "n": {"real": options.real, "generated": options.generated},
        "split": split_name(options.split),
        "seed": options.seed,
        "pairs": {asked: list(companions) for asked, companions in pairs.items()},
        "methods": compared_pairs(trials, levels),
        "by_edit": {asked: _of_edit(trials, levels, number) for number, asked in enumerate(pairs)},
    }


def _wanted(options: PairsOptions) -> tuple[set[str], dict[str, tuple[str, ...]]]:
    for given, there in ((options.methods, METHODS), (options.edits, PAIRS)):
        if unknown := set(given) - set(there):
            raise SettingError(f"There is no {', '.join(sorted(unknown))}. There are: {', '.join(there)}.")
    pairs = {asked: companions for asked, companions in PAIRS.items() if not options.edits or asked in options.edits}
    return ({REFERENCE, *options.methods} if options.methods else set(METHODS)), pairs


def _of_edit(trials: Mapping[str, Any], levels: torch.Tensor, number: int) -> dict[str, Any]:
    """The measures of one attribute at all levels."""
    rows = slice(number * len(LEVELS), (number + 1) * len(LEVELS))
    some = {name: type(each)(*(value[rows] for value in vars(each).values())) for name, each in trials.items()}
    kept = ("companions", "identity", "reached", "pairs")
    return {name: {key: values[key] for key in kept} for name, values in compared_pairs(some, levels[rows]).items()}


def _refined(editor: Editor, store: WeightStore, options: PairsOptions, out: Path) -> list[WPlus]:
    """Codes of one photo each of people chosen at random, after latent optimisation."""
    if not options.real:
        return []
    folder = options.data / "img"
    photos = {path: photo_name(path, folder) for path in find_faces(folder)}
    members, part = read_split(options.data / "split.csv", people=False), split_name(options.split)
    matched = match_photos(photos, [name for name, member in members.items() if member.split == part], options.data)
    first: dict[int, Path] = {}
    for path, name in sorted(matched.items()):
        first.setdefault(members[name].person, path)
    order = torch.randperm(len(first), generator=torch.Generator().manual_seed(options.seed)).tolist()
    if len(order) < options.real:
        raise SettingError(f"There are photos of {len(order)} people in the split {part}. Ask for fewer with --real.")
    shelf, paths = improvement_shelf(out / "refined", store, "embedded"), [list(first.values())[n] for n in order]
    portraits = [editor.open_aligned(open_photo(path)) for path in paths[: options.real]]
    return [improve(editor, each, "refine", options.refine, shelf)[0].w_plus for each in tqdm(portraits, desc="refining")]


def _generated(editor: Editor, store: WeightStore, options: PairsOptions) -> list[WPlus]:
    mapping, mean = read_mapping(store.path("mobilestylegan-ffhq")), editor.models.encoder.w_mean
    return [unseen_codes(mapping, mean, 1, 1_000_003 * (options.seed + 1) + n) for n in range(options.generated)]


def _methods(editor: Editor, store: WeightStore, draw: Any) -> dict[str, Method]:
    models, regions = editor.models, editor.models.regions
    assert regions is not None
    classifier = models.training_classifier or open_training_classifier(store)
    found: dict[str, Method] = {}
    names: dict[Space, tuple[str, str, str]] = {"w_plus": METHODS[:3], "w_star": METHODS[3:]}
    for space in SPACES:
        plain = AlongNormals(space, models.flow, getattr(models.directions, space))
        preserving = PreservingEdit(space, models.flow, models.directions, regions, draw, classifier)
        found |= dict(zip(names[space], (plain, LocalEdit(plain, regions), preserving), strict=True))
    return found
