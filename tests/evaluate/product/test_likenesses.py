"""What is kept of a better likeness is that likeness."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from editor.evaluate.kept import Kept
from editor.evaluate.product.likenesses import improve
from editor.generate.trunk import LoRA
from editor.judge.quality import ReconstructionQuality
from editor.portrait import Portrait


class Editor:
    """Adds what it was asked to improve by; its pictures show the code's first number and the LoRA's."""

    def __init__(self):
        self.asked = []

    def refine(self, portrait, steps, every):
        self.asked.append(("refine", steps))
        code = portrait.w_plus + steps
        yield steps, replace(portrait, w_plus=code, reconstruction=self.draw(code, portrait.lora))

    def tune(self, portrait, steps, every):
        self.asked.append(("tune", steps))
        lora = LoRA({"a.weight": (torch.full((2, 1), float(steps)).half(), torch.ones(1, 3).half())})
        yield steps, replace(portrait, lora=lora, reconstruction=self.draw(portrait.w_plus, lora))

    def draw(self, w_plus, lora=None):
        level = w_plus[0, 0, 0] + (lora.factors["a.weight"][0][0, 0].item() if lora else 0)
        return Image.new("L", (4, 4), int(level))

    def quality(self, face, drawn, reasons):
        return ReconstructionQuality(0, 0, drawn.getpixel((0, 0)), reasons)


@pytest.fixture
def portrait():
    face = Image.new("L", (4, 4), 9)
    return Portrait(face, torch.zeros(1, 18, 512), face, None, (), 0, ReconstructionQuality(1, 1, 1, ("dark",)), Editor())


def improved(portrait, kept):
    refined, _ = improve(portrait, "refine", 60, kept)
    return improve(refined, "tune", 20, kept)[0]


def test_what_is_kept_is_not_made_again_and_is_the_same(tmp_path, portrait):
    first = improved(portrait, Kept(tmp_path, "these models"))
    again = improved(portrait, Kept(tmp_path, "these models"))
    assert portrait.editor.asked == [("refine", 60), ("tune", 20)]
    assert torch.equal(first.w_plus, again.w_plus) and again.reconstruction.getpixel((0, 0)) == 80
    assert all(torch.equal(a, b) for a, b in zip(first.lora.parameters, again.lora.parameters, strict=True))
    assert again.quality == ReconstructionQuality(0, 0, 80, ("dark",))


def test_seconds_are_those_of_the_making(tmp_path, portrait, monkeypatch):
    clock = iter([10.0, 35.0])
    monkeypatch.setattr("editor.evaluate.product.likenesses.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    assert [improve(portrait, "refine", 60, Kept(tmp_path))[1] for _ in range(2)] == [25, 25]


def test_other_models_and_other_steps_make_their_own(tmp_path, portrait):
    for about, steps in (("one", 60), ("two", 60), ("two", 30)):
        improve(portrait, "refine", steps, Kept(tmp_path, about))
    assert portrait.editor.asked == [("refine", 60), ("refine", 60), ("refine", 30)]
