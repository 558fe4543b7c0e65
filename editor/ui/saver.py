"""The whole photo with the edits of its faces in it: shown small while one edits, and saved in full.

An edit of one face stays when another face is opened. So requests describe the edits of all faces: that of the open one as
ever, and the others in a list.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from editor import EditedPhoto, Editor, Portrait, Rendering, SettingError
from editor.actions.paste import face_edit
from editor.edit.attributes import attribute
from editor.recipe import Recipe
from editor.saving.embedded import read_recipe
from editor.saving.formats import FORMATS, content_of, own_format
from editor.saving.marks import packet
from editor.saving.movies import MOVIES, movie_of, sweep_values
from editor.sheets import beside, strip_sheet
from editor.spaces import SPACES, Space
from editor.ui import text
from editor.ui.asking import Asked, Fields
from editor.ui.exploring import Explorer
from editor.ui.pictures import LIVE_SIDE
from editor.ui.saving import KEEP, KINDS, OWN, SCOPES, WHAT, File
from editor.ui.studio import Answer, Studio, first_steps
from editor.ui.telling import told_edits
from editor.ui.visitor import FaceKey, Visitor, VisitorLeftError

FRAMES = 21
"""Pictures of a sweep, from one end to the other."""
SWEEP = 2.0
"""The strength that a sweep goes to, unless it is said otherwise."""
NAMES = {"w_plus": "edited-w-plus", "both": "edited-both", "before_after": "before-after"}
"""What stands behind the photo's name; that of an edit in W* is `edited`."""
MOST_OTHERS = 32
"""Other faces with edits."""


