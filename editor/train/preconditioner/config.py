"""What defines a measurement of the preconditioner."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PreconditionerConfig:
    """What defines a measurement; the same config and photos give the same preconditioner."""

    faces: int = 256
    """Photos of training people."""
    steps: int = 20
    """Steps of refining each of them."""
    rank: int = 128
    """Directions to know of each layer."""
    seed: int = 0
    """Seed of the choice of photos."""
