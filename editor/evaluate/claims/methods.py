"""The ways to edit that are compared: each moves codes along one attribute by an amount of its own unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch

from editor.edit.directions import EDITS, Directions, SpaceDirections
from editor.edit.locks import all_others_locked
from editor.edit.regions import Regions
from editor.evaluate.baselines.latent_transformer import LatentTransformer
from editor.flow import RealNVP
from editor.spaces import Codes, MaskedCodes, Space, WPlus, masked_edit

METHODS = (
    *("w_plus", "w_plus_conditional", "latent_transformer", "w_star", "w_star_locked", "w_star_preserve"),
    *("w_plus_preserve", "w_star_everywhere", "w_plus_local", "w_plus_c1", "w_star_c1"),
)
"""The names of all methods but those of further directions."""
STEPS_PER_UNIT = 4.0
"""Steps in a unit along normals of SVMs with C = 1. They follow the labels' noise, so attributes change slowly along them."""


class Method(Protocol):
    """Moves codes [B, 18, 512] along attribute `k` by amounts [B], signed; 0 leaves a code as it is."""

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> Codes: ...


@dataclass(frozen=True)
class AlongNormals:
    """The editor's own edit, in one space: InterFaceGAN's in W+, this project's in W*.

    Attributes:
        space: the space in which codes are moved.
        flow: T, which normalises codes and maps them to W*.
        directions: of that space. An amount of 1 is one step of theirs.
    """

    space: Space
    flow: RealNVP
    directions: SpaceDirections

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> WPlus:
        strengths = torch.zeros(len(amounts), len(self.directions.steps))
        strengths[:, k] = amounts
        return EDITS[self.space](w_plus, strengths, self.flow, self.directions)


@dataclass(frozen=True)
class LocalEdit:
    """An edit that changes the picture only in the attribute's region.

    Attributes:
        edit: what is done there.
        regions: of the K attributes.
    """

    edit: AlongNormals
    regions: Regions

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> MaskedCodes:
        return masked_edit(w_plus, self.edit(w_plus, k, amounts), self.regions.masks(torch.tensor([k])))


@dataclass(frozen=True, eq=False)
class ByTransformer:
    """The Latent Transformer's edit.

    Attributes:
        flow: normalises codes.
        transformers: K, one for each attribute. An amount of 1 is the shift that they were trained to make.
    """

    flow: RealNVP
    transformers: Sequence[LatentTransformer]

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> WPlus:
        codes = self.flow.normalise(w_plus)
        return self.flow.denormalise(codes + amounts[:, None] * self.transformers[k](codes))


def all_methods(
    flow: RealNVP,
    w_plus: SpaceDirections,
    w_star: SpaceDirections,
    transformers: Sequence[LatentTransformer],
    regions: Regions | None = None,
) -> dict[str, Method]:
    """The compared methods by name.

    Args:
        w_plus, w_star: the directions of both spaces.
        transformers: one for each attribute; empty if that method is not measured.
        regions: the regions of local edits in W*. Two controls are added then: W* without regions, and W+ with them.

    >>> methods = all_methods(flow, directions.w_plus, directions.w_star, transformers=[])
    >>> sorted(methods)
    ['latent_transformer', 'w_plus', 'w_plus_conditional', 'w_star', 'w_star_locked']
    >>> methods["w_star"](codes.w_plus, 0, torch.zeros(60)).shape
    torch.Size([60, 18, 4])
    """

    def locked(part: SpaceDirections) -> SpaceDirections:
        return replace(part, normals=all_others_locked(part.normals))

    plain = AlongNormals("w_plus", flow, w_plus)
    ours = {"w_star": AlongNormals("w_star", flow, w_star), "w_star_locked": AlongNormals("w_star", flow, locked(w_star))}
    rivals: dict[str, Method] = {
        "w_plus": plain,
        "w_plus_conditional": AlongNormals("w_plus", flow, locked(w_plus)),
        "latent_transformer": ByTransformer(flow, transformers),
    }
    if regions is None:
        return rivals | ours
    controls = {"w_star_everywhere": ours["w_star"], "w_plus_local": LocalEdit(plain, regions)}
    return rivals | {name: LocalEdit(edit, regions) for name, edit in ours.items()} | controls


def equally_far(directions: Directions) -> tuple[SpaceDirections, SpaceDirections]:
    """Both spaces' directions with the longer of their two steps, so that amounts are searched equally far in both.

    The shipped steps have the same effect. With them, the search would end early in the space whose edits leak more.

    >>> further = replace(directions, w_star=replace(directions.w_star, steps=torch.tensor([5.0, 1.0])))
    >>> directions.w_plus.steps, equally_far(further)[0].steps
    (tensor([3., 3.]), tensor([5., 3.]))
    """
    longer = torch.maximum(directions.w_plus.steps, directions.w_star.steps)
    return replace(directions.w_plus, steps=longer), replace(directions.w_star, steps=longer)


def at_default_c(flow: RealNVP, directions: Directions, normals: Mapping[Space, torch.Tensor]) -> dict[str, Method]:
    """`w_plus_c1` and `w_star_c1`: edits of the whole picture along normals of SVMs with scikit-learn's C of 1.

    The paper names no other C. The directions' own C is chosen on validation people. InterFaceGAN's code has a C of 1 too, but
    in W's 512 numbers and on the most certain samples only, so this is not what it published.

    >>> sorted(at_default_c(flow, directions, {"w_plus": torch.eye(2, 72), "w_star": torch.eye(2, 72)}))
    ['w_plus_c1', 'w_star_c1']
    """
    w_plus, _ = equally_far(directions)
    steps = w_plus.steps * STEPS_PER_UNIT
    return {
        f"{space}_c1": AlongNormals(space, flow, replace(w_plus, normals=own, steps=steps)) for space, own in normals.items()
    }


def methods_with(flow: RealNVP, directions: Directions, shipped: Directions, name: str) -> dict[str, Method]:
    """`w_plus_NAME` and `w_star_NAME`, which follow other directions, if these differ from the shipped ones in the space.

    >>> turned = replace(directions.w_star, normals=directions.w_star.normals.flip(0))
    >>> sorted(methods_with(flow, replace(directions, w_star=turned), directions, "turned"))  # W+'s are the same
    ['w_star_turned']
    """
    w_plus, w_star = equally_far(directions)
    pairs: dict[Space, tuple[SpaceDirections, SpaceDirections]] = {
        "w_plus": (w_plus, shipped.w_plus),
        "w_star": (w_star, shipped.w_star),
    }
    return {
        f"{space}_{name}": AlongNormals(space, flow, part)
        for space, (part, other) in pairs.items()
        if not torch.allclose(part.normals, other.normals, atol=1e-3)
    }
