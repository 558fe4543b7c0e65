"""A change in sRGB -> a change in a photo's own colours.

To a photo with another profile, as Display P3 or Adobe RGB, the difference is added that the change makes there: own +
back(s + d) - back(s), with s the photo in sRGB. So colours that sRGB does not have are kept, and a pixel that does not
change keeps its value.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from editor.photos.colours import Conversion, profile_conversions

GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Shares of red, green and blue in grey, as Pillow takes them (ITU-R BT.601)."""


@dataclass(frozen=True, eq=False)
class OwnColours:
    """The colours of a picture of mode RGB, RGBA, L or LA.

    Attributes:
        to_srgb, back: conversions of pictures without transparency; None: the picture is in sRGB.
    """

    to_srgb: Conversion | None = None
    back: Conversion | None = None

    @classmethod
    def of(cls, mode: str, profile: bytes | None) -> "OwnColours | None":
        """The colours that a profile gives a picture of this mode; None where they cannot be converted both ways.

        >>> OwnColours.of("RGB", None)
        OwnColours(to_srgb=None, back=None)
        >>> OwnColours.of("RGB", b"no profile") is None
        True
        """
        if profile is None:
            return cls()
        both = profile_conversions(_opaque(mode), profile)
        return cls(*both) if both else None

    def srgb(self, picture: Image.Image) -> Image.Image:
        """The picture's colours as RGB in sRGB, as if it were opaque.

        >>> OwnColours().srgb(Image.new("LA", (1, 1), (9, 0))).getpixel((0, 0))
        (9, 9, 9)
        """
        colours = picture.convert(_opaque(picture.mode))
        return self.to_srgb(colours) if self.to_srgb else colours.convert("RGB")

    def plus(self, picture: Image.Image, added: np.ndarray) -> Image.Image:
        """The picture with something added to it; its transparency stays, and what is not seen at all does too.

        Args:
            picture: of mode RGB, RGBA, L or LA.
            added: [H, W, 3] levels in sRGB; what is less than half a level changes nothing.

        >>> changed = OwnColours().plus(Image.new("RGBA", (1, 1), (9, 9, 250, 7)), np.float32([[[0.4, -2, 20]]]))
        >>> changed.getpixel((0, 0))
        (9, 7, 255, 7)
        """
        mode = _opaque(picture.mode)
        before = np.asarray(picture.convert(mode))
        if self.to_srgb and self.back:
            after = self._through_srgb(picture, before, added)
        else:
            more = added @ GREY if mode == "L" else added
            after = np.rint(before + more).clip(0, 255).astype(np.uint8)
        if picture.mode == mode:
            return Image.fromarray(after)
        alpha = picture.getchannel("A")
        seen = np.asarray(alpha) > 0
        result = Image.fromarray(np.where(seen if mode == "L" else seen[..., None], after, before))
        result.putalpha(alpha)
        return result

    def _through_srgb(self, picture: Image.Image, before: np.ndarray, added: np.ndarray) -> np.ndarray:
        assert self.back is not None
        shown = self.srgb(picture)
        levels = np.asarray(shown)
        changed = np.rint(levels + added).clip(0, 255).astype(np.uint8)
        moved = self._own(Image.fromarray(changed)) - self._own(shown)
        moved[(changed == levels).all(-1)] = 0
        return (before + moved).clip(0, 255).astype(np.uint8)

    def _own(self, picture: Image.Image) -> np.ndarray:
        assert self.back is not None
        return np.asarray(self.back(picture)).astype(np.int16)


def _opaque(mode: str) -> str:
    return "L" if mode in ("L", "LA") else "RGB"
