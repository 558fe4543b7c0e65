"""How far a reconstruction can be trusted: said before any edit, since an edit of a poor one is an edit of somebody else.

The level is the worst of the levels of three distances (`editor.judge.likeness`). Thresholds were chosen on validation people.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np


class Level(IntEnum):
    """The gauge's three steps."""

    POOR = 1
    FAIR = 2
    GOOD = 3


LIMITS = {"identity": (0.15, 0.30), "perceptual": (0.20, 0.28), "pixel": (0.035, 0.10)}
"""At most the first is good, at most the second is fair.

By identity alone, dlib sees the same person in 20 of 20 that are good, in 19 of 41 that are fair and in 2 of 19 that are poor
(validation people: 60 codes of the encoder, 20 refined).
"""

TURNED = 0.55
"""Nose off the middle of the eyes, in distances between them, from which a face counts as turned to the side."""

WARNING = (
    "Edits will be of somebody who looks only roughly like this. Faces seen from the side, covered, of children, or that are "
    "painted or drawn are hard for the model; refining the likeness may help."
)


@dataclass(frozen=True)
class ReconstructionQuality:
    """How far the reconstruction of one face is.

    Attributes:
        identity: one minus the cosine of embeddings, from 0 (the same picture) to 2.
        perceptual: relative squared difference of a network's features, at least 0.
        pixel: squared error, mostly of the middle of the frame, pixels in [-1, 1]; from 0 to 4.4.
        reasons: what may have made it hard, in words; empty where nothing was noticed.
    """

    identity: float
    perceptual: float
    pixel: float
    reasons: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """The lowest step that any distance allows.

        >>> quality = ReconstructionQuality(identity=0.10, perceptual=0.25, pixel=0.03)
        >>> quality.level.name  # identity and pixel are good, the look is fair
        'FAIR'
        """
        return min(_level(getattr(self, name), *limits) for name, limits in LIMITS.items())

    @property
    def sentence(self) -> str:
        """For a person: the step, the numbers behind it and, where it is poor, what may be the cause.

        >>> print(ReconstructionQuality(0.10, 0.25, 0.03).sentence)
        Likeness: fair (identity 0.10, look 0.25, pixels 0.030; 0 is the same picture).
        """
        numbers = f"identity {self.identity:.2f}, look {self.perceptual:.2f}, pixels {self.pixel:.3f}; 0 is the same picture"
        said = f"Likeness: {self.level.name.lower()} ({numbers})."
        if self.reasons:
            said += f" Noticed: {', '.join(self.reasons)}."
        return f"{said} {WARNING}" if self.level is Level.POOR else said


def _level(distance: float, good: float, fair: float) -> Level:
    return Level.GOOD if distance <= good else Level.FAIR if distance <= fair else Level.POOR


def visible_reasons(face: np.ndarray, landmarks: np.ndarray | None = None) -> tuple[str, ...]:
    """What can be seen to make a face hard to draw.

    Args:
        face: the aligned face, bytes [H, W, 3].
        landmarks: [5, 2] in pixels of the photo: eyes, nose, mouth corners; without them its pose is not looked at.

    >>> visible_reasons(np.full((64, 64, 3), 10, dtype=np.uint8))
    ('the photo is very dark', 'the photo has no colour')
    """
    red, green, blue = (face[..., channel] for channel in range(3))  # numpy is slow along an axis of three
    strongest, weakest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    light, colour = face.mean() / 255, (strongest - weakest).mean()
    reasons = {
        "the face is turned to the side": landmarks is not None and _off_middle(landmarks) > TURNED,
        "the photo is very dark": light < 0.12,
        "the photo is very bright": light > 0.90,
        "the photo has no colour": colour < 3,
    }
    return tuple(reason for reason, seen in reasons.items() if seen)


def _off_middle(landmarks: np.ndarray) -> float:
    """How far the nose is off the middle of the eyes, in distances between them."""
    left, right, nose, *_ = landmarks
    across = right - left
    return float(abs(np.dot(nose - (left + right) / 2, across)) / np.dot(across, across))
