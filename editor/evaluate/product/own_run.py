"""One measurement of attributes learnt from few photos, from its options to its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from editor.align.detect import Detector
from editor.data.codes import LabelledCodes, normalised_codes
from editor.data.generated import shipped_preview
from editor.data.sources import codes_of, flow_for
from editor.edit import read_directions
from editor.edit.directions import Directions, SpaceDirections
from editor.errors import SettingError
from editor.evaluate.claims.leakage import ImageMeter, unedited
from editor.evaluate.claims.methods import AlongNormals
from editor.evaluate.product.own import drawn, learnt, measure_accuracy, measure_edits
from editor.evaluate.product.own_options import OwnOptions
from editor.evaluate.product.turn import turned_sides, turns
from editor.flow import RealNVP
from editor.generate.runtimes import Runtime, best_runtime
from editor.images import open_photo, to_picture
from editor.judge.backbone import open_evaluation_classifier
from editor.judge.identity import IdentityJudge
from editor.sheets import grid
from editor.spaces import SPACES, TITLES, Space, WPlus
from editor.weights import WeightStore
from editor.weights.tensors import kept_tensor

TURNED = "turned left"
"""The attribute that the labels do not have."""
CLASSIFIED_SIDE = 256
SHOWN = (-1.5, -0.75, 0.0, 0.75, 1.5)
"""Strengths on the sheets."""


def evaluate_own(options: OwnOptions, out: Path) -> dict[str, Any]:
    """Learn from photos of some people held out, and measure on others.

    Args:
        out: folder for sheets of pictures and for the turns, which are measured once.

    Raises:
        SettingError: an attribute does not exist, or photos are given without --data.
    """
    store = WeightStore()
    codes = codes_of(options.source, store, "test")
    flow, directions = flow_for(store.path("flow"), codes), read_directions(store.path("directions"))
    if unknown := set(options.attributes) - set(codes.attributes):
        raise SettingError(f"The data has no attribute {min(unknown)}. It has: {', '.join(codes.attributes)}.")
    labels = {name: codes.labels[:, codes.attributes.index(name)] for name in options.attributes}
    turn = _turns(options, codes, out)
    sides = {name: (have, ~have) for name, have in labels.items()} | {TURNED: turned_sides(turn)}
    numbers: dict[Space, torch.Tensor] = {space: normalised_codes(flow, codes, space) for space in SPACES}
    rows = measure_accuracy(numbers, directions, codes.people, sides, options.counts, options.repeats, options.seed)
    runtime = best_runtime(shipped_preview(store, CLASSIFIED_SIDE), torch.device("cpu"))
    classifier = open_evaluation_classifier(store)
    meter = ImageMeter(
        runtime,
        classifier,
        IdentityJudge(store.path("dlib-face-recognition")),
        classifier.logit_std,
        classifier.threshold,
    )
    edits = _Edits(options, codes, numbers, flow, directions, meter, runtime, out)
    found = {name: edits.measure(name, sides[name]) for name in options.attributes} if options.edits else {}
    return {
        "n": {"photos": len(codes), "people": len(codes.people.unique()), "repeats": options.repeats, "faces": options.faces},
        "accuracy": rows,
        "edits": found,
        "turned": edits.turn(sides[TURNED]),
    }


def _turns(options: OwnOptions, codes: LabelledCodes, out: Path) -> torch.Tensor:
    """The turns of some of the photos, [N]; not a number for the others."""
    if not options.source.data:
        raise SettingError("Heads' turns are measured on photos. Name labelled faces with --data.")
    folder = options.source.data / "img"
    some = torch.randperm(len(codes), generator=torch.Generator().manual_seed(options.seed))[: options.turned]

    def measured() -> torch.Tensor:
        pictures = [open_photo(folder / f"{codes.ids[number]}.jpg") for number in some.tolist()]
        return turns(Detector(torch.device("cpu")), pictures)

    file = out / f"turns-{codes.fingerprint()}-{options.seed}-{options.turned}.safetensors"
    return torch.full((len(codes),), float("nan")).index_copy(0, some, kept_tensor(file, "turns", measured))


@dataclass(frozen=True, eq=False)
class _Edits:
    """Measures edits on pictures, and draws sheets of them."""

    options: OwnOptions
    codes: LabelledCodes
    numbers: Mapping[Space, torch.Tensor]
    flow: RealNVP
    directions: Directions
    meter: ImageMeter
    runtime: Runtime
    out: Path

    def measure(self, name: str, sides: tuple[torch.Tensor, torch.Tensor]) -> dict[str, Any]:
        """Edits learnt from 20 photos a side against the shipped ones, each draw on faces of people it does not know."""
        k, found = self.meter.classifier.attributes.index(name), []
        for repeat in range(self.options.edits):
            parts, faces = self._learn(sides, repeat)
            shipped = self.directions.attributes.index(name) if name in self.directions.attributes else None
            if shipped is not None:
                for space in SPACES:
                    every: SpaceDirections = getattr(self.directions, space)
                    one = SpaceDirections(*(value[shipped : shipped + 1] for value in vars(every).values()))
                    parts[f"{space} shipped"] = space, one
            found.append(measure_edits(self.meter, unedited(self.meter, faces), self.flow, parts, k))
            if not repeat:
                self._draw(name, parts, faces)
        methods = {method: [each[method] for each in found] for method in found[0]}
        return {
            method: {key: torch.tensor([row[key] for row in rows]).nanmean().item() for key in rows[0]}
            for method, rows in methods.items()
        }

    def turn(self, sides: tuple[torch.Tensor, torch.Tensor]) -> dict[str, Any]:
        """How far one unit of the learnt turn turns heads, by landmarks of the pictures, and what else it changes."""
        parts, faces = self._learn(sides, 0)
        self._draw(TURNED, parts, faces)
        detector, before, result = Detector(torch.device("cpu")), unedited(self.meter, faces), {}
        start = turns(detector, [to_picture(image) for image in before.images])
        for name, (space, part) in parts.items():
            for sign in (1.0, -1.0):
                moved = AlongNormals(space, self.flow, part)(faces, 0, torch.full((len(faces),), sign))
                images, logits = self.meter.look(moved)
                changed = turns(detector, [to_picture(image) for image in images]) - start
                leakage = ((logits - before.logits) / self.meter.logit_std).abs().mean().item()
                counted = changed[changed.isfinite()]
                right = (counted * sign < 0).float().mean().item()
                result[f"{name} {sign:+g}"] = {"turn": counted.mean().item(), "right": right, "leakage": leakage}
        return result

    def _learn(
        self, sides: tuple[torch.Tensor, torch.Tensor], repeat: int
    ) -> tuple[dict[str, tuple[Space, SpaceDirections]], WPlus]:
        """Directions from 20 photos a side, and codes of other people's faces."""
        draw, parts = drawn(*sides, self.codes.people, 20, self.options.seed + repeat), {}
        for space in SPACES:
            parts[f"{space} own"] = space, learnt(self.numbers[space], self.codes.people, draw).directions()
        random = torch.Generator().manual_seed(self.options.seed + repeat)
        faces = draw.judges[torch.randperm(len(draw.judges), generator=random)[: self.options.faces]]
        return parts, WPlus(self.codes.w_plus[faces].float())

    def _draw(self, name: str, parts: dict[str, tuple[Space, SpaceDirections]], faces: WPlus) -> None:
        """A sheet of four faces at several strengths, a row for each face and method."""
        rows = []
        for face in faces[:4].split(1):
            for method, (space, part) in parts.items():
                along = AlongNormals(space, self.flow, part)
                codes = [along(WPlus(face), 0, torch.tensor([strength])) for strength in SHOWN]
                pictures = [to_picture(self.runtime(code)[0].clamp(-1, 1)) for code in codes]
                rows.append((f"{TITLES[space]}\n{method.split()[1]}", pictures))
        self.out.mkdir(parents=True, exist_ok=True)
        grid(rows, [f"{strength:+g}" for strength in SHOWN], cell=128).save(self.out / f"own-{name.replace(' ', '-')}.jpg")


