"""photo -> face: read it, find its faces, and cut one out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from editor.align.by_hand import placed_points
from editor.align.crop import crop_quad, ffhq_quad, quad_of_points
from editor.align.detect import Detector
from editor.errors import FaceError
from editor.face import Detection, Face
from editor.images import Source, read_photo


class FaceFinder:
    """Finds and aligns faces. Keeps nothing between calls; may be shared by threads."""

    def __init__(self, device: torch.device):
        """Load the detector onto a device."""
        self._detector = Detector(device)

    def __call__(
        self, photo: Source, index: int = 0, points: npt.ArrayLike | None = None, detections: Sequence[Detection] = ()
    ) -> Face:
        """Find and align a face, 1024 px a side.

        Args:
            photo: where to read it from; one that was read already is not read again.
            index: which face; 0 is the largest.
            points: eyes and mouth placed by hand, [3, 2] as in `editor.align.by_hand.placed_points`; then none is looked for.
            detections: the faces of this photo, if they were found before; then none is looked for.

        Raises:
            PhotoError: the photo cannot be read.
            FaceError: it has no face, or not that many.
            PointsError: the points cannot be a face.
        """
        read = read_photo(photo)
        if points is not None:
            landmarks, quad = None, quad_of_points(placed_points(points, read.image.size))
        else:
            detections = detections or self._detector.detect(read.image)
            if not 0 <= index < len(detections):
                raise FaceError(f"The photo has {len(detections)} face(s); there is no face {index + 1}.")
            landmarks = self._detector.exact_landmarks(read.image, detections[index]).landmarks
            quad = ffhq_quad(landmarks)
        face = crop_quad(read.image, quad)
        placed = () if points is None else tuple((float(x), float(y)) for x, y in np.asarray(points))
        return Face(face, quad, tuple(detections), index, landmarks, read.notes, read.image.size, read.source, placed)
