"""What face editors usually put back into a photo: the drawn face itself, blended by a mask with soft borders.

The mask is FaceFusion's box mask (Ruhs, 2023; face_masker.py, blur 0.3): ones, a rim of zeros, and a Gaussian over both.
"""

import math

import numpy as np
from PIL import Image, ImageFilter

from editor.face import Quad

BLUR = 0.15
"""Of the side: half of FaceFusion's blur of 0.3. The rim is half as wide; the Gaussian's standard deviation is a quarter."""


def paste_drawn(drawn: Image.Image, quad: Quad, photo: Image.Image) -> Image.Image:
    """The photo with a drawn face over the one in it.

    Args:
        drawn: RGB, a square of any size.
        quad: where it lies in the photo.
        photo: RGB.

    >>> from editor.align.crop import whole_quad
    >>> pasted = paste_drawn(Image.new("RGB", (64, 64), "white"), whole_quad(100, 100), Image.new("RGB", (100, 100)))
    >>> pasted.getpixel((0, 0)), pasted.getpixel((50, 50))
    ((0, 0, 0), (255, 255, 255))
    """
    side = min(drawn.width, math.ceil(quad.side))
    face = drawn.resize((side, side), Image.Resampling.LANCZOS)
    corner, down, _, across = quad.corners
    rows = []
    for axis in (across - corner, down - corner):  # a place in the photo -> one in the face
        per_pixel = axis / quad.side**2 * side
        rows += [*per_pixel, -(per_pixel @ (corner + 0.5))]
    way = (photo.size, Image.Transform.AFFINE, rows, Image.Resampling.BICUBIC)
    placed, mask = (picture.transform(*way) for picture in (face, box_mask(side)))
    return Image.composite(placed, photo, mask)


def box_mask(side: int) -> Image.Image:
    """FaceFusion's box mask, in mode L.

    >>> mask = box_mask(256)
    >>> mask.getpixel((0, 128)), mask.getpixel((40, 128))
    (6, 253)
    """
    blur = int(side * BLUR)
    rim = max(blur // 2, 1)
    mask = np.zeros((side, side), dtype=np.uint8)
    mask[rim : side - rim, rim : side - rim] = 255
    return Image.fromarray(mask).filter(ImageFilter.GaussianBlur(blur / 4))
