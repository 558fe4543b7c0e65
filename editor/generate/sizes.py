"""Sizes of trunks and previews. Imports no networks, so that options can be read before these are loaded."""

SOURCE = 32
"""Side in pixels of a trunk's features."""
TOTAL = 4
"""Blocks of the generator after its 32 px features."""
WIDTHS = (512, 256, 128, 64)
"""Channels of those features, and after each block of a preview; the generator's own are 512, 512, 256, 128."""

HIDDEN = 48
"""Channels inside an exit; the blocks it stands for have 256 to 64."""
