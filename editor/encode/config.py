"""Sizes of this project's encoders. Imports no networks, so that options can be read before these are loaded."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CompactConfig:
    """Sizes of a `CompactEncoder`.

    Attributes:
        resolution: side in pixels of the face it reads.
        widths: channels of the stem and of the four residual stages.
        depth: residual blocks in a stage.
        pyramid: channels of the feature pyramid.
        summary: channels of the 4 x 4 map that each level is reduced to before its styles are read.
    """

    resolution: int = 128
    widths: tuple[int, int, int, int, int] = (48, 80, 160, 320, 512)
    depth: int = 2
    pyramid: int = 192
    summary: int = 52


@dataclass(frozen=True)
class PyramidConfig:
    """Sizes of a `PyramidEncoder`.

    Attributes:
        resolution: side in pixels of the face it reads, a multiple of 32.
        pyramid: channels of the feature pyramid.
        summary: channels of the smallest map that each level is reduced to before its styles are read.
        glance: side in pixels of the small picture whose colours are read directly.
    """

    resolution: int = 224
    pyramid: int = 192
    summary: int = 22
    glance: int = 40
