"""The paper's Table 1: how well hyperplanes separate attributes in W+ and in W*, and how disentangled the spaces are (DCI).

    paper    all labelled codes, 80/20 at random, as the paper says. T may have seen the validation codes and their labels;
             C is scikit-learn's default of 1.
    strict   trained on the people of `train`, validated on the people of `test`: nobody in them was seen by T, by the
             SVMs or by the encoder. C is chosen on validation people of `train`, in each space by itself. T is trained on
             soft labels from the training photos (recipe `distilled`), or as the app's (`editing`).

SVMs are fitted from scratch in each space: on normalised codes, before or after the couplings of T. A flow of
the recipe `axes` is rotated; `w_plus_turned` in the results is the DCI of W+ after the same rotation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from editor.classify.linear import DEFAULT_C, fit_svm, majority_rate
from editor.classify.perceptron import fit_perceptron
from editor.data.codes import LabelledCodes, normalised_codes
from editor.data.splits import VALIDATION_SHARE
from editor.evaluate.claims.dci import Dci, measure_dci
from editor.evaluate.claims.rotation import RotatedFlow
from editor.evaluate.report import markdown_table
from editor.evaluate.shelf import cached_values
from editor.flow import RealNVP
from editor.spaces import SPACES, Space
from editor.train.directions.fit import DirectionsConfig, chosen_c
from editor.train.flow.classifiers import fit_classifiers
from editor.train.flow.everyone import train_on_everyone
from editor.train.flow.recipes import FlowTraining
from editor.train.flow.training import train_flow
from editor.train.history import Run

Protocol = Literal["paper", "strict"]
PAPER = {
    "w_plus": {"min": 0.635, "max": 0.979, "mean": 0.834, "D": 0.67, "C": 0.53, "I": 0.33},
    "w_star": {"min": 0.796, "max": 0.991, "mean": 0.916, "D": 0.73, "C": 0.58, "I": 0.30},
}
"""What the paper reports, for pSp's codes of CelebA-HQ."""
DCI = ("D", "C", "I")
MEASURES = ("min", "max", "mean", *DCI)
STRICT_CS = (1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3)
"""The candidates for C. On our codes 3e-5 is chosen in W+ and 3e-6 or 1e-5 in W*; fewer codes need a larger C."""
DRAWS = 2000
"""Of people, for an interval."""
DCI_SAMPLES = 2000
"""Codes of each part that DCI is measured on."""


@dataclass(frozen=True, eq=False)
class Split:
    """What SVMs learn from and are measured on.

    Attributes:
        train: codes that SVMs are fitted on.
        validation: codes that they are measured on.
        c: the C of the SVMs; None: chosen on validation people of `train`.
    """

    train: LabelledCodes
    validation: LabelledCodes
    c: float | None


@dataclass(frozen=True, eq=False)
class SpaceRow:
    """One space under one protocol and seed.

    Attributes:
        c: of the SVMs, positive.
        accuracy: [K] in [0, 1], of the SVMs on the validation codes.
        right: [N] in [0, 1], the share of the attributes that they tell right of each validation code.
        train_accuracy: its mean on the codes they were fitted on.
        dci: on 2,000 codes of each part.
    """

    c: float
    accuracy: torch.Tensor
    right: torch.Tensor
    train_accuracy: float
    dci: Dci

    def measures(self) -> dict[str, float]:
        """The paper's columns."""
        values = (self.accuracy.min(), self.accuracy.max(), self.accuracy.mean())
        return dict(zip(MEASURES, [*(value.item() for value in values), *asdict(self.dci).values()], strict=True))

    @classmethod
    def of(cls, plain: Mapping[str, Any] | None) -> "SpaceRow":
        """The row of which `plain` are the values."""
        assert plain
        values: dict[str, Any] = {name: torch.tensor(plain[name]) for name in ("accuracy", "right")}
        values["dci"] = Dci(**plain["dci"])
        return cls(**dict(plain) | values)


def random_split(codes: LabelledCodes, seed: int, share: float = 0.8) -> Split:
    """The split of the `paper` protocol: codes at random, without regard to people.

    >>> split = random_split(codes, seed=0)
    >>> len(split.train), len(split.validation), split.c
    (48, 12, 1.0)
    """
    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(seed))
    size = round(share * len(codes))
    return Split(codes.take(order[:size]), codes.take(order[size:]), DEFAULT_C)


def measure_space(flow: RealNVP, split: Split, space: Space, seed: int) -> SpaceRow:
    """Fit the SVMs and the regressors from scratch in one space.

    >>> split = Split(*codes.by_person(0.2, seed=0), c=1e-3)
    >>> row = measure_space(flow, split, "w_star", seed=0)
    >>> row.accuracy.shape, list(row.measures())
    (torch.Size([2]), ['min', 'max', 'mean', 'D', 'C', 'I'])
    """
    train, validation = (normalised_codes(flow, part, space) for part in (split.train, split.validation))
    c = split.c or chosen_c(flow, split.train, space, DirectionsConfig(seed=seed), STRICT_CS)
    svm = fit_svm(train, split.train.labels, c, iterations=400)
    seen = svm.accuracy(train, split.train.labels).mean().item()
    right = ((svm(validation) > 0) == split.validation.labels).float()
    return SpaceRow(c, right.mean(0), right.mean(1), seen, _dci(split, (train, validation), seed))


