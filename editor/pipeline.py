"""The order of the stages: the slow ones once a photo, the fast ones at every move of a slider.

photo --align--> face --encode--> w+ --T--> w* --edit--> w*' --T^-1--> w+' --generate--> image
                                   \\-------------- edit in W+, for the comparison -------/
"""

import functools
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from PIL import Image

from editor.align import Detection, whole_quad
from editor.device import chosen_device
from editor.edit import EDITS, SPACES, Attribute, Space, display_order
from editor.encode import RefineConfig, Step, refine, tune
from editor.errors import EditorError, SettingError
from editor.generate.runtimes import Runtime, best_runtime
from editor.generate.trunk import Delta, no_delta
from editor.images import shrink, to_pictures, to_tensor
from editor.judge.changes import Changes, changes_between
from editor.judge.likeness import Distances
from editor.judge.trust import Trust, visible_reasons
from editor.memory import Careful, channels_last, make_room
from editor.models import PREVIEW_SIDE, Models, generator_file, load_models, model_set
from editor.portrait import Found, Images, Portrait
from editor.reader import FaceReader
from editor.spaces import WPlus
from editor.weights import Gate

T = TypeVar("T")
JUDGED_AT = 256
"""Side in pixels at which a face and its reconstruction are compared."""
NO_ROOM = (
    "The GPU's memory does not suffice for these models, so the CPU draws: slowly. Close what else uses the GPU and restart."
)
SLOW_HERE = (
    "There is no GPU here, so the models {models} take seconds for each picture. "
    "The embedded models (make app) draw two in about half a second on this machine."
)


