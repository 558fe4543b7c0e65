"""How soon a portrait is the person in the photo: `python -m benchmarks.likeness --photos DIR --limit 64 --json`.

Photos are taken as they are: read, searched for faces, framed, encoded, refined by a few steps. Then the portrait improves as
it does on the page, by the page's own ways and steps, and is redrawn as often as the page shows it. Every portrait that is
shown is judged by dlib and compared with the photo's framed face; the clock stands still meanwhile. All stages are measured on
every photo, though the page leaves out what comes after a full gauge: `at_rest` has what it arrives at so.

Seconds count from reading the file. What a start costs is left out: the models are prepared, and one photo is opened and
improved by a step before the first that counts.

A photo in which no face is found, or that cannot be read, is named and does not count. With `--models ffhq` the networks are
random ones of the real size, so that only seconds are reported.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from benchmarks.machine import machine
from editor import Editor, EditorError, Portrait
from editor.actions.fit import QUICK
from editor.batch.attempt import attempt
from editor.data.labelled_faces import read_labelled_faces
from editor.data.splits import SPLITS
from editor.errors import SettingError
from editor.evaluate.product.face_options import FaceOptions
from editor.evaluate.product.faces import chosen_faces
from editor.evaluate.product.fidelity import Row, compared, fidelity_of
from editor.judge.identity import SAME_PERSON, IdentityJudge
from editor.judge.quality import Level
from editor.train.encoder.run import VALIDATION
from editor.ui.improving import LIKENESS, SHOW_EVERY
from editor.weights import WeightStore

WARM_UP = Path(__file__).parent.parent / "assets" / "examples" / "a.jpg"
OPEN = "open"
"""The first stage: read, found, framed, encoded, refined by the few steps that the page takes at once, drawn."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A portrait that the page shows.

    Attributes:
        stage: which stage it is of, such as "refine 60".
        seconds: from reading the file until it was there.
        portrait: the portrait.
    """

    stage: str
    seconds: float
    portrait: Portrait


@dataclass(frozen=True)
class Judged:
    """The same, judged.

    Attributes:
        row: `editor.evaluate.product.fidelity.Row`, with these seconds; None: nobody judged it.
        good: whether the gauge is full, at which the page stops improving.
    """

    stage: str
    seconds: float
    row: Row | None
    good: bool


def shown(editor: Editor, photo: Path, stages: Mapping[str, int]) -> Iterator[Shown]:
    """Open a photo and improve its likeness; every portrait that the page would show, and each stage's last one.

    Args:
        stages: "refine" and "tune" -> steps, in their order; 0: left out.

    Raises:
        EditorError: the photo cannot be read, or has no face.
    """
    taken, begin = 0.0, perf_counter()
    portrait = editor.open(photo, refine=QUICK if editor.fitter.is_quick else 0)
    taken += perf_counter() - begin
    yield Shown(OPEN, taken, portrait)
    ways = {"refine": editor.refining, "tune": editor.tuning}
    for way, steps in stages.items():
        if not steps:
            continue
        stage, walk = stage_name(way, steps), ways[way](portrait, steps, SHOW_EVERY)
        while True:
            begin = perf_counter()
            at = next(walk, None)
            taken += perf_counter() - begin
            if at is None:
                break
            if at[1] is not portrait:
                portrait = at[1]
                yield Shown(stage, taken, portrait)
        yield Shown(stage, taken, portrait)


def stage_name(way: str, steps: int) -> str:
    """What a stage is called in the report."""
    return f"{way} {steps}"


def judged(each: Shown, judge: IdentityJudge | None) -> Judged:
    """Compare a portrait with the face in its photo."""
    good = each.portrait.quality.level is Level.GOOD
    row = judge and compared(judge, each.portrait.face.image, each.portrait.reconstruction, each.seconds)
    return Judged(each.stage, each.seconds, row, good)


def measured(
    editor: Editor, judge: IdentityJudge | None, photos: Sequence[Path], stages: Mapping[str, int]
) -> tuple[list[list[Judged]], dict[str, str]]:
    """Everything shown of each photo that has a face, and the reason why each other one was passed over."""
    found: list[list[Judged]] = []
    passed: dict[str, str] = {}
    for photo in tqdm(photos, desc="likeness"):
        result, reason = attempt(lambda path: [judged(each, judge) for each in shown(editor, path, stages)], photo)
        if result is None:
            passed[photo.name] = reason
        else:
            found.append(result)
    return found, passed


def report(found: Sequence[Sequence[Judged]], passed: Mapping[str, str], stages: Mapping[str, int]) -> dict[str, Any]:
    """The measures after the last stage, and after each.

    With a judge also `at_rest`, where the page stops by itself, and `to_same_person`, when dlib first saw the same person.
    """
    names = [OPEN, *(stage_name(way, steps) for way, steps in stages.items() if steps)]
    ends = {name: [last(photo, name) for photo in found] for name in names}
    by_stage = {name: stage_report(each) for name, each in ends.items()}
    result: dict[str, Any] = {**by_stage[names[-1]], "stages": by_stage}
    if found[0][0].row is not None:
        first = [first_same(photo) for photo in found]
        soon = [seconds for seconds in first if seconds is not None]
        result["at_rest"] = stage_report([rest(photo, names) for photo in found])
        result["to_same_person"] = {"share": round(len(soon) / len(first), 4), **(_seconds(soon) if soon else {})}
    result["passed_over"] = {"n": len(passed), "photos": dict(passed)}
    return result


def last(photo: Sequence[Judged], stage: str) -> Judged:
    """What was shown last of a stage."""
    return [each for each in photo if each.stage == stage][-1]


def rest(photo: Sequence[Judged], stages: Sequence[str]) -> Judged:
    """Where the page stops by itself: after the first stage at whose end the gauge is full, or the last."""
    ends = [last(photo, stage) for stage in stages]
    return next((each for each in ends if each.good), ends[-1])


def first_same(photo: Sequence[Judged]) -> float | None:
    """Seconds until the first portrait that dlib takes for the same person; None: there was none."""
    return next((each.seconds for each in photo if each.row and each.row[2] < SAME_PERSON), None)


def stage_report(ends: Sequence[Judged]) -> dict[str, Any]:
    """The measures over the photos after one stage; without a judge the seconds alone."""
    result: dict[str, Any] = {"n": len(ends)}
    rows = [each.row for each in ends if each.row is not None]
    if rows:
        of_all = vars(fidelity_of(rows))
        names = ("same_person", "same_person_ci95", "mse_central", "mse_central_ci95", "identity_distance")
        result |= {name: _number(of_all[name]) for name in (*names, "identity_distance_ci95")}
        result |= {"not_found": of_all["not_found"], "good": round(float(np.mean([each.good for each in ends])), 4)}
    return result | _seconds([each.seconds for each in ends])


def _number(value: float) -> float | None:
    """For JSON, which has no number for what cannot be told."""
    return round(value, 5) if math.isfinite(value) else None


def _seconds(values: Sequence[float]) -> dict[str, float]:
    median, late = np.percentile(values, [50, 95])
    return {"seconds_median": round(float(median), 3), "seconds_p95": round(float(late), 3)}


def photos_of(folder: Path, split: str | None, limit: int | None) -> list[Path]:
    """The photos to measure, by name.

    Args:
        split: of the table split.csv beside the folder. People for validation are those of the encoder's training: they are
            chosen from `train`, since such a table names none.

    Raises:
        SettingError: there are none.
    """
    if split != "validation":
        return chosen_faces(folder, FaceOptions(split=split, limit=limit))
    _, validation = read_labelled_faces(folder.parent, "train").by_person(VALIDATION, 0)
    if not len(validation):
        raise SettingError(f"{folder.parent} has too few people in train to choose some for validation.")
    return [validation.path(number) for number in range(len(validation))][:limit]


def warm_up(editor: Editor, ways: Sequence[str]) -> None:
    """Do everything once that is measured."""
    editor.prepare()
    portrait = editor.open(Image.open(WARM_UP))
    steps: dict[str, Callable[[Portrait, int], Portrait]] = {"refine": editor.refine, "tune": editor.tune}
    for way in ways:
        portrait = steps[way](portrait, 1)


def editor_of(models: str, device: str | None, store: WeightStore) -> tuple[Editor, IdentityJudge | None]:
    """The editor and who judges its portraits; nobody where its weights are random."""
    if models != "ffhq":
        return Editor.load(models, device, store), IdentityJudge(store.path("dlib-face-recognition"))
    from benchmarks.slider import random_ffhq
    from editor.devices.choice import chosen_device

    chosen = chosen_device(device)
    return Editor.over(random_ffhq(store, chosen.type == "cuda"), chosen), None


def options_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Time how a portrait comes near to its photo, and judge how near.")
    parser.add_argument("--photos", type=Path, required=True, metavar="DIR", help="a folder of photos, taken as they are")
    parser.add_argument("--limit", type=int, help="only the first N by name")
    parser.add_argument("--split", choices=SPLITS, help="only people of this split, by split.csv beside the folder")
    for way, steps in LIKENESS.items():
        parser.add_argument(f"--{way}", type=int, default=steps, metavar="N", help=f"steps (the page's: {steps}; 0: left out)")
    parser.add_argument("--models", choices=("embedded", "ffhq"), default="embedded")
    parser.add_argument("--device", help="cpu or cuda; by default CUDA where there is one")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Everything the benchmark reports.

    Raises:
        SettingError: there are no photos, or none has a face.
    """
    stages = {way: getattr(options, way) for way in LIKENESS}
    photos = photos_of(options.photos, options.split, options.limit)
    editor, judge = editor_of(options.models, options.device, WeightStore())
    warm_up(editor, [way for way, steps in stages.items() if steps])
    found, passed = measured(editor, judge, photos, stages)
    if not found:
        raise SettingError(f"No face was found in {len(photos)} photos. The first, {next(iter(passed.items()))}")
    return report(found, passed, stages) | {"machine": machine(editor)}


def main() -> int:
    """Measure and print."""
    options = options_of()
    try:
        result = run(options)
    except EditorError as error:
        raise SystemExit(str(error)) from error
    print(json.dumps(result, indent=2) if options.json else "\n".join(f"{name:24} {value}" for name, value in result.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