class Saver:
    """The verbs that look at the whole photo, or save something."""

    def __init__(self, studio: Studio, explorer: Explorer):
        self._studio, self._explorer = studio, explorer

    def photo(self, visitor: Visitor, fields: Fields) -> Answer:
        """The whole photo with the edits in it, small enough for a screen, by both spaces."""
        portrait, revision = self._studio.opened(visitor)
        asked, others = self._studio.asked(visitor, fields), self._others(visitor, fields)
        rendering = self._studio.in_full(visitor, portrait, asked)
        base, editor = self._backdrops(visitor, portrait, others, fields), self._studio.editor(visitor)
        drawn = {space: editor.paste(portrait, rendering, space, base[space]).image for space in SPACES}
        before = base["w_star"].original.image
        return Answer({"revision": revision}, self._studio.encoder.jpegs({**drawn, "before": before}))

    def recipe(self, visitor: Visitor, fields: Fields) -> Answer:
        """The edits that a file says were made: a recipe, or a picture that was saved here."""
        recipe = read_recipe(self._studio.claimed(fields.word("file"), visitor))
        of_paper = self._studio.is_paper(recipe.models)
        models = self._studio.drawing(visitor, of_paper).models
        notice = recipe.check_models(recipe.models if of_paper else models.name, models.hashes)
        edits = [edit | {"paper": of_paper} for edit in told_edits(recipe)]
        return Answer({"edits": edits, "notice": notice or ""})

    def save(self, visitor: Visitor, fields: Fields) -> Answer:
        """An edit as a file."""
        portrait, _ = self._studio.opened(visitor)
        what, kind = fields.choice("what", WHAT, "w_star"), fields.choice("kind", KINDS, OWN)
        asked = self._studio.asked(visitor, fields)
        if what == "recipe":
            return Answer(file=self._recipe(visitor, portrait, asked, fields))
        if what == "sweep":
            return Answer(file=self._sweep(visitor, portrait, asked, fields, kind))
        if kind not in (OWN, *FORMATS):
            raise SettingError(text.NO_PICTURE.format(kind=kind))
        if what != "strip" and fields.choice("scope", SCOPES, "photo") == "photo":
            return Answer(file=self._whole(visitor, portrait, asked, fields, what, kind))
        return Answer(file=self._face(visitor, portrait, asked, fields, what, "png" if kind == OWN else kind))

    # The whole photo

    def _whole(self, visitor: Visitor, portrait: Portrait, asked: Asked, fields: Fields, what: str, kind: str) -> File:
        others, rendering = self._others(visitor, fields), self._studio.in_full(visitor, portrait, asked)
        wanted: Sequence[Space] = SPACES if what == "both" else ("w_plus",) if what == "w_plus" else ("w_star",)
        of_all = self._editor_of_all(visitor, asked, others)
        starts: dict[Editor, EditedPhoto] = {}
        made = []
        for side in wanted:
            editor, drawn, space = self._made(visitor, asked, rendering, side)
            named = editor if space != side else of_all or editor
            if named not in starts:
                starts[named] = named.unedited(portrait)
            made.append(editor.paste(portrait, drawn, space, self._with(visitor, others, side, starts[named], fields)))
        edited = made[-1]
        if what == "both":
            edited = replace(edited, image=beside([each.image for each in made]), changed=None)
        elif what == "before_after":
            edited = edited.before_after()
        name = own_format(edited.original.format) if kind == OWN else kind
        mark, with_recipe = _marks(fields)
        content = edited.content(name, _quality(fields), mark, with_recipe and of_all is not None)
        return _file(f"{_stem(visitor.photo)}-{NAMES.get(what, 'edited')}", name, content)

    def _editor_of_all(self, visitor: Visitor, asked: Asked, others: "Others") -> Editor | None:
        """What draws the edits of all faces, as a recipe names it; None: some are as in the paper and others are not."""
        moved = [each for each in (asked, *(each for _, each in others)) if each.strengths] or [asked]
        editors = {self._studio.drawing(visitor, each.paper) for each in moved}
        return editors.pop() if len(editors) == 1 else None

    def _made(self, visitor: Visitor, asked: Asked, rendering: Rendering, side: Space) -> tuple[Editor, Rendering, Space]:
        """What a picture is: who drew it, of which edit, in which space. Of two flows the left one is everybody's, in W*."""
        if side == "w_star" or not asked.flows or not visitor.editor:
            return self._studio.drawing(visitor, asked.paper), rendering, side
        shared = self._studio.shared
        has = shared.models.directions.attributes  # the visitor's may be others
        edit = replace(rendering.edit, strengths=tuple(pair for pair in rendering.edit.strengths if pair[0] in has))
        return shared, replace(rendering, edit=edit, images={"w_star": rendering.images[side]}, drawn={}), "w_star"

    def _with(self, visitor: Visitor, others: "Others", space: Space, edited: EditedPhoto, fields: Fields) -> EditedPhoto:
        """The photo with the edits of other faces in it."""
        for face, asked in others:
            if visitor.left or fields.abandoned:
                raise VisitorLeftError
            seen = self._face_of(visitor, face)
            *_, seen = seen, *self._studio.preserving(visitor, seen, asked.edit)
            rendering = self._studio.render(visitor, seen, asked, live=False)
            editor, drawn, of = self._made(visitor, asked, rendering, space)
            edited = editor.paste(seen, drawn, of, edited)
        return edited

    def _face_of(self, visitor: Visitor, face: FaceKey) -> Portrait:
        """The portrait of another face of the open photo: as it was left, or opened anew."""
        photo = visitor.photo
        assert photo
        kept = visitor.face(photo, face)
        editor, known = self._studio.editor(visitor), visitor.detections(photo)
        number, points = (face, None) if isinstance(face, int) else (0, face)
        return kept or editor.open(photo, number, points, known, refine=first_steps(editor))

    def _backdrops(self, visitor: Visitor, portrait: Portrait, others: "Others", fields: Fields) -> dict[Space, EditedPhoto]:
        """The small photo with the edits of the other faces in it; drawn once for the edits that it has."""
        known = visitor.backdrops(others)
        if known:
            return known
        preview = visitor.preview
        if preview is None:
            raise SettingError(text.NOTHING_OPEN)
        start = self._studio.editor(visitor).unedited(portrait, preview)
        made: dict[Space, EditedPhoto] = {space: self._with(visitor, others, space, start, fields) for space in SPACES}
        visitor.remember_backdrops(portrait, others, made)
        return made

    def _others(self, visitor: Visitor, fields: Fields) -> "Others":
        """The edits of the other faces. What they leave out is as in that of the open face."""
        found, usual = [], {name: fields.switch(name, True) for name in ("local", "preserve")}
        for each in fields.objects("others", MOST_OTHERS):
            asked, points = self._studio.asked(visitor, each.otherwise(**usual)), each.points()
            if asked.strengths:
                found.append((tuple(points) if points else each.whole("face", 0, most=1000), asked))
        return tuple(found)

    def _recipe(self, visitor: Visitor, portrait: Portrait, asked: Asked, fields: Fields) -> File:
        """The edits of all faces, to be made again on this photo or another one."""
        others, edits = self._others(visitor, fields), []
        editor = self._editor_of_all(visitor, asked, others)
        if editor is None:
            raise SettingError(text.TWO_WAYS)
        for face, other in others:
            edits.append(face_edit(self._face_of(visitor, face), other.edit, "w_star"))
        if asked.strengths:
            edits.append(face_edit(portrait, asked.edit, "w_star"))
        content = Recipe(tuple(edits), editor.models.name, editor.models.hashes).to_json(indent=2)
        return File(f"{_stem(visitor.photo)}-recipe.json", "application/json", content.encode())

    # The face alone

    def _face(self, visitor: Visitor, portrait: Portrait, asked: Asked, fields: Fields, what: str, kind: str) -> File:
        edits, models = (), self._studio.drawing(visitor, asked.paper).models
        if what == "strip":
            name, values = self._explorer.strip_of(visitor, fields)
            pictures = self._explorer.pictures(visitor, portrait, asked, name, values, fields, live=False)
            word, sign = text.SLIDERS.get(name, (attribute(name).label, 1))
            picture = strip_sheet(pictures, word, [sign * value for value in values], LIVE_SIDE)
            stem = f"strip-{name}"
        else:
            rendering = self._studio.in_full(visitor, portrait, asked)
            picture, stem = _picture_of(what, portrait, rendering.images), f"face-{what.replace('_', '-')}"
            editor, made, space = self._made(visitor, asked, rendering, "w_plus" if what == "w_plus" else "w_star")
            edits, models = (face_edit(portrait, made.edit, space),), editor.models
        mark, with_recipe = _marks(fields)
        recipe = Recipe(edits, models.name, models.hashes) if with_recipe and edits else None
        xmp = packet("generated" if mark else None, recipe) if mark or recipe else None
        content = content_of(picture, kind, quality=_quality(fields), xmp=xmp, recipe=recipe)
        return _file(f"{_stem(visitor.photo)}-{stem}", kind, content)

    def _sweep(self, visitor: Visitor, portrait: Portrait, asked: Asked, fields: Fields, kind: str) -> File:
        """A slider that moves from one end to the other and back, in W*."""
        kind = "mp4" if kind == OWN else kind
        if kind not in MOVIES:
            raise SettingError(text.NO_MOVIE.format(kind=kind, kinds=", ".join(MOVIES)))
        name, _ = self._explorer.strip_of(visitor, fields)
        pictures = []
        for value in sweep_values(SWEEP, FRAMES):
            if visitor.left or fields.abandoned:
                raise VisitorLeftError
            there = asked.at(name, value)
            drawn = self._studio.render(visitor, portrait, there, live=False, spaces=("w_star",)).images["w_star"]
            pictures.append(drawn.resize((LIVE_SIDE, LIVE_SIDE), Image.Resampling.BOX))
        xmp = packet("generated", None) if _marks(fields)[0] else None
        quality = fields.whole("quality", 90, least=1, most=100) if fields.word_or_number("quality") != KEEP else 90
        return _file(f"{_stem(visitor.photo)}-sweep-{name}", kind, movie_of(pictures, kind, quality=quality, xmp=xmp))


