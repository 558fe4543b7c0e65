"""Open a photo: find and align its face, encode it, and draw what the model makes of it.

photo --align--> face --encode--> w+ --> portrait
"""

import numpy as np

from editor.encode.face import FaceEncoder
from editor.face import Face
from editor.images import to_tensor
from editor.judge.quality import visible_reasons
from editor.portrait import Portrait
from editor.reconstructor import Reconstructor


def open_face(face: Face, encode: FaceEncoder, reconstruct: Reconstructor) -> Portrait:
    """The portrait of an aligned face of any size.

    Args:
        face: framed as FFHQ frames faces.
        encode: its pixels, [1, 3, R, R] in [-1, 1] -> its code, [1, 18, 512].
        reconstruct: makes the portrait of face, pixels and code.

    >>> opened = open_face(portrait.face, editor.encode, editor.reconstruct)
    >>> np.allclose(opened.w_plus, portrait.w_plus, atol=1e-5)
    True
    """
    pixels = to_tensor(face.image)
    reasons = visible_reasons(np.asarray(face.image), face.landmarks)
    return reconstruct(face, pixels, encode(pixels), reasons=reasons)