class Editor:
    """Holds the networks. Shared by all users: nothing in it changes after loading."""

    def __init__(
        self,
        models: Models,
        runtime: Runtime,
        live: Runtime,
        reader: FaceReader,
        device: torch.device,
        notice: str = "",
    ):
        """Args:
        notice: what a person should know of how this editor came about.
        """
        self.models = models
        self._notice = notice
        self.device = device
        self.runtime = runtime
        self.live_runtime = live
        self._reader = reader
        self._likeness = Careful(models.likeness)
        self._turn = threading.Lock()

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
        runtime = best_runtime(models.generator, device, kept)
        live = best_runtime(models.preview, device, kept_small, runtime)
        channels_last(models.preview)  # only now: OpenVINO converts the usual layout
        return cls(models, runtime, live, FaceReader(models, device), device, notice)

    @property
    def notice(self) -> str:
        """What a person should know of how pictures are drawn here; empty when all is well."""
        for part in (self.runtime, self.live_runtime, self._reader, self._likeness):
            if notice := getattr(part, "notice", None):
                return notice
        if self._notice:
            return self._notice
        slow = self.device.type == "cpu" and self.models.name and model_set(self.models.name).kind != "compact"
        return SLOW_HERE.format(models=self.models.name) if slow else ""

    @property
    def attributes(self) -> list[Attribute]:
        """What can be edited, in the order to show it."""
        return display_order(self.models.directions.attributes)

    def open(self, photo: Path | str | bytes | Image.Image, face: int = 0) -> Portrait:
        """Find, align and encode a face. Seconds; once per photo. Takes and raises what `FaceReader.find` does."""
        found = self.find(photo, face)
        portrait = self.open_aligned(found.face, found.closer)
        return replace(portrait, quad=found.quad, detections=found.detections, chosen=found.chosen)

    def find(self, photo: Path | str | bytes | Image.Image, face: int = 0) -> Found:
        """Find and align a face; see `FaceReader.find`."""
        return self._reader.find(photo, face)

    def open_aligned(self, face: Image.Image, found: Detection | None = None) -> Portrait:
        """A portrait of a face that is already framed as FFHQ frames it, of any size; nothing is looked for.

        Args:
            found: where the face was found, if it was; for what the portrait's trust says.
        """
        w_plus = self.encode(face)
        reconstruction = self.draw(w_plus)
        reasons = visible_reasons(np.asarray(face), found.landmarks if found else None)
        trust = self.trust(face, reconstruction, reasons)
        return Portrait(face, w_plus, reconstruction, whole_quad(*face.size), (), 0, trust, self)

    def compare(self, face: Image.Image, reconstruction: Image.Image) -> Distances:
        """How far apart two aligned pictures are, [1] each."""
        one, other = (shrink(to_tensor(picture), JUDGED_AT).to(self.device) for picture in (reconstruction, face))
        with torch.inference_mode():
            return Distances(*(distance.cpu() for distance in self._likeness(one, other)))

    def trust(self, face: Image.Image, reconstruction: Image.Image, reasons: tuple[str, ...] = ()) -> Trust:
        """The distances of a reconstruction, as the gauge shows them."""
        distances = self.compare(face, reconstruction)
        return Trust(distances.identity.item(), distances.perceptual.item(), distances.pixel.item(), reasons)

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
        code, delta = WPlus(portrait.w_plus.to(self.device)), portrait.delta
        descent = functools.partial(
            refine,
            w_plus=code,
            w_std=self.models.encoder.w_std,
            draw=lambda w_plus: self.models.preview(w_plus, delta),
            full=lambda w_plus: self._draw_tensor(w_plus, delta),
        )
        return self._improve(portrait, descent, lambda w_plus: (WPlus(w_plus.cpu()), delta), steps, every)

    def tune(self, portrait: Portrait, steps: int, every: int = 20) -> Iterator[tuple[int, Portrait]]:
        """Change the generator for a portrait step by step, its code staying as it is; otherwise as `refine`."""
        code = portrait.w_plus
        here = WPlus(code.to(self.device))
        start = no_delta(self.models.preview.trunk)
        if portrait.delta:
            start = portrait.delta.map(lambda factor: factor.to(self.device, torch.float32))
        descent = functools.partial(
            tune,
            delta=start,
            draw=lambda delta: self.models.preview(here, delta),
            full=lambda delta: self._draw_tensor(code, delta),
        )
        return self._improve(portrait, descent, lambda delta: (code, delta.map(lambda f: f.half().cpu())), steps, every)

    def _improve(
        self,
        portrait: Portrait,
        descent: Callable[..., Iterator[Step[T]]],
        kept: Callable[[T], tuple[WPlus, Delta | None]],
        steps: int,
        every: int,
    ) -> Iterator[tuple[int, Portrait]]:
        """Walk down, redrawing now and then; `kept` makes code and delta of what moves."""
        if steps < 1:
            raise SettingError(f"Improving a likeness needs at least one step, not {steps}.")
        config, best = RefineConfig(), portrait
        face = shrink(to_tensor(portrait.face), JUDGED_AT).to(self.device)
        try:
            for at in descent(face, likeness=self.models.likeness, steps=steps, config=config):
                if at.step == steps or (every and at.step and at.step % every == 0):
                    best = self._better(portrait, *kept(at.best), config)
                yield at.step, best
        except (MemoryError, RuntimeError) as error:
            if isinstance(error, MemoryError) or "memory" in str(error):
                raise EditorError("Memory ran out. The last good likeness is kept.") from error
            raise

    def _better(self, portrait: Portrait, w_plus: WPlus, delta: Delta | None, config: RefineConfig) -> Portrait:
        """The portrait with this code and delta if they draw the face more alike, else as it was."""
        drawn = self.draw(w_plus, delta)
        trust = self.trust(portrait.face, drawn, portrait.trust.reasons)
        if config.weigh(trust) >= config.weigh(portrait.trust):
            return portrait
        return replace(portrait, w_plus=w_plus, delta=delta, reconstruction=drawn, trust=trust)

    def encode(self, face: Image.Image) -> WPlus:
        """The code of an aligned face, [1, 18, 512], on the CPU."""
        return self._reader.encode(face)

    def draw(self, w_plus: WPlus, delta: Delta | None = None, live: bool = False) -> Image.Image:
        """One code, [1, 18, 512] -> a picture of 1024 px; `live`: a small one, several times faster."""
        return to_pictures(self._draw_tensor(w_plus, delta, live))[0]

    def _draw_tensor(self, w_plus: WPlus, delta: Delta | None = None, live: bool = False) -> torch.Tensor:
        with self._turn:  # one render at a time: each uses every core
            return (self.live_runtime if live else self.runtime)(w_plus, delta)

    def edit(self, w_plus: WPlus, strengths: Mapping[str, float], space: Space) -> WPlus:
        """A code, [1, 18, 512], after an edit in one space; on the editor's device.

        Raises:
            SettingError: an attribute or a strength that does not exist.
        """
        directions = self.models.directions
        with torch.inference_mode():
            amounts = directions.strengths(strengths)
            return EDITS[space](WPlus(w_plus.to(self.device)), amounts, self.models.flow, getattr(directions, space))

    def render(
        self, portrait: Portrait, strengths: Mapping[str, float], spaces: Sequence[Space] = SPACES, live: bool = False
    ) -> Images:
        """The edited face, in each of `spaces`. Fast; at every move of a slider.

        Args:
            strengths: attribute name -> signed strength in calibrated units; 0 or absent leaves an attribute alone.
            live: small pictures, several times faster, for while the slider moves.

        Raises:
            SettingError: an attribute or a strength that does not exist.
        """
        moved = {name: value for name, value in strengths.items() if value}
        if not moved:
            return Images(**dict.fromkeys(spaces, portrait.reconstruction))
        codes = WPlus(torch.cat([self.edit(portrait.w_plus, moved, space) for space in spaces]))
        drawn = to_pictures(self._draw_tensor(codes, portrait.delta, live))
        return Images(**dict(zip(spaces, drawn, strict=True)))

    def changes(self, portrait: Portrait, images: Images, strengths: Mapping[str, float]) -> dict[Space, Changes]:
        """What each of the edited pictures changed, as a judge sees it who knows of no direction; {} without a judge."""
        judge, asked = self.models.judge, [name for name, value in strengths.items() if value]
        edited: dict[Space, Image.Image] = {space: picture for space in SPACES if (picture := getattr(images, space))}
        if judge is None or not edited:
            return {}
        before, *after = (to_tensor(picture) for picture in (portrait.reconstruction, *edited.values()))
        return dict(zip(edited, changes_between(judge, before, after, asked), strict=True))
