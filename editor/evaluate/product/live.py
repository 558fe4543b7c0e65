"""How near a live picture is to the full one, by how far the slider is from where it last rested, and how much faster.

psnr        dB, both at the live picture's side, in [-1, 1]; mean and least over codes, both spaces and attributes
plain       the same of the small drawing alone, enlarged
speedup     median time of a full drawing over that of a live picture, taken in turns
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from tqdm import tqdm

from editor.actions.render import edited_code
from editor.edit.attributes import BEST
from editor.generate.detail import SIDE, Detail
from editor.images import psnr, shrink, to_picture
from editor.pipeline import Editor
from editor.sheets import grid
from editor.spaces import SPACES, Codes, WPlus

DISTANCES = (0.25, 0.5, 1.0, 2.0)
"""Units of a slider."""


@dataclass(frozen=True)
class LiveQuality:
    """The measures, by distance, over n pictures each."""

    n: int
    resolution: int
    distances: tuple[float, ...]
    psnr_mean: tuple[float, ...]
    psnr_min: tuple[float, ...]
    plain_mean: tuple[float, ...]
    plain_min: tuple[float, ...]
    full_ms: float
    live_ms: float
    speedup: float


def measure_live(editor: Editor, codes: WPlus, attributes: int = 4, seed: int = 0) -> LiveQuality:
    """Rest at every code, then move from there along some of the main attributes, drawn anew for each code, either way.

    >>> found = measure_live(small_editor, WPlus(0.1 * codes.w_plus[:3]), attributes=1)
    >>> found.n, found.distances, found.psnr_mean[0] > found.plain_mean[0]
    (6, (0.25, 0.5, 1.0, 2.0), True)
    """
    random = torch.Generator().manual_seed(seed)
    decibels: dict[float, list[tuple[float, float]]] = {distance: [] for distance in DISTANCES}
    times: tuple[list[float], list[float]] = ([], [])
    for code in tqdm(codes.split(1), desc="live"):
        rested = WPlus(code)
        detail = Detail.between(editor.renderer.draw(rested), editor.renderer.draw(rested, live=True))
        chosen = torch.randperm(len(BEST), generator=random)[:attributes]
        signs = 1 - 2 * torch.randint(2, (attributes,), generator=random)
        for at, sign in zip(chosen.tolist(), signs.tolist(), strict=True):
            for distance in DISTANCES:
                for space in SPACES:
                    moved = edited_code(editor.models, rested, {BEST[at]: sign * distance}, space)
                    decibels[distance].append(_compare(editor, detail, moved, times))
    values = torch.tensor([decibels[distance] for distance in DISTANCES])  # [distances, n, 2]
    full_ms, live_ms = (1e3 * statistics.median(spent) for spent in times)
    (psnr_mean, plain_mean), (psnr_min, plain_min) = values.mean(1).t().tolist(), values.amin(1).t().tolist()
    return LiveQuality(
        n=values.shape[1],
        resolution=SIDE,
        distances=DISTANCES,
        psnr_mean=tuple(psnr_mean),
        psnr_min=tuple(psnr_min),
        plain_mean=tuple(plain_mean),
        plain_min=tuple(plain_min),
        full_ms=full_ms,
        live_ms=live_ms,
        speedup=full_ms / live_ms,
    )


def contact_sheet(editor: Editor, codes: WPlus) -> Image.Image:
    """A column a code, each moved by a unit along another of the main attributes in W*, and drawn in every way.

    >>> contact_sheet(small_editor, WPlus(codes.w_plus[:3])).size  # three columns of four pictures
    (930, 1040)
    """
    rows: dict[str, list[Image.Image]] = {name: [] for name in ("at rest", "edited,\nin full", "live", "small\nalone")}
    for at, code in enumerate(codes.split(1)):
        rested = WPlus(code)
        moved = edited_code(editor.models, rested, {BEST[at % len(BEST)]: 1.0}, "w_star")
        at_rest, full, small = editor.renderer.draw(rested), editor.renderer.draw(moved), editor.renderer.draw(moved, live=True)
        detail = Detail.between(at_rest, editor.renderer.draw(rested, live=True))
        for pictures, drawn in zip(rows.values(), (at_rest, full, detail.add_to(small), small), strict=True):
            pictures.append(to_picture(drawn))
    return grid(list(rows.items()))


def _compare(editor: Editor, detail: Detail, moved: Codes, times: Sequence[list[float]]) -> tuple[float, float]:
    """PSNR of the live picture and of the small drawing alone."""
    begin = time.perf_counter()
    full = editor.renderer.draw(moved).clamp(-1, 1)
    times[0].append(time.perf_counter() - begin)
    begin = time.perf_counter()
    small = editor.renderer.draw(moved, live=True)
    live = detail.add_to(small)
    times[1].append(time.perf_counter() - begin)
    wanted, alone = shrink(full, live.shape[-1]), detail.enlarge(small.clamp(-1, 1))
    return psnr(live, wanted).item(), psnr(alone, wanted).item()
