"""`python -m editor evaluate table1 | ablation | leakage | figure2`: the paper's claims about W*, measured."""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from editor.cli.numbers import count, positive
from editor.cli.options import codes_of, flow_for, labelled_codes, preview_of, taught_codes
from editor.errors import SettingError
from editor.files import write_atomically
from editor.weights import Gate, sha256_of

if TYPE_CHECKING:
    import torch

    from editor.data.codes import Codes
    from editor.edit import Space
    from editor.evaluate.claims.methods import Method
    from editor.generate.runtimes import Runtime

LOOKED_AT = 256
"""Side in pixels of the pictures that are judged; drawn by the preview."""


def add(kinds: argparse._SubParsersAction) -> None:
    """Add the four."""
    table1 = kinds.add_parser("table1", help="the paper's Table 1: accuracy of SVMs and DCI, in W+ and in W*")
    labelled_codes(table1)
    table1.add_argument("--protocol", choices=("paper", "strict", "both"), default="both")
    table1.add_argument("--seeds", type=positive, default=3)
    table1.add_argument("--recipe", choices=("paper", "fast", "axes"), default="axes", help="of the paper protocol's flow")
    table1.add_argument("--epochs", type=positive, help="of that flow (default: the recipe's)")
    table1.add_argument(
        "--strict-recipe", choices=("editing", "taught"), default="taught", help="of the strict protocol's flow, trained anew"
    )
    table1.add_argument("--flow", type=Path, help="flow of the strict protocol, instead of one trained anew with each seed")
    _out(table1, evaluate_table1)

    ablation = kinds.add_parser("ablation", help="runs of `train flow` side by side: what one choice is worth")
    ablation.add_argument("runs", type=Path, nargs="+", help="folders of finished runs; what differs from the first is named")
    _out(ablation, evaluate_ablation)

    leakage = kinds.add_parser("leakage", help="what else changes in the image when one attribute is edited")
    labelled_codes(leakage)
    leakage.add_argument("--real", type=count, default=500, help="photos of people held out (default %(default)s)")
    leakage.add_argument("--generated", type=count, default=500, help="drawn faces (default %(default)s)")
    leakage.add_argument("--flow", type=Path, help="default: the one in weights/")
    leakage.add_argument("--directions", type=Path, help="default: those in weights/")
    leakage.add_argument(
        "--compare",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="other directions of the same flow, as further methods that edit everywhere",
    )
    leakage.add_argument("--methods", nargs="+", metavar="NAME", help="only these, and W+ (default: all there are)")
    leakage.add_argument("--seed", type=count, default=1)
    _out(leakage, evaluate_leakage)

    figure2 = kinds.add_parser("figure2", help="the paper's Figure 2: photos edited in W+ and, beneath, in W*")
    figure2.add_argument("--photos", type=Path, nargs="+", required=True)
    figure2.add_argument("--attributes", nargs="+", default=["Eyeglasses", "Smiling", "Heavy_Makeup", "Male", "Mustache"])
    figure2.add_argument("--strength", type=float, default=1.0, help="in calibrated units, away from each face's side")
    figure2.add_argument("--refine", type=count, default=0, metavar="N", help="steps to refine the likeness by first")
    figure2.add_argument("--tune", type=count, default=0, metavar="N", help="and to fit the generator by, after that")
    figure2.add_argument("--models", default="embedded")
    _out(figure2, evaluate_figure2)


def _out(parser: argparse.ArgumentParser, function) -> None:
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for tables and plots (default %(default)s/)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=function, folders=("out",))


def _say(result: dict, table: str, name: str, options: argparse.Namespace) -> None:
    for ending, text in (("json", json.dumps(result, indent=1) + "\n"), ("md", table)):
        write_atomically(options.out / f"{name}.{ending}", lambda part, text=text: part.write_text(text, encoding="utf-8"))
    print(json.dumps(result, indent=2) if options.json else table)


