"""A generator on a CPU: OpenVINO draws the same image several times faster than PyTorch does.

It knows no gradients, so whatever optimises through the generator asks for the module itself; and it keeps weights as they
were, so the trunk of a photo that was fitted runs in PyTorch.
"""

import hashlib
import os
import shutil
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import openvino
import torch
from torch import nn

from editor.devices.memory import copied
from editor.files.temporary import temporary_folder
from editor.generate.known import Known
from editor.generate.mobile import Synthesis
from editor.generate.runtimes.tiled import Array, TiledTail
from editor.generate.trunk import Generator, Tail, Trunk
from editor.spaces import CHANNELS, LAYERS, Codes, MaskedCodes, WPlus, one_by_one

DIGEST = "sha256"
"""Name of the file that says what a kept network hashes to."""
DEPRECATED = r"`torch\.jit\.\w+` is deprecated"
"""What PyTorch says of the tracing by which OpenVINO converts."""
MASKS = 32
"""Side of the maps of masks that compiled pieces take; others are brought to it."""
AT_ONCE = 8
"""Most tiles that are drawn at a time; each needs buffers of 20 MB."""


class OpenVinoRuntime:
    """The generator's pieces compiled for this CPU. A lone request gets every core."""

    name = "openvino cpu"

    def __init__(
        self,
        generator: Generator,
        kept: Path | None = None,
        beside: "OpenVinoRuntime | None" = None,
        half: bool = False,
    ):
        """Compile `generator`; what only codes with regions need, at their first drawing or when `prepare` is called.

        Args:
            kept: folder to keep the converted network in; converting takes ten seconds, reading it back none. Its name must
                change with the weights.
            beside: a runtime whose generator has the same trunk, which is then shared.
            half: draw tiles in bf16, for CPUs that are fast at it: 56 dB and more from full precision. All else is in full.
        """
        self._trunk = beside._trunk if beside else _Whole(generator.trunk, (), kept and kept / "trunk")
        self._tail = _tail(generator.tail, self._trunk, kept, half)

    def prepare(self) -> None:
        """Compile what codes with regions need."""
        self._trunk.prepare()
        self._tail.prepare()

    def __call__(self, codes: Codes, trunk: Trunk | None = None, known: Known | None = None) -> torch.Tensor:
        return torch.cat([self._draw(one, trunk, known)[0] for one in one_by_one(codes)])

    def draw_known(self, code: WPlus, trunk: Trunk | None = None) -> tuple[torch.Tensor, Known | None]:
        """Draw one code, and keep what pictures nearly like it can be drawn with; None if they are drawn as any other."""
        image, features = self._draw(code, trunk, None)
        return image, self._tail.known(features, code, image) if isinstance(self._tail, TiledTail) else None

    def _draw(self, one: Codes, fitted: Trunk | None, known: Known | None) -> tuple[torch.Tensor, torch.Tensor]:
        """The image and the features it was drawn from."""
        if isinstance(one, MaskedCodes):
            one = MaskedCodes(one.codes.detach().float().cpu(), one.masks_at(MASKS).float().cpu())
        else:
            one = WPlus(one.detach().float().cpu())
        if fitted is None:
            features = self._trunk(one)
        else:
            with torch.inference_mode():
                features = fitted(one)
        if isinstance(self._tail, TiledTail):
            return self._tail(features, one, known), features
        return self._tail(one, features), features


def _tail(tail: nn.Module, trunk: "_Whole", kept: Path | None, half: bool) -> "TiledTail | _Whole":
    """What draws the image of features and codes: MobileStyleGAN's own tail in tiles, others at once."""
    if isinstance(tail, Tail) and isinstance(tail.synthesis, Synthesis):

        def compiled(module: nn.Module, examples: tuple[torch.Tensor, ...], name: str, free: tuple[int, ...]) -> _Parallel:
            return _Parallel(module, examples, kept and kept / name, free, half)

        return TiledTail(tail.synthesis, tail.resolution, compiled)
    return _Whole(tail, (trunk(WPlus(torch.zeros(1, LAYERS, CHANNELS))),), kept and kept / "tail")


class _Whole:
    """A trunk or a tail, compiled for plain codes, and for codes with regions when they are first drawn.

    Args:
        before: an example of what it is called with before the codes: of the features, if it is a tail.
    """

    def __init__(self, piece: nn.Module, before: tuple[torch.Tensor, ...], kept: Path | None):
        self._piece, self._before, self._kept = piece, before, kept
        self._plain = _Compiled(piece, (*before, torch.zeros(1, LAYERS, CHANNELS)), kept)
        self._masked: _Compiled | None = None
        self._turn = threading.Lock()

    def prepare(self) -> "_Compiled":
        """What takes several codes and their masks, however many."""
        with self._turn:
            if self._masked is None:
                codes, masks = torch.zeros(1, 2, LAYERS, CHANNELS), torch.full((1, 2, MASKS, MASKS), 0.5)
                kept, free = self._kept and self._kept.with_name(f"{self._kept.name}-in-place"), len(self._before)
                self._masked = _Compiled(_WithPlaces(self._piece), (*self._before, codes, masks), kept, (free, free + 1))
            return self._masked

    def __call__(self, codes: Codes, *before: torch.Tensor) -> torch.Tensor:
        if isinstance(codes, MaskedCodes):
            return self.prepare()(*before, codes.codes, codes.masks)
        return self._plain(*before, codes)


