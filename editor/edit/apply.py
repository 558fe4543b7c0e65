"""A code and the strengths of sliders -> the codes to draw.

Everywhere, an edit is one code. Local, it is several: the code as it is, the code after the first attribute's edit, after the
second's, and so on, each with the mask of where it shows (`editor.edit.regions`).
"""

from dataclasses import dataclass

import torch

from editor.edit.directions import Directions, edit_w_plus, from_w_star
from editor.edit.locks import locked_directions
from editor.edit.regions import Regions
from editor.flow import RealNVP
from editor.spaces import Codes, MaskedCodes, Space, WPlus, WStar


@dataclass(frozen=True, eq=False)
class Start:
    """A face's code in both spaces, where an edit begins.

    Attributes:
        w_plus, w_star: [1, 18, 512] each; w_star = T(w_plus).
        locked: numbers of the attributes whose normals other attributes' steps leave out.
    """

    w_plus: WPlus
    w_star: WStar
    locked: tuple[int, ...] = ()


def apply_edit(
    start: Start,
    strengths: torch.Tensor,
    space: Space,
    flow: RealNVP,
    directions: Directions,
    regions: Regions | None = None,
    edited: torch.Tensor | None = None,
    amounts: torch.Tensor | None = None,
) -> Codes:
    """The codes to draw after an edit in one space; T^-1 is computed once.

    Args:
        strengths: [K], of all attributes, in units of a slider.
        regions: where the attributes lie, for a local edit; None: the edit goes everywhere.
        edited: numbers of the attributes that get a code of their own in a local edit, int64 [J]; None: those that move.
        amounts: [K], by which sliders move beside that (`editor.edit.preserving`). A slider that was not asked for moves only
            where those lie that were.

    Returns:
        Codes of W+: [1, 18, 512] where the edit goes everywhere, else the masked codes of one picture.

    >>> from editor.flow import FlowConfig
    >>> from editor.edit.directions import SpaceDirections
    >>> flow, w_plus = RealNVP(FlowConfig(couplings=2, hidden=8)), WPlus(torch.zeros(1, 18, 512))
    >>> part = SpaceDirections(torch.eye(2, 9216), torch.zeros(2), torch.tensor([3.0, 1.0]), torch.ones(2))
    >>> directions = Directions(("Smiling", "Young"), part, part, torch.ones(2), encoder="", flow="")
    >>> edited = apply_edit(Start(w_plus, flow(w_plus)), torch.tensor([2.0, 0.0]), "w_star", flow, directions)
    >>> round(edited[0, 0, 0].item(), 3), edited.abs().sum().item() == edited[0, 0, 0].item()
    (6.0, True)
    """
    whole = strengths if amounts is None else strengths + amounts
    if regions is None:
        return _move(start, whole[None], space, flow, directions)
    asked = strengths.nonzero().flatten()
    if edited is None:
        edited = torch.cat([asked, (whole.bool() & ~strengths.bool()).nonzero().flatten()])
    steps, masks = regions.inside(asked).in_turn(whole, edited)
    moved = _move(start, steps[1:], space, flow, directions)
    return MaskedCodes(torch.cat([start.w_plus.to(moved), moved])[None], masks[None])


def _move(start: Start, strengths: torch.Tensor, space: Space, flow: RealNVP, directions: Directions) -> WPlus:
    """Codes [B, 18, 512] for strengths [B, K]."""
    part = locked_directions(getattr(directions, space), start.locked)
    with torch.inference_mode():
        if space == "w_plus":
            return edit_w_plus(WPlus(start.w_plus.to(part.steps.device)), strengths, flow, part)
        return from_w_star(WStar(start.w_star.to(part.steps.device)), strengths, flow, part)