def as_markdown(result: dict[str, Any]) -> str:
    """The accuracies as a table, then the edits.

    >>> space = {"accuracy": 0.8, "spread": 0.02, "told": 0.78, "shipped": 0.9}
    >>> row = {"attribute": "Smiling", "photos": 20, "w_plus": space, "w_star": space}
    >>> edit = {"reached": 1.0, "leakage": 0.2, "identity": 0.3, "amount": 0.9}
    >>> text = as_markdown({"accuracy": [row], "edits": {"Smiling": {"w_star own": edit}}, "turned": {}})
    >>> text.splitlines()[2]
    '| Smiling | 20 | 0.800 ± 0.020 (0.780) | 0.900 | 0.800 ± 0.020 (0.780) | 0.900 |'
    """
    lines = ["| attribute | photos a side | W+ (told) | shipped | W* (told) | shipped |", "|---|---|---|---|---|---|"]
    for row in result["accuracy"]:
        cells = []
        for space in SPACES:
            found = row[space]
            cells.append(f"{found['accuracy']:.3f} ± {found['spread']:.3f} ({found['told']:.3f})")
            cells.append(f"{found['shipped']:.3f}")
        lines.append(f"| {row['attribute']} | {row['photos']} | {' | '.join(cells)} |")
    lines += ["", "| attribute | edit | reached | leakage | identity | amount |", "|---|---|---|---|---|---|"]
    for name, methods in result["edits"].items():
        for method, found in methods.items():
            cells = " | ".join(f"{found[key]:.3f}" for key in ("reached", "leakage", "identity", "amount"))
            lines.append(f"| {name} | {method} | {cells} |")
    lines += ["", "| turned left | turn | right way | leakage |", "|---|---|---|---|"]
    for method, found in result["turned"].items():
        lines.append(f"| {method} | {found['turn']:+.3f} | {found['right']:.3f} | {found['leakage']:.3f} |")
    return "\n".join(lines) + "\n"
