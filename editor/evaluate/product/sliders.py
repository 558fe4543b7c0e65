"""What sliders do: whether one shows before it ends, and whether the face is still this face there.

Every face is edited towards the side of the attribute that it is not on, in its place and in W*, by one unit and by two, where
a slider ends.

effect    change of the evaluation classifier's logit, in standard deviations
reached   share of faces on which that is at least 1 before the end
identity  distance from the unedited face (`editor.judge.likeness`) at the end; 0.25 counts as another
odder     how much odder the picture looks there than the unedited one (`editor.judge.attributes`)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from tqdm import tqdm

from editor.edit.apply import Start, apply_edit
from editor.edit.attributes import attribute
from editor.edit.directions import MAX_STRENGTH, Directions
from editor.images import shrink, to_picture
from editor.models import Models
from editor.sheets import grid
from editor.spaces import Codes, WPlus

STRENGTHS = (1.0, MAX_STRENGTH)
ON_SHEET = (-MAX_STRENGTH, -1.0, 1.0, MAX_STRENGTH)
SHEET_SIDE = 80
"""Side in pixels of a picture on a sheet."""
Draw = Callable[[Codes], torch.Tensor]
"""One code [1, 18, 512] -> an image [1, 3, R, R] in [-1, 1], on the CPU."""


@dataclass(frozen=True)
class SliderQuality:
    """The measures of one slider over n faces.

    Attributes:
        middle, end: mean effect at one unit and at the end, in standard deviations.
        reached: share of faces, in [0, 1].
        identity, odder: means at the end.
    """

    n: int
    middle: float
    end: float
    reached: float
    identity: float
    odder: float


def measure_sliders(
    models: Models, directions: Directions, draw: Draw, codes: Sequence[WPlus], names: Sequence[str]
) -> dict[str, SliderQuality]:
    """Move the sliders of faces, one at a time.

    Args:
        directions: those of `models`, or others for the same flow.
        codes: of the faces, [1, 18, 512] each.
        names: of attributes that the evaluation classifier knows.

    >>> draw = lambda codes: editor.renderer.draw(codes, live=True).float()
    >>> found = measure_sliders(editor.models, editor.models.directions, draw, [portrait.w_plus], ["Smiling"])
    >>> found["Smiling"].n, 0 <= found["Smiling"].reached <= 1
    (1, True)
    """
    classifier = models.classifier
    assert classifier is not None
    rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in names}
    for code in tqdm(codes, desc="moving sliders"):
        start, before = Start(code, models.flow(code)), draw(code)
        logits, odd = classifier(before)[0], classifier.oddness(before).item()
        for name in names:
            column = classifier.attributes.index(name)
            sign = -1.0 if logits[column] > classifier.threshold[column] else 1.0
            effects, drawn = [], before
            for strength in STRENGTHS:
                drawn = draw(_edited(models, directions, start, name, sign * strength))
                change = sign * (classifier(drawn)[0, column] - logits[column])
                effects.append(float(change / classifier.logit_std[column]))
            identity = models.likeness(drawn, before).identity.item()
            rows[name].append((*effects, float(max(effects) >= 1), identity, classifier.oddness(drawn).item() - odd))
    return {name: SliderQuality(len(found), *torch.tensor(found).mean(0).tolist()) for name, found in rows.items()}


def slider_sheet(
    models: Models, directions: Directions, draw: Draw, codes: Sequence[WPlus], names: Sequence[str]
) -> Image.Image:
    """The faces unedited, then a row for each attribute and strength.

    >>> draw = lambda codes: editor.renderer.draw(codes, live=True).float()
    >>> slider_sheet(editor.models, editor.models.directions, draw, [portrait.w_plus], ["Smiling"]).size
    (234, 420)
    """
    starts = [Start(code, models.flow(code)) for code in codes]
    rows = [("unedited", [_cell(draw(start.w_plus)) for start in starts])]
    for name in names:
        for strength in ON_SHEET:
            edited = [_cell(draw(_edited(models, directions, start, name, strength))) for start in starts]
            rows.append((f"{attribute(name).label}\n{strength:+g}", edited))
    return grid(rows, cell=SHEET_SIDE)


def _edited(models: Models, directions: Directions, start: Start, name: str, strength: float) -> Codes:
    return apply_edit(start, directions.strengths({name: strength}), "w_star", models.flow, directions, models.regions)


def _cell(image: torch.Tensor) -> Image.Image:
    return to_picture(shrink(image, SHEET_SIDE))
