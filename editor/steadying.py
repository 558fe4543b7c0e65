"""A face is asked what each direction changes on it, and gets directions of its own: `editor.edit.preserve`, with pictures."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from editor.edit.directions import EDITS, SpaceDirections
from editor.edit.preserve import answers, mixing_of, tried
from editor.edit.regions import Regions
from editor.errors import SettingError
from editor.flow import RealNVP
from editor.generate.masked import Codes, masked_edit, one_by_one
from editor.judge.attributes import AttributeClassifier
from editor.portrait import Portrait
from editor.spaces import WPlus

if TYPE_CHECKING:
    from editor.pipeline import Editor

AT_ONCE = 16
"""Pictures that the training classifier looks at together."""


def ask_face(
    w_plus: WPlus,
    k: int,
    flow: RealNVP,
    directions: SpaceDirections,
    regions: Regions | None,
    draw: Callable[[Codes], torch.Tensor],
    tutor: AttributeClassifier,
) -> torch.Tensor:
    """J of one face, [1, 18, 512], in the place of attribute k: [M, K] in deviations a unit. 2 K pictures are drawn.

    Args:
        directions: of W*.
        draw: codes -> pictures [B, 3, R, R]; small ones will do.
    """
    with torch.inference_mode():
        before = WPlus(w_plus.to(directions.steps.device).expand(2 * len(directions.steps), -1, -1))
        moved: Codes = EDITS["w_star"](before, tried(len(directions.steps)), flow, directions)
        if regions is not None:
            moved = masked_edit(before, moved, regions.masks(torch.tensor([k])))
        pictures = torch.cat([draw(piece).float().cpu().clamp(-1, 1) for piece in one_by_one(moved)])
        logits = torch.cat([tutor(some) for some in pictures.split(AT_ONCE)])
    return answers(logits / tutor.deviation)


def steadied_portrait(editor: "Editor", portrait: Portrait, names: Collection[str]) -> Iterator[tuple[int, Portrait]]:
    """See `Editor.steady`."""
    models, tutor = editor.models, editor.models.tutor
    if tutor is None:
        raise SettingError(f"The models {models.name} have nobody to ask what an edit changes besides.")
    models.directions.strengths(dict.fromkeys(names, 0.0))
    missing = [name for name in names if name not in tutor.attributes]
    if missing:
        raise SettingError(f"What else changes with {', '.join(missing)} is not known: the training classifier never saw it.")
    best = portrait
    for step, name in enumerate(names, 1):
        if name not in best.steady:
            k = models.directions.attributes.index(name)
            found = ask_face(
                portrait.w_plus,
                k,
                models.flow,
                models.directions.w_star,
                models.regions,
                lambda codes: editor.draw_tensor(codes, portrait.lora, live=True),
                tutor,
            )
            amounts = mixing_of(found, tutor.attributes.index(name), k)
            best = replace(best, steady={**best.steady, name: amounts})
        yield step, best
