"""What a measurement was made on."""

import os
import platform
from pathlib import Path
from typing import Any

import torch

from editor import Editor


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
