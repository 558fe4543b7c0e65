"""The order of the stages: the slow ones once a photo, the fast ones at every move of a slider.

photo --align--> face --encode--> w+ --T--> w* --edit--> w*' --T^-1--> w+' --generate--> image
                                   \\-------------- edit in W+, for the comparison -------/
"""

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from editor.align import Detection, whole_quad
from editor.device import chosen_device
from editor.edit import EDITS, SPACES, Attribute, Space, display_order
from editor.edit.preserve import NOTHING, Mixing, face_directions
from editor.generate.detail import Detail
from editor.generate.masked import Codes, MaskedCodes, together
from editor.generate.trunk import LoRA
from editor.images import shrink, to_pictures, to_tensor
from editor.improving import refined, tuned
from editor.judge.changes import Changes, changes_between
from editor.judge.likeness import Distances
from editor.judge.quality import ReconstructionQuality, visible_reasons
from editor.memory import CpuFallback, make_room
from editor.models import PREVIEW_SIDE, Models, generator_file, load_models, model_set
from editor.portrait import JUDGED_AT, Found, Images, Portrait
from editor.reader import FaceReader
from editor.renderer import Renderer
from editor.spaces import WPlus
from editor.steadying import steadied_portrait
from editor.weights import Gate

NO_ROOM = (
    "The GPU's memory does not suffice for these models, so the CPU draws: slowly. Close what else uses the GPU and restart."
)
SLOW_HERE = (
    "There is no GPU here, so the models {models} take seconds for each picture. "
    "The embedded models (make app) draw two in about half a second on this machine."
)


