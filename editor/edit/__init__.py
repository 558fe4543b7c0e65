"""w* -> w*': directions, the attributes they stand for, and where these lie.

directions.py   the directions of both spaces, and the edit along them
few.py          a few codes with an attribute and a few without -> its direction
own.py          an attribute that somebody made of photos, and its file
regions.py      where in the image each attribute lies
apply.py        a code and strengths -> the codes to draw
locks.py        directions that leave locked attributes out
visible.py      what anyone can name on a face
lasso.py        few amounts that explain what is wanted
preserving.py   small amounts of a few other sliders, so that an edit preserves the rest of one face
kept.py         what preserving has found on one face
attributes.py   names, labels and groups of the attributes
"""

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
