"""What an edit leaves of the photo that it is pasted into.

sharpness       energy of the Laplacian on skin that the edit leaves alone, after over before; 1: the photo's
detail          correlation of that Laplacian before and after: the photo's own pores (1), or others (0)
identity        dlib's distance from the photo to the edited photo
background      mean absolute change within the frame, outside an ellipse around the head, in levels of 255
outside         largest change outside the frame, in levels
seam            mean gradient that the ring along the frame's border gained, in levels over a hundredth of the frame's side
seam_worst      the same, its 99th percentile over the ring
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import torch
from PIL import Image
from scipy import ndimage

from editor.align.crop import crop_quad
from editor.edit.regions import ANCHORS, parts
from editor.evaluate.claims.leakage import background
from editor.face import Quad
from editor.judge.identity import identity_distance

MAP_SIDE = 64
"""Side in cells of what is known of places in the frame."""
SKIN = ("cheeks", "forehead", "nose", "chin")
"""Parts of the frame (`editor.edit.regions`) that are skin on nearly everybody."""
UNCHANGED = 1.0
"""Levels: a smaller difference of both drawings, averaged over a cell, is none."""
RING = 0.15
"""Of the side: the width of the ring inside of the frame's border."""
SMOOTH = 0.01
"""Of the side: the standard deviation of the blur before gradients are taken, so that a seam counts, and no pore."""
IDENTITY_SIDE = 512
"""Side in pixels of the faces that dlib compares."""
Embed = Callable[[Image.Image], np.ndarray | None]


@dataclass(frozen=True)
class Pasted:
    """The measures of one edited photo, or their means over some. nan: there is nothing to measure it on."""

    sharpness: float
    detail: float
    identity: float
    background: float
    outside: float
    seam: float
    seam_worst: float


def measure_pasted(
    photo: Image.Image, edited: Image.Image, quad: Quad, drawings: tuple[Image.Image, Image.Image], embed: Embed | None = None
) -> Pasted:
    """Measure one edited photo.

    Args:
        photo, edited: RGB, of the same size.
        quad: the frame of the face that was edited.
        drawings: what the generator drew of the face and of the edited face.
        embed: a face -> dlib's embedding, or None where it finds no face; None: identity is not measured.

    >>> from editor.align.crop import whole_quad
    >>> grey = Image.new("RGB", (64, 64), "gray")
    >>> measure_pasted(grey, Image.new("RGB", (64, 64), (138, 138, 138)), whole_quad(64, 64), (grey, grey)).background
    10.0
    """
    before, after = (np.asarray(picture.convert("RGB"), dtype=np.float32) for picture in (photo, edited))
    change = np.abs(after - before).max(-1)
    across, down = _in_frame(quad, photo.size)
    depth = np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down))
    inside = depth > 0
    still = _sampled(_unchanged(*drawings) & _skin(), across, down) & inside
    beside = _sampled(background(MAP_SIDE).numpy(), across, down) & inside
    ring = (depth > -2 * SMOOTH) & (depth < RING)
    gained = (_gradient(after, quad.side) - _gradient(before, quad.side)).clip(0)[ring]
    return Pasted(
        *_sharpness(before, after, still),
        identity=_identity(photo, edited, quad, embed) if embed else float("nan"),
        background=float(np.abs(after - before)[beside].mean()) if beside.any() else float("nan"),
        outside=float(change[depth < -1 / quad.side].max(initial=0)),  # a pixel on the border is half within
        seam=float(gained.mean()),
        seam_worst=float(np.percentile(gained, 99)),
    )


def mean_of(results: Sequence[Pasted]) -> Pasted:
    """The means over photos; what is nan is left out. `outside` is the largest.

    >>> mean_of([Pasted(1.0, 1, 0, 0, 0.0, 0, 0), Pasted(0.5, 1, 0, 0, 3.0, 0, 0)])
    Pasted(sharpness=0.75, detail=1.0, identity=0.0, background=0.0, outside=3.0, seam=0.0, seam_worst=0.0)
    """
    columns = zip(*(astuple(result) for result in results), strict=True)
    means = {name.name: _mean(values) for name, values in zip(fields(Pasted), columns, strict=True)}
    return Pasted(**means | {"outside": max(result.outside for result in results)})


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if value == value]
    return sum(known) / len(known) if known else float("nan")


def _in_frame(quad: Quad, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel lies in the frame, across and down, in sides: 0 to 1 inside. [H, W] each."""
    corner, down, _, across = quad.corners
    y, x = np.mgrid[: size[1], : size[0]]
    place = np.stack([x - corner[0], y - corner[1]], -1) / quad.side**2
    return place @ (across - corner), place @ (down - corner)


def _sampled(map_: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Cells of a map of the frame, [S, S], at places in it."""
    cells = [(at * len(map_)).clip(0, len(map_) - 1).astype(int) for at in (down, across)]
    return map_[cells[0], cells[1]]


def _skin() -> np.ndarray:
    belongs = torch.tensor([name in SKIN for name in ANCHORS])
    return (parts(MAP_SIDE)[belongs].sum(0) > 0.7).numpy()


def _unchanged(before: Image.Image, after: Image.Image) -> np.ndarray:
    """Where both drawings are alike, bool [S, S]."""
    one, other = (np.asarray(drawing.convert("RGB"), dtype=np.float32) for drawing in (before, after))
    difference = torch.from_numpy(np.abs(other - one).mean(-1))[None, None]
    return (torch.nn.functional.adaptive_avg_pool2d(difference, MAP_SIDE)[0, 0] < UNCHANGED).numpy()


def _sharpness(before: np.ndarray, after: np.ndarray, where: np.ndarray) -> tuple[float, float]:
    """Energy of the Laplacian after over before, and the correlation of both."""
    one, other = (ndimage.laplace(picture.mean(-1))[where] for picture in (before, after))
    if len(one) < MAP_SIDE or not one.any() or not other.any():
        return float("nan"), float("nan")
    had, has, both = ((a * b).mean() for a, b in ((one, one), (other, other), (one, other)))
    return float(has / had), float(both / np.sqrt(had * has))


def _gradient(picture: np.ndarray, side: float) -> np.ndarray:
    """Its length, [H, W], in levels over a hundredth of the frame's side."""
    grey = ndimage.gaussian_filter(picture.mean(-1), SMOOTH * side)
    down, across = np.gradient(grey)
    return np.hypot(down, across) * side / 100


def _identity(photo: Image.Image, edited: Image.Image, quad: Quad, embed: Embed) -> float:
    one, other = (embed(crop_quad(picture, quad, IDENTITY_SIDE)) for picture in (photo, edited))
    return float("nan") if one is None or other is None else identity_distance(one, other)
