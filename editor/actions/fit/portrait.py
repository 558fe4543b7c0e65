"""Runs a fit on a portrait, and keeps the best."""

import threading
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from editor.actions.fit.compiled import CompiledObjective
from editor.actions.fit.descent import Comparison, FitConfig, Judged, Moves, Step, descend
from editor.actions.fit.inversion import Inversion, Part
from editor.actions.fit.objective import AutogradObjective, Objective
from editor.actions.fit.recorded import RecordedObjective
from editor.actions.fit.refine import code_moves
from editor.actions.fit.tune import lora_moves
from editor.errors import EditorError, SettingError, is_out_of_memory
from editor.generate.axes import principal_axes
from editor.generate.preview import PreviewGenerator
from editor.generate.runtimes.cuda import CudaGraphs
from editor.generate.trunk import Generator, zero_lora
from editor.images import shrink, to_tensor
from editor.judge.likeness import Likeness
from editor.models import Models
from editor.portrait import Portrait
from editor.reconstructor import COMPARED_AT, Drawn, Reconstructor
from editor.renderer import Renderer
from editor.spaces import CHANNELS, WPlus

SIDES = (128, 256)
"""Sides in pixels of what a preview draws while it is fitted."""
QUICK = 20
"""Steps after which nearly everybody is the person in the photo: the first descent of a code that comes from the encoder. The
page takes them before it shows anything."""
SLOWER = "The graph for improving likenesses could not be made, so PyTorch computes its steps: half as fast. {error}"


