"""Runs a fit on a portrait, redraws it every few steps, and keeps the best."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import torch

from editor.actions.fit.descent import FitConfig, Step
from editor.errors import EditorError, SettingError
from editor.generate.trunk import LoRA
from editor.images import shrink, to_tensor
from editor.models import Models
from editor.portrait import Portrait
from editor.reconstructor import COMPARED_AT, Reconstructor
from editor.renderer import Renderer
from editor.spaces import WPlus

T = TypeVar("T")


@dataclass(frozen=True)
class Fitter:
    """What fitting a portrait needs."""

    models: Models
    renderer: Renderer
    reconstruct: Reconstructor

    def target(self, portrait: Portrait, steps: int) -> torch.Tensor:
        """The face to come near to, [1, 3, R, R] in [-1, 1], R at most `COMPARED_AT`.

        Raises:
            SettingError: fewer than one step.
        """
        if steps < 1:
            raise SettingError(f"Improving a likeness needs at least one step, not {steps}.")
        with torch.inference_mode(False):
            return shrink(to_tensor(portrait.face.image), COMPARED_AT).to(self.renderer.device)

    def follow(
        self,
        portrait: Portrait,
        target: torch.Tensor,
        walk: Iterator[Step[T]],
        kept: Callable[[T], tuple[WPlus, LoRA | None]],
        counted: Callable[[Portrait, int], Portrait],
        steps: int,
        every: int,
    ) -> Iterator[tuple[int, Portrait]]:
        """Give each step, and the best portrait until then.

        Args:
            target: what `target` gave.
            kept: what is moved -> code and LoRA.
            counted: writes the number of steps into a portrait.
            every: redraw after so many steps; 0: at the end only.

        Raises:
            EditorError: memory ran out; what was given before stays good.
        """
        best = portrait
        try:
            for at in walk:
                if at.step == steps or (every and at.step and at.step % every == 0):
                    better = self.reconstruct(portrait.face, target, *kept(at.best), portrait.quality.reasons)
                    weigh = FitConfig().weigh
                    if weigh(better.quality) < weigh(best.quality):
                        best = counted(better, at.step)
                yield at.step, best
        except (MemoryError, RuntimeError) as error:
            if isinstance(error, MemoryError) or "memory" in str(error):
                raise EditorError("Memory ran out. The last good likeness is kept.") from error
            raise
