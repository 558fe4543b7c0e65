"""Table 1 from its options to its numbers: flows of both protocols are trained, and rows are cached as they are measured."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from editor.data.code_options import CodeOptions
from editor.data.codes import LabelledCodes, joined_codes
from editor.data.sources import codes_of, everyones_codes, flow_for
from editor.evaluate.claims.table1 import (
    Split,
    measure_rows,
    mlp_accuracy,
    paper_flow,
    random_split,
    strict_flow,
    summary,
)
from editor.train.flow.recipes import RECIPES
from editor.train.flow.soft_labels import with_soft_labels
from editor.weights import WeightStore, sha256_of


def paper_protocol(source: CodeOptions, recipe: str, epochs: int | None, seeds: int, out: Path) -> dict[str, Any]:
    """Measure with the paper's protocol: the flow learns from all codes, the classifiers from a random 80 %.

    Args:
        recipe, epochs: of the flow; None: the recipe's epochs.
        seeds: how many times all of it is done.
        out: folder for flows and rows.
    """
    store = WeightStore()
    codes, rows = everyones_codes(source, store), []
    cache = out / f"paper-{codes.fingerprint()}"
    for seed in range(seeds):
        work, config = cache / f"{recipe}-flow-{seed}", replace(RECIPES[recipe], seed=seed)
        flow = paper_flow(codes, work, replace(config, epochs=epochs or config.epochs))
        rows.append(measure_rows(flow, random_split(codes, seed), seed, cache, work))
    return summary(rows, random_split(codes, 0)) | {"recipe": recipe}


def strict_protocol(source: CodeOptions, recipe: str, flow: Path | None, seeds: int, out: Path) -> dict[str, Any]:
    """Measure on people held out (test): neither the flow nor the classifiers saw them.

    Args:
        recipe: of the flows that are trained anew with each seed.
        flow: a flow to measure in their place.
        seeds, out: as for the paper's protocol.
    """
    store = WeightStore()
    split = Split(codes_of(source, store, "train"), codes_of(source, store, "test"), None)
    cache = out / f"strict-{joined_codes([split.train, split.validation]).fingerprint()}"
    if not source.data or source.codes.is_file():  # a file of codes has no photos that soft labels could be of
        recipe = "editing"
    codes = _learned_from(source, store, split.train, recipe if not flow else "", seeds)
    rows, perceptrons = [], []
    for seed in range(seeds):
        work = cache / f"{sha256_of(flow)[:12] if flow else recipe}-{seed}"
        config = replace(RECIPES[recipe], seed=seed)
        measured = flow_for(flow, split.train) if flow else strict_flow(codes[seed], work, config)
        rows.append(measure_rows(measured, split, seed, work, work))
        perceptrons.append(mlp_accuracy(measured, split, seed))
    mlp = sum(perceptrons) / len(perceptrons)
    return summary(rows, split) | {"mlp": mlp, "mlp_seeds": perceptrons, "recipe": "" if flow else recipe}


def _learned_from(
    source: CodeOptions, store: WeightStore, train: LabelledCodes, recipe: str, seeds: int
) -> list[LabelledCodes]:
    """The codes that the flow of each seed learns from."""
    return with_soft_labels(source, store, range(seeds)) if recipe == "distilled" else [train] * seeds
