"""The stages of making and measuring a set of weights: each is a command of `face-editor`, and what it reads and leaves.

A new measurement is one more line in `STAGES`, and a line for each of its figures in `editor.evaluate.side_by_side`.

In a command, {data} stands for the labelled faces, {folder} for the stage's own folder, {codes} for the folder of the stage
`codes`, and {weights} for the folder of the set's weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SetName = Literal["new", "old"]
"""The set that is made, and the one in use, which it is compared with."""


@dataclass(frozen=True)
class Stage:
    """One command.

    Attributes:
        name: of the stage.
        command: what follows `face-editor`, with places to be filled in.
        reads: entries of the manifest. Where one of them, or the data, has changed, the stage runs again.
        makes: the entry that the stage makes; empty: none.
        file: what it makes, in its folder.
        report: a JSON file in its folder; "-": it prints the JSON; empty: it reports nothing.
        sets: which sets it is run for. What is measured is measured of both.
    """

    name: str
    command: str
    reads: tuple[str, ...]
    makes: str = ""
    file: str = ""
    report: str = ""
    sets: tuple[SetName, ...] = ("new",)


@dataclass(frozen=True)
class Step:
    """One stage for one set.

    >>> Step("new", STAGES[0]).name
    'new-preconditioner'
    """

    of: SetName
    stage: Stage

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.of}-{self.stage.name}"


BOTH: tuple[SetName, ...] = ("new", "old")
GENERATOR = ("mobilestylegan-ffhq", "preview")
CODES = ("encoder", "preconditioner", "preview", "likeness")
"""What codes of labelled faces are made by: all but the encoder take part where they are refined."""
SIGHT = ("efficientnet-lite0", "likeness")
"""Networks that classifiers of attributes see with."""
CLASSIFIERS = ("evaluation-classifier", "training-classifier", *SIGHT)
DRAWN = ("encoder", "flow", "directions", *GENERATOR, *CLASSIFIERS)
"""What takes part where faces are encoded, edited, drawn and classified."""
JUDGED = (*DRAWN, "preconditioner", "dlib-face-recognition")
FACES = "--faces {data}/img --split test"

STAGES = (
    Stage(
        "preconditioner",
        "train preconditioner --data {data} --run {folder}",
        ("encoder", *GENERATOR, "likeness"),
        makes="preconditioner",
        file="preconditioner.safetensors",
    ),
    Stage("codes", "train codes --data {data} --codes {folder}", CODES, report="-", sets=BOTH),
    Stage(
        "flow",
        "train flow --data {data} --codes {codes} --run {folder}",
        (*CODES, *SIGHT),
        makes="flow",
        file="flow.safetensors",
        report="report.json",
    ),
    Stage(
        "directions",
        "train directions --data {data} --codes {codes} --kept {folder}/responses --run {folder}",
        (*CODES, "flow", *GENERATOR, *CLASSIFIERS),
        makes="directions",
        file="directions.safetensors",
        report="report.json",
    ),
    Stage(
        "directions-svm",
        "train directions --recipe paper --data {data} --codes {codes} --run {folder}",
        (*CODES, "flow", *GENERATOR, "evaluation-classifier", *SIGHT),
        makes="directions-svm",
        file="directions.safetensors",
        report="report.json",
    ),
    Stage(
        "flow-paper",
        "train flow --recipe fast --everyone --data {data} --codes {codes} --run {folder}",
        CODES,
        makes="flow-paper",
        file="flow.safetensors",
        report="report.json",
    ),
    Stage(
        "directions-paper",
        "train directions --recipe paper --c 1 --unit 90 --flow {weights}/flow-paper.safetensors "
        "--data {data} --codes {codes} --run {folder}",
        (*CODES, "flow-paper", *GENERATOR, "evaluation-classifier", *SIGHT),
        makes="directions-paper",
        file="directions.safetensors",
        report="report.json",
    ),
    Stage("fidelity", f"evaluate fidelity {FACES} --limit 500 --json", JUDGED, report="-", sets=BOTH),
    Stage(
        "refining",
        f"evaluate fidelity {FACES} --limit 64 --refine 20 --kept {{folder}} --json",
        JUDGED,
        report="-",
        sets=BOTH,
    ),
    Stage("editability", f"evaluate editability {FACES} --limit 64 --json", JUDGED, report="-", sets=BOTH),
    Stage(
        "table1",
        "evaluate table1 --protocol strict --seeds 3 --data {data} --codes {codes} --out {folder}",
        (*CODES, *SIGHT),
        report="table1.json",
        sets=BOTH,
    ),
    Stage(
        "leakage",
        "evaluate leakage --real 12 --generated 12 --seed 0 --data {data} --codes {codes} --out {folder}",
        JUDGED,
        report="leakage.json",
        sets=BOTH,
    ),
)
"""In the order in which they run. A stage that makes an entry stands before those that read it."""


def steps(stages: Sequence[Stage] = STAGES) -> Iterator[Step]:
    """The stages, each for the new set and then for the old one where it is run for both.

    >>> [step.name for step in steps()][:4]
    ['new-preconditioner', 'new-codes', 'old-codes', 'new-flow']
    """
    return (Step(of, stage) for stage in stages for of in stage.sets)


def template(step: Step, refine: int, share: float = 1.0) -> str:
    """What follows `face-editor` in a step's command, with places to be filled in.

    Args:
        refine: steps that the codes of the new set take; those of the set in use take none.
        share: of that move that they keep.

    >>> codes = STAGES[1]
    >>> template(Step("new", codes), refine=1), template(Step("old", codes), refine=1)
    ('train codes --data {data} --codes {folder} --refine 1', 'train codes --data {data} --codes {folder}')
    """
    command = step.stage.command
    if not refine or step.of != "new" or " --codes " not in command:
        return command
    return f"{command} --refine {refine}" + (f" --share {share}" if share != 1 else "")


def filled(command: str, places: Mapping[str, Path]) -> list[str]:
    """The arguments of a command.

    Args:
        places: "data", "folder", "codes" and "weights" -> their paths.

    >>> filled(STAGES[1].command, {"data": Path("my faces"), "folder": Path("codes")})
    ['train', 'codes', '--data', 'my faces', '--codes', 'codes']
    """
    return [word.format(**{name: str(path) for name, path in places.items()}) for word in command.split()]
