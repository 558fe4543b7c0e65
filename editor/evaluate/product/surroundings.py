"""Photos made of aligned faces, in which they must be found again: the pictures are continued by reflection."""

import numpy as np
from PIL import Image

ROLL = 25.0
"""Degrees by which a photo is rolled."""
CUT = 0.15
"""Of a face's side: so far its frame reaches over the photo's edge."""
OVERLAP = 0.2
"""Of a face's side: so far the frames of two people overlap."""
SEAM = 0.1
"""Of a face's side: the width over which one person's photo becomes the other's."""


def surrounded(face: Image.Image, times: float = 2.0) -> Image.Image:
    """A photo so many times as wide as the face in its middle.

    >>> surrounded(Image.new("RGB", (64, 64))).size
    (128, 128)
    """
    margin = round(face.width * (times - 1) / 2)
    return Image.fromarray(np.pad(np.asarray(face.convert("RGB")), ((margin, margin), (margin, margin), (0, 0)), "reflect"))


def rolled(face: Image.Image, degrees: float = ROLL) -> Image.Image:
    """The same photo, taken with a camera that was held askew.

    >>> rolled(Image.new("RGB", (64, 64))).size
    (128, 128)
    """
    wide = surrounded(face, 3).rotate(degrees, Image.Resampling.BICUBIC)
    edge = (wide.width - 2 * face.width) // 2
    return wide.crop((edge, edge, edge + 2 * face.width, edge + 2 * face.width))


def near_edge(face: Image.Image) -> Image.Image:
    """The same photo, cut off on the left so that the face's frame leaves it.

    >>> near_edge(Image.new("RGB", (100, 100))).size
    (135, 200)
    """
    photo = surrounded(face)
    return photo.crop((photo.width // 2 - face.width // 2 + round(face.width * CUT), 0, photo.width, photo.height))


def side_by_side(left: Image.Image, right: Image.Image) -> Image.Image:
    """A photo of two people whose frames overlap. Each of them fills half of the photo's height.

    Args:
        left, right: squares of the same size.

    >>> side_by_side(Image.new("RGB", (100, 100)), Image.new("RGB", (100, 100))).size
    (280, 200)
    """
    apart = round(left.width * (1 - OVERLAP))
    photos = [np.asarray(surrounded(face), dtype=np.float32) for face in (left, right)]
    width = photos[0].shape[1] + apart
    one, other = (np.pad(photos[at], ((0, 0), ((0, apart), (apart, 0))[at], (0, 0)), "edge") for at in (0, 1))
    share = ((np.arange(width) - width / 2) / (left.width * SEAM) + 0.5).clip(0, 1)[None, :, None]
    return Image.fromarray(np.rint(one + share * (other - one)).astype(np.uint8))
