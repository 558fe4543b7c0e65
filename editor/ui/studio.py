"""What a visitor can ask for: each verb reads its fields, calls the editor and returns an `Answer`.

Nothing is kept here but the shared editor. All that belongs to a visitor is in their `Visitor`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from editor import Edit, Editor, FaceError, PhotoError, Portrait, Rendering, SettingError
from editor.actions.fit import QUICK
from editor.actions.preserve import unpreserved
from editor.align.by_hand import placed_points
from editor.devices.memory import make_room
from editor.images import preview_of, read_photo
from editor.models import classifier_for
from editor.photos.original import Original
from editor.spaces import SPACES, Space
from editor.ui import text
from editor.ui.admission import RefusedError
from editor.ui.asking import Asked, Fields
from editor.ui.improving import LIKENESS, Improver
from editor.ui.job import Job
from editor.ui.pictures import FULL, LIVE, Encoder, small
from editor.ui.saving import File
from editor.ui.telling import told_along, told_changes, told_mark, told_photo, told_portrait, told_quality
from editor.ui.visitor import Visitor
from editor.ui.visitors import Visitors


@dataclass(frozen=True, eq=False)
class Answer:
    """What a verb gives.

    Attributes:
        data: for JSON.
        pictures: name -> JPEG.
        file: what is answered in the place of both.
        afterwards: what is to be done once the answer is sent; None: nothing.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    file: File | None = None
    afterwards: Callable[[], None] | None = None


class NoFaceError(FaceError):
    """No face was found in a photo that can be read; it can be placed by hand.

    Attributes:
        answer: with the photo.
    """

    def __init__(self, sentence: str, answer: Answer):
        super().__init__(sentence)
        self.answer = answer


def first_steps(editor: Editor) -> int:
    """Steps of refining that a photo is opened with: none where they would take long, as before all is ready, or on a CPU with
    the models `ffhq`.

    >>> editor.fitter.prepare()
    >>> first_steps(editor)
    20
    """
    return QUICK if editor.fitter.is_quick else 0


