"""Results as files: which pictures, put together how, and in which format. No file says anything of the photo it came from."""

import io
from dataclasses import dataclass
from typing import Any, Literal, get_args

from PIL import Image

from editor.saving.formats import bare

What = Literal["w_plus", "w_star", "both", "before_after", "strip"]
WHAT: tuple[str, ...] = get_args(What)
KINDS = {"png": ("PNG", "png"), "jpeg": ("JPEG", "jpg"), "webp": ("WEBP", "webp")}
"""Format -> Pillow's name, and the ending of the file's name."""


@dataclass(frozen=True)
class File:
    """A file to hand on.

    Attributes:
        name: with its ending.
        media_type: what it is.
        content: its bytes.
    """

    name: str
    media_type: str
    content: bytes


def file_of(picture: Image.Image, name: str, kind: str, quality: int) -> File:
    """A picture as a file, without metadata.

    Args:
        name: without an ending.
        kind: one of `KINDS`.
        quality: 1 to 100, of JPEG and WebP; PNG loses nothing.
    """
    options: dict[str, Any] = {"png": {"compress_level": 4}, "jpeg": {"quality": quality, "subsampling": 0}}.get(
        kind, {"quality": quality, "method": 4}
    )
    content = io.BytesIO()
    bare(picture).save(content, KINDS[kind][0], **options)
    return File(f"{name}.{KINDS[kind][1]}", f"image/{kind}", content.getvalue())
