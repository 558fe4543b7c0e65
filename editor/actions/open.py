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
    """The portrait of an aligned face of any size."""
    pixels = to_tensor(face.image)
    reasons = visible_reasons(np.asarray(face.image), face.landmarks)
    return reconstruct(face, pixels, encode(pixels), reasons=reasons)
