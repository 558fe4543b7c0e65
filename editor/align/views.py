"""Ways to look at a photo: shrunk, enlarged, turned, brightened or cut into pieces, each with the way back to its pixels.

The way back is a 2 x 3 affine, float64: photo pixel = affine[:, :2] @ view pixel + affine[:, 2].
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

BRIGHTER = [round(255 * (level / 255) ** 0.6) for level in range(256)] * 3
LONGEST_SHAPE = 4
"""A photo more times longer than broad is searched in pieces of this shape."""
MAX_PIECES = 16


class View(NamedTuple):
    """A picture to search, RGB, and the affine, [2, 3], that leads from its pixels to the photo's.

    >>> view = whole(Image.new("RGB", (400, 200))).shrunk(100).turned(90)
    >>> view.picture.size
    (50, 100)
    >>> [round(number) for number in view.back @ [0, 0, 1]]  # its upper left corner is the photo's upper right one
    [400, 0]
    """

    picture: Image.Image
    back: np.ndarray

    def turned(self, degrees: int) -> "View":
        """The view turned counter-clockwise by `degrees`, on black; its picture grows where the corners need room."""
        turned = self.picture.rotate(degrees, Image.Resampling.BILINEAR, expand=True)
        angle = math.radians(degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        rotation = np.array([[cos, -sin], [sin, cos]])  # y points down
        centre = np.array(self.picture.size) / 2 - rotation @ (np.array(turned.size) / 2)
        return View(turned, _after(self.back, np.column_stack([rotation, centre])))

    def brightened(self) -> "View":
        """The view brightened, so that dark faces can be seen."""
        return View(ImageOps.autocontrast(self.picture, cutoff=1, preserve_tone=True).point(BRIGHTER), self.back)

    def shrunk(self, side: int) -> "View":
        """The view with the longer side of its picture at most `side` pixels."""
        factor = max(self.picture.size) / side
        if factor <= 1:
            return self
        size = (max(1, round(self.picture.width / factor)), max(1, round(self.picture.height / factor)))
        picture = self.picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        return View(picture, _after(self.back, _scaled(factor)))

    def enlarged(self, factor: int) -> "View":
        """The view with `factor` times the pixels a side."""
        size = (self.picture.width * factor, self.picture.height * factor)
        return View(self.picture.resize(size, Image.Resampling.BICUBIC), _after(self.back, _scaled(1 / factor)))


def whole(photo: Image.Image) -> View:
    """The photo as it is, and the affine that changes nothing.

    >>> whole(Image.new("RGB", (4, 2))).back.tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    return View(photo, _scaled(1))


def pieces(photo: Image.Image) -> Iterator[View]:
    """The photo; or, of a very long one, pieces that overlap by its breadth, so that each face lies whole in one.

    Shrunk as a whole, a long photo would be a few pixels broad. A photo so long that there would be too many pieces
    has longer pieces instead.

    >>> [view.picture.size for view in pieces(Image.new("RGB", (1000, 100)))]
    [(400, 100), (400, 100), (400, 100)]
    """
    breadth, length = sorted(photo.size)
    if length <= LONGEST_SHAPE * breadth:
        yield whole(photo)
        return
    count = min(MAX_PIECES, math.ceil((length - breadth) / ((LONGEST_SHAPE - 1) * breadth)))
    step = math.ceil((length - breadth) / count)
    for start in range(0, length - breadth, step):
        end = min(start + step + breadth, length)
        along = photo.width == length
        box = (start, 0, end, breadth) if along else (0, start, breadth, end)
        yield View(photo.crop(box), np.column_stack([np.eye(2), box[:2]]).astype(np.float64))


def _scaled(factor: float) -> np.ndarray:
    return np.array([[factor, 0, 0], [0, factor, 0]], dtype=np.float64)


def _after(back: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """The affine that does `inner` first and `back` afterwards."""
    return np.column_stack([back[:, :2] @ inner[:, :2], back[:, :2] @ inner[:, 2] + back[:, 2]])
