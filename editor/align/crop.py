"""Cut a face out of a photo as FFHQ frames it.

Karras et al., "A Style-Based Generator Architecture", CVPR 2019, appendix A: an oriented square from the eyes and the
mouth,

    x = eye_to_eye - rot90(eye_to_mouth),   scaled to max(2.0 |eye_to_eye|, 1.8 |eye_to_mouth|)
    c = eye_centre + 0.1 eye_to_mouth,      quad = c +- x +- rot90(x)

resampled from the source's own pixels. Where the square leaves the photo, the photo is continued by reflection that fades
into blur and then into its median colour.
"""

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageFilter

from editor.face import Quad

FACE_SIDE = 1024
"""Side in pixels of an aligned face."""
ALIASING = 1.25
"""Pixels of the photo to one of the face from which on bilinear sampling would skip some."""
BAND_ROWS = 64
"""So many rows of a photo are mixed at a time."""
LEAST_RADIUS = 10
"""A blur of at least twice this radius in pixels is made of a smaller picture."""


def ffhq_quad(landmarks: np.ndarray) -> Quad:
    """FFHQ's square around a face.

    Args:
        landmarks: [5, 2] pixels of the photo: the eye on the left of the picture, the other eye, nose, both mouth corners.

    >>> points = np.array([[40.0, 40.0], [60.0, 40.0], [50.0, 50.0], [42.0, 60.0], [58.0, 60.0]])
    >>> quad = ffhq_quad(points)
    >>> quad.side, quad.corners.mean(0).tolist()
    (80.0, [50.0, 42.0])
    """
    left_eye, right_eye, _, left_mouth, right_mouth = landmarks
    return quad_of_points(np.stack([left_eye, right_eye, (left_mouth + right_mouth) / 2]))


def quad_of_points(points: np.ndarray) -> Quad:
    """The same square from what of the landmarks it is made of.

    Args:
        points: [3, 2] pixels of the photo: the eye on the left of the picture, the other eye, the middle of the mouth.

    >>> quad_of_points(np.array([[40.0, 40.0], [60.0, 40.0], [50.0, 60.0]])).side
    80.0
    """
    left_eye, right_eye, mouth = points
    eyes = (left_eye + right_eye) / 2
    eye_to_eye = right_eye - left_eye
    eye_to_mouth = mouth - eyes
    x = eye_to_eye - np.flipud(eye_to_mouth) * [-1, 1]
    x = x / np.hypot(*x) * max(np.hypot(*eye_to_eye) * 2.0, np.hypot(*eye_to_mouth) * 1.8)
    y = np.flipud(x) * [-1, 1]
    centre = eyes + 0.1 * eye_to_mouth
    return Quad(np.stack([centre - x - y, centre - x + y, centre + x + y, centre + x - y]))


def whole_quad(width: int, height: int) -> Quad:
    """The square that an aligned face of `width` x `height` pixels fills.

    >>> whole_quad(256, 256).corners.tolist()
    [[0.0, 0.0], [0.0, 256.0], [256.0, 256.0], [256.0, 0.0]]
    """
    return Quad(np.array([[0, 0], [0, height], [width, height], [width, 0]], dtype=np.float64))


def crop_quad(photo: Image.Image, quad: Quad, side: int = FACE_SIDE) -> Image.Image:
    """The square's content, upright, `side` pixels a side.

    Args:
        photo: RGB.
        quad: in the photo's pixels; may reach outside, where the photo is continued.

    Raises:
        ValueError: the square lies outside the photo altogether.

    >>> crop_quad(Image.new("RGB", (100, 80), "red"), whole_quad(80, 80), side=32).size
    (32, 32)
    """
    shrink = max(1, int(quad.side / side * 0.5))  # far more pixels than are asked for are averaged: cheaper, and no aliasing
    corners, extent = (quad.corners + 0.5) / shrink - 0.5, quad.side / shrink  # pixels are counted from the middle of the first
    width, height = math.ceil(photo.width / shrink), math.ceil(photo.height / shrink)
    border = max(round(extent * 0.1), 3)
    low, high = np.floor(corners.min(0)).astype(int) - border, np.ceil(corners.max(0)).astype(int) + border
    box = (max(low[0], 0), max(low[1], 0), min(high[0], width), min(high[1], height))
    if box[2] <= box[0] or box[3] <= box[1]:
        raise ValueError("the quad lies outside the photo")
    photo = _reduced(photo, box, shrink)
    outside = [max(box[0] - low[0], 0), max(box[1] - low[1], 0), max(high[0] - box[2], 0), max(high[1] - box[3], 0)]
    corners = corners - box[:2]
    if max(outside) > border * 0.2:
        photo, offset = _continued(photo, outside, extent)
        corners = corners + offset
    over = 2 if extent > ALIASING * side else 1
    data = tuple((corners + 0.5).flatten())
    face = photo.transform((side * over, side * over), Image.Transform.QUAD, data, Image.Resampling.BILINEAR)
    return face if over == 1 else face.resize((side, side), Image.Resampling.LANCZOS)