class _WithPlaces(nn.Module):
    """A trunk or a tail that takes codes and masks as tensors, after the features if it is a tail."""

    def __init__(self, piece: nn.Module):
        super().__init__()
        self.piece = piece

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        *features, codes, masks = inputs
        return self.piece(*features, MaskedCodes(codes, masks))


class _Compiled:
    """A module compiled for inputs of fixed shapes. Threads take turns, since one request has the buffers of one picture."""

    def __init__(self, module: nn.Module, examples: tuple[torch.Tensor, ...], kept: Path | None, free: tuple[int, ...] = ()):
        """Args:
        free: which inputs may differ in the length of their second axis.
        """
        model = _model(module, examples, kept, free)
        self._request = openvino.Core().compile_model(model, "CPU", _hints()).create_infer_request()
        self._turn = threading.Lock()

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor:
        given = [tensor.contiguous().numpy() for tensor in inputs]  # which must live until the request has been run
        with self._turn:
            for at, array in enumerate(given):
                self._request.set_input_tensor(at, openvino.Tensor(array, shared_memory=True))
            self._request.infer()
            return torch.from_numpy(self._request.get_output_tensor(0).data.copy())


class _Parallel:
    """A module compiled to run for several inputs at a time, each on cores of its own. Threads take turns."""

    def __init__(
        self, module: nn.Module, examples: tuple[torch.Tensor, ...], kept: Path | None, free: tuple[int, ...], half: bool
    ):
        """Args:
        free: which inputs may differ in the length of their second axis.
        half: compute in bf16.
        """
        cores = int(_hints().get("INFERENCE_NUM_THREADS", os.cpu_count() or 1))
        hints = _hints() | {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": min(AT_ONCE, cores)}
        hints["INFERENCE_PRECISION_HINT"] = "bf16" if half else "f32"
        compiled = openvino.Core().compile_model(_model(module, examples, kept, free), "CPU", hints)
        self._queue = openvino.AsyncInferQueue(compiled)
        self._turn = threading.Lock()

    def __call__(self, parts: Iterable[Sequence[Array]], done: Callable[[int, Array], None]) -> None:
        with self._turn:
            self._queue.set_callback(lambda request, about: done(about[0], request.get_output_tensor(0).data))
            try:
                for number, part in enumerate(parts):
                    self._queue.start_async(list(part), (number, part), share_inputs=True)  # which lives until it has been run
            finally:
                self._queue.wait_all()
                self._queue.set_callback(lambda request, about: None)  # nothing of the picture is kept


def _model(module: nn.Module, examples: tuple[torch.Tensor, ...], kept: Path | None, free: tuple[int, ...]) -> openvino.Model:
    """The module for inputs of the examples' shapes, of which the free ones may differ in the length of their second axis."""
    version = openvino.__version__.split("-")[0]
    shapes = {at: list(example.shape) for at, example in enumerate(examples)}
    for at in free:
        shapes[at][1] = -1
    return _converted(module, examples, shapes, kept / version if kept else None)


def _hints() -> dict[str, str | int]:
    """Full precision; as many threads as a process is told to use that shares the machine: see `editor.batch.engines`."""
    told = os.environ.get("EDITOR_THREADS", "")
    threads: dict[str, str | int] = {"INFERENCE_NUM_THREADS": int(told)} if told.isdecimal() and int(told) else {}
    return {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"} | threads


def _converted(
    module: nn.Module, examples: tuple[torch.Tensor, ...], shapes: dict[int, list[int]], kept: Path | None
) -> openvino.Model:
    """The network as OpenVINO's, read back from `kept` where it is there and undamaged."""
    if kept and (model := _read(kept)):
        return model
    own = copied(module, lambda tensor: tensor)  # the converter may change the module it traces, and others draw with this one
    expected = torch.jit.TracerWarning  # pyright: ignore[reportPrivateImportUsage]
    warnings.filterwarnings("ignore", category=expected)  # for good: `catch_warnings` is not for threads
    warnings.filterwarnings("ignore", DEPRECATED, FutureWarning)
    with torch.autocast("cpu", enabled=False):  # which it cannot convert
        model = openvino.convert_model(own, example_input=examples)
    model.reshape(shapes)
    if kept:
        _keep(model, kept)
    return model


def _read(kept: Path) -> openvino.Model | None:
    """The kept network; None where there is none. One that is damaged is deleted, so that it is converted anew."""
    if not (kept / "model.xml").is_file():
        return None
    try:
        if (kept / DIGEST).read_text() == _digest(kept):
            return openvino.Core().read_model(kept / "model.xml")
    except (OSError, RuntimeError, UnicodeDecodeError):
        pass  # damaged or incomplete, as one with another digest is
    shutil.rmtree(kept, ignore_errors=True)
    return None


def _digest(folder: Path) -> str:
    """Of both files of a network: a changed weight would be drawn without a word."""
    digest = hashlib.sha256()
    for name in ("model.xml", "model.bin"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _keep(model: openvino.Model, kept: Path) -> None:
    """Save beside and rename, so that only a whole one is ever found. Failing to is no harm: it is converted again."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder("part-", kept.parent) as work:
            whole = work / "whole"
            openvino.save_model(model, whole / "model.xml", compress_to_fp16=False)
            (whole / DIGEST).write_text(_digest(whole))
            whole.rename(kept)
    except (OSError, RuntimeError) as error:
        if (kept / DIGEST).is_file():  # another process was quicker
            return
        warnings.warn(f"The converted generator could not be kept for the next start: {error}", stacklevel=2)
