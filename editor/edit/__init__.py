"""w* -> w*': directions, the attributes they stand for, and how long a step along them is."""

from editor.edit.attributes import Attribute, display_order
from editor.edit.directions import EDITS, MAX_STRENGTH, SPACES, Directions, Space, read_directions

__all__ = ["EDITS", "MAX_STRENGTH", "SPACES", "Attribute", "Directions", "Space", "display_order", "read_directions"]
