"""How far a face is turned, by its landmarks: an attribute that the labels do not have.

    turn = (nose - middle of the eyes) / distance between the eyes, across the picture

It is below 0 where the nose points to the left of the picture.
"""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from editor.align.detect import Detector
from editor.face import Detection

FRAMED = np.array([[0.375, 0.475], [0.625, 0.475], [0.5, 0.6], [0.41, 0.70], [0.59, 0.70]])
"""About where a frame of FFHQ has the landmarks of a face, in sides."""


def turn_of(landmarks: np.ndarray) -> float:
    """The turn of a face with landmarks [5, 2], as in `editor.face.Detection`.

    >>> float(turn_of(np.array([[0.0, 0.0], [2.0, 0.0], [0.5, 1.0], [0.0, 2.0], [2.0, 2.0]])))
    -0.25
    """
    left, right, nose = landmarks[:3]
    across = right - left
    return float((nose - (left + right) / 2) @ across / (across @ across))


def turns(detector: Detector, pictures: Sequence[Image.Image]) -> torch.Tensor:
    """The turns of aligned faces, [N]; not a number where no face is found.

    >>> blank = Image.new("RGB", (256, 256))
    >>> turns(Detector(torch.device("cpu")), [blank])
    tensor([nan])
    """
    found = []
    for picture in tqdm(pictures, desc="measuring turns"):
        guess = Detection((0.0, 0.0, *picture.size), FRAMED * picture.width, 1.0)
        exact = detector.exact_landmarks(picture, guess)
        found.append(float("nan") if exact is guess else turn_of(exact.landmarks))
    return torch.tensor(found)


def turned_sides(turn: torch.Tensor, share: float = 0.25) -> tuple[torch.Tensor, torch.Tensor]:
    """The faces turned most to the left of the picture, and as many that are turned most to the right: bool [N] each.

    Args:
        share: of all faces whose turn is known, on both sides together.

    >>> turned_sides(torch.tensor([-1.0, 0.0, float("nan"), 0.1, 2.0]), share=0.5)
    (tensor([ True, False, False, False, False]), tensor([False, False, False, False,  True]))
    """
    ends = torch.nanquantile(turn, torch.tensor([share / 2, 1 - share / 2]))
    return turn <= ends[0], turn >= ends[1]
