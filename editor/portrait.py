"""What the actions pass on: an opened photo, an edit, and what was drawn of it. Values; they compute nothing."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from PIL import Image

from editor.edit.kept import Conditions, Kept
from editor.face import Face
from editor.generate.detail import Detail
from editor.generate.known import Known
from editor.generate.trunk import LoRA
from editor.images import picture_of, to_signed
from editor.judge.quality import ReconstructionQuality
from editor.spaces import SPACES, Codes, Space, WPlus, WStar

Why = Literal["identity", "realism"]
"""What a face loses beyond its safe range."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """An opened photo: everything that belongs to one user, and nothing that moves with a slider.

    Attributes:
        face: the aligned face, and where it lies in the photo.
        w_plus: its code, [1, 18, 512], on the CPU.
        w_star: T(w_plus), [1, 18, 512], on the CPU.
        reconstruction: what the generator draws from the code as it is.
        quality: how far the reconstruction is from the face.
        detail: what a small drawing of the code misses of the reconstruction, on the CPU.
        logits: the evaluation classifier's of the reconstruction, [1, M]; None if the models have none.
        lora: what makes the generator this photo's own, in half precision; None: the generator as it is.
        kept: what other sliders have to move for edits to preserve the rest of this face, and locked attributes of it.
        known: what makes edits of it quicker to draw; None: they are drawn as any other picture.
        refined, tuned: steps that led from the encoder's code to this one, and from the generator as it is to this photo's own.
    """

    face: Face
    w_plus: WPlus
    w_star: WStar = field(repr=False)
    reconstruction: Image.Image
    quality: ReconstructionQuality
    detail: Detail = field(repr=False)
    logits: torch.Tensor | None = field(default=None, repr=False)
    lora: LoRA | None = field(default=None, repr=False)
    kept: Kept = field(default_factory=Kept, repr=False)
    known: Known | None = field(default=None, repr=False)
    refined: int = 0
    tuned: int = 0


@dataclass(frozen=True)
class Edit:
    """Which sliders are moved, and how.

    Attributes:
        strengths: (attribute, signed strength in units of a slider) of every slider that is not at 0.
        spaces: where to edit.
        local: whether to change the picture only where the attributes lie.
        locked: attributes that are to stay as they are, in the order of the directions.
        preserve: the spaces in which all that anyone can name is to stay as it is, but what was asked for.
    """

    strengths: tuple[tuple[str, float], ...]
    spaces: tuple[Space, ...] = SPACES
    local: bool = True
    locked: tuple[str, ...] = ()
    preserve: tuple[Space, ...] = ()

    def conditions(self, space: Space) -> Conditions:
        """Under what conditions it is made in one space.

        >>> Edit((("Smiling", 1.5),), preserve=("w_star",)).conditions("w_star")
        Conditions(space='w_star', local=True, locked=(), rest=True)
        """
        return Conditions(space, self.local, self.locked, space in self.preserve)


class Pictures(Mapping[Space, Image.Image]):
    """Pictures of bytes, [1, 3, R, R] by space, made each time they are asked for: as pictures they would take as much again.

    >>> pictures = Pictures({"w_star": torch.zeros(1, 3, 8, 8, dtype=torch.uint8)})
    >>> list(pictures), pictures["w_star"].size
    (['w_star'], (8, 8))
    """

    def __init__(self, pixels: Mapping[Space, torch.Tensor]):
        self._pixels = pixels

    def __getitem__(self, space: Space) -> Image.Image:
        return picture_of(self._pixels[space])

    def __iter__(self) -> Iterator[Space]:
        return iter(self._pixels)

    def __len__(self) -> int:
        return len(self._pixels)


@dataclass(frozen=True, eq=False)
class Rendering:
    """What was drawn of an edit.

    Attributes:
        edit: the edit.
        codes: what was drawn, one picture for each of `edit.spaces`; None where no slider is moved.
        drawn: space -> what the generator drew, [1, 3, R, R]: bytes where it is full, in about [-1, 1] where it is live; empty
            where no slider is moved.
        images: space -> the picture to show.
        live: whether it was drawn small.
        along: space -> slider -> units by which it moved beside what was asked for, to preserve the rest or what is locked.
    """

    edit: Edit
    codes: Codes | None = field(repr=False)
    drawn: Mapping[Space, torch.Tensor] = field(repr=False)
    images: Mapping[Space, Image.Image]
    live: bool = False
    along: Mapping[Space, Mapping[str, float]] = field(default_factory=dict)

    def signed(self, space: Space) -> torch.Tensor:
        """What was drawn in a space, float32 [1, 3, R, R] in about [-1, 1].

        >>> drawn = {"w_star": torch.full((1, 3, 8, 8), 255, dtype=torch.uint8)}
        >>> Rendering(Edit((("Smiling", 1.0),)), None, drawn, {}).signed("w_star").unique()
        tensor([1.])
        """
        drawn = self.drawn[space]
        return to_signed(drawn) if drawn.dtype == torch.uint8 else drawn.float()

    @property
    def w_plus(self) -> Image.Image | None:
        """The picture edited in W+; None if that was not asked for.

        >>> rendering = Rendering(Edit((("Smiling", 1.0),), ("w_star",)), None, {}, {"w_star": Image.new("RGB", (8, 8))})
        >>> rendering.w_star.size, rendering.w_plus
        ((8, 8), None)
        """
        return self.images.get("w_plus")

    @property
    def w_star(self) -> Image.Image | None:
        """The picture edited in W*; None if that was not asked for."""
        return self.images.get("w_star")


@dataclass(frozen=True)
class SafeRange:
    """The strengths of one attribute between which one face stays itself and looks like a photo.

    Attributes:
        name: the attribute.
        low, high: the ends, in [-2, 0] and [0, 2], multiples of 0.1.
        why_low, why_high: what is lost beyond an end; None: nothing up to the slider's own end.
    """

    name: str
    low: float
    high: float
    why_low: Why | None
    why_high: Why | None


@dataclass(frozen=True)
class EditedCode:
    """What an edit in one space did to the code.

    Attributes:
        moved: distance to the unedited code in W+, mean over the layers.
        moved_w_star: the same in W*, in standard deviations of codes.
        to_w: distance of the edited code to W (`editor.spaces.distance_to_w`).
    """

    moved: float
    moved_w_star: float
    to_w: float


@dataclass(frozen=True, eq=False)
class Logit:
    """One attribute by the evaluation classifier, before and after an edit.

    Attributes:
        name: the attribute.
        before: the logit of the reconstruction.
        after: space -> the logit of the edited picture.
    """

    name: str
    before: float
    after: Mapping[Space, float]

    @property
    def probabilities(self) -> tuple[float, dict[Space, float]]:
        """The same as probabilities, in [0, 1]. The classifier learnt them from photos; generated faces may lie elsewhere.

        >>> Logit("Smiling", 0.0, {"w_star": 2.0}).probabilities
        (0.5, {'w_star': 0.8807970779778823})
        """
        return _sigmoid(self.before), {space: _sigmoid(value) for space, value in self.after.items()}


@dataclass(frozen=True, eq=False)
class CodeReport:
    """What can be measured of a portrait's code, and of an edit of it.

    Attributes:
        norm: space -> mean over the layers of the norm of the unedited code.
        to_w: distance of the unedited code to W, relative to its size; 0 in W (`editor.spaces.distance_to_w`).
        round_trip: |T^-1(T(w)) - w| / |w|.
        edited: space -> what the edit there did to the code.
        logits: of every attribute that the evaluation classifier knows, in its order; () without one.
    """

    norm: Mapping[Space, float]
    to_w: float
    round_trip: float
    edited: Mapping[Space, EditedCode]
    logits: tuple[Logit, ...] = ()


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-max(min(logit, 700.0), -700.0)))
