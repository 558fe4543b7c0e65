"""Sizes of T. Imports no networks, so that options can be read before these are loaded."""

from dataclasses import dataclass
from typing import Literal

Masks = Literal["stripes", "halves", "random"]


@dataclass(frozen=True)
class FlowConfig:
    """Sizes of a `RealNVP`."""

    couplings: int = 4
    """How many coupling layers, an even number."""
    hidden: int = 128
    """Width of the fully connected layers."""
    bound: float = 0.5
    """Largest |log-scale| of a single coupling."""
    layers: int = 18
    """Layers of a code."""
    channels: int = 512
    """Channels of a layer of a code."""
    masks: Masks = "stripes"
    """Masks: stripes that double in width from pair to pair, halves, or random; always followed by the complement."""
    per_layer: bool = False
    """Let a coupling see one layer at a time instead of the whole code."""

    @property
    def dimension(self) -> int:
        """How many numbers a coupling sees.

        >>> FlowConfig().dimension, FlowConfig(per_layer=True).dimension
        (9216, 512)
        """
        return self.channels if self.per_layer else self.layers * self.channels
