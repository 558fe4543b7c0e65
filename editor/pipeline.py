"""`Editor`, the class that programs use: it loads the models and has one method for each step.

photo --align--> face --encode--> w+ --T--> w* --edit--> w*' --T^-1--> w+' --generate--> image
                                   \\-------------- edit in W+, for the comparison -------/
"""

import copy
import dataclasses
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy.typing as npt
import torch
from PIL import Image

from editor.actions.exchange import exchanged, extended, rebased
from editor.actions.fit import Fitter
from editor.actions.learn import Learned, learn
from editor.actions.measure import changes_of, code_report
from editor.actions.open import open_face
from editor.actions.paste import paste, unedited
from editor.actions.preserve import preserving, unpreserved
from editor.actions.render import Details, details_of, edit_of, render, strip
from editor.actions.safe_range import safe_range
from editor.align import FaceFinder, whole_quad
from editor.devices.choice import chosen_device
from editor.devices.memory import make_room
from editor.edit import Attribute, display_order
from editor.edit.own import OwnAttribute
from editor.edited_photo import EditedPhoto
from editor.encode.face import FaceEncoder
from editor.errors import PhotoError
from editor.face import Detection, Face
from editor.generate.detail import Detail
from editor.images import Source
from editor.judge.changes import Changes
from editor.judge.compiled import CpuJudge
from editor.models import PREVIEW_SIDE, Models, generator_file, load_models, model_set
from editor.photos.original import Original
from editor.portrait import CodeReport, Edit, Portrait, Rendering, SafeRange
from editor.reconstructor import Reconstructor
from editor.renderer import Renderer
from editor.spaces import SPACES, Space
from editor.weights import WeightStore

NO_ROOM = (
    "The GPU's memory does not suffice for these models, so the CPU draws: slowly. Close what else uses the GPU and restart."
)
SLOW_HERE = (
    "There is no GPU here, so the models {models} take seconds for each picture. "
    "The embedded models (make app) draw two in about half a second on this machine."
)
Progress = Callable[[int, int], object]
"""Told (step, steps) at every step."""


