"""Pictures as they are sent: encoded at the same time, since Pillow encodes without holding Python's lock.

A GPU has an encoder of its own (nvJPEG, through torchvision), which is twenty times as fast.
"""

import io
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from PIL import Image
from torchvision.io import encode_jpeg

from editor.saving.formats import bare

LIVE_SIDE = 512
"""Pixels a side of a picture while a slider moves."""
FULL, LIVE = 92, 88
"""JPEG qualities."""


class Encoder:
    """Encodes pictures. Shared by all visitors.

    Args:
        device: encodes, where it is a GPU that can.
    """

    def __init__(self, device: torch.device = torch.device("cpu")) -> None:
        self._threads = ThreadPoolExecutor(4, "encoding")
        self._lock = threading.Lock()
        self._gpu = device if device.type == "cuda" else None

    def jpegs(self, pictures: Mapping[str, Image.Image], quality: int = FULL) -> dict[str, bytes]:
        """Each picture as a JPEG with full colour resolution; one that has several names is encoded once."""
        different = list({id(picture): picture for picture in pictures.values()}.values())
        encoded = self._encoded(different, quality)
        by_picture = {id(picture): content for picture, content in zip(different, encoded, strict=True)}
        return {name: by_picture[id(picture)] for name, picture in pictures.items()}

    def _encoded(self, pictures: Sequence[Image.Image], quality: int) -> list[bytes]:
        with self._lock:
            try:
                if self._gpu:
                    return jpegs_on(self._gpu, pictures, quality)
            except RuntimeError:  # a torchvision without nvJPEG, or a full GPU
                self._gpu = None
        if len(pictures) == 1:
            return [jpeg(pictures[0], quality)]
        return list(self._threads.map(jpeg, pictures, [quality] * len(pictures)))


def jpegs_on(device: torch.device, pictures: Sequence[Image.Image], quality: int) -> list[bytes]:
    """Pictures as JPEGs of a device's encoder: on a GPU with full colour resolution, without metadata.

    Raises:
        RuntimeError: it has none, or no memory is left.
    """
    pixels = [torch.from_numpy(np.array(picture.convert("RGB"))).to(device).permute(2, 0, 1) for picture in pictures]
    encoded = encode_jpeg([each.contiguous() for each in pixels], quality)
    return [content.cpu().numpy().tobytes() for content in encoded]


def jpeg(picture: Image.Image, quality: int = FULL) -> bytes:
    """A picture as a JPEG with full colour resolution, without metadata."""
    content = io.BytesIO()
    bare(picture).save(content, "JPEG", quality=quality, subsampling=0)
    return content.getvalue()


def small(pictures: Mapping[str, Image.Image]) -> dict[str, Image.Image]:
    """The pictures with at most `LIVE_SIDE` pixels a side; one that has several names stays one."""
    made = {id(picture): _small(picture) for picture in pictures.values()}
    return {name: made[id(picture)] for name, picture in pictures.items()}


def _small(picture: Image.Image) -> Image.Image:
    return picture.reduce(picture.width // LIVE_SIDE) if picture.width > LIVE_SIDE else picture
