"""Find faces and their five landmarks with MTCNN (Zhang et al., 2016; the weights come inside facenet-pytorch).

The search has three steps.

1. Views of the whole photo, cheapest first, until one shows a face: at a moderate size, larger for small faces, brightened
   for dark ones, and turned, since MTCNN knows upright faces only.
2. Views that may show more faces: larger for small ones beside a large one, and turned for ones that lie.
3. A close-up of each face of step 2. It is kept if the close-up shows a face upright in its middle, and if it is none of
   those found already.

`exact_landmarks` uses the same close-up, always equally large: landmarks that are read off a small or turned face are off by
several percent.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps

from editor.align.mtcnn import MTCNN
from editor.align.views import View, pieces
from editor.errors import FaceError
from editor.face import Detection

SEARCH_SIDE = 800
LARGE_SIDE = 2400
MORE_SIDE = 1280
"""Longer side of the view that is searched for small faces beside a large one."""
TURNED_SIDE = 400
"""Longer side of the turned views that are searched for faces that lie beside upright ones."""
LEAST_FACE = 24
LEAST_FACE_BESIDE = 20
"""Side in pixels of a view of the smallest face that is searched for."""
FIRST_STAGE = 0.6
FIRST_STAGE_BESIDE = 0.8
"""Probability from which MTCNN's first stage hands a place on. The higher one halves the time that faces beside others cost."""
SURE = 0.95
"""A detection below this probability is not a face."""
CERTAIN = 0.99
"""A detection of this probability outdoes a lesser one of the same face that is turned otherwise."""
SAME_FACE = 0.6
"""Two detections are of one face if their middles are no further apart than this share of the larger one's `size`."""
MAX_CLOSE_UPS = 16
"""So many faces of the second step at most are looked at closely, largest first."""
CLOSE_UP_SIDE = 360
CLOSE_UP_FACES = 3.6
"""A close-up is this many pixels a side, and this many times as large as the face's `size`."""
TURNS = (90, 270, 180, 45, -45)
TURNS_BESIDE = (90, 270, 180)

NO_FACE = (
    "No face was found in the photo. Use one where the face is seen from the front, well lit, not covered, "
    "and at least some 60 pixels wide; or crop the photo closer to the face."
)


class Detector:
    """Finds all faces in a photo. Stateless between calls; safe to share."""

    def __init__(self, device: torch.device):
        """Load MTCNN's bundled weights."""
        self._mtcnn = _network(LEAST_FACE, FIRST_STAGE, device)
        self._mtcnn_beside = _network(LEAST_FACE_BESIDE, FIRST_STAGE_BESIDE, device)

    def detect(self, photo: Image.Image) -> list[Detection]:
        """All faces, largest first.

        Args:
            photo: RGB, upright.

        Raises:
            FaceError: none was found; the message says what to try.

        >>> detector = Detector(torch.device("cpu"))
        >>> detector.detect(Image.new("RGB", (64, 64)))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        editor.errors.FaceError: No face was found in the photo. Use one where the face is seen from the front...
        >>> [face.probability > 0.99 for face in detector.detect(photo)]
        [True]
        """
        found: list[Detection] = []
        searched = [(piece, piece.shrunk(MORE_SIDE)) for piece in pieces(photo)]
        for piece, smaller in searched:
            found += [face for face in self._first(piece, smaller) if not _known(face, found)]
        if not found:
            raise FaceError(NO_FACE)
        for _, smaller in searched:
            more = self._further(photo, smaller, found)
            found = [face for face in found if not _known(face, more)] + more
        return sorted(found, key=lambda face: face.size, reverse=True)

    def exact_landmarks(self, photo: Image.Image, detection: Detection) -> Detection:
        """The same face with more exact landmarks; as it was where a closer look finds no face."""
        return self._closer(photo, detection) or detection

    def _first(self, piece: View, smaller: View) -> list[Detection]:
        """The faces of the first view that shows any."""
        return next((found for view in _views(piece, smaller) if (found := self._search(self._mtcnn, view))), [])

    def _further(self, photo: Image.Image, smaller: View, known: list[Detection]) -> list[Detection]:
        """Faces that other views show and close-ups confirm."""
        seen = [face for view in _views_beside(smaller) for face in self._search(self._mtcnn_beside, view)]
        new = sorted((face for face in seen if not _known(face, known)), key=lambda face: face.size, reverse=True)
        confirmed: list[Detection] = []
        for face in new[:MAX_CLOSE_UPS]:
            if _known(face, confirmed):
                continue
            closer = self._closer(photo, face)
            if closer and _is_upright_beside(closer, face) and not _known(closer, [*known, *confirmed]):
                confirmed.append(closer)
        return confirmed

    def _closer(self, photo: Image.Image, detection: Detection) -> Detection | None:
        """The face in the middle of the detection's close-up; None where there is none."""
        view = _close_up(photo, detection)
        middle = detection.landmarks.mean(0)
        found = self._search(self._mtcnn, view)
        return min(found, key=lambda face: np.linalg.norm(face.landmarks.mean(0) - middle), default=None)

    def _search(self, network: MTCNN, view: View) -> list[Detection]:
        if min(view.picture.size) < network.min_face_size:  # MTCNN fails on what cannot hold one face
            return []
        try:
            with torch.inference_mode():
                found: Any = network.detect(view.picture, landmarks=True)  # as many parts as were asked for
        except (ValueError, RuntimeError) as error:
            if "non-empty" in str(error):  # nothing was left for its next stage, which then fails
                return []
            raise
        boxes, probabilities, landmarks = found
        if boxes is None or landmarks is None:
            return []
        faces = [
            Detection(_box(box), np.asarray(points, dtype=np.float64), float(probability))
            for box, probability, points in zip(boxes, probabilities, landmarks, strict=True)
            if probability is not None and probability >= SURE
        ]
        return [_moved(face, view.back) for face in faces]


