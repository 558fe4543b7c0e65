"""Render an edit: portrait, sliders -> pictures.

    w+ --T--> w* --edit--> w*' --T^-1--> w+' --generate--> picture
     \\--------- edit in W+, for the comparison ---/

T(w) is in the portrait. T^-1 is computed once for an edit: the small picture, the full one, and what the small one misses are
drawn from the same codes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

import torch
from PIL import Image

from editor.edit.apply import Start, apply_edit
from editor.errors import SettingError
from editor.generate.detail import Detail
from editor.images import to_bytes, to_pictures
from editor.models import Models
from editor.portrait import Edit, Pictures, Portrait, Rendering
from editor.renderer import Renderer
from editor.spaces import SPACES, Codes, Space, WPlus, together

Details = Mapping[Space, Detail]
"""What small drawings in each space miss."""


def edit_of(
    models: Models,
    strengths: Mapping[str, float],
    spaces: Sequence[Space] = SPACES,
    local: bool = True,
    locked: Collection[str] = (),
    preserve: bool | Collection[Space] = False,
) -> Edit:
    """An edit by sliders; where the attributes lie may be unknown to the models, and it is then not local.

    Args:
        preserve: the spaces in which the rest is preserved; True: all of the edit's.

    Raises:
        SettingError: an attribute, a strength or a space that does not exist, no space, or one twice.

    >>> edit_of(editor.models, {"Smiling": 1.5, "Young": 0})
    Edit(strengths=(('Smiling', 1.5),), spaces=('w_plus', 'w_star'), local=True, locked=(), preserve=())
    """
    for what, given in (("spaces", spaces), ("locked", locked), ("preserve", preserve)):
        if isinstance(given, str):
            raise SettingError(f"{what} takes a list, such as [{given!r}].")
    if len(set(spaces)) < max(len(spaces), 1):
        raise SettingError(f"Name the spaces to edit in, each once: {', '.join(SPACES)}.")
    models.directions.strengths(strengths)  # a name that does not exist is told even where its strength is 0
    models.directions.strengths(dict.fromkeys(locked, 0.0))
    steady = tuple(spaces) if preserve is True else tuple(preserve or ())
    if unknown := {*spaces, *steady} - set(SPACES):
        raise SettingError(f"There is no space {min(unknown)!r}. There are: {', '.join(SPACES)}.")
    moved = tuple((name, float(value)) for name, value in strengths.items() if value)
    kept = tuple(name for name in models.directions.attributes if name in locked)
    return Edit(
        moved, tuple(spaces), local and models.regions is not None, kept, tuple(space for space in spaces if space in steady)
    )


def render(
    models: Models,
    renderer: Renderer,
    portrait: Portrait,
    edit: Edit,
    live: bool = False,
    details: Details | None = None,
    like: Rendering | None = None,
) -> Rendering:
    """Draw an edit of a portrait.

    Args:
        live: small pictures, several times faster.
        details: what makes live pictures larger and nearly as good as full ones, measured near this edit.
        like: another rendering of the portrait, whose codes are taken where it is of the same edit.

    >>> unedited = render(editor.models, editor.renderer, portrait, edit_of(editor.models, {}))
    >>> unedited.w_star is portrait.reconstruction
    True
    """
    if not edit.strengths:
        return Rendering(edit, None, {}, dict.fromkeys(edit.spaces, portrait.reconstruction), live)
    along: dict[Space, dict[str, float]] = {space: along_of(portrait, edit, space) for space in edit.spaces}
    if like and like.edit == edit and like.along == along and like.codes is not None:
        codes = like.codes
    else:
        codes = edited_codes(models, portrait, edit)
    drawn = renderer.draw(codes, portrait.lora, live, portrait.known)
    by_space = dict(zip(edit.spaces, (drawn if live else to_bytes(drawn)).split(1), strict=True))
    if not live:
        return Rendering(edit, codes, by_space, Pictures(by_space), along=along)
    shown = torch.cat([details[space].add_to(small) for space, small in by_space.items()]) if details else drawn
    return Rendering(edit, codes, by_space, dict(zip(edit.spaces, to_pictures(shown), strict=True)), live, along)


def along_of(portrait: Portrait, edit: Edit, space: Space) -> dict[str, float]:
    """The sliders that move beside an edit on this face, and by how much; {} where nothing is preserved, or not yet known.

    Near an edit that was looked at, it is a share of what was found there.

    >>> along_of(portrait, edit_of(editor.models, {"Smiling": 1.5}), "w_star")
    {}
    """
    conditions = edit.conditions(space)
    return portrait.kept.near(conditions, edit.strengths) if conditions.rest or conditions.locked else {}


def strip(
    models: Models,
    renderer: Renderer,
    portrait: Portrait,
    edit: Callable[[float], Edit],
    values: Sequence[float],
    details: Details | None = None,
) -> dict[Space, list[Image.Image]]:
    """Live pictures of edits side by side, all of one size, one for each value in each of the edits' spaces.

    Args:
        edit: a value -> the edit, always of the same spaces.
        details: what makes live pictures larger and nearly as good as full ones; None: the portrait's own.

    >>> pictures = strip(editor.models, editor.renderer, portrait, lambda s: edit_of(editor.models, {"Smiling": s}), (0, 1))
    >>> [picture.size for picture in pictures["w_star"]]
    [(512, 512), (512, 512)]
    """
    edits = [edit(value) for value in values]
    details = details or dict.fromkeys(SPACES, portrait.detail)
    side = portrait.detail.missing.shape[-1]
    drawn = [render(models, renderer, portrait, one, live=True, details=details).images for one in edits]
    shown: list[Space] = [space for space in SPACES if any(space in one.spaces for one in edits)]
    return {space: [images[space].resize((side, side), Image.Resampling.BOX) for images in drawn] for space in shown}


def edited_codes(models: Models, portrait: Portrait, edit: Edit) -> Codes:
    """What to draw of an edit of a portrait, one picture for each of its spaces.

    >>> codes = edited_codes(editor.models, portrait, edit_of(editor.models, {"Smiling": 1.5}))
    >>> codes.codes.shape  # two pictures, W+ and W*, each of the code as it is and of the edited one
    torch.Size([2, 2, 18, 512])
    """
    locked = tuple(map(models.directions.attributes.index, edit.locked))
    asked = models.directions.strengths(dict(edit.strengths))
    beside: dict[Space, torch.Tensor] = {
        space: models.directions.strengths(along_of(portrait, edit, space)) for space in edit.spaces
    }
    helping = torch.stack(list(beside.values())).any(0) & ~asked.bool()
    edited = torch.cat([asked.nonzero(), helping.nonzero()]).flatten()  # as many codes in each picture
    start = Start(portrait.w_plus, portrait.w_star, locked)
    regions = models.regions if edit.local else None
    return together(
        [
            apply_edit(start, asked, space, models.flow, models.directions, regions, edited, amounts)
            for space, amounts in beside.items()
        ]
    )


def edited_code(models: Models, w_plus: WPlus, strengths: Mapping[str, float], space: Space) -> Codes:
    """What to draw of a local edit in one space, of a code, [1, 18, 512], that is no portrait's.

    Raises:
        SettingError: an attribute or a strength that does not exist.

    >>> codes = edited_code(editor.models, portrait.w_plus, {"Smiling": 1.5}, "w_star")
    >>> torch.equal(codes.codes[0, 0], portrait.w_plus[0])
    True
    """
    amounts = models.directions.strengths(strengths)
    here = WPlus(w_plus.to(models.directions.w_star.steps.device))
    with torch.inference_mode():
        start = Start(here, models.flow(here))
    return apply_edit(start, amounts, space, models.flow, models.directions, models.regions)


def details_of(renderer: Renderer, portrait: Portrait, full: Rendering, small: Rendering | None = None) -> dict[Space, Detail]:
    """What small drawings miss near an edit.

    Args:
        full: the edit drawn in full.
        small: the same edit drawn live, if it was; it is drawn otherwise.

    >>> unedited = render(editor.models, editor.renderer, portrait, edit_of(editor.models, {}))
    >>> details_of(editor.renderer, portrait, unedited)["w_star"] is portrait.detail
    True
    """
    if full.codes is None:
        return dict.fromkeys(full.edit.spaces, portrait.detail)
    if small and small.codes is full.codes:
        drawn = small.drawn
    else:
        drawn = dict(zip(full.edit.spaces, renderer.draw(full.codes, portrait.lora, live=True).split(1), strict=True))
    return {space: Detail.between(full.signed(space), drawn[space]) for space in full.edit.spaces}
