"""`python -m editor evaluate ...`: the numbers of the README, each from one command."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from editor.cli import claims
from editor.cli.numbers import count, positive
from editor.errors import SettingError

if TYPE_CHECKING:
    from editor.evaluate.kept import Kept
    from editor.weights import Gate

SHEETS = (".png", ".jpg", ".jpeg", ".webp")
"""How the name of a sheet of pictures may end."""
KEPT = "keep every improved face here: a stopped measurement goes on, and `fidelity` and `editability` share them"


def add(commands: argparse._SubParsersAction) -> None:
    """Add `evaluate` and its kinds."""
    evaluate = commands.add_parser("evaluate", help="measure the models")
    kinds = evaluate.add_subparsers(dest="kind", required=True, metavar="measure")
    fidelity = kinds.add_parser("fidelity", help="how much of a real face comes back from its code")
    fidelity.add_argument("--photos", type=Path, help="in place of --faces, photos as they are: faces are found first")
    _faces(fidelity, required=False)
    fidelity.add_argument("--refine", type=positive, metavar="N", help="measure N steps of refinement too")
    fidelity.add_argument("--tune", type=count, default=0, metavar="N", help="and N steps of fitting the generator after them")
    fidelity.add_argument("--kept", type=Path, metavar="DIR", help=KEPT)
    fidelity.add_argument("--models", default="embedded")
    fidelity.add_argument("--device", help="cpu, cuda or cuda:N; by default CUDA where there is one")
    fidelity.add_argument("--json", action="store_true", help="print JSON")
    fidelity.set_defaults(run=evaluate_fidelity, folders=("kept",))
    editability = kinds.add_parser("editability", help="how often one step of a slider changes what the judge sees")
    _faces(editability)
    editability.add_argument("--refine", type=count, default=0, metavar="N", help="also after N steps of refinement")
    editability.add_argument(
        "--tune", type=count, default=0, metavar="N", help="and N steps of fitting the generator after them"
    )
    editability.add_argument("--kept", type=Path, metavar="DIR", help=KEPT)
    editability.add_argument(
        "--drawn", type=positive, default=200, help="drawn faces for the judge's lines (default %(default)s)"
    )
    editability.add_argument("--seed", type=count, default=1)
    editability.add_argument("--json", action="store_true", help="print JSON")
    editability.set_defaults(run=evaluate_editability, folders=("kept",))
    alignment = kinds.add_parser("alignment", help="how near the frame of framed faces is found again")
    _faces(alignment)
    alignment.add_argument("--json", action="store_true", help="print JSON")
    alignment.set_defaults(run=evaluate_alignment)
    preview = kinds.add_parser("preview", help="how near the small image is to the full one, and how much faster")
    preview.add_argument("--resolution", type=positive, default=256, help="side in pixels (default %(default)s)")
    preview.add_argument("--weights", type=Path, help="a preview's weights (default: those in weights/)")
    preview.add_argument("--codes", type=positive, default=64, help="how many (default %(default)s)")
    preview.add_argument("--seed", type=count, default=1)
    preview.add_argument("--json", action="store_true", help="print JSON")
    preview.set_defaults(run=evaluate_preview)
    live = kinds.add_parser("live", help="how near the picture is that is seen while a slider moves")
    live.add_argument("--codes", type=positive, default=16, help="faces to move (default %(default)s)")
    live.add_argument("--seed", type=count, default=1)
    live.add_argument("--sheet", type=Path, metavar="FILE", help="also save the first eight side by side: at rest, full, live")
    live.add_argument("--json", action="store_true", help="print JSON")
    live.set_defaults(run=evaluate_live, files=("sheet",))
    claims.add(kinds)


def _faces(parser: argparse.ArgumentParser, required: bool = True) -> None:
    parser.add_argument("--faces", type=Path, required=required, help="folder of FFHQ-framed faces of any size")
    parser.add_argument("--limit", type=positive, help="only the first N by name")
    parser.add_argument("--split", help="only the ids of this split, by the table in --splits")
    parser.add_argument("--splits", type=Path, help="CSV with the columns id and split (default: FACES/../split.csv)")


def chosen_faces(options: argparse.Namespace) -> list[Path]:
    """The framed faces that `--faces`, `--split` and `--limit` name.

    Raises:
        SettingError: there are none, or the table of splits is not what it should be.
    """
    from editor.data.identifiers import match_photos, photo_name
    from editor.data.photos import ids_of_split
    from editor.evaluate.product.fidelity import find_faces

    faces = find_faces(options.faces)
    if options.split:
        table = options.splits or options.faces.parent / "split.csv"
        wanted = match_photos(
            {path: photo_name(path, options.faces) for path in faces}, ids_of_split(table, options.split), table
        )
        faces = [path for path in faces if path in wanted]
        if not faces:
            raise SettingError(f"None of the faces in {options.faces} is in the split {options.split!r}.")
    return faces[: options.limit]


def _kept_likenesses(options: argparse.Namespace, gate: "Gate", models: str) -> "Kept":
    """Where improved faces are kept: apart for whatever networks or settings made them."""
    from editor.encode.refine import RefineConfig
    from editor.evaluate.kept import Kept
    from editor.models import model_set

    cards = model_set(models)
    names = [name for name in (cards.generator, cards.encoder, cards.preview, cards.likeness) if name]
    return Kept(options.kept, " ".join([*(gate.cards[name].sha256 for name in names), repr(RefineConfig())]))


def _print(values: dict, as_json: bool) -> None:
    print(json.dumps(values, indent=2) if as_json else "\n".join(f"{k:24} {v:.4g}" for k, v in values.items()))


def evaluate_fidelity(options: argparse.Namespace) -> int:
    """Measure and print."""
    from editor.evaluate.product.fidelity import find_faces, frame_photos, measure_fidelity, measure_refinement
    from editor.judge.identity import IdentityJudge
    from editor.pipeline import Editor
    from editor.weights import Gate

    if (options.faces is None) == (options.photos is None):
        raise SettingError("Name framed faces with --faces, or photos with --photos.")
    gate = Gate()
    faces = find_faces(options.photos, options.limit) if options.photos else chosen_faces(options)
    editor = Editor.load(options.models, options.device, gate)
    judge = IdentityJudge(gate.path("dlib-face-recognition"))
    if options.photos:
        faces, passed = frame_photos(editor, faces)
        for photo, reason in passed.items():
            print(f"passed over {photo}: {reason}", file=sys.stderr)
        if not faces:
            raise SettingError(f"No face was found in {options.photos}.")
    if options.refine is None:
        _print(dataclasses.asdict(measure_fidelity(editor, judge, faces)), options.json)
        return 0
    kept = _kept_likenesses(options, gate, options.models)
    parts = measure_refinement(editor, judge, faces, options.refine, options.tune, kept)
    plain, refined = (dataclasses.asdict(part) for part in parts)
    _print(plain | ({"refined": refined} if options.json else {f"refined {k}": v for k, v in refined.items()}), options.json)
    return 0


def evaluate_editability(options: argparse.Namespace) -> int:
    """Measure and print; as many drawn faces are moved as there are photos."""
    from editor.batch import each_photo
    from editor.data.generated import unseen_codes
    from editor.evaluate.product.editability import Inversion, drawn_lines, measure_editability
    from editor.evaluate.product.likenesses import improve
    from editor.generate.mobile import read_mapping
    from editor.images import open_photo
    from editor.judge.backbone import open_evaluation_classifier
    from editor.models import model_set
    from editor.pipeline import Editor
    from editor.portrait import Portrait
    from editor.spaces import WPlus
    from editor.weights import Gate

    gate, paths = Gate(), chosen_faces(options)
    editor = Editor.load("embedded", "cpu", gate)
    judge = open_evaluation_classifier(gate)
    portraits = list(each_photo(lambda path: editor.open_aligned(open_photo(path)), paths, "encoding"))
    mapping = read_mapping(gate.path(model_set("embedded").generator))
    codes = unseen_codes(mapping, editor.models.encoder.w_mean, max(options.drawn, len(portraits)), options.seed)
    drawn: list[Inversion] = [(WPlus(code), None) for code in codes.split(1)]
    line = drawn_lines(editor, judge, drawn[: options.drawn])
    groups: dict[str, list[Inversion]] = {"drawn": drawn[: len(portraits)]}
    kept = _kept_likenesses(options, gate, "embedded")
    stages: dict[str, Callable[[Portrait], Portrait]] = {"encoded": lambda portrait: portrait}
    if options.refine:
        stages["refined"] = lambda portrait: improve(portrait, "refine", options.refine, kept)[0]
    if options.tune:
        stages["tuned"] = lambda portrait: improve(portrait, "tune", options.tune, kept)[0]
    for name, stage in stages.items():
        portraits = [stage(portrait) for portrait in portraits]
        groups[name] = [(portrait.w_plus, portrait.lora) for portrait in portraits]
    result = {name: dataclasses.asdict(measure_editability(editor, judge, line, group)) for name, group in groups.items()}
    if options.json:
        print(json.dumps(result, indent=2))
        return 0
    for name, values in result.items():
        print(f"{name:10} n={values['n']:<5}" + "  ".join(f"{k} {v:.3f}" for k, v in values.items() if isinstance(v, float)))
    return 0


def evaluate_alignment(options: argparse.Namespace) -> int:
    """Measure and print."""
    import torch

    from editor.align import Detector
    from editor.evaluate.product.alignment import measure_alignment

    result = measure_alignment(Detector(torch.device("cpu")), chosen_faces(options))
    _print(dataclasses.asdict(result), options.json)
    return 0


def evaluate_preview(options: argparse.Namespace) -> int:
    """Measure and print."""
    import torch

    from editor.data.generated import unseen_codes, w_statistics
    from editor.evaluate.product.preview import measure_preview
    from editor.generate.mobile import read_mapping, read_synthesis
    from editor.generate.preview import read_preview
    from editor.generate.runtimes import best_runtime
    from editor.generate.trunk import whole_generator
    from editor.models import model_set
    from editor.weights import Gate

    gate, cards, device = Gate(), model_set("embedded"), torch.device("cpu")
    folder = gate.path(cards.generator)
    synthesis, mapping = read_synthesis(folder), read_mapping(folder)
    preview = read_preview(options.weights or gate.path(cards.preview), synthesis, options.resolution)
    codes = unseen_codes(mapping, w_statistics(mapping).mean, options.codes, options.seed)
    full = best_runtime(whole_generator(synthesis), device)
    result = measure_preview(full, best_runtime(preview, device, beside=full), codes)
    _print(dataclasses.asdict(result), options.json)
    return 0


def evaluate_live(options: argparse.Namespace) -> int:
    """Measure and print."""
    from PIL import Image

    from editor.data.generated import unseen_codes
    from editor.evaluate.product.live import contact_sheet, measure_live
    from editor.files import write_atomically
    from editor.generate.mobile import read_mapping
    from editor.models import model_set
    from editor.pipeline import Editor
    from editor.spaces import WPlus
    from editor.weights import Gate

    if options.sheet and options.sheet.suffix.lower() not in SHEETS:
        raise SettingError(f"--sheet {options.sheet}: the name must end in {', '.join(SHEETS)}.")
    gate = Gate()
    editor = Editor.load("embedded", "cpu", gate)
    mapping = read_mapping(gate.path(model_set("embedded").generator))
    codes = unseen_codes(mapping, editor.models.encoder.w_mean.cpu(), options.codes, options.seed)
    if options.sheet:
        sheet, kind = contact_sheet(editor, WPlus(codes[:8])), Image.registered_extensions()[options.sheet.suffix.lower()]
        write_atomically(options.sheet, lambda part: sheet.save(part, kind))
    result = measure_live(editor, codes, seed=options.seed)
    if options.json:
        print(json.dumps(dataclasses.asdict(result), indent=2))
        return 0
    for name, value in dataclasses.asdict(result).items():
        numbers = value if isinstance(value, tuple) else (value,)
        print(f"{name:24} " + " ".join(f"{number:.4g}" for number in numbers))
    return 0
