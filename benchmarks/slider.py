"""How long a slider move takes: `python -m benchmarks.slider --models ffhq --json`.

A move is what the page does when a slider has moved: a local edit in both spaces (T, its inverse), two pictures of 1024 px, two
JPEGs. Measured twice: `latency`, one move from its beginning until both JPEGs are there, and `interval`, the time from one
finished move to the next while a slider is dragged, where JPEGs are encoded while the next move is drawn. Beside it its parts,
StyleGAN2 as the usual repositories compute it (same device, same run), and the floor that the device's own rates set. Those two
draw edits that go everywhere, so `draw_everywhere` is compared with them. `python -m benchmarks.likeness` times likenesses.

Time does not depend on what weights hold, so StyleGAN2 and pSp are random ones of the real size; nothing is fetched for them.
"""

import argparse
import json
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

from benchmarks.floor import measure_floor, wait
from benchmarks.local_edit import local_edit
from benchmarks.plain_stylegan2 import PlainStyleGan2
from editor.actions.render import edit_of, edited_codes
from editor.devices.choice import chosen_device
from editor.edit.directions import read_directions
from editor.edit.regions import regions_of
from editor.encode import PspConfig, PspEncoder
from editor.flow import read_flow
from editor.generate.mobile import Synthesis
from editor.generate.stylegan2 import StyleGan2, StyleGan2Config, style_statistics
from editor.images import to_pictures
from editor.judge.likeness import read_likeness
from editor.models import Models, load_models, stylegan2_networks
from editor.pipeline import Editor
from editor.portrait import Portrait
from editor.spaces import SPACES, WPlus
from editor.spaces import edited as after
from editor.ui.pictures import Encoder
from editor.weights import WeightStore

PHOTO = Path(__file__).parent.parent / "assets" / "examples"


def random_ffhq(
    store: WeightStore, half: bool, generator: StyleGan2Config = StyleGan2Config(), encoder: PspConfig = PspConfig()
) -> Models:
    """The set `ffhq` with random weights, and the shipped flow and directions, which have the real size."""
    torch.manual_seed(0)
    synthesis = StyleGan2(generator).eval().requires_grad_(False)
    mean, std = style_statistics(synthesis)
    reader = PspEncoder(encoder).eval().requires_grad_(False)
    reader.w_mean.copy_(mean)
    reader.w_std.copy_(std)
    networks = stylegan2_networks(synthesis, mean, reader, read_likeness(store.path("likeness")), half)
    flow, _ = read_flow(store.path("flow"))
    directions = read_directions(store.path("directions"))
    regions = regions_of(directions.attributes)
    return Models(**vars(networks), name="ffhq", flow=flow, directions=directions, regions=regions)


