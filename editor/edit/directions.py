"""w* -> w*': move a code along one direction an attribute, in W* or, for the comparison, in W+.

InterFaceGAN (Shen et al., 2020), and the paper in W*: a linear SVM separates the codes with an attribute from those without;
the edit goes along its unit normal. In W* normals may be corrected by images' responses (`editor.train.directions.corrected`).
Both spaces are measured in the flow's normalised numbers, so one formula serves for unit directions n_i:

    numbers' = numbers + sum_i strength_i step_i n_i

A step is how far one unit of strength goes; `calibration` chooses it so that a unit does as much in either space.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path

import torch

from editor.errors import SettingError
from editor.flow import RealNVP
from editor.spaces import SPACES, WPlus, WStar
from editor.weights.tensors import Tensors, read_as, write_tensors

MAX_STRENGTH = 2.0
"""Sliders go from minus this to this."""
LONGEST_NAME = 40
"""Characters of an unknown name that an error repeats."""


@dataclass(frozen=True, eq=False)
class SpaceDirections:
    """The directions of one space, in the order of the attributes.

    Attributes:
        normals: unit vectors [K, 9216] in normalised codes.
        intercepts: [K]; code @ normal + intercept > 0 is the attribute's side, by the SVM or half-way between the classes.
        steps: [K], length of one unit of strength.
        accuracy: [K], share of test codes on the right side of an SVM in this space.
    """

    normals: torch.Tensor
    intercepts: torch.Tensor
    steps: torch.Tensor
    accuracy: torch.Tensor

    def to(self, device: torch.device) -> "SpaceDirections":
        """The directions on a device."""
        return SpaceDirections(*(value.to(device) for value in vars(self).values()))

    def shift(self, strengths: torch.Tensor) -> torch.Tensor:
        """What to add to normalised codes, [9216] or [B, 9216], for strengths [K] or [B, K], in units of a slider.

        >>> part = SpaceDirections(torch.eye(2, 4), torch.zeros(2), torch.tensor([3.0, 1.0]), torch.ones(2))
        >>> part.shift(torch.tensor([0.5, -2.0]))
        tensor([ 1.5000, -2.0000,  0.0000,  0.0000])
        """
        return (strengths.to(self.steps.device) * self.steps) @ self.normals


@dataclass(frozen=True, eq=False)
class Directions:
    """Directions of both spaces.

    Attributes:
        attributes: K names.
        w_plus, w_star: the directions in each space.
        majority: [K], share of the commoner class among the test codes: what a constant answer scores.
        encoder, flow: sha256 of the weights whose codes these directions belong to.
    """

    attributes: tuple[str, ...]
    w_plus: SpaceDirections
    w_star: SpaceDirections
    majority: torch.Tensor
    encoder: str
    flow: str

    def to(self, device: torch.device) -> "Directions":
        """The directions on a device."""
        return replace(self, w_plus=self.w_plus.to(device), w_star=self.w_star.to(device))

    def strengths(self, chosen: Mapping[str, float]) -> torch.Tensor:
        """Strengths as a vector [K], on the CPU; attributes that are not named stay at 0.

        Raises:
            SettingError: an attribute does not exist, or a strength is not a finite number within the range. Names come first:
                one that does not exist is told whatever its strength.

        >>> part = SpaceDirections(torch.eye(2, 9216), torch.zeros(2), torch.ones(2), torch.ones(2))
        >>> directions = Directions(("Smiling", "Young"), part, part, torch.ones(2), encoder="", flow="")
        >>> directions.strengths({"Young": -0.5})
        tensor([ 0.0000, -0.5000])
        >>> directions.strengths({"Yuong": 1})
        Traceback (most recent call last):
        editor.errors.SettingError: There is no attribute 'Yuong'. There are: Smiling, Young.
        """
        for name in chosen:
            if name not in self.attributes:
                known = ", ".join(self.attributes)
                raise SettingError(f"There is no attribute {str(name)[:LONGEST_NAME]!r}. There are: {known}.")
        values = torch.zeros(len(self.attributes))
        for name, strength in chosen.items():
            number = isinstance(strength, Real) and not isinstance(strength, bool)
            if not number or not -MAX_STRENGTH <= strength <= MAX_STRENGTH:
                raise SettingError(f"{name}: a strength is a number between {-MAX_STRENGTH:g} and {MAX_STRENGTH:g}.")
            values[self.attributes.index(name)] = float(strength)
        return values


def edit_w_plus(w_plus: WPlus, strengths: torch.Tensor, flow: RealNVP, directions: SpaceDirections) -> WPlus:
    """The edit made directly in W+. The flow only lends its centring and scaling.

    Args:
        w_plus: [B, 18, 512].
        strengths: [K] or [B, K], in units of a slider.
        directions: those of W+.

    Returns:
        The edited codes, [B, 18, 512].

    >>> from editor.flow import FlowConfig
    >>> part = SpaceDirections(torch.eye(1, 9216), torch.zeros(1), torch.tensor([3.0]), torch.ones(1))
    >>> flow, w_plus = RealNVP(FlowConfig(couplings=2, hidden=8)), WPlus(torch.zeros(1, 18, 512))
    >>> edit_w_plus(w_plus, torch.tensor([1.0]), flow, part)[0, 0, :3]
    tensor([3., 0., 0.])
    """
    return flow.denormalise(flow.normalise(w_plus) + directions.shift(strengths))


def edit_w_star(w_plus: WPlus, strengths: torch.Tensor, flow: RealNVP, directions: SpaceDirections) -> WPlus:
    """The edit made in W*: T^-1(T(w) + shift).

    Args:
        w_plus: [B, 18, 512].
        strengths: [K] or [B, K], in units of a slider.
        directions: those of W*.

    Returns:
        The edited codes in W+, [B, 18, 512].

    >>> from editor.flow import FlowConfig
    >>> part = SpaceDirections(torch.eye(1, 9216), torch.zeros(1), torch.tensor([3.0]), torch.ones(1))
    >>> flow, w_plus = RealNVP(FlowConfig(couplings=2, hidden=8)), WPlus(torch.randn(1, 18, 512))
    >>> torch.allclose(edit_w_star(w_plus, torch.zeros(1), flow, part), w_plus, atol=1e-5)
    True
    """
    return from_w_star(flow(w_plus), strengths, flow, directions)


def from_w_star(w_star: WStar, strengths: torch.Tensor, flow: RealNVP, directions: SpaceDirections) -> WPlus:
    """The edit made in W*, of codes whose T(w) is known: T^-1(w* + shift).

    Args:
        w_star: [B, 18, 512].
        strengths: [K] or [B, K], in units of a slider; either B may be 1.
        directions: those of W*.

    Returns:
        The edited codes in W+, [B, 18, 512].

    >>> from editor.flow import FlowConfig
    >>> part = SpaceDirections(torch.eye(1, 9216), torch.zeros(1), torch.ones(1), torch.ones(1))
    >>> flow, w_star = RealNVP(FlowConfig(couplings=2, hidden=8)), WStar(torch.zeros(1, 18, 512))
    >>> from_w_star(w_star, torch.tensor([[-1.0], [0.0], [1.0]]), flow, part).shape
    torch.Size([3, 18, 512])
    """
    return flow.inverse(WStar(w_star + directions.shift(strengths).unflatten(-1, w_star.shape[1:])))


EDITS = {"w_plus": edit_w_plus, "w_star": edit_w_star}


def write_directions(directions: Directions, path: Path) -> None:
    """Save; normals in half precision.

    >>> write_directions(directions, folder / "directions.safetensors")
    >>> read_directions(folder / "directions.safetensors").attributes
    ('Smiling', 'Young')
    """
    tensors = {"majority": directions.majority}
    for space in SPACES:
        part: SpaceDirections = getattr(directions, space)
        tensors |= {f"{space}.{name}": value for name, value in vars(part).items()}
        tensors[f"{space}.normals"] = part.normals.half()
    about = {"attributes": directions.attributes, "encoder": directions.encoder, "flow": directions.flow}
    write_tensors(path, tensors, {"directions": json.dumps(about)})


def read_directions(path: Path) -> Directions:
    """Load what `write_directions` saved.

    Raises:
        WeightsError: the file is another kind of file.

    >>> write_directions(directions, folder / "directions.safetensors")
    >>> again = read_directions(folder / "directions.safetensors")
    >>> again.w_star.normals.shape, torch.equal(again.w_star.steps, directions.w_star.steps), again.flow == directions.flow
    (torch.Size([2, 72]), True, True)
    """

    def build(tensors: Tensors, metadata: dict[str, str]) -> Directions:
        about = json.loads(metadata["directions"])
        parts = {
            space: SpaceDirections(**{name: tensors[f"{space}.{name}"] for name in SpaceDirections.__annotations__})
            for space in SPACES
        }
        names = tuple(about["attributes"])
        return Directions(names, **parts, majority=tensors["majority"], encoder=about["encoder"], flow=about["flow"])

    return read_as(path, "directions", build)
