"""How well faces are aligned: in a picture that is an aligned face already, the quad that is found should be the whole picture.

centre    distance of the quad's centre from the frame's, in shares of the frame's side, mean
scale     |side of the quad / side of the frame - 1|, mean
roll      turn of the quad in degrees, mean absolute
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from editor.align import Detector, ffhq_quad
from editor.data.batch import each_photo
from editor.errors import FaceError
from editor.images import open_photo


@dataclass(frozen=True)
class Alignment:
    """The measures over n faces, and in how many none was found."""

    n: int
    not_found: int
    centre: float
    scale: float
    roll: float


def measure_alignment(detector: Detector, faces: Sequence[Path]) -> Alignment:
    """Find and frame every face. A picture that cannot be read is named on stderr and does not count.

    Raises:
        SettingError: none of the pictures can be read.

    >>> import torch
    >>> portrait.face.image.resize((256, 256)).save(folder / "face.png")  # an aligned face
    >>> found = measure_alignment(Detector(torch.device("cpu")), [folder / "face.png"])
    >>> found.n, found.not_found, found.centre < 0.05, found.roll < 5
    (1, 0, True, True)
    """
    errors = list(each_photo(lambda path: _errors(detector, path), faces, "alignment"))
    found = np.array([each for each in errors if each is not None]).reshape(-1, 3)
    centre, scale, roll = found.mean(0).tolist() if len(found) else (float("nan"),) * 3
    return Alignment(n=len(errors), not_found=len(errors) - len(found), centre=centre, scale=scale, roll=roll)


def _errors(detector: Detector, path: Path) -> tuple[float, float, float] | None:
    """Of one frame: of its centre and side, in shares of the side, and its turn in degrees; None: no face was found."""
    picture = open_photo(path)
    try:
        quad = ffhq_quad(detector.exact_landmarks(picture, detector.detect(picture)[0]).landmarks)
    except FaceError:
        return None
    right = quad.corners[3] - quad.corners[0]
    centre = np.linalg.norm(quad.corners.mean(0) / picture.size - 0.5)
    return float(centre), float(abs(quad.side / picture.width - 1)), float(abs(np.degrees(np.arctan2(right[1], right[0]))))