def _reduced(photo: Image.Image, box: tuple[int, int, int, int], factor: int) -> Image.Image:
    """A part of the photo reduced by a factor; the box is in pixels of the reduced photo, and only that part is touched."""
    left, top, right, bottom = (int(edge) * factor for edge in box)
    part = (left, top, min(right, photo.width), min(bottom, photo.height))
    return photo.crop(part) if factor == 1 else photo.reduce(factor, part)


def _continued(photo: Image.Image, outside: list[int], extent: float) -> tuple[Image.Image, np.ndarray]:
    """The photo reflected beyond its edges, the reflection fading into blur; and where its corner now lies.

    A face may be thousands of pixels wide, so the pixels stay bytes, and are mixed a few rows at a time.
    """
    least = round(extent * 0.3)
    left, top, right, bottom = margins = [int(max(amount, least)) for amount in outside]
    pixels = np.pad(np.asarray(photo), ((top, bottom), (left, right), (0, 0)), "reflect")
    blurred, factor = _blurred(Image.fromarray(pixels), extent * 0.02)
    counts = np.zeros(3 * 256, dtype=np.int64)
    for rows, fade in _fades(pixels, margins):
        band = pixels[rows]
        box = (0, rows.start / factor, band.shape[1] / factor, (rows.start + len(band)) / factor)
        soft = blurred.resize((band.shape[1], len(band)), Image.Resampling.BICUBIC, box)
        np.copyto(band, np.asarray(soft), where=fade > 0)
        counts += Image.fromarray(band).histogram()
    median = _median(counts.reshape(3, 256))
    for rows, fade in _fades(pixels, margins):
        pixels[rows] = np.rint(pixels[rows] + (median - pixels[rows]) * fade)
    return Image.fromarray(pixels), np.array([left, top])


def _fades(pixels: np.ndarray, margins: list[int]) -> Iterator[tuple[slice, np.ndarray]]:
    """Some rows, and how far their pixels have gone from the photo's edge, 0, to that of the margin, 1: [rows, W, 1]."""
    left, top, right, bottom = margins
    height, width = pixels.shape[:2]
    x = np.arange(width, dtype=np.float32)
    inward_x = np.minimum(x / left, (width - 1 - x) / right)
    for start in range(0, height, BAND_ROWS):
        y = np.arange(start, min(start + BAND_ROWS, height), dtype=np.float32)[:, None]
        inward = np.minimum(inward_x, np.minimum(y / top, (height - 1 - y) / bottom))
        yield slice(start, start + BAND_ROWS), (1 - inward).clip(0, 1)[..., None]


def _blurred(picture: Image.Image, radius: float) -> tuple[Image.Image, int]:
    """The picture after a Gaussian blur, and how many times smaller it now is: a strong blur leaves no fine detail."""
    factor = max(1, int(radius / LEAST_RADIUS))
    return picture.reduce(factor).filter(ImageFilter.GaussianBlur(radius / factor)), factor


def _median(counts: np.ndarray) -> np.ndarray:
    """The median of each channel, [3] float32, of how often each level is there, [3, 256]."""
    below = counts.cumsum(1)
    return (below * 2 < below[:, -1:]).sum(1).astype(np.float32)
