"""Cut a face out of a photo as FFHQ frames it.

Karras et al., "A Style-Based Generator Architecture", CVPR 2019, appendix A: an oriented square from the eyes and the
mouth,

    x = eye_to_eye - rot90(eye_to_mouth),   scaled to max(2.0 |eye_to_eye|, 1.8 |eye_to_mouth|)
    c = eye_centre + 0.1 eye_to_mouth,      quad = c +- x +- rot90(x)

resampled from the source's own pixels. Where the square leaves the photo, the photo is continued by reflection that fades
into blur and then into its median colour.
"""

import math

import numpy as np
from PIL import Image, ImageFilter

from editor.face import Quad

FACE_SIDE = 1024
"""Side in pixels of an aligned face."""


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
    corners, extent = quad.corners, quad.side
    shrink = int(extent / side * 0.5)
    if shrink > 1:  # far more pixels than are asked for: averaging them first is cheaper and does not alias
        photo = photo.reduce(shrink)
        corners, extent = corners / shrink, extent / shrink
    border = max(round(extent * 0.1), 3)
    low, high = np.floor(corners.min(0)).astype(int) - border, np.ceil(corners.max(0)).astype(int) + border
    box = (max(low[0], 0), max(low[1], 0), min(high[0], photo.width), min(high[1], photo.height))
    if box[2] <= box[0] or box[3] <= box[1]:
        raise ValueError("the quad lies outside the photo")
    photo = photo.crop((int(box[0]), int(box[1]), int(box[2]), int(box[3])))
    outside = [max(box[0] - low[0], 0), max(box[1] - low[1], 0), max(high[0] - box[2], 0), max(high[1] - box[3], 0)]
    corners = corners - box[:2]
    if max(outside) > border * 0.2:
        photo, offset = _continued(photo, outside, extent)
        corners = corners + offset
    over = min(2, max(1, math.ceil(extent / side)))
    data = tuple((corners + 0.5).flatten())
    face = photo.transform((side * over, side * over), Image.Transform.QUAD, data, Image.Resampling.BILINEAR)
    return face if over == 1 else face.resize((side, side), Image.Resampling.LANCZOS)


def _continued(photo: Image.Image, outside: list[int], extent: float) -> tuple[Image.Image, np.ndarray]:
    """The photo reflected beyond its edges, the reflection fading into blur; and where its corner now lies."""
    least = round(extent * 0.3)
    left, top, right, bottom = (int(max(amount, least)) for amount in outside)
    pixels = np.pad(np.asarray(photo), ((top, bottom), (left, right), (0, 0)), "reflect")
    height, width = pixels.shape[:2]
    x, y = np.arange(width), np.arange(height)[:, None]
    inward_x = np.minimum(x / left, (width - 1 - x) / right)
    inward_y = np.minimum(y / top, (height - 1 - y) / bottom)
    mask = np.clip(1 - np.minimum(inward_x, inward_y), 0, None)[..., None].astype(np.float32)
    values = pixels.astype(np.float32)
    blurred = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(extent * 0.02)), dtype=np.float32)
    values += (blurred - values) * np.clip(mask * 3 + 1, 0, 1) * (mask > 0)
    values += (np.median(values, axis=(0, 1)) - values) * np.clip(mask, 0, 1)
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8)), np.array([left, top])
