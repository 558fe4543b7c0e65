"""The objective on a GPU: a step's drawing, comparing and gradient recorded once and replayed.

A step is some thousand kernels, most of them shorter than it takes to launch them one by one. A recording always reads the
same places, so the code, the factors of a LoRA, what they are compared with and the weights are copied there first. Steps that
move a code are recorded before anybody asks, those with a LoRA and those that move one when they are first asked for.
"""

import threading
import warnings
from collections.abc import Callable

import torch

from editor.actions.fit.descent import gradients
from editor.actions.fit.inversion import Inversion, Part
from editor.actions.fit.objective import AutogradObjective, Slope, Weights
from editor.devices.memory import make_room
from editor.judge.likeness import Seen
from editor.spaces import CHANNELS, LAYERS, WPlus

FAILED = "Steps that improve a likeness could not be recorded on the GPU, so they take longer: {error}"

Record = Callable[[Callable[[], Slope]], Callable[[], Slope]]
"""Records what computes a slope from fixed places, and gives what computes it again, always into the same tensors."""


class RecordedObjective:
    """As `Objective` says. Threads take turns, and those of objectives that share `record` the renderer's (`Renderer.turn`).

    What is recorded stays until the objective goes.

    Args:
        objective: what is recorded, and what computes where there is no room for a recording.
        record: on a GPU `editor.generate.runtimes.cuda.CudaGraphs`.
    """

    def __init__(self, objective: AutogradObjective, record: Record):
        self.side = objective.side
        self._objective, self._record = objective, record
        self._recordings: dict[tuple[Part, bool], _Recording | None] = {}
        self._lock = threading.Lock()

    def prepare(self, device: torch.device) -> None:
        """Record the steps of a code, on the device that the networks are on; where there is no room now, at the first step."""
        with gradients(), self._lock:
            try:
                target = self.see(torch.zeros(1, 3, self.side, self.side, device=device))
                at = Inversion(WPlus(torch.zeros(1, LAYERS, CHANNELS, device=device)))
                self._recordings["w_plus", False] = _Recording(self._objective, self._record, at, "w_plus", target)
            except torch.OutOfMemoryError:
                make_room()

    def see(self, face: torch.Tensor) -> Seen:
        """As `Objective` says."""
        return self._objective.see(face)

    def __call__(self, at: Inversion, part: Part, target: Seen, correction: torch.Tensor | None, weights: Weights) -> Slope:
        """As `Objective` says."""
        kind = part, at.lora is not None
        with self._lock:
            if kind not in self._recordings:
                self._recordings[kind] = self._recorded(at, part, target)
            if recording := self._recordings[kind]:
                return recording(at, target, correction, weights)
        return self._objective(at, part, target, correction, weights)

    def _recorded(self, at: Inversion, part: Part, target: Seen) -> "_Recording | None":
        try:
            return _Recording(self._objective, self._record, at, part, target)
        except RuntimeError as error:  # of CUDA, as that memory ran out
            make_room()
            if not isinstance(error, torch.OutOfMemoryError):
                warnings.warn(FAILED.format(error=str(error).strip().split("\n")[0]), stacklevel=4)
            return None


class _Recording:
    """One kind of step, and the places that it reads."""

    def __init__(self, objective: AutogradObjective, record: Record, at: Inversion, part: Part, target: Seen):
        self._at = Inversion(WPlus(at.w_plus.detach().clone()), at.lora and at.lora.map(lambda factor: factor.detach().clone()))
        self._target = Seen(target.faces.clone(), target.embedding.clone(), [tap.clone() for tap in target.taps])
        self._correction = torch.zeros_like(target.faces)
        self._weights = target.faces.new_zeros(4)
        self._replay = record(lambda: objective(self._at, part, self._target, self._correction, self._weights))

    def __call__(self, at: Inversion, target: Seen, correction: torch.Tensor | None, weights: Weights) -> Slope:
        if correction is None:
            self._correction.zero_()
        else:
            self._correction.copy_(correction)
        self._weights.copy_(torch.tensor(weights))
        for place, value in zip(_tensors(self._at, self._target), _tensors(at, target), strict=True):
            place.copy_(value.detach())
        picture, distances, gradients = self._replay()
        return Slope(picture.clone(), distances.clone(), [gradient.clone() for gradient in gradients])


def _tensors(at: Inversion, target: Seen) -> list[torch.Tensor]:
    return [at.w_plus, *at.tensors("lora"), target.faces, target.embedding, *target.taps]
