"""What can be saved of an edit, and as what."""

from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Literal, get_args
from urllib.parse import quote

from editor.saving.formats import FORMATS
from editor.saving.movies import MOVIES

Scope = Literal["photo", "face"]
SCOPES: tuple[str, ...] = get_args(Scope)
"""The whole photo with the edit in it, or the face alone, 1024 pixels a side."""
What = Literal["w_star", "w_plus", "both", "before_after", "strip", "sweep", "recipe"]
WHAT: tuple[str, ...] = get_args(What)
OWN = "own"
"""The format that the photo came in."""
PICTURES = (OWN, *FORMATS)
KINDS = (*PICTURES, *(name for name in MOVIES if name not in PICTURES))
"""All formats. A sweep is a moving picture, and everything else is none."""
KEEP = "keep"
"""As a quality: as the photo was compressed, if it was a JPEG."""


@dataclass(frozen=True)
class File:
    """A file to hand on.

    Attributes:
        name: with its ending, in any letters.
        media_type: what it is.
        content: its bytes.
    """

    name: str
    media_type: str
    content: bytes

    @property
    def disposition(self) -> str:
        """What a browser is told to do with it (RFC 6266): to keep it under this name."""
        known = set(ascii_letters + digits + " -_.()")
        plain = "".join(letter if letter in known else "_" for letter in self.name)
        return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(self.name, safe='')}"
