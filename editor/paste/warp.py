"""A change of an aligned face -> the photo's pixels.

The change is warped, never the photo: a pixel to which less than half a level is added keeps its value exactly. The work
is done a few rows at a time, and only in the box around the frame, so a photo of 48 megapixels is never held in floating
point.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from editor.face import Quad
from editor.paste.change import FADE, Change
from editor.photos.original import Original

PIXELS = 500_000
"""Of a band."""
MAGNIFIED = 1.1
"""A frame so many times as wide as the aligned face has detail that the aligned face does not show."""
Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the photo, right and bottom excluded."""


def carry(change: Change, face: Image.Image, quad: Quad, original: Original) -> tuple[Image.Image, Box | None]:
    """The photo with the change in it, in its own colours, and the box outside of which every pixel is as it was.

    Args:
        change: of R x R pixels.
        face: the aligned face as it was cut out, R x R.
        quad: where it lies in the upright photo.
        original: the photo.

    >>> import torch
    >>> grey, quad = Image.new("RGB", (200, 100), "gray"), Quad(np.array([[50.0, 20], [50, 80], [110, 80], [110, 20]]))
    >>> change = Change(torch.full((3, 64, 64), 9.0), torch.zeros(1, 64, 64))
    >>> image, box = carry(change, Image.new("RGB", (64, 64)), quad, Original(grey))
    >>> box, image.getpixel((80, 50)), image.getpixel((0, 0))
    ((50, 20, 111, 81), (137, 137, 137), (128, 128, 128))
    """
    box = box_of(quad, original.image.size)
    if change.is_nothing or box is None:
        return original.image, None
    result = original.image.copy()
    for part, added in _bands(_Warp(change, face, quad, original, box), box):
        result.paste(original.colours.plus(original.image.crop(part), added), part[:2])
    return result, box


def box_of(quad: Quad, size: tuple[int, int]) -> Box | None:
    """The part of a photo that a frame can reach; None where it lies beside the photo.

    Args:
        size: width and height of the photo.

    >>> box_of(Quad(np.array([[-5.0, 10], [-5, 40], [25, 40], [25, 10]])), (100, 30))
    (0, 10, 26, 30)
    """
    left, top = np.floor(quad.corners.min(0)).astype(int).tolist()
    right, bottom = (np.ceil(quad.corners.max(0)).astype(int) + 1).tolist()
    box = max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])
    return box if box[2] > box[0] and box[3] > box[1] else None


@dataclass(frozen=True, eq=False)
class _Warp:
    """What is warped, and where to."""

    change: Change
    face: Image.Image
    quad: Quad
    original: Original
    box: Box


def _bands(warp: _Warp, box: Box) -> Iterator[tuple[Box, np.ndarray]]:
    """Parts of the box, from the top, and what is added there, [rows, W, 3] levels."""
    quad, original, change = warp.quad, warp.original, warp.change
    magnified = quad.side > warp.face.width * MAGNIFIED
    known = torch.from_numpy(np.asarray(warp.face, dtype=np.float32)).permute(2, 0, 1)
    planes = _resized(torch.cat([change.added, change.replaced, known] if magnified else [change.added]), quad.side)
    across, down = _edges(quad, original.image.size, box)
    rows = max(1, PIXELS // (box[2] - box[0]))
    for top in range(box[1], box[3], rows):
        part = (box[0], top, box[2], min(top + rows, box[3]))
        band = _warped(planes, quad, part)
        added = band[..., :3]
        if magnified:
            shown = np.asarray(original.colours.srgb(original.image.crop(part)), dtype=np.float32)
            added = added - band[..., 3:4] * (shown - band[..., 4:])
        yield part, added * (down[part[1] - box[1] : part[3] - box[1], None, None] * across[None, :, None])


def _resized(planes: torch.Tensor, side: float) -> torch.Tensor:
    """[C, R, R] -> [1, C, S, S], twice as fine as the photo's pixels where the face has that much detail: bilinear
    interpolation then neither blurs nor aliases."""
    size = 2 * min(math.ceil(side), planes.shape[-1])
    finer = F.interpolate(planes[None], size=(size, size), mode="bicubic", antialias=True, align_corners=False)
    return finer.contiguous(memory_format=torch.channels_last)


def _warped(planes: torch.Tensor, quad: Quad, part: Box) -> np.ndarray:
    """Planes of the frame, [1, C, S, S], where a part of the photo lies, [rows, W, C]; 0 outside the frame."""
    corner, down, _, across = quad.corners
    axes = np.stack([across - corner, down - corner]) / quad.side**2  # a way in the photo -> one in the frame, in sides
    x, y = (np.arange(part[axis], part[axis + 2]) - corner[axis] for axis in (0, 1))
    at = axes[:, 0, None, None] * x + axes[:, 1, None, None] * y[:, None]
    grid = torch.from_numpy(2 * at - 1).float().permute(1, 2, 0)[None]
    sampled = F.grid_sample(planes, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return sampled[0].permute(1, 2, 0).numpy()


def _edges(quad: Quad, size: tuple[int, int], box: Box) -> tuple[np.ndarray, np.ndarray]:
    """Shares by which a change fades towards the photo's edges that its frame crosses: of columns [W] and of rows [H]."""
    reach = quad.side * FADE
    shares = []
    for axis in (0, 1):
        at = np.arange(box[axis], box[axis + 2], dtype=np.float32)
        share = np.ones_like(at)
        if quad.corners[:, axis].min() < 0:
            share = np.minimum(share, at / reach)
        if quad.corners[:, axis].max() > size[axis] - 1:
            share = np.minimum(share, (size[axis] - 1 - at) / reach)
        share = share.clip(0, 1)
        shares.append(share * share * (3 - 2 * share))
    return shares[0], shares[1]
