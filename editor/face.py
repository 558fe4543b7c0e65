"""A face found in a photo: where it is, and how it looks once it is cut out and upright."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from editor.photos.files import Kept


@dataclass(frozen=True, eq=False)
class Detection:
    """One face in a photo.

    Attributes:
        box: left, top, right, bottom in pixels.
        landmarks: [5, 2] pixels: the eye on the left of the picture, the other eye, nose, left and right mouth corner.
        probability: the detector's own.
    """

    box: tuple[float, float, float, float]
    landmarks: np.ndarray
    probability: float

    @property
    def size(self) -> float:
        """Distance from the eyes to the mouth plus that between the eyes, in pixels; it stays as it is when a face turns.

        >>> points = np.array([[30.0, 40.0], [70.0, 40.0], [50.0, 60.0], [35.0, 80.0], [65.0, 80.0]])
        >>> Detection((20, 20, 80, 100), points, 0.99).size, Detection((20, 20, 100, 80), points[:, ::-1], 0.99).size
        (80.0, 80.0)
        """
        left, right, _, mouth_left, mouth_right = self.landmarks
        down = (mouth_left + mouth_right - left - right) / 2
        return float(np.hypot(*(right - left)) + np.hypot(*down))


@dataclass(frozen=True, eq=False)
class Quad:
    """An oriented square in a photo: corners [4, 2] in pixels, from the upper left counter-clockwise, and its side."""

    corners: np.ndarray

    @property
    def side(self) -> float:
        """Length of a side in pixels of the photo.

        >>> Quad(np.array([[0, 0], [3, 4], [7, 1], [4, -3]])).side
        5.0
        """
        return float(np.hypot(*(self.corners[1] - self.corners[0])))


@dataclass(frozen=True, eq=False)
class Face:
    """An aligned face, and where it came from.

    Attributes:
        image: the aligned face, RGB, in FFHQ's framing.
        quad: where it lies in the upright photo; of a face that was aligned already, the whole picture.
        detections: all faces of the photo, largest first; empty if none was looked for.
        index: which of them this is.
        landmarks: [5, 2] as in `Detection`, found again on an enlarged crop; None if none were looked for.
        notes: sentences about how the photo was read, for its owner.
        photo_size: width and height of the upright photo in pixels; None if there is no photo but the face.
        source: what the photo can be read from again, in its own colours; None: nothing.
        points: eyes and mouth as they were placed by hand, shares of the photo's width and height; empty: they were found.
    """

    image: Image.Image
    quad: Quad
    detections: tuple[Detection, ...] = ()
    index: int = 0
    landmarks: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    photo_size: tuple[int, int] | None = None
    source: Kept | None = None
    points: tuple[tuple[float, float], ...] = ()

    @property
    def boxes(self) -> list[tuple[float, float, float, float]]:
        """All faces of the photo: left, top, right and bottom as shares of its width and height, 0 to 1.

        >>> [left, top, right, bottom] = portrait.face.boxes[0]
        >>> 0 < left < right < 1 and 0 < top < bottom < 1
        True
        """
        if self.photo_size is None:
            return []
        width, height = self.photo_size
        edges = [np.array(found.box) / (width, height, width, height) for found in self.detections]
        return [(left, top, right, bottom) for left, top, right, bottom in (edge.clip(0, 1).tolist() for edge in edges)]

    @property
    def outline(self) -> np.ndarray:
        """Corners of the quad as shares of the photo's width and height, [4, 2]; below 0 or above 1 outside of it.

        >>> portrait.face.outline.shape
        (4, 2)
        """
        return self.quad.corners / (self.photo_size or self.image.size)