class Editor:
    """Holds the networks. Shared by all users and threads: what they share never changes after loading.

    Only two things happen once, under a lock of their own: the first conversion for a runtime, and the step from a GPU whose
    memory ran out to the CPU.
    """

    def __init__(self, models: Models, renderer: Renderer, reader: FaceReader, notice: str = ""):
        """Args:
        notice: what a person should know of how this editor came about.
        """
        self.models = models
        self.renderer = renderer
        self.device = renderer.device
        self._reader = reader
        self._likeness = CpuFallback(models.likeness)
        self._notice = notice

    @classmethod
    def load(
        cls, models: str = "embedded", device: str | None = None, gate: Gate | None = None, generator: str = ""
    ) -> "Editor":
        """Fetch what is missing, verify it and load it. Where the GPU's memory does not suffice, the CPU is used.

        Args:
            models: the name of a model set.
            device: "cpu" or "cuda"; by default CUDA where there is one.
            generator: for sets with StyleGAN2, another one of the same domain: a card, or a .pt or .pkl of one's own.

        Raises:
            SettingError: there is no such set or device.
            WeightsError: a file is missing, unreachable or wrong.
        """
        chosen = chosen_device(device)
        gate = gate or Gate()
        loaded = load_models(models, gate, half=chosen.type == "cuda", generator=generator)
        cards = model_set(models)
        kept = gate.cache / "openvino" / gate.hash_of(generator_file(cards, gate, generator))[:16]
        small = f"preview-{gate.cards[cards.preview].sha256[:16] if cards.preview else ''}-{PREVIEW_SIDE}"
        try:
            return cls.over(loaded, chosen, kept, kept / small)
        except torch.OutOfMemoryError:
            del loaded  # what of it had moved to the GPU goes from there
            make_room()
            warnings.warn(NO_ROOM, stacklevel=2)
            loaded = load_models(models, gate, generator=generator)
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
            kept, kept_small: folders for what the runtimes of the generator and of its preview keep.
            notice: as the constructor takes it.
        """
        models = models.to(device)
        renderer = Renderer(models.generator, models.preview, device, kept, kept_small)
        return cls(models, renderer, FaceReader(models, device), notice)

    @property
    def notice(self) -> str:
        """What a person should know of how pictures are drawn here; empty when all is well."""
        for part in (self.renderer, self._reader, self._likeness):
            if notice := part.notice:
                return notice
        if self._notice:
            return self._notice
        slow = self.device.type == "cpu" and self.models.name and model_set(self.models.name).kind != "compact"
        return SLOW_HERE.format(models=self.models.name) if slow else ""

    def prepare(self) -> None:
        """Make ready what the first edit would otherwise wait for: a second, or a quarter of a minute the first time here."""
        self.renderer.prepare()

    @property
    def attributes(self) -> list[Attribute]:
        """What can be edited, in the order to show it."""
        return display_order(self.models.directions.attributes)

    def open(self, photo: Path | str | bytes | Image.Image, face: int = 0) -> Portrait:
        """Find, align and encode a face. Seconds; once per photo. Takes and raises what `FaceReader.find` does."""
        found = self.find(photo, face)
        portrait = self.open_aligned(found.face, found.closer)
        where = {"quad": found.quad, "detections": found.detections, "chosen": found.chosen}
        return replace(portrait, **where, notes=found.notes)

    def find(self, photo: Path | str | bytes | Image.Image, face: int = 0) -> Found:
        """Find and align a face; see `FaceReader.find`."""
        return self._reader.find(photo, face)

    def open_aligned(self, face: Image.Image, found: Detection | None = None) -> Portrait:
        """A portrait of a face that is already framed as FFHQ frames it, of any size; nothing is looked for.

        Args:
            found: where the face was found, if it was; for what the portrait's quality says.
        """
        w_plus = self.encode(face)
        reconstruction = self.draw(w_plus)
        reasons = visible_reasons(np.asarray(face), found.landmarks if found else None)
        quality = self.quality(face, reconstruction, reasons)
        return Portrait(face, w_plus, reconstruction, whole_quad(*face.size), (), 0, quality, self)

    def compare(self, face: Image.Image, reconstruction: Image.Image) -> Distances:
        """How far apart two aligned pictures are, [1] each."""
        one, other = (shrink(to_tensor(picture), JUDGED_AT).to(self.device) for picture in (reconstruction, face))
        with torch.inference_mode():
            return Distances(*(distance.cpu() for distance in self._likeness(one, other)))

    def quality(self, face: Image.Image, reconstruction: Image.Image, reasons: tuple[str, ...] = ()) -> ReconstructionQuality:
        """The distances of a reconstruction, as the gauge shows them."""
        distances = self.compare(face, reconstruction)
        return ReconstructionQuality(distances.identity.item(), distances.perceptual.item(), distances.pixel.item(), reasons)

    def refine(self, portrait: Portrait, steps: int, every: int = 20) -> Iterator[tuple[int, Portrait]]:
        """Improve a portrait's code step by step; what comes last is the better of the refined and the given one.

        Args:
            every: redraw the reconstruction after so many steps; 0: at the end only.

        Yields:
            The step, and the best portrait until then. Stop iterating to stop.

        Raises:
            SettingError: fewer than one step.
            EditorError: memory ran out; what was given before stays good.
        """
        return refined(self, portrait, steps, every)

    def tune(self, portrait: Portrait, steps: int, every: int = 20) -> Iterator[tuple[int, Portrait]]:
        """Change the generator for a portrait step by step, its code staying as it is; otherwise as `refine`."""
        return tuned(self, portrait, steps, every)

    def encode(self, face: Image.Image) -> WPlus:
        """The code of an aligned face, [1, 18, 512], on the CPU."""
        return self._reader.encode(face)

    def draw(self, w_plus: WPlus, lora: LoRA | None = None, live: bool = False) -> Image.Image:
        """One code, [1, 18, 512] -> a picture of 1024 px; `live`: a small one, several times faster."""
        return to_pictures(self.draw_tensor(w_plus, lora, live))[0]

    def draw_tensor(self, codes: Codes, lora: LoRA | None = None, live: bool = False) -> torch.Tensor:
        """The same, of several codes, with regions or without, [B, 3, R, R] in about [-1, 1]."""
        return self.renderer.draw(codes, lora, live)

    def steady(self, portrait: Portrait, names: Collection[str]) -> Iterator[tuple[int, Portrait]]:
        """Ask a face what edits of these attributes change besides; its edits in W* take that back. As `Portrait.steadied`."""
        return steadied_portrait(self, portrait, names)

    def edit(self, w_plus: WPlus, strengths: Mapping[str, float], space: Space, steady: Mixing = NOTHING) -> WPlus:
        """A code, [1, 18, 512], after an edit in one space (`steady`: a portrait's); on the editor's device.

        Raises:
            SettingError: an attribute or a strength that does not exist.
        """
        amounts, part = self.models.directions.strengths(strengths), face_directions(self.models.directions, space, steady)
        with torch.inference_mode():
            return EDITS[space](WPlus(w_plus.to(self.device)), amounts, self.models.flow, part)

    def edit_in_place(self, w_plus: WPlus, strengths: Mapping[str, float], space: Space, steady: Mixing = NOTHING) -> Codes:
        """The same, where the attributes lie: codes and their regions, to draw from. Where these are not known, `edit`.

        Takes and raises what `edit` does.
        """
        directions, regions = self.models.directions, self.models.regions
        if regions is None:
            return self.edit(w_plus, strengths, space, steady)
        amounts, masks = regions.in_turn(directions.strengths(strengths))
        before = WPlus(w_plus.to(self.device))
        with torch.inference_mode():
            edited = EDITS[space](before, amounts[1:], self.models.flow, face_directions(directions, space, steady))
            return MaskedCodes(torch.cat([before, edited])[None], masks[None])

    def render(
        self,
        portrait: Portrait,
        strengths: Mapping[str, float],
        spaces: Sequence[Space] = SPACES,
        live: bool = False,
        details: Mapping[Space, Detail] | None = None,
        local: bool = True,
    ) -> Images:
        """The edited face, in each of `spaces`. Fast; at every move of a slider.

        Args:
            strengths: attribute name -> signed strength in calibrated units; 0 or absent leaves an attribute alone.
            live: small pictures, several times faster, for while the slider moves.
            details: what `details` gave for strengths near these; makes live pictures larger and nearly as good as full ones.
            local: change the picture where the attributes lie, and leave the rest as it is; otherwise everywhere.

        Raises:
            SettingError: an attribute or a strength that does not exist.
        """
        self.models.directions.strengths(strengths)  # a name that does not exist is told even where its strength is 0
        if not any(strengths.values()):
            return Images(**dict.fromkeys(spaces, portrait.reconstruction))
        codes = self._edited(portrait, strengths, spaces, local)
        drawn = dict(zip(spaces, self.draw_tensor(codes, portrait.lora, live).split(1), strict=True))
        if live and details:
            drawn = {space: details[space].add_to(small) for space, small in drawn.items()}
        return Images(**dict(zip(spaces, to_pictures(torch.cat(list(drawn.values()))), strict=True)))

    def details(
        self, portrait: Portrait, images: Images, strengths: Mapping[str, float], local: bool = True
    ) -> dict[Space, Detail]:
        """What live pictures miss near an edit.

        Args:
            images: what `render` gave for these strengths at full size.
            local: as `render` took it.
        """
        full: dict[Space, Image.Image] = {space: picture for space in SPACES if (picture := getattr(images, space))}
        if not any(strengths.values()):
            small = self.draw_tensor(portrait.w_plus, portrait.lora, live=True)
            return dict.fromkeys(full, Detail.between(to_tensor(portrait.reconstruction), small))
        codes = self._edited(portrait, strengths, list(full), local)
        small = self.draw_tensor(codes, portrait.lora, live=True)
        parts = zip(full.items(), small.split(1), strict=True)
        return {space: Detail.between(to_tensor(picture), part) for (space, picture), part in parts}

    def _edited(self, portrait: Portrait, strengths: Mapping[str, float], spaces: Sequence[Space], local: bool) -> Codes:
        """What to draw after the same edit in each of `spaces`."""
        moved = {name: value for name, value in strengths.items() if value}
        edit = self.edit_in_place if local else self.edit
        return together([edit(portrait.w_plus, moved, space, portrait.steady) for space in spaces])

    def changes(self, portrait: Portrait, images: Images, strengths: Mapping[str, float]) -> dict[Space, Changes]:
        """What each of the edited pictures changed, as a judge sees it who knows of no direction; {} without a judge."""
        judge, asked = self.models.judge, [name for name, value in strengths.items() if value]
        edited: dict[Space, Image.Image] = {space: picture for space in SPACES if (picture := getattr(images, space))}
        if judge is None or not edited:
            return {}
        before, *after = (to_tensor(picture) for picture in (portrait.reconstruction, *edited.values()))
        return dict(zip(edited, changes_between(judge, before, after, asked), strict=True))
