"""The change that an edit makes to an aligned face, carried into the photo that the face came from.

`change` finds what changed between two drawings and how much of the photo's own detail goes with it, and `warp` brings
that into the photo's pixels.
"""

from editor.paste.change import Change, change_between
from editor.paste.warp import carry

__all__ = ["Change", "carry", "change_between"]
