"""Portraits after latent optimisation and pivotal tuning. Each takes seconds, so measurements share them on a shelf."""

import time
from typing import Literal

import torch

from editor.evaluate.shelf import Shelf
from editor.generate.trunk import LoRA
from editor.images import to_tensor
from editor.pipeline import Editor
from editor.portrait import Portrait
from editor.spaces import WPlus

Way = Literal["refine", "tune"]
"""`Editor.refine`: latent optimisation; `Editor.tune`: pivotal tuning."""


def improve(editor: Editor, portrait: Portrait, way: Way, steps: int, shelf: Shelf = Shelf(None)) -> tuple[Portrait, float]:
    """The portrait after `steps` of latent optimisation or pivotal tuning, and the seconds these took when they were made.

    >>> from PIL import Image
    >>> portrait, shelf = small_editor.open_aligned(Image.new("RGB", (64, 64), "red")), Shelf(folder)
    >>> better, seconds = improve(small_editor, portrait, "refine", 60, shelf)
    >>> again, same_seconds = improve(small_editor, portrait, "refine", 60, shelf)  # from the shelf
    >>> torch.equal(better.w_plus, portrait.w_plus), torch.equal(better.w_plus, again.w_plus), seconds == same_seconds
    (False, True, True)
    """
    made: list[Portrait] = []

    def make() -> dict[str, torch.Tensor]:
        begin = time.perf_counter()
        made.append(getattr(editor, way)(portrait, steps))
        return {"seconds": torch.tensor(time.perf_counter() - begin), **_tensors(made[0].w_plus, made[0].lora)}

    piece = shelf.piece(portrait.w_plus, f"{way}-{steps}", make)
    seconds = piece.pop("seconds").item()
    return (made[0] if made else _with(editor, portrait, piece)), seconds


def _tensors(w_plus: WPlus, lora: LoRA | None) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = {"w_plus": w_plus}
    for name, (u, v) in (lora.factors if lora else {}).items():
        tensors |= {f"u.{name}": u, f"v.{name}": v}
    return tensors


def _with(editor: Editor, portrait: Portrait, piece: dict[str, torch.Tensor]) -> Portrait:
    """The portrait with the code and the LoRA of a cached piece."""
    names = [name[2:] for name in piece if name.startswith("u.")]
    lora = LoRA({name: (piece[f"u.{name}"], piece[f"v.{name}"]) for name in names}) if names else None
    target = to_tensor(portrait.face.image)
    return editor.reconstruct(portrait.face, target, WPlus(piece["w_plus"]), lora, portrait.quality.reasons)
