"""`face-editor doctor`: what this machine has, whether every weight is what it should be, and how fast a slider moves."""

import json
import platform
import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from editor.errors import EditorError
from editor.options import Flag, ModelOptions

if TYPE_CHECKING:
    from editor.pipeline import Editor


LIKENESS_STEPS = 3
"""Steps of a likeness after which its memory is measured: it needs no more after more of them."""


@dataclass(frozen=True)
class Doctor(ModelOptions):
    """Check the machine, the weights and the speed."""

    json: Flag = False
    """Print the report as JSON."""

    def run(self) -> int:
        """Print the report; 1 when something keeps the app from working."""
        report = _examine(self.models, self.device, self.generator, likeness=self.json)
        print(json.dumps(report, indent=2) if self.json else _plain(report))
        return 0 if "error" not in report else 1


def _examine(models: str, device: str | None = None, generator: str = "", likeness: bool = False) -> dict[str, Any]:
    """The report. What could not be found out stays out of it, and `error` says why.

    Args:
        likeness: also improve one, to see what memory that takes. It takes seconds.
    """
    import torch

    from editor.devices.usage import resident_mb
    from editor.models import model_set
    from editor.pipeline import Editor
    from editor.weights import WeightStore

    report: dict[str, Any] = {
        "device": device or ("cuda" if torch.cuda.is_available() else "cpu"),
        "processor": platform.processor() or platform.machine(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "models": models,
        "memory_free_mb": _free_memory(),
    }
    try:
        store = WeightStore()
        report["cache"] = str(store.cache)
        report["disk_free_mb"] = shutil.disk_usage(store.root).free // 1_000_000
        needed = model_set(models).entries
        begin = time.perf_counter()
        editor = Editor.load(models, device, store, generator)
        report["load_ms"] = round(1e3 * (time.perf_counter() - begin))
        report["runtime"] = editor.renderer.name
        if editor.notice:
            report["notice"] = editor.notice
        report["weights"] = {name: store.status(name) for name in (*needed, *(store.entries.keys() - needed))}
        memory = {"load": resident_mb()}
        report |= _speed(editor, memory)
        if likeness:
            _improve(editor, memory)
        report["memory_mb"] = memory
    except EditorError as error:
        report["error"] = str(error)
    return report


def _speed(editor: "Editor", memory: dict[str, int | None]) -> dict[str, Any]:
    """Milliseconds from photo to first result and for a slider move, warm, on a face the generator draws itself.

    Args:
        memory: is told how many megabytes this process has after the first edit.
    """
    from editor.devices.usage import resident_mb
    from editor.images import to_picture
    from editor.spaces import LAYERS, WPlus

    mean = WPlus(editor.models.encoder.w_mean.cpu().expand(1, LAYERS, -1))
    photo = to_picture(editor.renderer.draw(mean))
    portrait = editor.open(photo)
    name = editor.attributes[0].name
    strengths = iter(range(1, 100))
    details = editor.details(portrait, editor.render(portrait, {}))

    def move(live: bool) -> object:
        return editor.render(portrait, {name: next(strengths) / 100}, live=live, details=details)

    move(False)
    memory["first_edit"] = resident_mb()
    return {
        "open_ms": _median(lambda: editor.open(photo)),
        "slider_ms": {"full": _median(lambda: move(False)), "preview": _median(lambda: move(True))},
    }


def _improve(editor: "Editor", memory: dict[str, int | None]) -> None:
    """Improve a likeness, where that takes seconds and not minutes, and note the memory after it."""
    from editor.devices.usage import resident_mb
    from editor.images import to_picture
    from editor.spaces import LAYERS, WPlus

    editor.fitter.prepare()
    if editor.fitter.is_quick:
        mean = WPlus(editor.models.encoder.w_mean.cpu().expand(1, LAYERS, -1))
        editor.refine(editor.open_aligned(to_picture(editor.renderer.draw(mean))), LIKENESS_STEPS)
        memory["likeness"] = resident_mb()


def _median(action: Callable[[], object], repeats: int = 5) -> int:
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return round(1e3 * statistics.median(times))


def _free_memory() -> int | None:
    """Free memory in MB where the system tells it."""
    try:
        with open("/proc/meminfo") as lines:  # noqa: PTH123 (not a file of ours)
            fields = dict(line.split(":", 1) for line in lines)
        return int(fields["MemAvailable"].split()[0]) // 1000
    except (OSError, KeyError, ValueError):
        return None


def _plain(report: dict[str, Any]) -> str:
    lines = []
    for name, value in report.items():
        if isinstance(value, dict):
            lines += [f"{name}:", *(f"    {key:24} {entry}" for key, entry in value.items())]
        else:
            lines.append(f"{name:20} {value}")
    return "\n".join(lines)
