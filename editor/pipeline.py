"""The order of the stages: the slow ones once a photo, the fast ones at every move of a slider.

photo --align--> face --encode--> w+ --T--> w* --edit--> w*' --T^-1--> w+' --generate--> image
                                   \\-------------- edit in W+, for the comparison -------/
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image

from editor.align import Detection, Detector, Quad, crop_quad, ffhq_quad
from editor.edit import EDITS, SPACES, Attribute, Space, display_order
from editor.errors import FaceError
from editor.generate.runtime import Runtime, best_runtime
from editor.images import open_photo, to_picture, to_tensor
from editor.models import Models, load_models, model_set
from editor.spaces import WPlus
from editor.weights import Gate


@dataclass(frozen=True)
class Portrait:
    """An opened photo: everything that belongs to one user, and nothing that moves with a slider.

    Attributes:
        face: the aligned face, 1024 px.
        w_plus: its code, [1, 18, 512], on the CPU.
        reconstruction: what the generator draws from the code as it is.
        quad: where the face lies in the upright photo.
        detections: all faces of the photo, largest first.
        chosen: which of them this is.
    """

    face: Image.Image
    w_plus: WPlus
    reconstruction: Image.Image
    quad: Quad
    detections: tuple[Detection, ...]
    chosen: int


@dataclass(frozen=True)
class Images:
    """The same edit made in both spaces; None where a space was not asked for."""

    w_plus: Image.Image | None = None
    w_star: Image.Image | None = None


class Editor:
    """Holds the networks. Shared by all users: nothing in it changes after loading."""

    def __init__(self, models: Models, runtime: Runtime, detector: Detector, device: torch.device):
        self.models = models
        self.device = device
        self.runtime = runtime
        self._detector = detector
        self._turn = threading.Lock()

    @classmethod
    def load(cls, models: str = "embedded", device: str | None = None, gate: Gate | None = None) -> "Editor":
        """Fetch what is missing, verify it and load it.

        Args:
            models: the name of a model set.
            device: "cpu" or "cuda"; by default CUDA where there is one.

        Raises:
            SettingError: there is no such set.
            WeightsError: a file is missing, unreachable or wrong.
        """
        chosen = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        gate = gate or Gate()
        loaded = load_models(models, gate, chosen)
        kept = gate.cache / "openvino" / gate.cards[model_set(models).generator].sha256[:16]
        return cls(loaded, best_runtime(loaded.generator, chosen, kept), Detector(chosen), chosen)

    @property
    def attributes(self) -> list[Attribute]:
        """What can be edited, in the order to show it."""
        return display_order(self.models.directions.attributes)

    def open(self, photo: Path | str | bytes | Image.Image, face: int = 0) -> Portrait:
        """Find, align and encode a face. Seconds; once per photo.

        Args:
            photo: a path, the bytes of a file, or a picture.
            face: which one, counted from the largest.

        Raises:
            PhotoError: the photo cannot be read.
            FaceError: it has no face, or not that many.
        """
        upright = open_photo(photo)
        detections = tuple(self._detector.detect(upright))
        if not 0 <= face < len(detections):
            raise FaceError(f"The photo has {len(detections)} face(s); there is no face {face + 1}.")
        quad = ffhq_quad(self._detector.refine(upright, detections[face]).landmarks)
        aligned = crop_quad(upright, quad)
        w_plus = self.encode(aligned)
        return Portrait(aligned, w_plus, self.draw(w_plus), quad, detections, face)

    def encode(self, face: Image.Image) -> WPlus:
        """The code of an aligned face, [1, 18, 512]."""
        with torch.inference_mode():
            return WPlus(self.models.encoder(to_tensor(face).to(self.device)).cpu())

    def draw(self, w_plus: WPlus) -> Image.Image:
        """One code, [1, 18, 512] -> a picture of 1024 px."""
        with self._turn:  # one render at a time: each uses every core
            return to_picture(self.runtime(w_plus))

    def edit(self, portrait: Portrait, strengths: Mapping[str, float], space: Space) -> WPlus:
        """The code after an edit in one space, [1, 18, 512].

        Raises:
            SettingError: an attribute or a strength that does not exist.
        """
        directions = self.models.directions
        with torch.inference_mode():
            amounts = directions.strengths(strengths)
            return EDITS[space](portrait.w_plus, amounts, self.models.flow, getattr(directions, space))

    def render(self, portrait: Portrait, strengths: Mapping[str, float], spaces: Sequence[Space] = SPACES) -> Images:
        """The edited face, in each of `spaces`. Fast; at every move of a slider.

        Args:
            strengths: attribute name -> signed strength in calibrated units; 0 or absent leaves an attribute alone.

        Raises:
            SettingError: an attribute or a strength that does not exist.
        """
        moved = {name: value for name, value in strengths.items() if value}
        if not moved:
            return Images(**dict.fromkeys(spaces, portrait.reconstruction))
        return Images(**{space: self.draw(self.edit(portrait, moved, space)) for space in spaces})
