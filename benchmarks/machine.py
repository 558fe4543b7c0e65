"""What a measurement was made on, and the memory that it took."""

import os
import platform
import resource
import threading
from pathlib import Path
from typing import Any

import torch

from editor import Editor

LOOK_SECONDS = 0.005
"""Between two looks at the memory held."""


def machine(editor: Editor) -> dict[str, Any]:
    """Models, processor, cores and versions, as every benchmark names them."""
    device = editor.renderer.device
    return {
        "models": editor.models.name,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "runtime": editor.renderer.name,
        "torch": torch.__version__,
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
    }


def processor() -> str:
    """The processor's name as its maker writes it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def resident() -> float:
    """Megabytes of memory that this process holds now; where the system does not say, the most that it held."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


class Peak:
    """The most memory that this process holds while something is done, in megabytes.

    >>> with Peak() as peak:
    ...     held = bytearray(50_000_000)
    >>> peak.megabytes > 50
    True
    """

    def __enter__(self) -> "Peak":
        self.megabytes = resident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.megabytes = max(self.megabytes, resident())

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.megabytes = max(self.megabytes, resident())
