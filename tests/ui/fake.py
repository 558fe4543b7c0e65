"""An editor that draws nothing, for tests of the page. It answers at once, writes down what it is asked, and can be held up."""

import copy
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from PIL import Image

from editor import Edit, EditedPhoto, FaceError, Portrait, Recipe, Rendering, WeightsError
from editor.actions.paste import face_edit
from editor.actions.preserve import unpreserved
from editor.edit import display_order
from editor.edit.directions import Directions, SpaceDirections
from editor.edit.kept import Kept
from editor.edit.preserving import Found
from editor.face import Detection, Face
from editor.judge.changes import Changes
from editor.judge.quality import ReconstructionQuality
from editor.photos.original import Original
from editor.portrait import CodeReport, EditedCode, Logit, SafeRange
from editor.spaces import SPACES

NAMES = ("Smiling", "Young", "Male")
EMPTY = SpaceDirections(None, None, None, None)  # pyright: ignore[reportArgumentType]
SIDE = 64


def picture(shade: int = 128, side: int = SIDE) -> Image.Image:
    return Image.new("RGB", (side, side), (shade, shade, shade))


def portrait(name: str = "", faces: int = 1, quality: float = 0.1, notes: tuple[str, ...] = ()) -> Portrait:
    """A portrait without codes."""
    detections = tuple(Detection((10.0 * n, 0.0, 10.0 * n + 8, 16.0), None, 0.9) for n in range(faces))
    face = Face(picture(), None, detections, notes=notes, photo_size=(160, 120))
    known = ReconstructionQuality(quality, quality, quality)
    return Portrait(face, name or "w", None, picture(90), known, detail="the face's own")


class FakeEditor:
    """Stands in for an `Editor`.

    Attributes:
        renders: (strengths, local, live, details, like's strengths, locked, preserve, along) of every drawing.
        measured: how often details were measured.
        held: what to wait for before anything is drawn, opened or improved; set by default.
        begun: set once something waits there.
        fails: raised by whatever is asked for next.
    """

    notice = ""
    attributes = display_order(NAMES)
    renderer = SimpleNamespace(device=SimpleNamespace(type="cpu"))
    models = SimpleNamespace(
        name="fake",
        regions=object(),
        training_classifier=SimpleNamespace(attributes=NAMES),
        classifier=object(),
        hashes={},
        directions=Directions(NAMES, EMPTY, EMPTY, None, "", ""),
    )

    fitter = SimpleNamespace(is_quick=True)

    def __init__(self):
        self.renders, self.measured, self.opened, self.ranged = [], 0, [], 0
        self.faces, self.notes = 1, ()
        self.held, self.begun = threading.Event(), threading.Event()
        self.held.set()
        self.fails: BaseException | None = None

    def check(self, strengths):
        self.models.directions.strengths(strengths)

    def open(self, photo, face=0, points=None, detections=(), refine=0):
        self.wait()
        self.opened.append(SimpleNamespace(face=face, points=points, known=len(detections), refine=refine))
        if not 0 <= face < self.faces:
            raise FaceError(f"The photo has {self.faces} face(s); there is no face {face + 1}.")
        opened = portrait(faces=self.faces, notes=self.notes)
        return replace(opened, face=replace(opened.face, index=face), refined=refine)

    def render(
        self, portrait, strengths, spaces=SPACES, local=True, live=False, details=None, like=None, locked=(), preserve=()
    ):
        self.check(strengths)
        self.wait()
        said = like and dict(like.edit.strengths)
        self.renders.append(
            SimpleNamespace(
                by=self.notice,
                strengths=dict(strengths),
                local=local,
                live=live,
                details=details,
                like=said,
                locked=tuple(locked),
                preserve=tuple(preserve),
            )
        )
        moved = tuple(sorted((name, value) for name, value in strengths.items() if value))
        edit = Edit(moved, tuple(spaces), local, tuple(locked), tuple(preserve))
        along = {space: portrait.kept.near(edit.conditions(space), moved) for space in spaces} if moved else {}
        self.renders[-1].along = along
        shade = int(128 + 20 * sum(strengths.values()))
        images = {space: picture(shade + number) for number, space in enumerate(spaces)}
        return Rendering(
            edit, None, {}, images if edit.strengths else dict.fromkeys(spaces, portrait.reconstruction), live, along
        )

    def with_files(self, flow=None, directions=None):
        if any(file and file.suffix != ".safetensors" for file in (flow, directions)):
            raise WeightsError("It is not a file of tensors.")
        other = copy.copy(self)
        other.notice = f"own {'flow' if flow else 'directions'}"
        return other

    def rebase(self, portrait):
        return replace(portrait, w_star="rebased", kept=Kept())

    def unedited(self, portrait, original=None):
        original = original or Original(Image.new("RGB", (160, 120), "teal"), format="JPEG")
        return EditedPhoto(original.image, original, Recipe((), self.models.name, self.models.hashes))

    def paste(self, portrait, rendering, space="w_star", onto=None):
        self.wait()
        base = onto or self.unedited(portrait)
        image = base.image.copy()
        image.paste(rendering.images[space].resize((8, 8)), (portrait.face.index * 10, 0))
        edits = (*base.recipe.edits, face_edit(portrait, rendering.edit, space))
        return replace(base, image=image, recipe=replace(base.recipe, edits=edits))

    def details(self, portrait, full, small=None):
        self.wait()
        self.measured += 1
        return {"measured": self.measured}

    def changes(self, portrait, rendering):
        asked = {name: 1.0 for name, _ in rendering.edit.strengths}
        return {space: Changes(asked, {"Male": 0.5, "Bald": 0.1}, identity=0.2) for space in SPACES}

    def safe_range(self, portrait, name, local=True):
        self.wait()
        self.ranged += 1
        return SafeRange(name, -1.5, 2.0, "identity", None)

    def measure(self, portrait, rendering):
        edited = {space: EditedCode(0.0, 0.0, 0.1) for space in SPACES}
        logits = (Logit("Smiling", 0.0, dict.fromkeys(SPACES, 1.0)),)
        return CodeReport(dict.fromkeys(SPACES, 1.0), 0.1, 0.0, edited, logits)

    def refining(self, portrait, steps, every=20):
        """Better at every tenth step."""
        for step in range(steps + 1):
            self.wait()
            if step and step % 10 == 0:
                portrait = replace(portrait, w_plus=f"better {step}")
            yield step, portrait

    tuning = refining

    def preserving(self, portrait, edit):
        """Two looks in each space; the masculine helps."""
        for done, conditions in enumerate(unpreserved(portrait, edit), 1):
            for over in (False, True):
                self.wait()
                found = Found({"Male": 0.25}, {}, over)
                portrait = replace(portrait, kept=portrait.kept.with_found(conditions, edit.strengths, found))
                yield done, portrait

    def wait(self):
        if self.fails:
            error, self.fails = self.fails, None
            raise error
        if not self.held.is_set():
            self.begun.set()
            assert self.held.wait(20)

    def hold_up(self):
        """Hold up whatever comes next."""
        self.begun.clear()
        self.held.clear()


def photo_file(folder: Path, name: str = "photo.jpg") -> Path:
    """A photo that can be read."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (160, 120), "teal").save(path, "JPEG")
    return path
