"""photo -> face: read it, find its faces, and cut one out."""

from pathlib import Path

import torch
from PIL import Image

from editor.align.crop import crop_quad, ffhq_quad
from editor.align.detect import Detector
from editor.errors import FaceError
from editor.face import Face
from editor.images import read_photo


class FaceFinder:
    """Finds and aligns faces. Keeps nothing between calls; may be shared by threads."""

    def __init__(self, device: torch.device):
        """Load the detector onto a device."""
        self._detector = Detector(device)

    def __call__(self, photo: Path | str | bytes | Image.Image, index: int = 0) -> Face:
        """Find and align a face, 1024 px a side.

        Args:
            photo: a path, the bytes of a file, or a picture.
            index: which face; 0 is the largest.

        Raises:
            PhotoError: the photo cannot be read.
            FaceError: it has no face, or not that many.
        """
        read = read_photo(photo)
        detections = tuple(self._detector.detect(read.image))
        if not 0 <= index < len(detections):
            raise FaceError(f"The photo has {len(detections)} face(s); there is no face {index + 1}.")
        landmarks = self._detector.exact_landmarks(read.image, detections[index]).landmarks
        quad = ffhq_quad(landmarks)
        return Face(crop_quad(read.image, quad), quad, detections, index, landmarks, read.notes)
