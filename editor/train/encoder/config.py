"""What defines a training of the encoder."""

from dataclasses import dataclass, field

from tyro.conf import Suppress

from editor.encode.config import PyramidConfig


@dataclass(frozen=True)
class EncoderConfig:
    """What defines a run; the same config and data give the same weights."""

    steps: int = 12_000
    """Optimiser steps in all. The learning rate is warmed up and then falls as a cosine over them."""
    generated: int = 16
    """Generated faces in a batch."""
    fresh: int = 2
    """How many of them are newly generated. The others are among the last faces."""
    memory: int = 2_000
    """How many steps' faces those are. At 224 px a face takes 150 KB, on a GPU of the card's memory."""
    blended: float = 0.5
    """Share of the newly generated faces whose code is a blend of two photos' codes."""
    photos: int = 16
    """Photos in a batch."""
    lessons: int = 12_000
    """Photos to learn from, at most; each gets a code first. Where there are fewer, their mirror images count too."""
    lesson_steps: int = 20
    """Steps that find a photo's code."""
    pictures_from: int = 4_000
    """The step from which on drawings are compared with photos too."""
    rate: float = 1e-3
    """Peak learning rate of AdamW."""
    eye_rate: float = 0.1
    """The eye's learning rate as a share of that."""
    eye_from: int = 4_000
    """The step from which on the eye's later blocks learn too."""
    pixel: float = 4.0
    """Weight of the squared difference in pixels."""
    features: float = 1.0
    """Weight of the squared difference in pixels at the eyes and the mouth."""
    perceptual: float = 3.0
    """Weight of the perceptual distance."""
    identity: float = 5.0
    """Weight of the distance in identity."""
    code: float = 1.0
    """Weight of the distance to codes that are known, by how much it shows."""
    size: float = 0.02
    """Weight of the size of the moves away from the mean code, where drawings are compared."""
    spread: float = 0.04
    """Weight of the spread of the moves over layers, there too."""
    power: float = 0.5
    """How far the gradients of pictures are preconditioned: 0 not at all, 1 wholly."""
    damping: float = 0.03
    """What the preconditioner adds to the gradients' variances."""
    ema: float = 0.999
    """Decay of the averaged weights (EMA) that are used in the end."""
    validate_every: int = 1_000
    """Steps from one look at people apart from training to the next."""
    seed: int = 0
    """Seed of everything random."""
    start: Suppress[str] = ""
    """SHA-256 of the weights the run starts from; empty for a fresh pyramid."""
    model: Suppress[PyramidConfig] = field(default_factory=PyramidConfig)
    """Sizes of the network."""

    @property
    def weights(self) -> tuple[float, float, float, float]:
        """Of the distances between pictures, in the order of `PictureDistances`."""
        return self.pixel, self.features, self.perceptual, self.identity

    def compares(self, step: int) -> bool:
        """Whether a step compares drawings with photos."""
        return step >= self.pictures_from
