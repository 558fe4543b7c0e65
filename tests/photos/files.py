"""Photos and blocks of metadata, made by hand where no encoder would write them."""

import io
import struct

import numpy as np
from PIL import Image, ImageCms


def encoded(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def gradient(width: int = 120, height: int = 90) -> Image.Image:
    """A picture that no turn or mirroring maps onto itself."""
    x, y = np.meshgrid(np.arange(width) % 120, np.arange(height) % 120)
    return Image.fromarray(np.stack([x * 2, y * 2, 255 - x], -1).astype(np.uint8))


def noise(side: int = 300) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8))


def directory(*entries: tuple[int, int, int, bytes], extra: bytes = b"") -> bytes:
    """A TIFF header and one directory, as in EXIF: entries of tag, type, count and four bytes; then `extra`."""
    body = b"".join(struct.pack("<HHI4s", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + b"\0\0\0\0" + extra


def jpeg_with_exif(picture: Image.Image, block: bytes) -> bytes:
    content = encoded(picture, "JPEG", quality=95)
    segment = b"Exif\0\0" + block
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


def swapped_profile() -> bytes:
    """An RGB profile in which red and blue are exchanged, so that nobody can overlook whether it is applied.

    It is sRGB's own, with the tags of the two colours renamed.
    """
    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return content.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")


def tiff(values: np.ndarray, **tags: int) -> bytes:
    """A TIFF of one channel, with numbers for further tags named `tag_NNN`."""
    from PIL import TiffImagePlugin

    info = TiffImagePlugin.ImageFileDirectory_v2()
    for name, value in tags.items():
        info[int(name.removeprefix("tag_"))] = value
    return encoded(Image.fromarray(values), "TIFF", tiffinfo=info)
