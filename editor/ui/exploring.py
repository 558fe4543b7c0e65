"""What the page asks for besides the two results: one attribute at several strengths, the numbers behind an edit, own files."""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from editor import Portrait, SettingError, WeightsError
from editor.spaces import SPACES, Space
from editor.ui import text
from editor.ui.asking import Asked, Fields
from editor.ui.pictures import LIVE, small
from editor.ui.setup import told_attribute
from editor.ui.studio import Answer, Studio
from editor.ui.telling import told_codes
from editor.ui.visitor import Visitor, VisitorLeftError

VALUES = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""Strengths of a strip, unless it is said otherwise."""
MOST_VALUES = 9
MOST_ATTRIBUTES = 20
"""Attributes of the visitor's own at once."""


class Explorer:
    """The verbs that the page waits for least."""

    def __init__(self, studio: Studio):
        self._studio = studio

    def strip(self, visitor: Visitor, fields: Fields) -> Answer:
        """Live pictures of one attribute at several strengths, in both spaces; the other sliders stay where they are."""
        portrait, _ = self._studio.opened(visitor)
        asked, (name, values) = self._studio.asked(visitor, fields), self.strip_of(visitor, fields)
        pictures = self.pictures(visitor, portrait, asked, name, values, fields)
        named = {f"{space}_{number}": image for space, row in pictures.items() for number, image in enumerate(row)}
        return Answer({"name": name, "values": values}, self._studio.encoder.jpegs(small(named), LIVE))

    def preserve(self, visitor: Visitor, fields: Fields) -> Answer:
        """Look at what an edit brings along on this face, so that later pictures take it back; until the sliders move on."""
        portrait, _ = self._studio.opened(visitor)
        asked, memory = self._studio.asked(visitor, fields), visitor.memory(portrait)
        edit, known, before = asked.edit, memory.kept, memory.latest
        for better in self._studio.preserving(visitor, portrait, edit):
            if visitor.left:
                raise VisitorLeftError
            if fields.abandoned or visitor.portrait is not portrait:  # a better likeness is drawn, and then looked at anew
                return Answer({"changed": False})
            memory.keep(better.kept, anew=False)
            if memory.latest not in (before, asked):
                break
        where = [edit.conditions(space) for space in edit.spaces]
        changed = any(known.near(each, edit.strengths) != memory.kept.near(each, edit.strengths) for each in where)
        if changed:
            memory.keep(memory.kept, anew=True)
        return Answer({"changed": changed})

    def files(self, visitor: Visitor, fields: Fields) -> Answer:
        """Take the visitor's own flow, directions and attributes from now on, or everybody's where none is named."""
        named = {kind: fields.word(kind) for kind in ("flow", "directions")}
        claimed = {kind: self._studio.claimed(path, visitor) for kind, path in named.items() if path is not None}
        added = [self._studio.claimed(path, visitor) for path in fields.names("attributes", MOST_ATTRIBUTES)]
        try:
            own = self._studio.shared.with_files(**claimed) if claimed else None
            if added:
                own = (own or self._studio.shared).with_attributes(added)
        except WeightsError as error:
            raise SettingError(str(error)) from error
        editor = own or self._studio.shared
        revision = visitor.use(own, editor.rebase)
        names: dict[str, Any] = {kind: claimed[kind].name if kind in claimed else None for kind in named}
        attributes = [told_attribute(each) for each in editor.attributes]
        names["attributes_files"] = [path.name for path in added]
        return Answer({**names, "revision": revision, "notice": editor.notice, "attributes": attributes})

    def range(self, visitor: Visitor, fields: Fields) -> Answer:
        """The strengths of a slider between which this face stays itself; measured once a portrait."""
        portrait, _ = self._studio.opened(visitor)
        name, paper = self._name(visitor, fields), fields.switch("paper", False)
        local = fields.switch("local", True) and not paper
        found = visitor.memory(portrait).range(name, local, paper)
        if found is None:
            found = self._studio.drawing(visitor, paper).safe_range(portrait, name, local)
            visitor.memory(portrait).remember_range(local, paper, found)
        return Answer(dict(vars(found)))

    def codes(self, visitor: Visitor, fields: Fields) -> Answer:
        """The numbers behind an edit: of the codes, and of the classifier."""
        portrait, _ = self._studio.opened(visitor)
        rendering = self._studio.in_full(visitor, portrait, self._studio.asked(visitor, fields))
        return Answer(told_codes(self._studio.editor(visitor).measure(portrait, rendering)))

    def pictures(
        self,
        visitor: Visitor,
        portrait: Portrait,
        asked: Asked,
        name: str,
        values: Sequence[float],
        fields: Fields,
        live: bool = True,
    ) -> dict[Space, list[Image.Image]]:
        """Pictures of one attribute at several strengths; the other sliders stay where they are.

        Args:
            fields: of the request that they are for.

        Raises:
            VisitorLeftError: nobody waits for it any more.
        """
        rows: dict[Space, list[Image.Image]] = {space: [] for space in SPACES}
        for value in values:
            if visitor.left or fields.abandoned:
                raise VisitorLeftError
            for space, image in self._studio.render(visitor, portrait, asked.at(name, value), live).images.items():
                rows[space].append(image)
        return rows

    def _name(self, visitor: Visitor, fields: Fields) -> str:
        """The attribute that a request names.

        Raises:
            SettingError: there is none.
        """
        name = fields.word("name")
        if name is None:
            raise SettingError(text.NO_ATTRIBUTE)
        self._studio.editor(visitor).check({name: 0.0})
        return name

    def strip_of(self, visitor: Visitor, fields: Fields) -> tuple[str, list[float]]:
        """The attribute and the strengths of a strip.

        Raises:
            SettingError: they do not exist.
        """
        name, values = self._name(visitor, fields), fields.numbers("values", MOST_VALUES) or list(VALUES)
        for value in values:
            self._studio.editor(visitor).check({name: value})
        return name, values
