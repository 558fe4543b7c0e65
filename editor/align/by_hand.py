"""Eyes and mouth that a person placed on a photo in which no face was found, or a wrong one."""

import numpy as np
import numpy.typing as npt

from editor.errors import PointsError

LEAST_PIXELS = 16
"""Eyes that are nearer to each other and to the mouth than this, added up, show no face."""
LEAST_SHARE = 0.2
"""Of the distances between the eyes and from the eyes to the mouth, neither is smaller than this share of the other."""
LEAST_SINE = 0.4
"""The mouth lies beside the line through the eyes, not on it: the sine of the angle between it and the way to the mouth."""

NOT_POINTS = "Place three points on the photo: the left eye, the right eye and the middle of the mouth."
OUTSIDE = "A point lies outside the photo. Place both eyes and the middle of the mouth on the face."
TOO_NEAR = (
    "The points lie too close together for a face. Place them on both eyes and on the middle of the mouth; "
    "a face has to be at least some 60 pixels wide."
)
SWAPPED = (
    "The eyes are swapped, or the mouth lies above them. The left eye is the one that is on the left when the face is upright."
)
NO_TRIANGLE = "These points cannot be a face: the mouth lies below the middle of the eyes, about as far as they are apart."


def placed_points(points: npt.ArrayLike, size: tuple[int, int]) -> np.ndarray:
    """Points as a person placed them -> pixels, [3, 2] float64, counted from the middle of the first one as landmarks are.

    Args:
        points: [3, 2] shares of the upright photo's width and height, 0 to 1: the eye on the left of the picture, the other
            eye, the middle of the mouth. Of a turned face, left is what is on the left when the face is upright.
        size: the photo's width and height in pixels.

    Raises:
        PointsError: they cannot be a face.

    >>> placed_points([(0.4, 0.4), (0.6, 0.4), (0.5, 0.6)], (200, 100)).tolist()
    [[79.5, 39.5], [119.5, 39.5], [99.5, 59.5]]
    >>> placed_points([(0.6, 0.4), (0.4, 0.4), (0.5, 0.6)], (200, 100))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.PointsError: The eyes are swapped, or the mouth lies above them. The left eye is ...
    """
    try:
        shares = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PointsError(NOT_POINTS) from error
    if shares.shape != (3, 2) or not np.isfinite(shares).all():
        raise PointsError(NOT_POINTS)
    if shares.min() < 0 or shares.max() > 1:
        raise PointsError(OUTSIDE)
    pixels = shares * size - 0.5
    _require_face(*pixels)
    return pixels


def _require_face(left: np.ndarray, right: np.ndarray, mouth: np.ndarray) -> None:
    across, down = right - left, mouth - (left + right) / 2
    width, height = np.hypot(*across), np.hypot(*down)
    if width + height < LEAST_PIXELS or min(width, height) == 0:
        raise PointsError(TOO_NEAR)
    sine = (across[0] * down[1] - across[1] * down[0]) / (width * height)
    if sine <= -LEAST_SINE:
        raise PointsError(SWAPPED)
    if sine < LEAST_SINE or min(width, height) < LEAST_SHARE * max(width, height):
        raise PointsError(NO_TRIANGLE)
