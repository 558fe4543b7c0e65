"""Open a photo: find and align its face, encode it, and draw what the model makes of it.

photo --align--> face --encode--> w+ (--refine--> w+) --> portrait
"""

from dataclasses import replace
from typing import Protocol

import numpy as np
import torch

from editor.encode.face import FaceEncoder
from editor.face import Face
from editor.images import to_tensor
from editor.judge.quality import visible_reasons
from editor.portrait import Portrait
from editor.reconstructor import Drawn, Reconstructor
from editor.spaces import WPlus


class Refine(Protocol):
    """Moves codes nearer to a face."""

    def __call__(self, w_plus: WPlus, face: torch.Tensor, steps: int, reasons: tuple[str, ...]) -> tuple[WPlus, Drawn]:
        """A nearer code and what it draws, as `Fitter.refined_code` says."""
        ...


def open_face(
    face: Face, encode: FaceEncoder, reconstruct: Reconstructor, refine: Refine | None = None, steps: int = 0
) -> Portrait:
    """The portrait of an aligned face of any size.

    Args:
        face: framed as FFHQ frames faces.
        encode: its pixels, [1, 3, R, R] in [-1, 1] -> its code, [1, 18, 512].
        reconstruct: makes the portrait of face, pixels and code.
        refine, steps: moves the code by so many steps; 0: not at all.

    >>> opened = open_face(portrait.face, editor.encode, editor.reconstruct)
    >>> np.allclose(opened.w_plus, portrait.w_plus, atol=1e-5)
    True
    """
    pixels = to_tensor(face.image)
    reasons = visible_reasons(np.asarray(face.image), face.landmarks)
    code = encode(pixels)
    if refine is None or steps < 1:
        return reconstruct(face, pixels, code, reasons=reasons)
    nearer, drawn = refine(code, pixels, steps, reasons)
    return replace(reconstruct.portrait(face, drawn, nearer), refined=steps)