def measure(editor: Editor, portrait: Portrait, moves: int, warm_up: int = 3) -> dict[str, Any]:
    """Latency, interval and parts of a slider move, in milliseconds."""
    names = [attribute.name for attribute in editor.attributes]
    settings = [{names[n % len(names)]: 0.1 + (n % 18) / 10} for n in range(moves)]
    device = editor.renderer.device
    encoder = Encoder(device)  # the page's
    with ThreadPoolExecutor(1) as aside:

        def encode(strengths: dict[str, float]) -> Future:
            rendering = editor.render(portrait, strengths)
            return aside.submit(encoder.jpegs, {space: rendering.images[space] for space in SPACES})

        for strengths in settings[:warm_up]:
            encode(strengths).result()
        latency = _each(settings, lambda strengths: encode(strengths).result())
        interval = _intervals(settings, encode)
    edit = edit_of(editor.models, settings[0])
    edited = edited_codes(editor.models, portrait, edit)
    drawn = editor.renderer.draw(edited, portrait.lora, known=portrait.known)
    pictures = to_pictures(drawn)
    parts: dict[str, Callable[[], object]] = {
        "edit": lambda: edited_codes(editor.models, portrait, edit),
        "draw": lambda: editor.renderer.draw(edited, portrait.lora, known=portrait.known),
        "to_pictures": lambda: to_pictures(drawn),
        "jpeg": lambda: encoder.jpegs(dict(zip(SPACES, pictures, strict=True))),
        "draw_everywhere": lambda: editor.renderer.draw(after(edited)),
    }
    count = max(3, moves // 4)
    return {
        "latency": _spread(latency),
        "interval": _spread(interval),
        "parts": {name: _spread(_repeat(action, count, device))["median"] for name, action in parts.items()},
        "n": moves,
    }


def _each(settings: list, action: Callable[[Any], object]) -> list[float]:
    times = []
    for setting in settings:
        begin = time.perf_counter()
        action(setting)
        times.append(time.perf_counter() - begin)
    return times


def _intervals(settings: list, encode: Callable[[Any], Future]) -> list[float]:
    """Between moves, the JPEGs of one being encoded while the next is drawn; none is more than one move behind."""
    done, waiting = [time.perf_counter()], None
    for setting in settings:
        submitted = encode(setting)
        if waiting:
            waiting.result()
        waiting = submitted
        done.append(time.perf_counter())
    return [later - earlier for earlier, later in pairwise(done)]


def _repeat(action: Callable[[], object], count: int, device: torch.device) -> Iterator[float]:
    action()
    for _ in range(count):
        wait(device)
        begin = time.perf_counter()
        action()
        wait(device)
        yield time.perf_counter() - begin


def _spread(seconds: Iterable[float]) -> dict[str, float]:
    values = sorted(1e3 * value for value in seconds)
    last = values[min(len(values) - 1, round(0.99 * (len(values) - 1)))]
    return {"median": round(statistics.median(values), 2), "p99": round(last, 2)}


def run(editor: Editor, moves: int, plain: bool) -> dict[str, Any]:
    """Everything the benchmark reports."""
    device = editor.renderer.device
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    photo = sorted(PHOTO.glob("*.jpg"))[0]
    portrait = editor.open(photo)
    editor.prepare()
    name = editor.attributes[0].name
    first = _repeat(lambda: editor.render(editor.open(photo), {name: 1.0}), 5, device)
    result: dict[str, Any] = {
        "models": editor.models.name,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine(),
        "runtime": editor.renderer.name,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "photo_to_first_result_ms": _spread(first),
        "slider_ms": measure(editor, portrait, moves),
    }
    result["peak_memory_mb"] = _peak_memory(device)
    codes = WPlus(portrait.w_plus.to(device).repeat(2, 1, 1))
    floor = measure_floor(editor.models.generator, codes)
    drawing = result["slider_ms"]["parts"]["draw_everywhere"]  # as the floor and the usual repositories draw
    result["floor"] = vars(floor) | {
        "ms": round(floor.milliseconds, 3),
        "draw_over_floor": round(drawing / floor.milliseconds, 2),
    }
    synthesis = editor.models.generator.trunk.synthesis
    if plain and isinstance(synthesis, Synthesis) and device.type == "cpu":
        result["local_edit"] = local_edit(editor, portrait, floor.milliseconds, max(9, moves))
    if plain and isinstance(synthesis, StyleGan2):
        usual = PlainStyleGan2(synthesis)
        with torch.inference_mode():
            median = _spread(_repeat(lambda: usual(codes), max(3, moves // 10), device))["median"]
        result["plain_eager_fp32"] = {"draw_ms": median, "over_ours": round(median / drawing, 2)}
    return result


def _peak_memory(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.max_memory_reserved(device) // 1_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time a slider move.")
    parser.add_argument("--models", choices=("embedded", "ffhq"), default="ffhq")
    parser.add_argument("--device", help="cpu or cuda; by default CUDA where there is one")
    parser.add_argument("--moves", type=int, help="how many (default: 200 on a GPU, 9 on a CPU)")
    parser.add_argument("--no-plain", action="store_true", help="leave out what others draw the same generator with")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    device, store = chosen_device(options.device), WeightStore()
    half = device.type == "cuda"
    models = random_ffhq(store, half) if options.models == "ffhq" else load_models("embedded", store, half)
    result = run(Editor.over(models, device), options.moves or (200 if half else 9), not options.no_plain)
    print(json.dumps(result, indent=2) if options.json else _plain_text(result))
    return 0


def _plain_text(result: dict[str, Any], indent: str = "") -> str:
    lines = []
    for name, value in result.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", _plain_text(value, indent + "    ")]
        else:
            lines.append(f"{indent}{name:28} {value}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