Others = tuple[tuple[FaceKey, Asked], ...]
"""Faces, and the edit of each."""


def _picture_of(what: str, portrait: Portrait, images: Any) -> Image.Image:
    """The picture that is saved: one result, both, or the face in the photo and the result in W*."""
    if what == "both":
        return beside([images[space] for space in SPACES])
    if what == "before_after":
        after = images["w_star"]
        return beside([portrait.face.image.resize(after.size, Image.Resampling.LANCZOS), after])
    return images[what]


def _quality(fields: Fields) -> Any:
    return KEEP if fields.word_or_number("quality") in (KEEP, None) else fields.whole("quality", 92, least=1, most=100)


def _marks(fields: Fields) -> tuple[bool, bool]:
    """Whether the file says that AI edited it, and whether it carries the recipe."""
    return fields.switch("mark", True), fields.switch("recipe", True)


def _stem(photo: Path | None) -> str:
    return photo.stem if photo else "face"


def _file(stem: str, kind: str, content: bytes) -> File:
    if kind in FORMATS:
        ending, media_type = FORMATS["webp" if kind == "webp-lossless" else kind].endings[0], FORMATS[kind].media_type
    else:
        ending, media_type = MOVIES[kind].ending, MOVIES[kind].media_type
    return File(f"{stem}{ending}", media_type, content)
