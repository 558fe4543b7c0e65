"""An opened photo and its edits: values, passed from the pipeline to whoever asked."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from editor.align import Detection, Quad
from editor.edit.preserve import Mixing
from editor.generate.trunk import LoRA
from editor.judge.quality import ReconstructionQuality
from editor.spaces import WPlus

if TYPE_CHECKING:
    from editor.pipeline import Editor


JUDGED_AT = 256
"""Side in pixels at which a face and its reconstruction are compared."""


@dataclass(frozen=True, eq=False)
class Found:
    """A face found in a photo and cut out.

    Attributes:
        face: the aligned face, 1024 px.
        quad: where it lies in the upright photo.
        detections: all faces of the photo, largest first.
        chosen: which of them this is.
        closer: the chosen one, its landmarks found again on an enlarged crop.
        notes: what a person should know about how the photo was read.
    """

    face: Image.Image
    quad: Quad
    detections: tuple[Detection, ...]
    chosen: int
    closer: Detection
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Portrait:
    """An opened photo: everything that belongs to one user, and nothing that moves with a slider.

    Attributes:
        face: the aligned face, 1024 px.
        w_plus: its code, [1, 18, 512], on the CPU.
        reconstruction: what the generator draws from the code as it is.
        quad: where the face lies in the upright photo.
        detections: all faces of the photo, largest first.
        chosen: which of them this is.
        quality: how far the reconstruction is from the face.
        editor: what opened it, and can refine it.
        lora: what makes the generator this photo's own, in half precision; None: the generator as it is.
        notes: what a person should know about how the photo was read.
        steady: attribute -> amounts [K] of all that a unit of it is made of on this face, in W*; see `editor.edit.preserve`.
    """

    face: Image.Image
    w_plus: WPlus
    reconstruction: Image.Image
    quad: Quad
    detections: tuple[Detection, ...]
    chosen: int
    quality: ReconstructionQuality
    editor: "Editor" = field(repr=False, compare=False)
    lora: LoRA | None = field(default=None, repr=False, compare=False)
    notes: tuple[str, ...] = ()
    steady: Mixing = field(default_factory=dict, repr=False, compare=False)

    def refine(self, steps: int, progress: Callable[[int, int], object] | None = None) -> "Portrait":
        """A better likeness of the same face, or this one where none was found: another code. Tenths of a second a step.

        Args:
            progress: told (step, steps) at every step.

        Raises:
            SettingError: fewer than one step.
            EditorError: memory ran out.
        """
        return _last(self, self.editor.refine(self, steps, every=0), steps, progress)

    def tune(self, steps: int, progress: Callable[[int, int], object] | None = None) -> "Portrait":
        """A better likeness still, after refining: the same code, and a generator changed a little for this photo.

        Takes and raises what `refine` does.
        """
        return _last(self, self.editor.tune(self, steps, every=0), steps, progress)

    def steadied(self, names: Collection[str], progress: Callable[[int, int], object] | None = None) -> "Portrait":
        """The same face, on which edits of these attributes in W* change less besides. Seconds an attribute.

        Args:
            progress: told (attribute, attributes) after each.

        Raises:
            SettingError: an attribute that does not exist, or that the training classifier does not know.
        """
        return _last(self, self.editor.steady(self, names), len(names), progress)


def _last(
    portrait: Portrait,
    improved: Iterator[tuple[int, Portrait]],
    steps: int,
    progress: Callable[[int, int], object] | None,
) -> Portrait:
    best = portrait
    for step, better in improved:
        best = better
        if progress:
            progress(step, steps)
    return best


@dataclass(frozen=True, eq=False)
class Images:
    """The same edit made in both spaces; None where a space was not asked for."""

    w_plus: Image.Image | None = None
    w_star: Image.Image | None = None
