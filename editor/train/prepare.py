"""A model set's flow and directions for the codes of its own encoder, from a folder of labelled photos.

    photos --find, encode--> codes --train--> T --fit, calibrate--> directions

Every step leaves what it made in one folder and is passed over where that is there, so a stopped run goes on.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from editor.classify.linear import Linear
from editor.data.codes import LabelledCodes, read_codes, write_codes
from editor.data.encoding import Read, Reading, encode_folder
from editor.data.labelled_folder import LabelledFolder
from editor.data.splits import TEST_SHARE, VALIDATION_SHARE
from editor.edit.directions import Directions, write_directions
from editor.edit.regions import regions_of
from editor.errors import SettingError
from editor.files.writing import write_atomically
from editor.flow import RealNVP, read_flow, write_flow
from editor.generate.runtimes import Runtime
from editor.judge.attributes import AttributeClassifier
from editor.spaces import SPACES
from editor.train.directions.fit import DirectionsConfig, fit_directions
from editor.train.flow.classifiers import fit_classifiers
from editor.train.flow.recipes import RECIPES, FlowTraining
from editor.train.flow.training import train_flow
from editor.train.history import Run
from editor.weights import sha256_of
from editor.weights.tensors import kept_tensors

FLOW, DIRECTIONS = "flow.safetensors", "directions.safetensors"


@dataclass(frozen=True)
class Preparation:
    """What a set is prepared with.

    Attributes:
        reader: finds and encodes faces.
        draw: draws images of codes; small ones do.
        classifier: of attributes; measures the effects of edits.
        encoder: sha256 of the encoder's weights.
        aligned: whether the reader takes the photos for aligned faces.
        flow, directions: how these are trained.
    """

    reader: Read
    draw: Runtime
    classifier: AttributeClassifier
    encoder: str
    aligned: bool = False
    flow: FlowTraining = RECIPES["editing"]
    directions: DirectionsConfig = DirectionsConfig()


def prepare(folder: LabelledFolder, to: Path, how: Preparation) -> tuple[Directions, int, dict[Path, str]]:
    """Make `flow.safetensors` and `directions.safetensors` in the folder `to`, or go on making them.

    Returns:
        The directions, the number of test codes that their accuracies are of, and the photos passed over with the reason.

    Raises:
        SettingError: no photo could be encoded, or an attribute has one class only.

    >>> from editor.data.labelled_folder import read_folder
    >>> labelled = read_folder(data / "img", data / "attributes.csv", people=None)
    >>> read = lambda photo, name: codes.w_plus[int(name[:-4])][None]  # in place of a CodeReader
    >>> recipe, config = FlowTraining(epochs=1, batch=8, model=flow.config), DirectionsConfig(faces=2, validation=0.3)
    >>> how = Preparation(read, painter, classifier, "sha256 of the encoder", aligned=True, flow=recipe, directions=config)
    >>> directions, tested, skipped = prepare(labelled, folder, how)
    >>> directions.attributes, tested, (folder / FLOW).exists(), (folder / DIRECTIONS).exists()
    (('Smiling', 'Young'), 4, True, True)
    """
    to.mkdir(parents=True, exist_ok=True)
    codes_path, skipped = _codes(folder, to, how)
    codes = read_codes(codes_path)
    train, test = codes.by_person(TEST_SHARE, how.directions.seed)
    work = codes_path.with_suffix("")  # of these codes: others begin anew
    flow = _flow(train, work, how)
    flow_hash, regions = sha256_of(work / FLOW), regions_of(train.attributes)
    directions = fit_directions(flow, train, test, how.draw, how.classifier, how.directions, flow_hash, regions=regions)
    write_directions(directions, work / DIRECTIONS)
    for name in (FLOW, DIRECTIONS):  # last, so that what is there goes on working until both are whole
        write_atomically(to / name, lambda part, name=name: shutil.copyfile(work / name, part))
    return directions, len(test), skipped


def _flow(train: LabelledCodes, work: Path, how: Preparation) -> RealNVP:
    """T for these codes, trained or read back."""
    path, cached = work / FLOW, work / "classifiers.safetensors"
    if path.exists():
        return read_flow(path)[0]
    inner, validation = train.by_person(VALIDATION_SHARE, how.flow.seed)
    run = Run(work, how.flow)
    classifiers = Linear(**kept_tensors(cached, lambda: vars(fit_classifiers(how.flow, inner, validation)[1])))
    flow = train_flow(how.flow, run, classifiers, inner, validation)
    write_flow(flow, path, how.encoder)
    return read_flow(path)[0]


def _codes(folder: LabelledFolder, to: Path, how: Preparation) -> tuple[Path, dict[Path, str]]:
    """A file of the photos' codes, under a name that changes with the photos, their labels and the encoder."""
    work = folder.work_beside(to / "codes", how.encoder, how.aligned, folder.attributes, folder.people, folder.labels)
    path = to / f"codes{work.name.removeprefix('.codes')}.safetensors"
    if path.exists():
        return path, {}
    codes, skipped = encode_folder(Reading(how.reader), folder, how.encoder, work)
    check_labels(codes)
    write_codes(codes, path)
    shutil.rmtree(work)
    return path, skipped


def check_labels(codes: LabelledCodes) -> None:
    """Refuse what nothing can be learned from, before anything is trained.

    Raises:
        SettingError: there are too few people, or an attribute that everybody or nobody has.

    >>> check_labels(codes)
    >>> check_labels(codes.take(codes.people < 2))
    Traceback (most recent call last):
        ...
    editor.errors.SettingError: 4 faces that could be encoded are too few. Some thousands are what it takes.
    """
    train, test = codes.by_person(TEST_SHARE, 0)
    inner, validation = train.by_person(VALIDATION_SHARE, 0)
    for part in (inner, validation, test):
        if len(part) < 2:
            raise SettingError(f"{len(codes)} faces that could be encoded are too few. Some thousands are what it takes.")
    one_sided = [name for name, column in zip(codes.attributes, inner.labels.t(), strict=True) if len(column.unique()) < 2]
    if one_sided or not codes.attributes:
        raise SettingError(f"Everybody or nobody has {', '.join(one_sided) or 'a label'}. Nothing to learn there.")


def summary(directions: Directions, count: int) -> dict:
    """The report of a preparation: accuracies on people held out (test).

    >>> found = summary(directions, count=60)
    >>> found["n"], round(found["majority"], 2), round(found["w_star"]["mean"], 2)
    (60, 0.6, 0.9)
    """
    report: dict = {"n": count, "majority": directions.majority.mean().item()}
    for space in SPACES:
        accuracy = getattr(directions, space).accuracy
        report[space] = {name: getattr(accuracy, name)().item() for name in ("min", "max", "mean")}
    return report
