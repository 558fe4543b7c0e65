"""The safe range of a slider on one face: the strengths at which the face stays this face and looks like a photo.

Of one slider, in W* and in small pictures, it is where the first of two things goes beyond its limit, linear between two steps:

    identity    distance of the edited face from the reconstruction (`editor.judge.likeness`)
    realism     how odd the picture looks to the evaluation classifier (`editor.judge.attributes`): washed-out skin and ghosts
                of beards and glasses do

It is found by halving: on 768 walks in steps of 0.5, nothing that was beyond its limit came back within it further out.
An edit can be wrong in ways that neither sees: a range says where a face is lost, not that an edit is good. Limits were chosen
on 32 validation people x 12 attributes x 8 strengths, by numbers and by looking at the pictures at the ends.
"""

from collections.abc import Callable, Mapping

import torch

from editor.edit.apply import Start, apply_edit
from editor.edit.directions import MAX_STRENGTH
from editor.judge.likeness import Distances
from editor.models import Models
from editor.portrait import Portrait, SafeRange, Why
from editor.renderer import Renderer

STEP = 0.5
"""Strengths that are drawn are multiples of this."""
GRAIN = 10
"""Ends are whole multiples of one over this, rounded towards 0."""
IDENTITY = 0.25
"""Distance from which a face counts as another. dlib, which took no part, finds another person in 5 of 357 edits below it and
in 23 of 43 beyond (20 of the people, 5 attributes); the two distances correlate by 0.89."""
ODD, ODDER = 1.13, 0.05
"""Oddness that counts as unreal, which nine of ten photos stay below (150 validation people); and how much odder than the
reconstruction a picture must be at least, since some reconstructions are odd themselves."""


def safe_range(
    models: Models,
    renderer: Renderer,
    compare: Callable[[torch.Tensor, torch.Tensor], Distances],
    portrait: Portrait,
    name: str,
    local: bool = True,
) -> SafeRange:
    """The strengths of an attribute between which a face stays this face, alone and in W*. Two to six small pictures.

    Args:
        compare: tells how far faces are from others: `editor.reconstructor.Reconstructor`'s.
        local: change the picture only where the attribute lies.

    Raises:
        SettingError: the attribute does not exist.

    >>> found = safe_range(editor.models, editor.renderer, editor.reconstruct.compare, portrait, "Young")
    >>> -2 <= found.low <= 0 <= found.high <= 2
    True
    """
    start = Start(portrait.w_plus, portrait.w_star)
    regions = models.regions if local else None
    classifier, before = models.classifier, portrait.detail.small

    def look(strength: float) -> dict[Why, float]:
        strengths = models.directions.strengths({name: strength})
        drawn = before
        if strength:
            codes = apply_edit(start, strengths, "w_star", models.flow, models.directions, regions)
            drawn = renderer.draw(codes, portrait.lora, live=True)
        seen: dict[Why, float] = {"identity": compare(drawn, before).identity.item()}
        if classifier is not None:
            seen["realism"] = classifier.oddness(drawn.float().cpu().clamp(-1, 1)).item()
        return seen

    unedited = look(0.0)
    limits: dict[Why, float] = {"identity": IDENTITY}
    if "realism" in unedited:
        limits["realism"] = max(ODD, unedited["realism"] + ODDER)
    (low, why_low), (high, why_high) = (end_of(lambda s, sign=sign: look(sign * s), unedited, limits) for sign in (-1, 1))
    return SafeRange(name, -low if low else 0.0, high, why_low, why_high)


def end_of(
    look: Callable[[float], Mapping[Why, float]], unedited: Mapping[Why, float], limits: Mapping[Why, float]
) -> tuple[float, Why | None]:
    """How far one may go before something is beyond its limit, and what; None where nothing is up to the slider's end.

    Args:
        look: a strength above 0 -> what is seen there.
        unedited: what is seen at 0, within the limits.

    >>> end_of(lambda strength: {"identity": 0.2 * strength}, {"identity": 0.0}, {"identity": 0.25})
    (1.2, 'identity')
    """

    def beyond(seen: Mapping[Why, float]) -> bool:
        return any(seen[why] > limit for why, limit in limits.items())

    within, inside = 0.0, unedited
    outer, outside = MAX_STRENGTH, look(MAX_STRENGTH)
    if not beyond(outside):
        return MAX_STRENGTH, None
    while outer - within > STEP:
        middle = (within + outer) / 2
        if beyond(seen := look(middle)):
            outer, outside = middle, seen
        else:
            within, inside = middle, seen
    crossed: dict[Why, float] = {
        why: within + (outer - within) * (limit - inside[why]) / (outside[why] - inside[why])
        for why, limit in limits.items()
        if outside[why] > limit
    }
    first = min(crossed, key=lambda why: crossed[why])
    return int(crossed[first] * GRAIN + 1e-6) / GRAIN, first