class Fitter:
    """Fits portraits. Shared by all threads.

    Args:
        kept: folder to keep compiled graphs in; its name must change with the weights. None: they are made at every start.
    """

    def __init__(self, models: Models, renderer: Renderer, reconstruct: Reconstructor, kept: Path | None = None):
        self._models, self._renderer, self._reconstruct, self._kept = models, renderer, reconstruct, kept
        self._lock = threading.Lock()
        self._objectives: Sequence[Objective] = ()
        self._axes: torch.Tensor | None = None

    def beside(self, models: Models, reconstruct: Reconstructor) -> "Fitter":
        """One for other directions or another flow; it shares what is made of the networks that they have in common."""
        other = Fitter(models, self._renderer, reconstruct, self._kept)
        with self._lock:
            other._objectives, other._axes = self._objectives, self._axes
        return other

    @property
    def objectives(self) -> Sequence[Objective]:
        """What drawings are compared by, from the smallest to the largest. The thread that comes first makes them."""
        with self._lock:
            if not self._objectives:
                preview, likeness = self._renderer.preview, self._models.likeness
                self._objectives = objectives_for(preview, likeness, self._renderer.device, self._kept)
            return self._objectives

    @property
    def axes(self) -> torch.Tensor:
        """The principal axes of W, [512, 512]; the standard deviations where the generator's mapping is not at hand."""
        with self._lock:
            if self._axes is None:
                self._axes = self._found_axes().to(self._renderer.device)
            return self._axes

    def _found_axes(self) -> torch.Tensor:
        known, mapping, std = self._models.preconditioner, self._models.mapping, self._models.encoder.w_std
        if known is not None:
            return known.axes
        return torch.diag(std) if mapping is None else principal_axes(lambda z: mapping(z.to(std)), CHANNELS)

    @property
    def is_quick(self) -> bool:
        """Whether `QUICK` steps take a second or two now: all is ready, and the models are not too large for a CPU."""
        small = self._renderer.device.type == "cuda" or isinstance(self._renderer.preview, PreviewGenerator)
        return small and bool(self._objectives)

    def prepare(self) -> None:
        """Make ready what the first fit would otherwise wait for."""
        _ = self.axes
        for objective in self.objectives:
            if isinstance(objective, RecordedObjective):
                with self._renderer.turn:
                    objective.prepare(self._renderer.device)

    def refining(self, portrait: Portrait, steps: int, every: int) -> Iterator[tuple[int, Portrait]]:
        """Move a portrait's code; gives the step and the best portrait so far.

        Args:
            steps: at least 1.
            every: give better portraits after so many steps; 0: at the end only.

        Raises:
            SettingError: fewer than one step.
            EditorError: memory ran out.

        >>> next(editor.fitter.refining(portrait, steps=0, every=0))
        Traceback (most recent call last):
        editor.errors.SettingError: Improving a likeness needs at least one step, not 0.
        """
        _check(steps)
        first = QUICK - portrait.refined
        return self._refining(portrait, [first, steps - first] if 0 < first < steps else [steps], every)

    def _refining(self, portrait: Portrait, phases: Sequence[int], every: int) -> Iterator[tuple[int, Portrait]]:
        """Descents one after another, each from the best of the last."""
        done, device = 0, self._renderer.device
        for steps in phases:
            lora = portrait.lora and portrait.lora.map(lambda factor: factor.to(device).float())
            near = portrait.refined or portrait.tuned  # then preconditioned steps would fit what the preview errs in
            known = None if near else self._models.preconditioner
            moves = code_moves(WPlus(portrait.w_plus.to(device)), self.axes, lora, known, FitConfig().of(steps))
            if near:
                moves = replace(moves, rate=FitConfig().near_rate)
            for step, better in self._follow(portrait, moves, steps, every):
                if step or not done:
                    yield done + step, better
                portrait = better if step == steps else portrait
            done += steps

    def tuning(self, portrait: Portrait, steps: int, every: int) -> Iterator[tuple[int, Portrait]]:
        """Change the generator for a portrait; gives the step and the best portrait so far. As `refining`.

        >>> next(editor.fitter.tuning(portrait, steps=0, every=0))
        Traceback (most recent call last):
        editor.errors.SettingError: Improving a likeness needs at least one step, not 0.
        """
        _check(steps)
        with torch.inference_mode(False):  # gradients pass through what is made here, whatever mode the caller is in
            code = WPlus(portrait.w_plus.to(self._renderer.device).clone())
            lora = portrait.lora or zero_lora(self._renderer.preview.trunk)
            moves = lora_moves(code, lora.map(lambda factor: factor.to(self._renderer.device).float()))
        return self._follow(portrait, moves, steps, every)

    def refined_code(self, w_plus: WPlus, face: torch.Tensor, steps: int, reasons: tuple[str, ...] = ()) -> tuple[WPlus, Drawn]:
        """The best code within some steps, and what it draws in full.

        Args:
            w_plus: the encoder's code, [1, 18, 512].
            face: [1, 3, R, R] in [-1, 1].
            steps: at least 1.
            reasons: what may make the face hard to reconstruct, in words.

        >>> code, drawn = editor.fitter.refined_code(portrait.w_plus, portrait.detail.small, steps=1)
        >>> code.shape, drawn.image.shape
        (torch.Size([1, 18, 512]), torch.Size([1, 3, 1024, 1024]))
        """
        start, known = WPlus(w_plus.to(self._renderer.device)), self._models.preconditioner
        moves = code_moves(start, self.axes, None, known, FitConfig().of(steps))

        def judge(at: Inversion) -> Judged:
            return Judged(at, self._reconstruct.draw(face, at.w_plus, None, reasons))

        *_, last = descend(moves, replace(self._comparison(face), judge=judge), steps, FitConfig())
        assert last.best  # the last step is drawn in full
        return WPlus(last.best.inversion.w_plus.cpu()), last.best.drawn

    def _comparison(self, face: torch.Tensor) -> Comparison:
        with torch.inference_mode(False):
            target = shrink(face.clone(), COMPARED_AT).to(self._renderer.device)
        return Comparison(target, self.objectives, turn=self._renderer.turn)

    def _follow(self, portrait: Portrait, moves: Moves, steps: int, every: int) -> Iterator[tuple[int, Portrait]]:
        """Give each step, and the best portrait until then."""
        comparison = self._comparison(to_tensor(portrait.face.image))
        drawer = _Drawer(self._reconstruct, comparison.face, portrait, moves.part)
        comparison = replace(comparison, judge=drawer.judge, every=every)
        if portrait.refined or portrait.tuned:  # the encoder's own code is too far for its drawing to correct others
            drawn = Drawn(to_tensor(portrait.reconstruction), portrait.quality, portrait.known)
            comparison = replace(comparison, start=Judged(moves.now().detached(), drawn))
        shown = portrait
        try:
            for at in descend(moves, comparison, steps, FitConfig()):
                if at.step == steps or (every and at.step % every == 0):
                    shown = drawer.better(shown, at)
                yield at.step, shown
        except (MemoryError, RuntimeError) as error:
            if is_out_of_memory(error):
                raise EditorError("Memory ran out. The last good likeness is kept.") from error
            raise


