"""What defines a training of the preview."""

from dataclasses import dataclass

from tyro.conf import Suppress

from editor.generate.sizes import HIDDEN, SOURCE, TOTAL, WIDTHS


@dataclass(frozen=True)
class PreviewConfig:
    """What defines a run."""

    widths: tuple[int, ...] = WIDTHS
    """Channels of the trunk's features and after each block."""
    source: Suppress[int] = SOURCE
    """Resolution of the trunk's features in pixels."""
    hidden: int = HIDDEN
    """Channels inside the exits."""
    total: Suppress[int] = TOTAL
    """Blocks that the generator has after the trunk."""
    size: int = 512
    """Side in pixels of the cached renders; at least the largest exit's."""
    renders: int = 2000
    """Full renders to learn from; the first shard of them is for validation only."""
    smaller: float = 0.5
    """Weight of the errors of all exits but the largest."""
    steps: int = 6000
    """Optimiser steps."""
    batch: int = 4
    """Renders in a batch."""
    rate: float = 3e-4
    """Learning rate of Adam (0.9, 0.99)."""
    seed: int = 0
    """Seed of everything random."""
    start: Suppress[str] = ""
    """SHA-256 of blocks the run begins with, instead of the generator's own thinned."""
