"""Results as files: which pictures, put together how, and in which format. No file says anything of the photo it came from."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from PIL import Image, ImageDraw, ImageFont

from editor.spaces import SPACES, Space
from editor.ui.pictures import bare

What = Literal["w_plus", "w_star", "both", "before_after", "strip"]
WHAT: tuple[str, ...] = get_args(What)
KINDS = {"png": ("PNG", "png"), "jpeg": ("JPEG", "jpg"), "webp": ("WEBP", "webp")}
"""Format -> Pillow's name, and the ending of the file's name."""
GAP = 8
"""Pixels between pictures."""
CELL = 512
"""Pixels a side of each picture of a strip."""
LABELS = 64
"""Pixels above a strip's columns, and at the left of its rows twice as many."""
TITLES: Mapping[Space, str] = {"w_plus": "W+", "w_star": "W*"}


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


def strip(rows: Mapping[Space, Sequence[Image.Image]], title: str, values: Sequence[float]) -> Image.Image:
    """One attribute at several strengths, a row for each space, like the paper's Figure 2.

    Args:
        rows: space -> pictures, one for each of the values.
        title: the attribute, in words.
    """
    left = 2 * LABELS
    page = Image.new("RGB", (left + len(values) * (CELL + GAP), LABELS + len(rows) * (CELL + GAP)), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(28)
    pen.text((GAP, GAP), title, "black", font)
    for column, value in enumerate(values):
        pen.text(
            (left + column * (CELL + GAP) + CELL // 2, LABELS - GAP),
            f"{value:+g}" if value else "0",
            "black",
            font,
            anchor="ms",
        )
    for row, space in enumerate(space for space in SPACES if space in rows):
        top = LABELS + row * (CELL + GAP)
        pen.text((left // 2, top + CELL // 2), TITLES[space], "black", font, anchor="mm")
        for column, picture in enumerate(rows[space]):
            page.paste(picture.resize((CELL, CELL), Image.Resampling.LANCZOS), (left + column * (CELL + GAP), top))
    return page
