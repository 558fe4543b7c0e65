"""What defines a training of the encoder."""

from dataclasses import dataclass, field

from tyro.conf import Suppress

from editor.encode.config import CompactConfig


@dataclass(frozen=True)
class EncoderConfig:
    """What defines a run; the same config and data give the same weights."""

    steps: int = 12_000
    """Optimiser steps in all. The learning rate is warmed up and then falls as a cosine over them."""
    generated: int = 24
    """Generated faces in a batch; half as many once photos join."""
    fresh: int = 8
    """How many of them are newly generated; half as many once photos join. The others are among the last faces."""
    memory: int = 1_000
    """How many steps' faces those are."""
    photos: int = 12
    """Photos in a batch."""
    photos_from: int = 5_000
    """The step from which on there are photos in a batch."""
    rate: float = 1e-3
    """Peak learning rate of AdamW."""
    pixel: float = 3.0
    """Weight of the squared difference in pixels."""
    perceptual: float = 2.0
    """Weight of the perceptual distance."""
    identity: float = 1.0
    """Weight of the distance in identity."""
    code: float = 1.0
    """Weight of the distance to the generated faces' codes."""
    size: float = 0.005
    """Weight of the size of the offsets from the mean code."""
    spread: float = 0.02
    """Weight of the spread of the offsets over layers."""
    ema: float = 0.998
    """Decay of the averaged weights (EMA) that are used in the end."""
    seed: int = 0
    """Seed of everything random."""
    start: Suppress[str] = ""
    """SHA-256 of the weights the run starts from; empty for a fresh network."""
    model: Suppress[CompactConfig] = field(default_factory=CompactConfig)
    """Sizes of the network."""
