"""Whether two faces are the same person, by dlib's face-recognition network (King, 2017; weights CC0).

It maps a face to 128 numbers; under 0.6 apart counts as the same person. It judges results and is trained against nowhere.
"""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

SAME_PERSON = 0.6
"""Distance of embeddings below which two faces count as one person's."""
_LANDMARKS = "shape_predictor_5_face_landmarks.dat"
_NETWORK = "dlib_face_recognition_resnet_model_v1.dat"


class IdentityJudge:
    """Embeds faces. Holds dlib's detector, landmark model and network."""

    def __init__(self, weights: Path):
        """Load from the folder that the entry `dlib-face-recognition` brings."""
        dlib: Any = importlib.import_module("dlib")  # compiled, without types, and needed by judges only

        self._detect = dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(str(weights / _LANDMARKS))
        self._network = dlib.face_recognition_model_v1(str(weights / _NETWORK))

    def embed(self, picture: Image.Image) -> np.ndarray | None:
        """The embedding of the largest face in a picture, or None where dlib finds none.

        Args:
            picture: of any mode and size. A face is found from about 40 pixels a side.

        Returns:
            [128], float64.
        """
        pixels = np.asarray(picture.convert("RGB"))
        found = self._detect(pixels, 0) or self._detect(pixels, 1)
        if not found:
            return None
        largest = max(found, key=lambda box: box.area())
        return np.array(self._network.compute_face_descriptor(pixels, self._landmarks(pixels, largest)))


def identity_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Euclidean distance between embeddings, [128] each, at least 0; below `SAME_PERSON` they count as one person's.

    >>> identity_distance(np.zeros(128), np.full(128, 0.05)) < SAME_PERSON
    True
    """
    return float(np.linalg.norm(one - other))
