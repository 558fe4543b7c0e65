"""How near a preview is to the full render shrunk to its size, and how much faster it is drawn.

psnr_mean, psnr_min   dB, both in [-1, 1], over codes of W that no training saw, psi uniform in 0.5-1
full_ms, preview_ms   median times of one image on the same runtime, taken in turns
speedup               their ratio
"""

import statistics
import time
from dataclasses import dataclass

from tqdm import tqdm

from editor.generate.runtimes import Runtime
from editor.images import psnr, shrink
from editor.spaces import WPlus


@dataclass(frozen=True)
class PreviewQuality:
    """The measures over n codes."""

    n: int
    resolution: int
    psnr_mean: float
    psnr_min: float
    full_ms: float
    preview_ms: float
    speedup: float


def measure_preview(full: Runtime, preview: Runtime, codes: WPlus) -> PreviewQuality:
    """Draw every code both ways and compare.

    >>> found = measure_preview(painter, lambda w_plus: painter(w_plus)[..., :8, :8] + 0.02, WPlus(0.1 * codes.w_plus))
    >>> found.n, found.resolution, round(found.psnr_mean)
    (60, 8, 40)
    """
    decibels, times, resolution = [], ([], []), 0
    for code in tqdm(codes.split(1), desc="preview"):
        pictures = []
        for runtime, spent in zip((full, preview), times, strict=True):
            begin = time.perf_counter()
            pictures.append(runtime(WPlus(code)).clamp(-1, 1))
            spent.append(time.perf_counter() - begin)
        resolution = pictures[1].shape[-1]
        decibels.append(psnr(pictures[1], shrink(pictures[0], resolution)).item())
    full_ms, preview_ms = (1e3 * statistics.median(spent) for spent in times)
    return PreviewQuality(
        len(decibels), resolution, statistics.mean(decibels), min(decibels), full_ms, preview_ms, full_ms / preview_ms
    )