def evaluate_table1(options: argparse.Namespace) -> int:
    """Train what the protocol asks for, fit from scratch, print and save."""
    import dataclasses

    from editor.evaluate.claims.plots import plot_table1
    from editor.evaluate.claims.table1 import (
        Split,
        as_markdown,
        everyone,
        measure_rows,
        mlp_accuracy,
        paper_flow,
        random_split,
        strict_flow,
        summary,
    )
    from editor.train.flow.recipes import RECIPES

    gate = Gate()
    result: dict[str, dict] = {}
    parts = {name: codes_of(options, gate, name) for name in ("train", "heldout")}
    if options.protocol != "strict":
        codes = everyone([*parts.values(), codes_of(options, gate, "unused")])
        kept, rows = options.out / f"paper-{codes.fingerprint()}", []
        for seed in range(options.seeds):
            work = kept / f"{options.recipe}-flow-{seed}"
            config = dataclasses.replace(RECIPES[options.recipe], seed=seed)
            config = dataclasses.replace(config, epochs=options.epochs or config.epochs)
            flow = paper_flow(codes, work, config)
            rows.append(measure_rows(flow, random_split(codes, seed), seed, kept, work))
        result["paper"] = summary(rows, random_split(codes, 0)) | {"recipe": options.recipe}
    if options.protocol != "paper":
        split = Split(parts["train"], parts["heldout"], None)
        kept, rows, perceptrons = options.out / f"strict-{everyone(list(parts.values())).fingerprint()}", [], []
        # a file of codes has no photos that a judge could be asked about
        recipe = options.strict_recipe if options.data and not options.codes.is_file() else "editing"
        seeds, asked = range(options.seeds), recipe == "taught" and not options.flow
        known = taught_codes(options, gate, seeds) if asked else [split.train] * options.seeds
        for seed in seeds:
            work = kept / f"{sha256_of(options.flow)[:12] if options.flow else recipe}-{seed}"
            config = dataclasses.replace(RECIPES[recipe], seed=seed)
            flow = flow_for(options.flow, split.train) if options.flow else strict_flow(known[seed], work, config)
            rows.append(measure_rows(flow, split, seed, work, work))
            perceptrons.append(mlp_accuracy(flow, split, seed))
        result["strict"] = summary(rows, split) | {
            "mlp": sum(perceptrons) / len(perceptrons),
            "mlp_seeds": perceptrons,
            "recipe": "" if options.flow else recipe,
        }
    options.out.mkdir(parents=True, exist_ok=True)
    plot_table1(result, options.out)
    _say(result, as_markdown(result), "table1", options)
    return 0


def evaluate_ablation(options: argparse.Namespace) -> int:
    """Read the runs, print and save."""
    from editor.evaluate.claims.ablation import as_markdown, read_runs

    runs = read_runs(options.runs)
    _say(
        {str(folder): report for folder, (_, report) in zip(options.runs, runs, strict=True)},
        as_markdown(runs),
        "ablation",
        options,
    )
    return 0


