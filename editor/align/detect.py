"""Find faces and their five landmarks with MTCNN (Zhang et al., 2016; the weights come inside facenet-pytorch).

A large photo is searched at a moderate size first. When that finds nothing the search goes on, cheapest first: at a larger
size for small faces, brightened for dark ones, and with the photo turned, since MTCNN knows upright faces only. Whatever
the search found, `refine` then looks at that face alone, upright and always equally large, since landmarks read off a small
or turned face are off by several percent.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from facenet_pytorch import MTCNN
from PIL import Image, ImageOps

from editor.errors import FaceError

SEARCH_SIDE = 800
LARGE_SIDE = 2400
SURE = 0.95
"""A detection below this probability is not a face."""
CLOSE_UP_SIDE = 360
CLOSE_UP_FACES = 3.6
"""A close-up is this many pixels a side, and this many times as large as the face's `size`."""
BRIGHTER = [round(255 * (level / 255) ** 0.6) for level in range(256)] * 3
TURNS = (0, 90, 270, 180, 45, -45)

NO_FACE = (
    "No face was found in the photo. Use one where the face is seen from the front, well lit, not covered, "
    "and at least some 60 pixels wide; or crop the photo closer to the face."
)


@dataclass(frozen=True)
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
        """Distance from the eyes to the mouth plus that between the eyes, in pixels; unlike a box's it does not turn."""
        left, right, _, mouth_left, mouth_right = self.landmarks
        down = (mouth_left + mouth_right - left - right) / 2
        return float(np.hypot(*(right - left)) + np.hypot(*down))


class Detector:
    """Finds all faces in a photo. Stateless between calls; safe to share."""

    def __init__(self, device: torch.device):
        """Load MTCNN's bundled weights."""
        self._mtcnn = MTCNN(keep_all=True, min_face_size=24, device=device)

    def detect(self, photo: Image.Image) -> list[Detection]:
        """All faces, largest first.

        Args:
            photo: RGB, upright.

        Raises:
            FaceError: none was found; the message says what to try.
        """
        for view, back in _views(photo):
            if found := self._detect(view):
                moved = [_moved(detection, back) for detection in found]
                return sorted(moved, key=lambda detection: detection.size, reverse=True)
        raise FaceError(NO_FACE)

    def refine(self, photo: Image.Image, detection: Detection) -> Detection:
        """The same face with more exact landmarks; as it was where a closer look finds no face."""
        view, back = _close_up(photo, detection)
        middle = np.array(view.size) / 2
        found = self._detect(view)
        if not found:
            return detection
        nearest = min(found, key=lambda face: np.linalg.norm(face.landmarks.mean(0) - middle))
        return _moved(nearest, back)

    def _detect(self, view: Image.Image) -> list[Detection]:
        with torch.inference_mode():
            found: Any = self._mtcnn.detect(view, landmarks=True)  # as many parts as were asked for
        boxes, probabilities, landmarks = found
        if boxes is None or landmarks is None:
            return []
        return [
            Detection(_box(box), np.asarray(points, dtype=np.float64), float(probability))
            for box, probability, points in zip(boxes, probabilities, landmarks, strict=True)
            if probability is not None and probability >= SURE
        ]


def _box(values: np.ndarray) -> tuple[float, float, float, float]:
    left, top, right, bottom = map(float, values)
    return left, top, right, bottom


def _views(photo: Image.Image) -> Iterator[tuple[Image.Image, np.ndarray]]:
    """Ways to look at the photo, cheapest first, each with the 2 x 3 affine that leads from its pixels back."""
    small, scale = _fit(photo, SEARCH_SIDE)
    yield small, _affine(scale)
    if max(photo.size) > SEARCH_SIDE:
        large, large_scale = _fit(photo, LARGE_SIDE)
        yield large, _affine(large_scale)
    light = ImageOps.autocontrast(small, cutoff=1, preserve_tone=True).point(BRIGHTER)
    yield light, _affine(scale)
    for degrees in TURNS[1:]:
        yield _turned(light, degrees, scale)
    if max(small.size) < SEARCH_SIDE:  # a small picture: its face may be below the detector's least size
        larger = small.resize((small.width * 2, small.height * 2), Image.Resampling.BICUBIC)
        yield larger, _affine(scale / 2)


def _fit(photo: Image.Image, side: int) -> tuple[Image.Image, float]:
    """The photo shrunk so that its longer side is at most `side`, and pixels of the photo per pixel of it."""
    factor = max(photo.size) / side
    if factor <= 1:
        return photo, 1.0
    size = (max(1, round(photo.width / factor)), max(1, round(photo.height / factor)))
    return photo.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0), factor


def _affine(scale: float) -> np.ndarray:
    return np.array([[scale, 0, 0], [0, scale, 0]], dtype=np.float64)


def _turned(view: Image.Image, degrees: int, scale: float) -> tuple[Image.Image, np.ndarray]:
    """The view turned counter-clockwise, and the way back from its pixels to the photo's."""
    turned = view.rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    rotation = np.array([[cos, -sin], [sin, cos]])  # y points down
    centre = np.array(view.size) / 2 - rotation @ (np.array(turned.size) / 2)
    return turned, scale * np.column_stack([rotation, centre])


def _close_up(photo: Image.Image, detection: Detection) -> tuple[Image.Image, np.ndarray]:
    """The face upright in a square of its own, and the way back from its pixels to the photo's."""
    left, right = detection.landmarks[:2]
    along = (right - left) / np.hypot(*(right - left))
    scale = detection.size * CLOSE_UP_FACES / CLOSE_UP_SIDE
    rotation = np.column_stack([along, [-along[1], along[0]]])
    centre = detection.landmarks.mean(0) - scale * rotation @ np.full(2, CLOSE_UP_SIDE / 2)
    back = np.column_stack([scale * rotation, centre])
    factor = max(1, int(scale))  # averaged first, or far fewer pixels than there are would be picked out
    corners = np.array([[0, 0], [0, 1], [1, 1], [1, 0]]) * CLOSE_UP_SIDE @ back[:, :2].T + back[:, 2]
    low = np.clip(np.floor(corners.min(0)).astype(int), 0, np.array(photo.size) - 1)
    high = np.clip(np.ceil(corners.max(0)).astype(int), low + 1, np.array(photo.size))
    near = photo.crop((int(low[0]), int(low[1]), int(high[0]), int(high[1]))).reduce(factor)
    there = np.column_stack([back[:, :2], back[:, 2] - low]) / factor
    view = near.transform(
        (CLOSE_UP_SIDE, CLOSE_UP_SIDE), Image.Transform.AFFINE, tuple(there.flatten()), Image.Resampling.BILINEAR
    )
    return ImageOps.autocontrast(view, cutoff=0.5, preserve_tone=True), back


def _moved(detection: Detection, back: np.ndarray) -> Detection:
    left, top, right, bottom = detection.box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) @ back[:, :2].T + back[:, 2]
    (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
    landmarks = detection.landmarks @ back[:, :2].T + back[:, 2]
    return Detection((float(x0), float(y0), float(x1), float(y1)), landmarks, detection.probability)