def objectives_for(
    preview: Generator, likeness: Likeness, device: torch.device, kept: Path | None = None
) -> Sequence[Objective]:
    """What drawings are compared by while a portrait is fitted, from the smallest drawings to the largest.

    Args:
        preview: draws small; on `device`.
        kept: folder to keep compiled graphs in, as for `Fitter`.

    >>> networks = editor.models  # on a GPU they are drawn and differentiated by PyTorch
    >>> [each.side for each in objectives_for(networks.preview, networks.likeness, torch.device("cuda"))]
    [128, 256]
    """
    record = CudaGraphs(device)

    def by_pytorch(generator: Generator, side: int) -> Objective:
        plain = AutogradObjective(generator, side, likeness)
        return RecordedObjective(plain, record) if device.type == "cuda" else plain

    if not isinstance(preview, PreviewGenerator):
        return [by_pytorch(preview, COMPARED_AT)]
    smaller = [preview.at(side) for side in SIDES if side in preview.tail.slim.resolutions] or [preview]
    if device.type == "cpu":
        try:
            return [CompiledObjective(each, likeness, kept) for each in smaller]
        except RuntimeError as error:  # a version of PyTorch or OpenVINO that knows other operations
            if is_out_of_memory(error):
                raise
            warnings.warn(SLOWER.format(error=error), stacklevel=2)
    return [by_pytorch(each, each.resolution) for each in smaller]


@dataclass(frozen=True, eq=False)
class _Drawer:
    """Draws what a fit of a portrait comes to.

    Attributes:
        face: [1, 3, R, R] in [-1, 1].
        portrait: that the fit began with.
        part: what is moved.
    """

    reconstruct: Reconstructor
    face: torch.Tensor
    portrait: Portrait
    part: Part

    def judge(self, at: Inversion) -> Judged:
        """Draw as it would be kept: a LoRA in half precision."""
        lora = self.portrait.lora if self.part == "w_plus" else at.lora and at.lora.map(lambda factor: factor.half().cpu())
        drawn = self.reconstruct.draw(self.face, at.w_plus, lora, self.portrait.quality.reasons)
        return Judged(Inversion(at.w_plus, lora), drawn)

    def better(self, shown: Portrait, at: Step) -> Portrait:
        """The portrait of a step's best, if it is better than what is shown."""
        weigh = FitConfig().weigh
        if at.best is None or weigh(at.best.drawn.quality) >= weigh(shown.quality):
            return shown
        best = at.best
        found = self.reconstruct.portrait(shown.face, best.drawn, best.inversion.w_plus, best.inversion.lora)
        refined, tuned = self.portrait.refined, self.portrait.tuned
        if self.part == "w_plus":
            return replace(found, refined=refined + at.step, tuned=tuned)
        return replace(found, refined=refined, tuned=tuned + at.step)


def _check(steps: int) -> None:
    if steps < 1:
        raise SettingError(f"Improving a likeness needs at least one step, not {steps}.")
