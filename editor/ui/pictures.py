"""Pictures as they are sent: encoded at the same time, since Pillow encodes without holding Python's lock."""

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from editor.saving.formats import bare

LIVE_SIDE = 512
"""Pixels a side of a picture while a slider moves."""
FULL, LIVE = 92, 88
"""JPEG qualities."""


class Encoder:
    """Encodes pictures. Shared by all visitors."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(4, "encoding")

    def jpegs(self, pictures: Mapping[str, Image.Image], quality: int = FULL) -> dict[str, bytes]:
        """Each picture as a JPEG with full colour resolution; one that has several names is encoded once."""
        different = list({id(picture): picture for picture in pictures.values()}.values())
        if len(different) == 1:
            encoded = [jpeg(different[0], quality)]
        else:
            encoded = list(self._threads.map(jpeg, different, [quality] * len(different)))
        by_picture = {id(picture): content for picture, content in zip(different, encoded, strict=True)}
        return {name: by_picture[id(picture)] for name, picture in pictures.items()}


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