class Editor:
    """Edits faces. Holds the networks; may be shared by all users and threads, since nothing in it changes after loading.

    Only two things happen once, under a lock of their own: the first conversion of a network, and the step from a GPU whose
    memory ran out to the CPU. What belongs to one photo is in its `Portrait`.

    Attributes:
        models: the networks.
        renderer: draws codes.
        find: a photo and which of its faces -> the aligned `Face`.
        encode: the pixels of an aligned face, [1, 3, R, R] in [-1, 1] -> its code, [1, 18, 512] on the CPU.
        reconstruct: a face, its pixels and its code -> `Portrait`.
        fitter: makes portraits more alike.

    >>> result = editor.render(portrait, {"Smiling": 1.5})
    >>> result.w_plus.size, result.w_star.size
    ((1024, 1024), (1024, 1024))
    """

    def __init__(self, models: Models, renderer: Renderer, notice: str = "", kept: Path | None = None):
        """Keep what every action needs.

        Args:
            models: on the renderer's device.
            notice: what a person should know of how this editor came about.
            kept: folder to keep in what fitting and judging compile.
        """
        judge = CpuJudge(models.classifier, models.likeness, kept) if renderer.device.type == "cpu" else None
        models = dataclasses.replace(models, classifier=judge.classifier) if judge else models
        self.models = models
        self.renderer = renderer
        self.find = FaceFinder(renderer.device)
        self.encode = FaceEncoder(models.encoder, renderer.device)
        self.reconstruct = Reconstructor(models, renderer, judge and judge.compare)
        self.fitter = Fitter(models, renderer, self.reconstruct, kept)
        self._judge = judge
        self._notice = notice

    @classmethod
    def load(
        cls, models: str = "embedded", device: str | None = None, store: WeightStore | None = None, generator: str = ""
    ) -> "Editor":
        """Fetch what is missing, verify it and load it. Where the GPU's memory does not suffice, the CPU is used.

        Args:
            models: the name of a model set.
            device: "cpu" or "cuda"; by default CUDA where there is one.
            generator: for sets with StyleGAN2, another one of the same domain: an entry, or a .pt or .pkl of one's own.

        Raises:
            SettingError: there is no such set or device.
            WeightsError: a file is missing, unreachable or wrong.

        >>> editor = Editor.load("embedded", "cpu")  # doctest: +SKIP
        >>> Editor.load("ffqh")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        editor.errors.SettingError: There are no models called 'ffqh'. There are: embedded, ...
        """
        chosen = chosen_device(device)
        store = store or WeightStore()
        loaded = load_models(models, store, half=chosen.type == "cuda", generator=generator)
        entries = model_set(models)
        kept = store.cache / "openvino" / store.hash_of(generator_file(entries, store, generator))[:16]
        small = f"preview-{store.entries[entries.preview].sha256[:16] if entries.preview else ''}-{PREVIEW_SIDE}"
        try:
            return cls.over(loaded, chosen, kept, kept / small)
        except torch.OutOfMemoryError:
            del loaded  # what of it had moved to the GPU goes from there
            make_room()
            warnings.warn(NO_ROOM, stacklevel=2)
            loaded = load_models(models, store, generator=generator)
            return cls.over(loaded, torch.device("cpu"), kept, kept / small, NO_ROOM)

    @classmethod
    def over(
        cls,
        models: Models,
        device: torch.device,
        kept: Path | None = None,
        kept_small: Path | None = None,
        notice: str = "",
    ) -> "Editor":
        """An editor of networks at hand.

        Args:
            device: where they are copied to, if they are not there.
            kept, kept_small: folders in which the runtimes of the generator and of its preview keep converted networks.
            notice: what a person should know of how this editor came about.
        """
        models = models.to(device)
        return cls(models, Renderer(models.generator, models.preview, device, kept, kept_small), notice, kept_small)

    def with_files(self, flow: Path | None = None, directions: Path | None = None) -> "Editor":
        """An editor with another flow or other directions, which shares all other networks and the renderer with this one.

        Portraits of this editor are carried over by the other's `rebase`. Where the directions were not made with the flow,
        its `notice` says so.

        Args:
            flow, directions: files as `face-editor train flow` and `train directions` write them; None: as they are here.

        Raises:
            WeightsError: a file is not what it should be, has other shapes, or was made for another encoder.

        >>> paper = editor.with_files(directions=store.path("directions-svm"))
        >>> paper.renderer is editor.renderer, paper.render(paper.rebase(portrait), {"Smiling": 1}, live=True).w_star.size
        (True, (256, 256))
        """
        return self._beside(*exchanged(self.models, flow, directions))

    def with_attributes(self, attributes: Sequence[OwnAttribute | Path]) -> "Editor":
        """An editor with further sliders, which shares all networks and the renderer with this one.

        Portraits of this editor are carried over by the other's `rebase`.

        Args:
            attributes: what `learn` made, or files of it.

        Raises:
            SettingError: a name is taken.
            WeightsError: a file is not what it should be, or was made for other models.

        >>> editor.with_attributes([]).attributes == editor.attributes
        True
        """
        return self._beside(extended(self.models, attributes))

    def _beside(self, models: Models, notice: str = "") -> "Editor":
        other = copy.copy(self)
        other.models, other._notice = models, notice or self._notice
        other.reconstruct = self.reconstruct.beside(models)
        other.fitter = self.fitter.beside(models, other.reconstruct)
        return other

    def learn(self, name: str, shows: Sequence[Source], lacks: Sequence[Source], progress: Progress | None = None) -> Learned:
        """An attribute of one's own, learnt from photos; `with_attributes` gives it a slider. A fifth of a second a photo.

        A photo that cannot be read, or has no face, is passed over. Of several faces the largest counts.

        Args:
            name: of the attribute, in any script.
            shows, lacks: photos of people who have the attribute, and of people who lack it; at least 5 of each.
            progress: told (step, steps) at every photo, and at every face on which it is measured what a unit changes.

        Raises:
            SettingError: the name is no name or taken, a photo is on both sides, or a side has too few photos or people.

        >>> editor.learn("Smiling", [photo], [photo])
        Traceback (most recent call last):
        editor.errors.SettingError: There is an attribute 'Smiling' already. Choose another name.
        """
        return learn(self.models, self.renderer, self.find, self.encode, name, shows, lacks, progress)

    def rebase(self, portrait: Portrait) -> Portrait:
        """The portrait of another editor `with_files`, for this one: T(w) computed anew, without what `preserve` measured.

        >>> editor.rebase(portrait).reconstruction is portrait.reconstruction
        True
        """
        return rebased(self.models, portrait)

    @property
    def notice(self) -> str:
        """What a person should know of how pictures are drawn here; empty when all is well.

        >>> editor.notice
        ''
        """
        for part in (self.renderer, self.encode, self.reconstruct):
            if notice := part.notice:
                return notice
        if self._notice:
            return self._notice
        slow = self.renderer.device.type == "cpu" and self.models.name and model_set(self.models.name).kind != "compact"
        return SLOW_HERE.format(models=self.models.name) if slow else ""

    @property
    def attributes(self) -> list[Attribute]:
        """What can be edited, in the order to show it.

        >>> [attribute.label for attribute in editor.attributes[:3]]
        ['Smiling', 'Young', 'Male']
        """
        return display_order(self.models.directions.attributes)

    def prepare(self) -> None:
        """Make ready what the first edit would otherwise wait for: a second, or a quarter of a minute the first time here.

        >>> editor.prepare()
        """
        self.renderer.prepare()
        if self._judge:
            self._judge.prepare()
        self.fitter.prepare()
        make_room()

    def check(self, strengths: Mapping[str, float]) -> None:
        """Check strengths before seconds are spent on a photo.

        Raises:
            SettingError: an attribute or a strength that does not exist.

        >>> editor.check({"Smiling": 1.5})
        >>> editor.check({"Smiling": 15})
        Traceback (most recent call last):
        editor.errors.SettingError: Smiling: a strength is a number between -2 and 2.
        """
        self.models.directions.strengths(strengths)

    def open(
        self,
        photo: Source,
        face: int = 0,
        points: npt.ArrayLike | None = None,
        detections: Sequence[Detection] = (),
        refine: int = 0,
    ) -> Portrait:
        """Find, align and encode a face. Seconds; once per photo.

        Args:
            photo: a path, the bytes of a file, a picture, or what `editor.images.read_photo` made of one of these.
            face: which face; 0 is the largest.
            points: the left eye, the right eye and the middle of the mouth, placed by hand: [3, 2] shares of the upright
                photo's width and height, as seen when the face is upright. Then no face is looked for.
            detections: the faces of this photo, of a portrait of another of them. Then they are not looked for again.
            refine: steps of `refine` to take before anything is drawn; `QUICK` is a good number.

        Raises:
            PhotoError: the photo cannot be read.
            FaceError: it has no face, or not that many.
            PointsError: the points cannot be a face.

        >>> portrait = editor.open(photo)
        >>> portrait.w_plus.shape, portrait.reconstruction.size
        (torch.Size([1, 18, 512]), (1024, 1024))
        >>> editor.open(photo, points=[(0.40, 0.22), (0.49, 0.22), (0.45, 0.33)]).face.landmarks is None
        True
        """
        found = self.find(photo, face, points, detections)
        return open_face(found, self.encode, self.reconstruct, self.fitter.refined_code, refine)

    def open_aligned(self, face: Image.Image) -> Portrait:
        """A portrait of a face that is framed as FFHQ frames faces already; nothing is looked for.

        Args:
            face: RGB, a square of any size.

        Raises:
            PhotoError: it is not a square.

        >>> editor.open_aligned(portrait.face.image).face.quad.side
        1024.0
        """
        if face.width != face.height:
            raise PhotoError(f"An aligned face is a square; this picture has {face.width} x {face.height} pixels.")
        aligned = Face(face.convert("RGB"), whole_quad(*face.size), photo_size=face.size, source=face)
        return open_face(aligned, self.encode, self.reconstruct)

    def refine(self, portrait: Portrait, steps: int, progress: Progress | None = None) -> Portrait:
        """A better likeness by another code (latent optimisation), or the given one if none is found. 0.05 to 0.2 s a step.

        Args:
            steps: at least 1; 20 are a good number, and `tune` then comes nearer than more of them.
            progress: told (step, steps) at every step.

        Raises:
            SettingError: fewer than one step.
            EditorError: memory ran out.

        >>> editor.refine(portrait, steps=1).face is portrait.face
        True
        """
        return _last(portrait, self.refining(portrait, steps, every=0), steps, progress)

    def tune(self, portrait: Portrait, steps: int, progress: Progress | None = None) -> Portrait:
        """A better likeness still, by the same code and a generator changed a little for this photo (pivotal tuning).

        Args:
            steps: at least 1.
            progress: told (step, steps) at every step.

        Raises:
            SettingError: fewer than one step.
            EditorError: memory ran out.

        >>> tuned = editor.tune(portrait, steps=60)  # doctest: +SKIP
        >>> editor.tune(portrait, steps=0)
        Traceback (most recent call last):
        editor.errors.SettingError: Improving a likeness needs at least one step, not 0.
        """
        return _last(portrait, self.tuning(portrait, steps, every=0), steps, progress)

    def preserve(
        self,
        portrait: Portrait,
        strengths: Mapping[str, float],
        spaces: Sequence[Space] = SPACES,
        local: bool = True,
        locked: Collection[str] = (),
        rest: bool = True,
        progress: Progress | None = None,
    ) -> Portrait:
        """The same face, on which this edit preserves what it visibly brings along. 1 s a space, less near others.

        Small pictures of the edit are looked at by the training classifier, and a few other sliders take back what they show
        (`editor.edit.preserving`). `render` with `preserve` and the same edit moves them. An edit that was looked at is not
        looked at again: the portrait itself comes back.

        Args:
            strengths: as for `render`.
            locked: attributes that are to stay as they are; they count more than all others.
            rest: whether all that anyone can name is to stay; otherwise the locked attributes alone, as for `render` without
                `preserve`.
            progress: told (number of spaces done, of all) at every picture.

        Raises:
            SettingError: an attribute or a strength that does not exist, or the training classifier does not know a locked one.

        >>> steady = editor.preserve(portrait, {"Male": 1.5}, ["w_star"])
        >>> result = editor.render(steady, {"Male": 1.5}, ["w_star"], live=True, preserve=True)
        >>> result.along["w_star"] != {}, editor.preserve(steady, {"Male": 1.5}, ["w_star"]) is steady
        (True, True)
        """
        edit = edit_of(self.models, strengths, spaces, local, locked, rest)
        walk = preserving(self.models, self.renderer, portrait, edit)
        return _last(portrait, walk, len(unpreserved(portrait, edit)), progress)

    def refining(self, portrait: Portrait, steps: int, every: int = 20) -> Iterator[tuple[int, Portrait]]:
        """Improve the likeness by another code, a step at a time. Stop iterating to stop.

        Args:
            steps: at least 1.
            every: redraw the reconstruction after so many steps; 0: at the end only.

        Returns:
            An iterator over the step and the best portrait until then, from step 0 on.

        Raises:
            SettingError: fewer than one step.
            EditorError: memory ran out.

        >>> step, best = next(editor.refining(portrait, steps=60))
        >>> step, best is portrait
        (0, True)
        """
        return self.fitter.refining(portrait, steps, every)

    def tuning(self, portrait: Portrait, steps: int, every: int = 20) -> Iterator[tuple[int, Portrait]]:
        """Improve the likeness by a generator changed for this photo, a step at a time. Stop iterating to stop.

        Args:
            steps: at least 1.
            every: redraw the reconstruction after so many steps; 0: at the end only.

        Returns:
            An iterator over the step and the best portrait until then, from step 0 on.

        Raises:
            SettingError: fewer than one step.
            EditorError: memory ran out.

        >>> step, best = next(editor.tuning(portrait, steps=60))
        >>> step, best is portrait
        (0, True)
        """
        return self.fitter.tuning(portrait, steps, every)

    def preserving(self, portrait: Portrait, edit: Edit) -> Iterator[tuple[int, Portrait]]:
        """Preserve what an edit would bring along, a picture at a time. Stop iterating to stop: what was measured is kept.

        Args:
            edit: `Edit.preserve` says in which spaces the rest is preserved.

        Returns:
            An iterator over how many spaces are done and the portrait until then.

        Raises:
            SettingError: the training classifier does not know a locked attribute.

        >>> list(editor.preserving(portrait, editor.render(portrait, {}).edit))
        []
        """
        return preserving(self.models, self.renderer, portrait, edit)

    def render(
        self,
        portrait: Portrait,
        strengths: Mapping[str, float],
        spaces: Sequence[Space] = SPACES,
        local: bool = True,
        live: bool = False,
        details: Details | None = None,
        like: Rendering | None = None,
        locked: Collection[str] = (),
        preserve: bool | Collection[Space] = False,
    ) -> Rendering:
        """The edited face, in each of `spaces`. Fast; at every move of a slider.

        Args:
            strengths: attribute -> signed strength in units of a slider; 0 or absent leaves an attribute alone.
            local: change the picture only where the attributes lie; otherwise everywhere.
            live: small pictures, several times faster, for while the slider moves.
            details: what `details` gave for strengths near these; makes live pictures larger and nearly as good as full ones.
            like: another rendering of this portrait; where it is of the same edit, its codes are drawn, not computed again.
            locked: attributes that stay as they are, or at their own strength, while others move.
            preserve: whether all else that anyone can name is to stay as it is, or the spaces in which it is. `preserve` finds
                what this takes on this face, and what locked attributes take; near an edit that it has looked at, a share of
                what it found there counts. Until then the rest comes along, and locked attributes stay only as far as the
                directions alone can achieve.

        Raises:
            SettingError: an attribute, a strength or a space that does not exist.

        >>> live = editor.render(portrait, {"Smiling": 1.5}, ("w_star",), live=True)
        >>> live.w_star.size, live.w_plus
        ((256, 256), None)
        """
        edit = edit_of(self.models, strengths, spaces, local, locked, preserve)
        return render(self.models, self.renderer, portrait, edit, live, details, like)

    def paste(
        self, portrait: Portrait, rendering: Rendering, space: Space = "w_star", onto: EditedPhoto | None = None
    ) -> EditedPhoto:
        """The edit, back in its photo: the whole photo, of which only what the edit changed is touched. 0.3 s and more.

        Args:
            rendering: of this portrait, in full.
            space: which of its pictures.
            onto: the photo with edits of other faces in it, or what `unedited` gave; None: the photo as it was opened.

        Raises:
            PhotoError: the photo is gone or has changed since it was opened.
            SettingError: the rendering is live, or was not made in this space.

        >>> result = editor.render(portrait, {"Smiling": -1.5})
        >>> edited = editor.paste(portrait, result, "w_star")
        >>> edited.image.size, edited.recipe.edits[0].strengths
        ((512, 512), {'Smiling': -1.5})
        """
        return paste(self.models, portrait, rendering, space, onto)

    def unedited(self, portrait: Portrait, original: Original | None = None) -> EditedPhoto:
        """The photo of a portrait as an `EditedPhoto` without an edit, for `paste` to begin with.

        Args:
            original: the photo, or a smaller copy of it, into which edits are then pasted in less time; None: it is read again.

        Raises:
            PhotoError: the photo is gone or has changed since it was opened.

        >>> from editor.photos.original import Original
        >>> small = editor.unedited(portrait, Original(portrait.face.image.resize((128, 128))))
        >>> editor.paste(portrait, editor.render(portrait, {"Smiling": -1.5}), onto=small).image.size
        (128, 128)
        """
        return unedited(self.models, portrait, original)

    def strip(
        self,
        portrait: Portrait,
        name: str,
        values: Sequence[float] = (-2, -1, 0, 1, 2),
        strengths: Mapping[str, float] = MappingProxyType({}),
        spaces: Sequence[Space] = SPACES,
        local: bool = True,
        details: Details | None = None,
        locked: Collection[str] = (),
        preserve: bool | Collection[Space] = False,
    ) -> dict[Space, list[Image.Image]]:
        """A film strip: live pictures of one attribute at several strengths, in each of `spaces`; 0.06 s a picture.

        `editor.sheets.strip_sheet` lays them out as one picture.

        Args:
            name: the attribute.
            values: its strengths.
            strengths: of the other sliders, in all of the pictures.
            details: as for `render`; None: those of the unedited face.
            locked, preserve: as for `render`.

        Raises:
            SettingError: an attribute, a strength or a space that does not exist.

        >>> pictures = editor.strip(portrait, "Smiling", (-1, 1), spaces=["w_star"])
        >>> [picture.size for picture in pictures["w_star"]]
        [(512, 512), (512, 512)]
        """

        def edit(value: float) -> Edit:
            return edit_of(self.models, {**strengths, name: value}, spaces, local, locked, preserve)

        return strip(self.models, self.renderer, portrait, edit, values, details)

    def details(self, portrait: Portrait, full: Rendering, small: Rendering | None = None) -> dict[Space, Detail]:
        """What live pictures miss near an edit of this portrait.

        Args:
            full: the edit in full.
            small: the same edit live, if `full` was rendered like it.

        >>> details = editor.details(portrait, editor.render(portrait, {}))
        >>> editor.render(portrait, {"Smiling": 0.1}, live=True, details=details).w_star.size
        (512, 512)
        """
        return details_of(self.renderer, portrait, full, small)

    def safe_range(self, portrait: Portrait, name: str, local: bool = True) -> SafeRange:
        """The strengths of one slider between which this face stays itself and looks like a photo, in W*. 0.2 to 0.6 s.

        Args:
            name: the attribute.
            local: change the picture only where the attribute lies.

        Raises:
            SettingError: the attribute does not exist.

        >>> found = editor.safe_range(portrait, "Blond_Hair")
        >>> found.low <= 0 <= found.high
        True
        """
        return safe_range(self.models, self.renderer, self.reconstruct.compare, portrait, name, local)

    def changes(self, portrait: Portrait, rendering: Rendering) -> dict[Space, Changes]:
        """What an edit changed in each space, by the evaluation classifier; {} if the models have none.

        Changes are in standard deviations of the classifier's logits over faces. `editor.judge.changes.better_space` says which
        space did better.

        >>> smiling = editor.render(portrait, {"Smiling": -1.5}, live=True)
        >>> editor.changes(portrait, smiling)["w_star"].asked["Smiling"] < 0
        True
        """
        return changes_of(self.models, self.reconstruct.compare, portrait, rendering)

    def measure(self, portrait: Portrait, rendering: Rendering) -> CodeReport:
        """The numbers behind an edit: of the code, of its way to W* and back, of what the edit did to it, and all logits.

        >>> editor.measure(portrait, editor.render(portrait, {})).edited["w_star"].moved
        0.0
        """
        return code_report(self.models, portrait, rendering)


def _last(portrait: Portrait, walk: Iterator[tuple[int, Portrait]], steps: int, progress: Progress | None) -> Portrait:
    for step, best in walk:
        portrait = best
        if progress:
            progress(step, steps)
    return portrait