def evaluate_leakage(options: argparse.Namespace) -> int:
    """Edit by every method, judge the images, print and save."""
    import torch

    from editor.data.generated import unseen_codes
    from editor.encode import read_encoder
    from editor.evaluate.claims.comparison import as_markdown
    from editor.evaluate.claims.leakage import Studio, measure_leakage
    from editor.evaluate.claims.plots import plot_leakage
    from editor.evaluate.kept import Kept
    from editor.generate.mobile import read_mapping
    from editor.generate.runtimes import best_runtime
    from editor.judge.backbone import open_evaluation_classifier
    from editor.judge.identity import IdentityJudge
    from editor.spaces import WPlus

    gate, seed, wanted = Gate(), options.seed, _chosen(options)
    train, heldout = codes_of(options, gate, "train"), codes_of(options, gate, "heldout")
    mean = read_encoder(options.encoder or gate.path("encoder")).w_mean
    mapping = read_mapping(gate.path("mobilestylegan-ffhq"))
    drawn = [unseen_codes(mapping, mean, 1, 1_000_003 * (seed + 1) + n) for n in range(options.generated)]
    order = torch.randperm(len(heldout), generator=torch.Generator().manual_seed(seed))[: options.real]
    codes = WPlus(torch.cat([heldout.w_plus[order].float(), *drawn]))  # with more faces, those of before are among them
    runtime = best_runtime(preview_of(gate, LOOKED_AT), torch.device("cpu"))
    compared = _compared_methods(options, wanted, gate, train, runtime)
    others = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[:100]
    sample = WPlus(torch.cat([train.w_plus[others].float(), unseen_codes(mapping, mean, 100, seed)]))
    studio = Studio.over(runtime, open_evaluation_classifier(gate), IdentityJudge(gate.path("dlib-face-recognition")), sample)
    kept = Kept(options.out / "leakage-pieces", f"{train.encoder} {seed} {compared.about}")
    result = {
        "n": {"real": options.real, "generated": options.generated},
        "attributes": compared.attributes,
        "beside": compared.beside,
        "methods": measure_leakage(studio, codes, compared.methods, kept, compared.beside),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    plot_leakage(result, options.out)
    _say(result, as_markdown(result), "leakage", options)
    return 0


class _Compared(NamedTuple):
    """The methods, which of them stand beside the comparison, and what everything they do depends on."""

    attributes: tuple[str, ...]
    methods: "dict[str, Method]"
    beside: list[str]
    about: str


def _compared_methods(
    options: argparse.Namespace, wanted: set[str], gate: Gate, train: "Codes", runtime: "Runtime"
) -> _Compared:
    from editor.edit import SPACES, read_directions, regions_of
    from editor.edit.preserve import REACH, RIDGE, mixing_of
    from editor.evaluate.baselines.default_c import default_normals
    from editor.evaluate.baselines.latent_transformer import LatentTransformerConfig, kept_transformers
    from editor.evaluate.claims.leakage import TRIALS
    from editor.evaluate.claims.methods import all_methods, asked_once, at_default_c, equally_far, further
    from editor.judge.backbone import open_training_classifier
    from editor.steadying import ask_face

    files = {"directions": options.directions or gate.path("directions"), "flow": options.flow or gate.path("flow")}
    directions, flow = read_directions(files["directions"]), flow_for(files["flow"], train)
    transformers = []
    if "latent_transformer" in wanted:
        transformers = kept_transformers(flow, train, LatentTransformerConfig(), options.out / "latent-transformers")
    regions, tutor = regions_of(directions.attributes), open_training_classifier(gate)
    w_plus, w_star = equally_far(directions)
    answered = asked_once(lambda code, k: ask_face(code, k, flow, w_star, regions, runtime, tutor), regions)
    ask = (lambda code, k: mixing_of(answered(code, k), k, k)) if tutor.attributes == directions.attributes else None
    methods = all_methods(flow, w_plus, w_star, transformers, regions, ask)
    for name, _, file in (given.partition("=") for given in options.compare):
        methods |= further(flow, read_directions(Path(file)), directions, name)
    seen = hashlib.sha256(f"{train.fingerprint()} {sha256_of(files['flow'])}".encode()).hexdigest()[:12]
    normals: dict[Space, torch.Tensor] = {
        space: default_normals(flow, train, space, options.out / "svms-c1" / f"{space}-{seen}.safetensors")
        for space in SPACES
        if f"{space}_c1" in wanted
    }
    beside = at_default_c(flow, directions, normals)
    paths = [*files.values(), *(gate.path(name) for name in ("preview", "judge", "tutor"))]
    paths += [Path(given.partition("=")[2]) for given in options.compare]
    lie = hashlib.sha256(regions.maps.numpy().tobytes()).hexdigest()
    methods = {name: method for name, method in (methods | beside).items() if name in wanted}
    about = " ".join([str(TRIALS), str((REACH, RIDGE)), lie, *map(sha256_of, paths)])
    return _Compared(directions.attributes, methods, [name for name in beside if name in methods], about)


def _chosen(options: argparse.Namespace) -> set[str]:
    """The methods that are asked for, and W+, which all are compared with."""
    from editor.evaluate.claims.methods import METHODS

    further = [f"{space}_{given.partition('=')[0]}" for given in options.compare for space in ("w_plus", "w_star")]
    if unknown := set(options.methods or ()) - {*METHODS, *further}:
        raise SettingError(f"There is no method {', '.join(sorted(unknown))}. There are: {', '.join([*METHODS, *further])}.")
    return {"w_plus", *options.methods} if options.methods else {*METHODS, *further}


def evaluate_figure2(options: argparse.Namespace) -> int:
    """Open, edit and lay out; 1 where a photo had to be left out."""
    from editor.batch import each_photo
    from editor.evaluate.claims.figure2 import figure2
    from editor.judge.backbone import open_evaluation_classifier
    from editor.pipeline import Editor

    gate = Gate()
    editor = Editor.load(options.models, gate=gate)
    editor.models.directions.strengths({name: options.strength for name in options.attributes})
    judge = open_evaluation_classifier(gate)
    bad: list[Path] = []
    portraits = list(each_photo(editor.open, options.photos, "opening", bad))
    if options.refine:
        portraits = [portrait.refine(options.refine) for portrait in portraits]
    if options.tune:
        portraits = [portrait.tune(options.tune) for portrait in portraits]
    options.out.mkdir(parents=True, exist_ok=True)
    made = figure2(editor, judge, portraits, options.attributes, options.strength, options.out)
    print("\n".join(str(path) for path in made))
    if bad:
        print(f"{len(bad)} of {len(options.photos)} photos are not in the figure: {', '.join(map(str, bad))}", file=sys.stderr)
    return 1 if bad else 0
