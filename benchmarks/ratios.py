"""How the app draws, against plain PyTorch and plain OpenVINO: `python -m benchmarks.ratios --json`.

One local edit in both spaces, two pictures in full, drawn in turn by

app         `Renderer.draw`, as the page does
openvino    the whole generator, converted by OpenVINO's own converter and run by its CPU plugin in f32, one picture at a time
pytorch     the module itself, without gradients, in f32

Ratios are taken move by move, since whatever else loads the machine slows neighbours alike; each is a median. Decibels say how
near the app's pictures are to the other's, as PSNR for values in [-1, 1].
"""

import argparse
import json
import math
import warnings
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

import torch
from torch import nn

from benchmarks.growth import EDIT, EXAMPLES
from benchmarks.machine import machine
from editor import Editor
from editor.actions.render import edit_of, edited_codes
from editor.devices.memory import copied
from editor.generate.runtimes import TorchRuntime
from editor.generate.trunk import Generator
from editor.spaces import MaskedCodes, one_by_one

Draw = Callable[[MaskedCodes], torch.Tensor]
APP = "app"


class Whole(nn.Module):
    """A generator that takes codes and masks as tensors, since converters know no other inputs."""

    def __init__(self, generator: Generator):
        super().__init__()
        self.generator = generator

    def forward(self, codes: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
        return self.generator(MaskedCodes(codes, masks))


def plain_openvino(generator: Generator, like: MaskedCodes) -> Draw:
    """The generator as OpenVINO runs it by itself, for codes and masks of these shapes, one picture at a time."""
    import openvino

    module = Whole(copied(generator, lambda tensor: tensor)).eval()  # the converter may change what it traces
    one = next(iter(one_by_one(like)))
    assert isinstance(one, MaskedCodes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it traces, as OpenVINO's converter does
        model = openvino.convert_model(module, example_input=(one.codes, one.masks))
    model.reshape({0: list(one.codes.shape), 1: list(one.masks.shape)})
    hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = openvino.Core().compile_model(model, "CPU", hints)

    def draw(codes: MaskedCodes) -> torch.Tensor:
        pairs = zip(codes.codes.split(1), codes.masks.split(1), strict=True)
        return torch.cat([torch.from_numpy(compiled([part.contiguous().numpy() for part in pair])[0].copy()) for pair in pairs])

    return draw


def compared(drawers: Mapping[str, Draw], codes: MaskedCodes, moves: int) -> dict[str, Any]:
    """Milliseconds of each drawer, and what the others take for each move over what the app takes for it."""
    pictures = {name: draw(codes) for name, draw in drawers.items()}
    times: dict[str, list[float]] = {name: [] for name in drawers}
    for _ in range(moves):
        for name, draw in drawers.items():
            begin = perf_counter()
            draw(codes)
            times[name].append(perf_counter() - begin)
    result: dict[str, Any] = {"n": moves, "ms": {name: round(1e3 * median(taken), 1) for name, taken in times.items()}}
    for name in drawers.keys() - {APP}:
        ratios = [other / ours for other, ours in zip(times[name], times[APP], strict=True)]
        result[f"{name}_over_{APP}"] = round(median(ratios), 2)
        result[f"decibels_to_{name}"] = decibels(pictures[APP], pictures[name])
    return result


def decibels(one: torch.Tensor, other: torch.Tensor) -> float | None:
    """PSNR of pictures in [-1, 1]; None where they are equal."""
    error = (one.float() - other.float()).clamp(-2, 2).square().mean().item()
    return round(10 * math.log10(4 / error), 1) if error else None


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare drawing with plain PyTorch and plain OpenVINO.")
    parser.add_argument("--moves", type=int, default=9, help="how many (default: 9)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    editor = Editor.load("embedded", "cpu")
    editor.prepare()
    codes = edited_codes(editor.models, editor.open(EXAMPLES[0]), edit_of(editor.models, EDIT))
    assert isinstance(codes, MaskedCodes)
    drawers: dict[str, Draw] = {
        APP: editor.renderer.draw,
        "openvino": plain_openvino(editor.models.generator, codes),
        "pytorch": TorchRuntime(editor.models.generator, torch.device("cpu")),
    }
    result = compared(drawers, codes, options.moves) | {"machine": machine(editor)}
    print(json.dumps(result, indent=2) if options.json else "\n".join(f"{name:24} {value}" for name, value in result.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