def measure_rotated(flow: RealNVP, split: Split, seed: int) -> Dci | None:
    """DCI of W+ rotated as W* is, which tells what the choice of axes does. None: W* is not rotated.

    >>> split, rotated = random_split(codes, seed=0), RotatedFlow(flow, torch.eye(72)[-2:])
    >>> measure_rotated(flow, split, seed=0) is None, measure_rotated(rotated, split, seed=0) is None
    (True, False)
    """
    if not isinstance(flow, RotatedFlow):
        return None
    normalised = (flow.rotation(normalised_codes(flow, part, "w_plus")) for part in (split.train, split.validation))
    return _dci(split, tuple(normalised), seed)


def _dci(split: Split, normalised: Sequence[torch.Tensor], seed: int) -> Dci:
    parts = []
    for codes, part in zip((split.train, split.validation), normalised, strict=True):
        some = _some(len(part), seed)
        parts.append((part[some], codes.labels[some]))
    return measure_dci(*parts)


def _some(count: int, seed: int) -> torch.Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))[:DCI_SAMPLES]


@dataclass(frozen=True)
class SeedRows:
    """The results of one seed.

    Attributes:
        w_plus, w_star: the row of each space.
        w_plus_rotated: DCI of W+ rotated as W* is; None: W* is not rotated.
    """

    w_plus: SpaceRow
    w_star: SpaceRow
    w_plus_rotated: Dci | None


def measure_rows(flow: RealNVP, split: Split, seed: int, cache: Path | None = None, star_cache: Path | None = None) -> SeedRows:
    """Measure one seed. A stopped evaluation goes on where it was.

    Args:
        cache, star_cache: folders for what does not depend on the flow, and for what does.

    >>> split = Split(*codes.by_person(0.2, seed=0), c=1e-3)
    >>> rows = measure_rows(flow, split, 0, folder / "codes", folder / "flow")
    >>> rows.w_star.accuracy.shape, [path.name for path in (folder / "codes").iterdir()]
    (torch.Size([2]), ['row-w_plus-0.json'])
    """

    def keep(folder: Path | None, name: str, measure: Callable[[], SpaceRow | Dci | None]) -> dict[str, Any] | None:
        def plain() -> dict[str, Any] | None:
            found = measure()
            return asdict(found) if found else None

        return cached_values(folder and folder / f"{name}.json", plain)

    rotated = keep(star_cache, "w_plus_turned", lambda: measure_rotated(flow, split, seed))
    return SeedRows(
        SpaceRow.of(keep(cache, f"row-w_plus-{seed}", lambda: measure_space(flow, split, "w_plus", seed))),
        SpaceRow.of(keep(star_cache, "row-w_star", lambda: measure_space(flow, split, "w_star", seed))),
        Dci(**rotated) if rotated else None,
    )


def summary(seeds: Sequence[SeedRows], split: Split) -> dict[str, Any]:
    """Mean and standard deviation of every measure over seeds, and each attribute's accuracy and majority rate.

    A standard deviation over seeds tells nothing of who happens to be measured. So the mean accuracies, and how much that of W*
    is above that of W+, come with 95 % bootstrap intervals over the people of the validation codes.

    >>> right = torch.full((12,), 0.8125)
    >>> row = SpaceRow(c=1.0, accuracy=torch.tensor([0.75, 0.875]), right=right, train_accuracy=0.9, dci=Dci(0.6, 0.5, 0.3))
    >>> found = summary([SeedRows(row, row, w_plus_rotated=None)] * 3, random_split(codes, seed=0))
    >>> found["n"], found["w_star"]["min"], found["w_star"]["mean"], found["w_star"]["std"]["mean"]
    ({'train': 48, 'validation': 12, 'seeds': 3}, 0.75, 0.8125, 0.0)
    """
    names = split.train.attributes
    out: dict[str, Any] = {}
    right: dict[str, torch.Tensor] = {}
    for space in SPACES:
        rows = [getattr(seed, space) for seed in seeds]
        measured = [row.measures() for row in rows]
        accuracy = torch.stack([row.accuracy for row in rows]).mean(0)
        values: dict[str, Any] = {name: float(np.mean([row[name] for row in measured])) for name in MEASURES}
        values["std"] = {name: float(np.std([row[name] for row in measured])) for name in MEASURES}
        values["train_mean"] = float(np.mean([row.train_accuracy for row in rows]))
        values["svm_c"] = [row.c for row in rows]
        values["accuracy"] = dict(zip(names, (round(value, 4) for value in accuracy.tolist()), strict=True))
        right[space] = torch.stack([row.right for row in rows]).mean(0)
        values["mean_ci95"] = _over_people(right[space], split.validation.people)
        out[space] = values
    out["w_star_less_w_plus_ci95"] = _over_people(right["w_star"] - right["w_plus"], split.validation.people)
    if rotated := [asdict(seed.w_plus_rotated) for seed in seeds if seed.w_plus_rotated]:
        columns = [list(row.values()) for row in rotated]
        means, stds = (dict(zip(DCI, f(columns, 0).tolist(), strict=True)) for f in (np.mean, np.std))
        out["w_plus_turned"] = means | {"std": stds}
    majority = majority_rate(split.validation.labels)
    by_attribute = dict(zip(names, (round(value, 4) for value in majority.tolist()), strict=True))
    out["majority"] = {"mean": majority.mean().item(), "by_attribute": by_attribute}
    out["n"] = {"train": len(split.train), "validation": len(split.validation), "seeds": len(seeds)}
    return out


