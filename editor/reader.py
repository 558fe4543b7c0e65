"""photo -> face -> w+: the first half of the picture, for the editor and for whoever only wants codes."""

from pathlib import Path

import torch
from PIL import Image

from editor.align import Detector, crop_quad, ffhq_quad
from editor.errors import FaceError
from editor.images import read_photo, to_tensor
from editor.memory import CpuFallback
from editor.models import Networks
from editor.portrait import Found
from editor.spaces import WPlus


class FaceReader:
    """Finds, frames and encodes faces."""

    def __init__(self, networks: Networks, device: torch.device):
        """Take the encoder of `networks`, which are on `device`."""
        self._detector = Detector(device)
        self._encoder = CpuFallback(networks.encoder)
        self._device = device

    @property
    def notice(self) -> str | None:
        """What became of the GPU, if anything."""
        return self._encoder.notice

    def find(self, photo: Path | str | bytes | Image.Image, face: int = 0) -> Found:
        """Find and align a face.

        Args:
            photo: a path, the bytes of a file, or a picture.
            face: which one, counted from the largest.

        Raises:
            PhotoError: the photo cannot be read.
            FaceError: it has no face, or not that many.
        """
        read = read_photo(photo)
        upright = read.image
        detections = tuple(self._detector.detect(upright))
        if not 0 <= face < len(detections):
            raise FaceError(f"The photo has {len(detections)} face(s); there is no face {face + 1}.")
        closer = self._detector.refine(upright, detections[face])
        quad = ffhq_quad(closer.landmarks)
        return Found(crop_quad(upright, quad), quad, detections, face, closer, read.notes)

    def encode(self, face: Image.Image) -> WPlus:
        """The code of an aligned face, [1, 18, 512], on the CPU."""
        with torch.inference_mode():
            return WPlus(self._encoder(to_tensor(face).to(self._device)).cpu())
