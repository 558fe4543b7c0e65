"""How well faces are framed: on pictures that already are FFHQ-framed faces, the quad that is found should be the frame.

centre    distance of the quad's centre from the frame's, in shares of the frame's side, mean
scale     |side of the quad / side of the frame - 1|, mean
roll      turn of the quad in degrees, mean absolute
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from editor.align import Detector, ffhq_quad
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
    """Find and frame every face."""
    centres, scales, rolls = [], [], []
    for path in tqdm(faces, desc="alignment"):
        picture = open_photo(path)
        try:
            quad = ffhq_quad(detector.refine(picture, detector.detect(picture)[0]).landmarks)
        except FaceError:
            continue
        centres.append(np.linalg.norm(quad.corners.mean(0) / picture.size - 0.5))
        scales.append(abs(quad.side / picture.width - 1))
        right = quad.corners[3] - quad.corners[0]
        rolls.append(abs(np.degrees(np.arctan2(right[1], right[0]))))
    return Alignment(
        n=len(faces),
        not_found=len(faces) - len(centres),
        centre=float(np.mean(centres)),
        scale=float(np.mean(scales)),
        roll=float(np.mean(rolls)),
    )
