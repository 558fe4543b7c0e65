"""A module as OpenVINO's network, kept from one start to the next.

A stored map of noise, [1, 1, R, R], becomes an input of the network. As a constant, OpenVINO would add it to the bias that
follows it, which makes a map of every channel: of the embedded generator 259 MB instead of 8, once on disk and twice in memory.
"""

import hashlib
import shutil
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openvino
import torch
from torch import nn

from editor.devices.memory import copied
from editor.files.temporary import temporary_folder

DIGEST = "sha256"
"""Name of the file that says what a kept network hashes to."""
FORM = "maps-2"
"""What kept networks of today are called beside OpenVINO's version: those of earlier forms have other inputs."""
DEPRECATED = r"`torch\.jit\.\w+` is deprecated"
"""What PyTorch says of the tracing by which OpenVINO converts."""


def stored_maps(module: nn.Module) -> dict[str, torch.Tensor]:
    """Buffers that are the same map for all channels, [1, 1, R, R], by name.

    >>> from editor.generate.mobile import Synthesis
    >>> {name: tuple(noise.shape) for name, noise in stored_maps(Synthesis((4, 4))).items()}["layers.0.conv1.noise"]
    (1, 1, 8, 8)
    """
    return {name: map_ for name, map_ in module.named_buffers() if map_.ndim == 4 and map_.shape[:2] == (1, 1)}


def converted(
    module: nn.Module, examples: Sequence[torch.Tensor], shapes: Mapping[int, Sequence[int]], kept: Path | None
) -> openvino.Model:
    """The network as OpenVINO's, read back where it is kept and undamaged.

    Its inputs are the module's own, then those of `stored_maps` that it reads, each called by its name.

    Args:
        shapes: of the module's inputs; -1 where a length may differ.
        kept: a folder of this network's own. It holds one for each version of OpenVINO that uses it.

    >>> converted(nn.ReLU(), [torch.zeros(1, 2)], {0: [1, 2]}, kept=None).inputs[0].shape
    <Shape: [1,2]>
    """
    return kept_model(kept, lambda: _converted(module, examples, shapes))


def kept_model(kept: Path | None, make: Callable[[], openvino.Model]) -> openvino.Model:
    """A network, read back where it is kept and undamaged, made and kept otherwise.

    Args:
        kept: a folder of this network's own. It holds one for each version of OpenVINO that uses it. None: nothing is kept.

    >>> for _ in range(2):
    ...     model = kept_model(folder, lambda: print("made") or traced(nn.ReLU(), [torch.zeros(1, 2)]))
    made
    """
    place = kept / f"{openvino.__version__.split('-')[0]}-{FORM}" if kept else None
    if place and (model := _read(place)):
        return model
    model = make()
    if place:
        _keep(model, place)
    return model


def weights_hash(network: nn.Module) -> str:
    """The sha256 of a network's weights and their names, for a folder that is to change with them.

    >>> one, other = nn.Linear(2, 2), nn.Linear(2, 2)
    >>> weights_hash(one) == weights_hash(one), weights_hash(one) == weights_hash(other)
    (True, False)
    """
    digest = hashlib.sha256()
    for name, tensor in network.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()


def traced(module: nn.Module, examples: Sequence[torch.Tensor]) -> openvino.Model:
    """A module converted for inputs of any shapes of the examples' kind.

    >>> traced(nn.ReLU(), [torch.zeros(1, 2)]).inputs[0].partial_shape.rank.get_length()
    2
    """
    expected = torch.jit.TracerWarning  # pyright: ignore[reportPrivateImportUsage]
    warnings.filterwarnings("ignore", category=expected)  # for good: `catch_warnings` is not for threads
    warnings.filterwarnings("ignore", DEPRECATED, FutureWarning)
    with torch.autocast("cpu", enabled=False):  # which it cannot convert
        return openvino.convert_model(module, example_input=tuple(examples))


def _converted(module: nn.Module, examples: Sequence[torch.Tensor], shapes: Mapping[int, Sequence[int]]) -> openvino.Model:
    maps = stored_maps(module)
    model = traced(_WithMaps(module, tuple(maps)), [*examples, *maps.values()])
    model.reshape(dict(shapes) | {at: list(map_.shape) for at, map_ in enumerate(maps.values(), len(examples))})
    for name, given in list(zip(maps, model.inputs[len(examples) :], strict=True)):
        given.get_tensor().set_names({name})
        if not given.get_target_inputs():
            model.remove_parameter(given.get_node())
    return model


class _WithMaps(nn.Module):
    """A copy of a module that takes its stored maps as inputs, after its own."""

    def __init__(self, module: nn.Module, maps: Sequence[str]):
        super().__init__()
        self._module = copied(module, lambda tensor: tensor)  # changed here, and by the converter
        self._places = [name.rpartition(".")[::2] for name in maps]
        for place, name in self._places:
            delattr(self._module.get_submodule(place), name)

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        count = len(inputs) - len(self._places)
        places = [(self._module.get_submodule(place), name) for place, name in self._places]
        for (place, name), map_ in zip(places, inputs[count:], strict=True):
            vars(place)[name] = map_  # no buffer: what is traced must not be part of the module
        try:
            return self._module(*inputs[:count])
        finally:
            for place, name in places:
                del vars(place)[name]


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
    """Save beside and rename, so that only a whole one is ever found. Failing to is no harm: it is converted again.

    What other forms or versions of OpenVINO kept of the same network goes.
    """
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder("part-", kept.parent) as work:
            whole = work / "whole"
            openvino.save_model(model, whole / "model.xml", compress_to_fp16=False)
            (whole / DIGEST).write_text(_digest(whole))
            whole.rename(kept)
        for other in kept.parent.glob("*.*"):
            if other != kept and (other / DIGEST).is_file():
                shutil.rmtree(other, ignore_errors=True)
    except (OSError, RuntimeError) as error:
        if (kept / DIGEST).is_file():  # another process was quicker
            return
        warnings.warn(f"The converted network could not be kept for the next start: {error}", stacklevel=2)
