"""Open a photo: find and align its face, encode it, and draw what the model makes of it.

photo --align--> face --encode--> w+ (--refine--> w+) --> portrait
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from editor.encode.face import FaceEncoder
from editor.face import Face
from editor.images import to_tensor
from editor.judge.quality import visible_reasons
from editor.portrait import Portrait
from editor.reconstructor import Reconstructor
from editor.spaces import WPlus

Refine = Callable[[WPlus, torch.Tensor, int], WPlus]
"""A code, the face's pixels, steps -> a nearer code."""


def open_face(
    face: Face, encode: FaceEncoder, reconstruct: Reconstructor, refine: Refine | None = None, steps: int = 0
) -> Portrait:
    """The portrait of an aligned face of any size.

    Args:
        face: framed as FFHQ frames faces.
        encode: its pixels, [1, 3, R, R] in [-1, 1] -> its code, [1, 18, 512].
        reconstruct: makes the portrait of face, pixels and code.
        refine, steps: moves the code so many steps before it is drawn; 0: not at all.

    >>> opened = open_face(portrait.face, editor.encode, editor.reconstruct)
    >>> np.allclose(opened.w_plus, portrait.w_plus, atol=1e-5)
    True
    """
    pixels = to_tensor(face.image)
    reasons = visible_reasons(np.asarray(face.image), face.landmarks)
    code = encode(pixels)
    if refine is None or steps < 1:
        return reconstruct(face, pixels, code, reasons=reasons)
    return replace(reconstruct(face, pixels, refine(code, pixels, steps), reasons=reasons), refined=steps)