class Studio:
    """The verbs that the page waits for.

    Attributes:
        shared: everybody's editor.
        encoder: makes JPEGs.
    """

    def __init__(self, editor: Editor, visitors: Visitors, improver: Improver, paper: Editor | None = None):
        """Args:
        paper: draws edits as in the paper, where that takes other directions; None: the editor does.
        """
        self.shared, self._paper = editor, paper
        self._visitors = visitors
        self._improver = improver
        self.encoder = Encoder(editor.renderer.device)

    # The photo

    def open(self, visitor: Visitor, fields: Fields) -> Answer:
        """Open a photo, or another face of it."""
        face, points = fields.whole("face", 0, most=1000), fields.points()
        path, key = self._photo(visitor, fields), tuple(points) if points else face
        own = visitor.editor  # before what was made with it is looked for
        known, kept = visitor.detections(path), visitor.face(path, key)
        photo = read_photo(path)  # where that fails, what is open stays
        if points:
            placed_points(points, photo.image.size)
        visitor.close_photo()
        preview = preview_of(photo)
        jpegs = self.encoder.jpegs({"photo": preview})
        try:
            editor = own or self.shared
            portrait = kept or editor.open(photo, face, points, known, refine=first_steps(editor))
        except FaceError as error:
            if face or points:
                raise SettingError(str(error)) from error
            raise NoFaceError(text.NO_FACE, Answer({"photo": told_photo(photo, path)}, jpegs)) from error
        while (revision := visitor.open_photo(path, portrait, key, Original(preview), own)) is None:
            own = visitor.editor  # the visitor took another flow meanwhile
            portrait = (own or self.shared).rebase(portrait)
        jpegs |= self.encoder.jpegs({"crop": portrait.face.image, "reconstruction": portrait.reconstruction})
        told = told_portrait(portrait) | {"photo": told_photo(photo, path), "edited": told_mark(path)}
        return Answer(told | {"revision": revision, "notice": self.shared.notice}, jpegs, afterwards=make_room)

    def _photo(self, visitor: Visitor, fields: Fields) -> Path:
        """The file that a request names: an upload of this visitor's, or an example."""
        example = fields.word("example")
        if example is None:
            return self.claimed(fields.word("photo"), visitor)
        if example not in self._visitors.examples:
            raise PhotoError(text.NO_EXAMPLE)
        return self._visitors.examples[example]

    def claimed(self, path: str | None, visitor: Visitor) -> Path:
        """An upload, which is this visitor's from now on."""
        return self._visitors.uploads.claim(path, visitor)

    # Pictures

    def draw(self, visitor: Visitor, fields: Fields) -> Answer:
        """Both results: small while a slider moves, in full once it rests."""
        portrait, revision = self.opened(visitor)
        asked, full = self.asked(visitor, fields), fields.switch("full", False)
        number = fields.whole("number", 0)
        rendering = self.render(visitor, portrait, asked, live=not full)
        visitor.memory(portrait).remember(asked, rendering)
        drawn: dict[str, Image.Image] = {**rendering.images}
        images = drawn if full else small(drawn)
        data = {"number": number, "revision": revision, "full": full, "notice": self.shared.notice}
        if full:
            data |= {"unsteady": self.unsteady(visitor, portrait, rendering.edit), "along": told_along(rendering)}
        jpegs = self.encoder.jpegs(images, FULL if full else LIVE)
        return Answer(data, jpegs, afterwards=partial(self._measure_details, visitor, portrait, asked) if full else None)

    def changes(self, visitor: Visitor, fields: Fields) -> Answer:
        """What an edit changed in each space, and which did better."""
        portrait, revision = self.opened(visitor)
        asked = self.asked(visitor, fields)
        found = self.editor(visitor).changes(portrait, self.in_full(visitor, portrait, asked))
        return Answer({"revision": revision} | told_changes(found, asked.edit.locked))

    def in_full(self, visitor: Visitor, portrait: Portrait, asked: Asked) -> Rendering:
        """An edit in full: as it was drawn last, if it was this one."""
        rendering = visitor.memory(portrait).full(asked)
        if rendering is None:
            rendering = self.render(visitor, portrait, asked, live=False)
            visitor.memory(portrait).remember(asked, rendering)
        return rendering

    def render(
        self, visitor: Visitor, portrait: Portrait, asked: Asked, live: bool, spaces: Sequence[Space] = SPACES
    ) -> Rendering:
        """Draw an edit of what is open. Of two flows, both pictures are drawn whatever `spaces` are asked for."""
        if asked.flows and visitor.editor:
            return self._two_flows(visitor, visitor.editor, portrait, asked, live)
        editor, details, like = self.drawing(visitor, asked.paper), None, None
        seen = portrait if asked.paper else replace(portrait, kept=visitor.memory(portrait).kept)
        if live:
            details = visitor.memory(portrait).details or dict.fromkeys(SPACES, portrait.detail)
        else:
            like = visitor.memory(portrait).live(asked)
        edit, kind = asked.edit, {"live": live, "details": details, "like": like}
        where: list[Space] = [space for space in edit.preserve if space in spaces]
        return editor.render(seen, dict(edit.strengths), spaces, edit.local, locked=edit.locked, preserve=where, **kind)

    def _two_flows(self, visitor: Visitor, own: Editor, portrait: Portrait, asked: Asked, live: bool) -> Rendering:
        """The edit in W* twice: by everybody's flow and directions in the place of W+, and by the visitor's own."""
        details = visitor.memory(portrait).details or dict.fromkeys(SPACES, portrait.detail) if live else None
        images, drawn = {}, {}
        for space, editor, seen in (("w_plus", self.shared, self.shared.rebase(portrait)), ("w_star", own, portrait)):
            local, has = asked.local and not asked.paper, editor.models.directions.attributes
            strengths = {name: value for name, value in asked.strengths if name in has}  # the visitor's may be others
            locked = [name for name in asked.locks if name in has]
            one = editor.render(seen, strengths, ("w_star",), local=local, live=live, details=details, locked=locked)
            images[space] = one.images["w_star"]
            if one.drawn:
                drawn[space] = one.drawn["w_star"]
        return Rendering(Edit(asked.strengths, SPACES, asked.local), None, drawn, images, live)

    def preserving(self, visitor: Visitor, portrait: Portrait, edit: Edit) -> Iterator[Portrait]:
        """The portrait after every look at an edit that is to preserve the rest; none where nobody can look."""
        if self.unsteady(visitor, portrait, edit):
            kept = replace(portrait, kept=visitor.memory(portrait).kept)
            yield from (better for _, better in self.editor(visitor).preserving(kept, edit))

    def unsteady(self, visitor: Visitor, portrait: Portrait, edit: Edit) -> int:
        """In how many spaces `preserve` has still to look at an edit; 0 where nobody can."""
        try:
            classifier_for(self.editor(visitor).models, edit.locked)
        except SettingError:
            return 0
        return len(unpreserved(replace(portrait, kept=visitor.memory(portrait).kept), edit))

    def _measure_details(self, visitor: Visitor, portrait: Portrait, asked: Asked) -> None:
        """Measure what live pictures miss where the sliders rest, unless they have moved on."""
        rendering = visitor.memory(portrait).full(asked)
        if rendering is not None and not asked.flows:
            live = visitor.memory(portrait).live(asked)
            visitor.memory(portrait).details = self.editor(visitor).details(portrait, rendering, live)

    # Improving

    def improve(self, visitor: Visitor, fields: Fields) -> Answer:
        """Begin to improve the likeness."""
        way = fields.choice("way", LIKENESS, "refine")
        self.begin_improving(visitor, way, LIKENESS[way])
        return Answer()

    def begin_improving(self, visitor: Visitor, way: str, steps: int) -> Job:
        """The job that improves what is open."""
        self.opened(visitor)
        return _begun(self._improver.likeness(partial(self.editor, visitor), visitor, way, steps))

    def progress(self, visitor: Visitor, fields: Fields) -> Answer:
        """How far the job is, and the likeness where the page has an older one."""
        known = fields.whole("revision", 0)
        job, (portrait, revision) = visitor.job, visitor.opened()
        data: dict[str, Any] = {"job": self._told(job) if job else None, "revision": revision}
        if portrait is None:
            return Answer(data | {"quality": None})
        pictures = {} if known == revision else self.encoder.jpegs({"reconstruction": portrait.reconstruction})
        return Answer(data | {"quality": told_quality(portrait)}, pictures)

    def stop(self, visitor: Visitor, fields: Fields) -> Answer:
        """End the job at its next step."""
        if job := visitor.job:
            job.stop()
        return Answer()

    def _told(self, job: Job) -> dict[str, Any]:
        told = {name: getattr(job, name) for name in ("way", "state", "step", "steps", "error")}
        return told | {"ahead": self._improver.ahead(job) if job.state == "waiting" else 0}

    # What all verbs need

    def editor(self, visitor: Visitor) -> Editor:
        """The visitor's own editor, or everybody's."""
        return visitor.editor or self.shared

    def drawing(self, visitor: Visitor, paper: bool) -> Editor:
        """The editor that draws.

        Args:
            paper: edits as in the paper; directions of the visitor's own stay theirs.
        """
        return (paper and not visitor.editor and self._paper) or self.editor(visitor)

    def is_paper(self, models: str) -> bool:
        """Whether this model set is what edits as in the paper are made with."""
        return self._paper is not None and models == self._paper.models.name

    def opened(self, visitor: Visitor) -> tuple[Portrait, int]:
        """What is open, and its revision.

        Raises:
            SettingError: nothing is.
        """
        portrait, revision = visitor.opened()
        if portrait is None:
            raise SettingError(text.NOTHING_OPEN)
        return portrait, revision

    def asked(self, visitor: Visitor, fields: Fields) -> Asked:
        """The edit that a request describes."""
        return fields.asked(self.editor(visitor).check)


def _begun(job: Job | None) -> Job:
    if job is None:
        raise RefusedError(409, "busy", text.BUSY)
    return job
