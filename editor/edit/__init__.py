"""w* -> w*': directions, the attributes they stand for, how long a step along them is, and where they lie."""

from editor.edit.attributes import Attribute, display_order
from editor.edit.directions import EDITS, MAX_STRENGTH, Directions, read_directions
from editor.edit.regions import Regions, regions_of

__all__ = [
    "EDITS",
    "MAX_STRENGTH",
    "Attribute",
    "Directions",
    "Regions",
    "display_order",
    "read_directions",
    "regions_of",
]
