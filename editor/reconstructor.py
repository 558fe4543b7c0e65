"""A face and its code -> a portrait: what the generator draws of the code, and how near that is to the face.

This is done once for each code: when a photo is opened, and when fitting has found a better one. What every move of a slider
needs is computed here: T(w), the reconstruction's logits, and what a small drawing misses of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from editor.devices.memory import CpuFallback
from editor.face import Face
from editor.generate.detail import Detail
from editor.generate.known import Known
from editor.generate.trunk import LoRA
from editor.images import shrink, to_picture
from editor.judge.likeness import Distances
from editor.judge.quality import ReconstructionQuality
from editor.models import Models
from editor.portrait import Portrait
from editor.renderer import Renderer
from editor.spaces import WPlus, WStar

Between = Callable[[torch.Tensor, torch.Tensor], Distances]
"""Faces [B, 3, r, r] in [-1, 1] and as many targets, or one -> how far they are apart."""
COMPARED_AT = 256
"""Side in pixels at which a face and its reconstruction are compared."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A code drawn in full.

    Attributes:
        image: [1, 3, R, R] in [-1, 1].
        quality: how far it is from the face.
        known: what pictures nearly like it are drawn with; None where nothing helps.
    """

    image: torch.Tensor
    quality: ReconstructionQuality
    known: Known | None = None


class Reconstructor:
    """Makes portraits of faces and their codes. Shared by all threads.

    Args:
        distances: of faces from targets; None: those of the models' likeness network, by PyTorch.
    """

    def __init__(self, models: Models, renderer: Renderer, distances: Between | None = None):
        self._models = models
        self._renderer = renderer
        self._distances = distances or CpuFallback(models.likeness)

    @property
    def notice(self) -> str | None:
        """What a person should know of where faces are compared; None when all is well."""
        return getattr(self._distances, "notice", None)

    def beside(self, models: Models) -> "Reconstructor":
        """One for other directions or another flow, which compares faces as this one does."""
        return Reconstructor(models, self._renderer, self._distances)

    def __call__(
        self, face: Face, target: torch.Tensor, w_plus: WPlus, lora: LoRA | None = None, reasons: tuple[str, ...] = ()
    ) -> Portrait:
        """The portrait of a face with this code.

        Args:
            target: the face's pixels, [1, 3, R, R] in [-1, 1].
            w_plus: [1, 18, 512].
            lora: what makes the generator this photo's own.
            reasons: what may make the face hard to reconstruct, in words.

        >>> from editor.images import to_tensor
        >>> again = editor.reconstruct(portrait.face, to_tensor(portrait.face.image), portrait.w_plus)
        >>> again.reconstruction.size, torch.equal(again.w_star, portrait.w_star)
        ((1024, 1024), True)
        """
        return self.portrait(face, self.draw(target, w_plus, lora, reasons), w_plus, lora)

    def draw(self, target: torch.Tensor, w_plus: WPlus, lora: LoRA | None = None, reasons: tuple[str, ...] = ()) -> Drawn:
        """A code drawn in full and compared; the arguments are those of the whole.

        >>> editor.reconstruct.draw(portrait.detail.small, portrait.w_plus).image.shape
        torch.Size([1, 3, 1024, 1024])
        """
        image, known = self._renderer.draw_known(w_plus, lora)
        image = image.clamp(-1, 1)
        return Drawn(image, self._quality(target, image, reasons), known)

    def portrait(self, face: Face, drawn: Drawn, w_plus: WPlus, lora: LoRA | None = None) -> Portrait:
        """The portrait of what `draw` gave for this code.

        >>> drawn = editor.reconstruct.draw(portrait.detail.small, portrait.w_plus)
        >>> editor.reconstruct.portrait(portrait.face, drawn, portrait.w_plus).quality is drawn.quality
        True
        """
        small = self._renderer.draw(w_plus, lora, live=True)
        with torch.inference_mode():
            w_star = self._models.flow(WPlus(w_plus.to(self._renderer.device)))
            logits = self._models.classifier and self._models.classifier(drawn.image.float().cpu())
        return Portrait(
            face=face,
            w_plus=WPlus(w_plus.cpu()),
            w_star=WStar(w_star.cpu()),
            reconstruction=to_picture(drawn.image),
            quality=drawn.quality,
            detail=Detail.between(drawn.image, small),
            logits=logits,
            lora=lora,
            known=drawn.known,
        )

    def compare(self, faces: torch.Tensor, targets: torch.Tensor) -> Distances:
        """How far faces, [B, 3, R, R] in about [-1, 1], are from as many targets, or from one, of any size.

        >>> editor.reconstruct.compare(portrait.detail.small, portrait.detail.small).identity.abs().item() < 1e-5
        True
        """
        pixels = (shrink(image.float().clamp(-1, 1).to(self._renderer.device), COMPARED_AT) for image in (faces, targets))
        with torch.inference_mode():
            return self._distances(*pixels)

    def _quality(self, target: torch.Tensor, drawn: torch.Tensor, reasons: tuple[str, ...]) -> ReconstructionQuality:
        found = self.compare(drawn, target)
        return ReconstructionQuality(found.identity.item(), found.perceptual.item(), found.pixel.item(), reasons)
