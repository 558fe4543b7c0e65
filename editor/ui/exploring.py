"""What the page asks for besides the two results: one attribute at several strengths, the numbers behind an edit, and files."""

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from editor import Portrait, Rendering, SettingError
from editor.edit.attributes import attribute
from editor.spaces import SPACES
from editor.ui import text
from editor.ui.asking import Asked, Fields
from editor.ui.pictures import LIVE, small
from editor.ui.saving import KINDS, WHAT, File, beside, file_of, strip
from editor.ui.studio import Answer, Studio
from editor.ui.telling import told_codes
from editor.ui.visitor import Visitor, VisitorLeftError

VALUES = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""Strengths of a strip, unless it is said otherwise."""
MOST_VALUES = 9


class Explorer:
    """The verbs that the page waits for least."""

    def __init__(self, studio: Studio):
        self._studio = studio

    def strip(self, visitor: Visitor, fields: Fields) -> Answer:
        """Live pictures of one attribute at several strengths, in both spaces; the other sliders stay where they are."""
        portrait, _ = self._studio.opened(visitor)
        asked, (name, values) = self._studio.asked(visitor, fields), self._strip_of(visitor, fields)
        pictures = {}
        for number, value in enumerate(values):
            rendering = self._at(visitor, portrait, asked, name, value, live=True)
            pictures |= {f"{space}_{number}": image for space, image in rendering.images.items()}
        return Answer({"name": name, "values": values}, self._studio.encoder.jpegs(small(pictures), LIVE))

    def codes(self, visitor: Visitor, fields: Fields) -> Answer:
        """The numbers behind an edit: of the codes, and of the classifier."""
        portrait, _ = self._studio.opened(visitor)
        rendering = self._studio.in_full(visitor, portrait, self._studio.asked(visitor, fields))
        return Answer(told_codes(self._studio.editor(visitor).measure(portrait, rendering)))

    def save(self, visitor: Visitor, fields: Fields) -> Answer:
        """A result as a file."""
        portrait, _ = self._studio.opened(visitor)
        what, kind = fields.choice("what", WHAT, "w_star"), fields.choice("kind", tuple(KINDS), "png")
        quality = fields.whole("quality", 92, least=1, most=100)
        asked = self._studio.asked(visitor, fields)
        if what == "strip":
            name, values = self._strip_of(visitor, fields)
            return Answer(file=self._strip_file(visitor, portrait, asked, name, values, kind, quality))
        rendering = self._studio.in_full(visitor, portrait, asked)
        return Answer(file=file_of(picture_of(what, portrait, rendering), f"face-{what.replace('_', '-')}", kind, quality))

    def _strip_file(
        self, visitor: Visitor, portrait: Portrait, asked: Asked, name: str, values: Sequence[float], kind: str, quality: int
    ) -> File:
        rendered = [self._at(visitor, portrait, asked, name, value, live=False) for value in values]
        rows = {space: [each.images[space] for each in rendered] for space in SPACES}
        word, sign = text.SLIDERS.get(name, (attribute(name).label, 1))
        return file_of(strip(rows, word, [sign * value for value in values]), f"face-strip-{name}", kind, quality)

    def _strip_of(self, visitor: Visitor, fields: Fields) -> tuple[str, list[float]]:
        """The attribute and the strengths of a strip.

        Raises:
            SettingError: they do not exist.
        """
        name, values = fields.word("name"), fields.numbers("values", MOST_VALUES) or list(VALUES)
        if name is None:
            raise SettingError(text.NO_ATTRIBUTE)
        for value in values:
            self._studio.editor(visitor).check({name: value})
        return name, values

    def _at(self, visitor: Visitor, portrait: Portrait, asked: Asked, name: str, value: float, live: bool) -> Rendering:
        """The edit with one attribute at another strength.

        Raises:
            VisitorLeftError: nobody waits for it any more.
        """
        if visitor.left:
            raise VisitorLeftError
        strengths = dict(asked.strengths) | {name: value}
        there = replace(asked, strengths=tuple(sorted((each, at) for each, at in strengths.items() if at)))
        return self._studio.render(visitor, portrait, there, live)


def picture_of(what: str, portrait: Portrait, rendering: Rendering) -> Image.Image:
    """The picture that is saved: one result, both, or the face in the photo and the result in W*."""
    if what == "both":
        return beside([rendering.images[space] for space in SPACES])
    if what == "before_after":
        after = rendering.images["w_star"]
        return beside([portrait.face.image.resize(after.size, Image.Resampling.LANCZOS), after])
    return next(image for space, image in rendering.images.items() if space == what)