def _over_people(values: torch.Tensor, people: torch.Tensor) -> list[float]:
    """The 95 % bootstrap interval of the mean of values [N], where all photos of a person, [N], are drawn together."""
    everybody, who = people.unique(return_inverse=True)
    sums, counts = (torch.zeros(len(everybody)).index_add(0, who, each) for each in (values, torch.ones(len(values))))
    drawn = torch.randint(len(everybody), (DRAWS, len(everybody)), generator=torch.Generator().manual_seed(0))
    return (sums[drawn].sum(1) / counts[drawn].sum(1)).quantile(torch.tensor([0.025, 0.975])).tolist()


def as_markdown(result: Mapping[str, dict]) -> str:
    """The table, with the paper's own rows and the rate of the majority class.

    >>> row = dict.fromkeys(MEASURES, 0.5) | {"std": dict.fromkeys(MEASURES, 0.0)}
    >>> print(as_markdown({"strict": {"w_plus": row, "w_star": row, "majority": {"mean": 0.7}}}).splitlines()[4])
    | strict | w_plus | 0.500 ± 0.000 | 0.500 ± 0.000 | 0.500 ± 0.000 | 0.500 ± 0.000 | 0.500 ± 0.000 | 0.500 ± 0.000 |
    """
    rows = [["published", space, *(f"{values[name]:.3f}" for name in MEASURES)] for space, values in PAPER.items()]
    for protocol, part in result.items():
        for space in SPACES:
            values = part[space]
            cells = (f"{values[name]:.3f} ± {values['std'][name]:.3f}" for name in MEASURES)
            rows.append([protocol, space, *cells])
        if rotated := part.get("w_plus_turned"):
            cells = (f"{rotated[name]:.3f} ± {rotated['std'][name]:.3f}" for name in DCI)
            rows.append([protocol, "w_plus, rotated like w_star", "", "", "", *cells])
        rows.append([protocol, "majority class", "", "", f"{part['majority']['mean']:.3f}", "", "", ""])
    return markdown_table(("protocol", "space", *MEASURES), rows)


def mlp_accuracy(flow: RealNVP, split: Split, seed: int) -> float:
    """Mean accuracy of a two-layer perceptron on the same W+ codes: what hyperplanes miss.

    >>> 0 <= mlp_accuracy(flow, random_split(codes, seed=0), seed=0) <= 1
    True
    """
    inner, validation = split.train.by_person(VALIDATION_SHARE, seed)
    fitting, checking = ((normalised_codes(flow, part, "w_plus"), part.labels) for part in (inner, validation))
    net = fit_perceptron(fitting, checking, seed=seed)
    with torch.no_grad():
        scores = net(normalised_codes(flow, split.validation, "w_plus"))
    return ((scores > 0) == split.validation.labels).float().mean().item()


def paper_flow(codes: LabelledCodes, folder: Path, config: FlowTraining) -> RealNVP:
    """T trained on every labelled code, as the paper's text suggests. The run in `folder` is resumed.

    >>> trained = paper_flow(codes, folder, FlowTraining(epochs=1, batch=8, model=flow.config))
    >>> trained(codes.w_plus).shape
    torch.Size([60, 18, 4])
    """
    flow, classifiers = train_on_everyone(codes, config, folder)
    return RotatedFlow(flow, classifiers.normals()) if config.decorrelated else flow


def strict_flow(codes: LabelledCodes, folder: Path, config: FlowTraining) -> RealNVP:
    """T trained as the app's is, with epoch and C chosen on validation people of `codes`. The run in `folder` is resumed.

    >>> trained = strict_flow(codes, folder, FlowTraining(epochs=1, batch=8, model=flow.config))
    >>> trained(codes.w_plus).shape
    torch.Size([60, 18, 4])
    """
    train, validation = codes.by_person(VALIDATION_SHARE, config.seed)
    _, classifiers = fit_classifiers(config, train, validation)
    return train_flow(config, Run(folder, config, codes=codes.fingerprint()), classifiers, train, validation)