def _network(least_face: int, first_stage: float, device: torch.device) -> MTCNN:
    network = MTCNN(keep_all=True, min_face_size=least_face, thresholds=[first_stage, 0.7, 0.7], device=device)
    return network.to(memory_format=torch.channels_last)  # on a CPU the first stage takes half the time


def _box(values: np.ndarray) -> tuple[float, float, float, float]:
    left, top, right, bottom = map(float, values)
    return left, top, right, bottom


def _views(piece: View, smaller: View) -> Iterator[View]:
    """Views in which any face may be seen, cheapest first; of a piece and of the same piece at `MORE_SIDE`."""
    small = smaller.shrunk(SEARCH_SIDE)
    yield small
    if max(piece.picture.size) > SEARCH_SIDE:
        yield piece.shrunk(LARGE_SIDE)
    light = small.brightened()
    yield light
    for degrees in TURNS:
        yield light.turned(degrees)
    if max(small.picture.size) < SEARCH_SIDE:  # a small picture: its face may be below the detector's least size
        yield small.enlarged(2)


def _views_beside(smaller: View) -> Iterator[View]:
    """Views in which more faces may be seen, when others have been found; of a piece at `MORE_SIDE`."""
    yield smaller
    small = smaller.shrunk(TURNED_SIDE)
    for degrees in TURNS_BESIDE:
        yield small.turned(degrees)


def _known(face: Detection, others: list[Detection]) -> bool:
    """Whether it is the same face as one of the others, and not a better reading of it."""
    return any(_is_same(face, other) and not _outdoes(face, other) for other in others)


def _is_same(face: Detection, other: Detection) -> bool:
    apart = np.linalg.norm(face.landmarks.mean(0) - other.landmarks.mean(0))
    return bool(apart <= SAME_FACE * max(face.size, other.size))


def _outdoes(face: Detection, other: Detection) -> bool:
    """Whether the other one is doubtful, as a lying face is that was read as an upright one, and this one is not."""
    return face.probability >= CERTAIN > other.probability and _likeness_of_turn(face, other) < 0.7


def _likeness_of_turn(face: Detection, other: Detection) -> float:
    """Cosine of the angle between the lines through their eyes."""
    one, another = (each.landmarks[1] - each.landmarks[0] for each in (face, other))
    return float(one @ another / (np.hypot(*one) * np.hypot(*another)))


def _is_upright_beside(closer: Detection, detection: Detection) -> bool:
    """Whether a close-up shows the face it was made for: in the same place, as large, and the same way up."""
    apart = np.linalg.norm(closer.landmarks.mean(0) - detection.landmarks.mean(0))
    alike = _likeness_of_turn(closer, detection) > 0.8
    return bool(apart < 0.3 * detection.size and 0.6 < closer.size / detection.size < 1.6 and alike)


def _close_up(photo: Image.Image, detection: Detection) -> View:
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
    near = photo.reduce(factor, (int(low[0]), int(low[1]), int(high[0]), int(high[1])))
    there = np.column_stack([back[:, :2], back[:, 2] - low]) / factor
    view = near.transform(
        (CLOSE_UP_SIDE, CLOSE_UP_SIDE), Image.Transform.AFFINE, tuple(there.flatten()), Image.Resampling.BILINEAR
    )
    return View(ImageOps.autocontrast(view, cutoff=0.5, preserve_tone=True), back)


def _moved(detection: Detection, back: np.ndarray) -> Detection:
    left, top, right, bottom = detection.box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) @ back[:, :2].T + back[:, 2]
    (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
    landmarks = detection.landmarks @ back[:, :2].T + back[:, 2]
    return Detection((float(x0), float(y0), float(x1), float(y1)), landmarks, detection.probability)
