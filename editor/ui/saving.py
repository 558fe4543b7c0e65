"""Results as files: which pictures, put together how, and in which format. No file says anything of the photo it came from."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from PIL import Image

from editor.ui.pictures import bare

What = Literal["w_plus", "w_star", "both", "before_after", "strip"]
WHAT: tuple[str, ...] = get_args(What)
KINDS = {"png": ("PNG", "png"), "jpeg": ("JPEG", "jpg"), "webp": ("WEBP", "webp")}
"""Format -> Pillow's name, and the ending of the file's name."""
GAP = 8
"""Pixels between pictures."""


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


def beside(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of one size beside each other."""
    width, height = pictures[0].size
    page = Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height), "white")
    for number, picture in enumerate(pictures):
        page.paste(picture, (number * (width + GAP), 0))
    return page
