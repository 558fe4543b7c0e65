"""Portraits made better likenesses, each kept as soon as it is there: half a minute a face, shared by all that measure them."""

import time
from dataclasses import replace
from typing import Literal

import torch

from editor.evaluate.kept import Kept
from editor.generate.trunk import LoRA
from editor.portrait import Portrait
from editor.spaces import WPlus

Way = Literal["refine", "tune"]
"""How: `Portrait.refine` or `Portrait.tune`."""


def improve(portrait: Portrait, way: Way, steps: int, kept: Kept = Kept(None)) -> tuple[Portrait, float]:
    """The portrait after `steps` of one way, and the seconds that they took when they were made."""
    made: list[Portrait] = []

    def make() -> dict[str, torch.Tensor]:
        begin = time.perf_counter()
        made.append(getattr(portrait, way)(steps))
        return {"seconds": torch.tensor(time.perf_counter() - begin), **_tensors(made[0].w_plus, made[0].lora)}

    piece = kept.piece(portrait.w_plus, f"{way}-{steps}", make)
    seconds = piece.pop("seconds").item()
    return (made[0] if made else _with(portrait, piece)), seconds


def _tensors(w_plus: WPlus, lora: LoRA | None) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = {"w_plus": w_plus}
    for name, (u, v) in (lora.factors if lora else {}).items():
        tensors |= {f"u.{name}": u, f"v.{name}": v}
    return tensors


def _with(portrait: Portrait, piece: dict[str, torch.Tensor]) -> Portrait:
    """The portrait with what a piece holds, drawn anew."""
    w_plus, editor = WPlus(piece["w_plus"]), portrait.editor
    names = [name[2:] for name in piece if name.startswith("u.")]
    lora = LoRA({name: (piece[f"u.{name}"], piece[f"v.{name}"]) for name in names}) if names else None
    drawn = editor.draw(w_plus, lora)
    quality = editor.quality(portrait.face, drawn, portrait.quality.reasons)
    return replace(portrait, w_plus=w_plus, lora=lora, reconstruction=drawn, quality=quality)
