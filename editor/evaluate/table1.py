"""The paper's Table 1: how well hyperplanes separate attributes in W+ and in W*, and how disentangled the spaces are (DCI).

    paper    all labelled codes, 80/20 at random, as the paper says. T may have seen the validation codes and their labels;
             C is scikit-learn's default of 1.
    strict   trained on the people of `train`, validated on the people of `heldout`: nobody in them was seen by T, by the
             SVMs or by the encoder. C is chosen on training people apart, in each space by itself.

SVMs are fitted from scratch in each space; both see the flow's normalised numbers, before or after its couplings.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from editor.edit.directions import SPACES, Space
from editor.evaluate.dci import Dci, measure_dci
from editor.flow import RealNVP
from editor.spaces import WPlus
from editor.train.codes import Codes, space_numbers
from editor.train.directions import DirectionsConfig, chosen_c
from editor.train.flow import RECIPES, Teachers, fresh_flow, train_flow
from editor.train.linear import fit_linear, majority_rate
from editor.train.perceptron import fit_perceptron
from editor.train.run import Run

Protocol = Literal["paper", "strict"]
PAPER = {
    "w_plus": {"min": 0.635, "max": 0.979, "mean": 0.834, "D": 0.67, "C": 0.53, "I": 0.33},
    "w_star": {"min": 0.796, "max": 0.991, "mean": 0.916, "D": 0.73, "C": 0.58, "I": 0.30},
}
"""What the paper reports, for pSp's codes of CelebA-HQ."""
MEASURES = ("min", "max", "mean", "D", "C", "I")
PAPER_C = 1.0
WHITENED_ABOVE = 0.01
"""The C of SVMs from which on they are fitted in whitened numbers: otherwise hundreds of iterations do not reach the end."""
DCI_SAMPLES = 2000


@dataclass(frozen=True)
class Split:
    """Codes that SVMs are fitted on and validated on, and the C to use; None: chosen on people of `train` apart."""

    train: Codes
    validation: Codes
    c: float | None


@dataclass(frozen=True)
class SpaceRow:
    """One space under one protocol and seed.

    Attributes:
        c: of the SVMs.
        accuracy: [K], of the SVMs on the validation codes.
        train_accuracy: its mean on the codes they were fitted on.
        dci: on 2,000 codes of each part.
    """

    c: float
    accuracy: torch.Tensor
    train_accuracy: float
    dci: Dci

    def measures(self) -> dict[str, float]:
        """The paper's columns."""
        values = (self.accuracy.min(), self.accuracy.max(), self.accuracy.mean())
        return dict(zip(MEASURES, [*(value.item() for value in values), *asdict(self.dci).values()], strict=True))


def random_split(codes: Codes, seed: int, share: float = 0.8) -> Split:
    """The `paper` protocol's: at random, whoever is in the pictures."""
    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(seed))
    size = round(share * len(codes))
    return Split(codes.take(order[:size]), codes.take(order[size:]), PAPER_C)


def measure_space(flow: RealNVP, split: Split, space: Space, seed: int) -> SpaceRow:
    """Fit the SVMs and the regressors from scratch in one space."""
    train, validation = (space_numbers(flow, part, space) for part in (split.train, split.validation))
    c = chosen_c(flow, split.train, space, DirectionsConfig(seed=seed)) if split.c is None else split.c
    svm = fit_linear(train, split.train.labels, c, iterations=150 if c > WHITENED_ABOVE else 400, whitened=c > WHITENED_ABOVE)
    few = [_some(len(part), seed) for part in (train, validation)]
    dci = measure_dci(
        (train[few[0]], split.train.labels[few[0]]),
        (validation[few[1]], split.validation.labels[few[1]]),
    )
    seen = svm.accuracy(train, split.train.labels).mean().item()
    return SpaceRow(c, svm.accuracy(validation, split.validation.labels), seen, dci)


def _some(count: int, seed: int) -> torch.Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))[:DCI_SAMPLES]


def kept_rows(path: Path, flow: RealNVP, split: Split, seed: int) -> dict[Space, SpaceRow]:
    """`measure_rows`, or what it gave before where `path` is there: a stopped evaluation goes on with the next seed."""
    if not path.exists():
        rows = measure_rows(flow, split, seed)
        plain = {space: asdict(row) | {"accuracy": row.accuracy.tolist()} for space, row in rows.items()}
        part = path.with_suffix(".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(plain))
        part.replace(path)
    plain = json.loads(path.read_text())
    return {
        space: SpaceRow(**row | {"accuracy": torch.tensor(row["accuracy"]), "dci": Dci(**row["dci"])})
        for space, row in plain.items()
    }


def summary(seeds: Sequence[Mapping[Space, SpaceRow]], split: Split) -> dict[str, Any]:
    """Mean and deviation over seeds of every measure, and every attribute's accuracy beside its majority class."""
    names = split.train.attributes
    out: dict[str, Any] = {}
    for space in SPACES:
        rows = [seed[space] for seed in seeds]
        measured = [row.measures() for row in rows]
        accuracy = torch.stack([row.accuracy for row in rows]).mean(0)
        values: dict[str, Any] = {name: float(np.mean([row[name] for row in measured])) for name in MEASURES}
        values["std"] = {name: float(np.std([row[name] for row in measured])) for name in MEASURES}
        values["train_mean"] = float(np.mean([row.train_accuracy for row in rows]))
        values["svm_c"] = [row.c for row in rows]
        values["accuracy"] = dict(zip(names, (round(value, 4) for value in accuracy.tolist()), strict=True))
        out[space] = values
    majority = majority_rate(split.validation.labels)
    by_attribute = dict(zip(names, (round(value, 4) for value in majority.tolist()), strict=True))
    out["majority"] = {"mean": majority.mean().item(), "by_attribute": by_attribute}
    out["n"] = {"train": len(split.train), "validation": len(split.validation), "seeds": len(seeds)}
    return out


def measure_rows(flow: RealNVP, split: Split, seed: int) -> dict[Space, SpaceRow]:
    """Both spaces."""
    return {space: measure_space(flow, split, space, seed) for space in SPACES}


def as_markdown(result: Mapping[str, dict]) -> str:
    """The table, with the paper's own rows and the rate of the majority class."""
    lines = ["| protocol | space | " + " | ".join(MEASURES) + " |", "|---" * (2 + len(MEASURES)) + "|"]
    for space, values in PAPER.items():
        lines.append(f"| published | {space} | " + " | ".join(f"{values[name]:.3f}" for name in MEASURES) + " |")
    for protocol, part in result.items():
        for space in SPACES:
            values = part[space]
            cells = (f"{values[name]:.3f} ± {values['std'][name]:.3f}" for name in MEASURES)
            lines.append(f"| {protocol} | {space} | " + " | ".join(cells) + " |")
        lines.append(f"| {protocol} | majority class | | | {part['majority']['mean']:.3f} | | | |")
    return "\n".join(lines) + "\n"


def mlp_accuracy(flow: RealNVP, split: Split, seed: int) -> float:
    """What a two-layer perceptron on the same W+ codes scores: how much is in them that a hyperplane misses."""
    inner, apart = split.train.by_person(0.12, seed)
    known, checked = ((space_numbers(flow, part, "w_plus"), part.labels) for part in (inner, apart))
    net = fit_perceptron(known, checked, seed=seed)
    with torch.no_grad():
        scores = net(space_numbers(flow, split.validation, "w_plus"))
    return ((scores > 0) == split.validation.labels).float().mean().item()


def everyone(parts: list[Codes]) -> Codes:
    """All codes in one."""
    first = parts[0]
    joined = (torch.cat([getattr(part, name) for part in parts]) for name in ("w_plus", "labels", "people"))
    w_plus, labels, people = joined
    return Codes(WPlus(w_plus), labels, people, first.attributes, first.encoder, sum((part.ids for part in parts), ()))


def paper_flow(codes: Codes, folder: Path, seed: int, epochs: int) -> RealNVP:
    """T as the text suggests it was trained: on every labelled code, the paper's losses. Kept in `folder`, and resumed."""
    config = replace(RECIPES["fast"], seed=seed, epochs=epochs)
    fresh = fresh_flow(codes, config.model)
    classifiers = fit_linear(space_numbers(fresh, codes, "w_plus"), codes.labels, 1e-3, "logistic")
    few = codes.take(_some(len(codes), seed))
    return train_flow(config, Run(folder, config), Teachers(classifiers), codes, few)
