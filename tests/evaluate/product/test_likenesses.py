"""A cached portrait is the portrait that was made."""

from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from editor.evaluate.product.likenesses import improve
from editor.evaluate.shelf import Shelf
from editor.face import Face
from editor.generate.trunk import LoRA
from editor.judge.quality import ReconstructionQuality
from editor.portrait import Portrait


class Editor:
    """Adds what it was asked to improve by; its pictures show the code's first number and the LoRA's."""

    def __init__(self):
        self.asked = []

    def refine(self, portrait, steps):
        self.asked.append(("refine", steps))
        return self.reconstruct(portrait.face, None, portrait.w_plus + steps, portrait.lora)

    def tune(self, portrait, steps):
        self.asked.append(("tune", steps))
        lora = LoRA({"a.weight": (torch.full((2, 1), float(steps)).half(), torch.ones(1, 3).half())})
        return self.reconstruct(portrait.face, None, portrait.w_plus, lora)

    def reconstruct(self, face, target, w_plus, lora=None, reasons=("dark",)):
        level = int(w_plus[0, 0, 0] + (lora.factors["a.weight"][0][0, 0].item() if lora else 0))
        quality = ReconstructionQuality(0, 0, level, reasons)
        return Portrait(face, w_plus, None, Image.new("L", (4, 4), level), quality, None, lora=lora)


@pytest.fixture
def editor():
    return Editor()


@pytest.fixture
def portrait(editor):
    return editor.reconstruct(Face(Image.new("L", (4, 4), 9), None), None, torch.zeros(1, 18, 512))


def improved(editor, portrait, kept):
    refined, _ = improve(editor, portrait, "refine", 60, kept)
    return improve(editor, refined, "tune", 20, kept)[0]


def test_what_is_kept_is_not_made_again_and_is_the_same(tmp_path, editor, portrait):
    first = improved(editor, portrait, Shelf(tmp_path, "these models"))
    again = improved(editor, portrait, Shelf(tmp_path, "these models"))
    assert editor.asked == [("refine", 60), ("tune", 20)]
    assert torch.equal(first.w_plus, again.w_plus) and again.reconstruction.getpixel((0, 0)) == 80
    assert all(torch.equal(a, b) for a, b in zip(first.lora.parameters, again.lora.parameters, strict=True))
    assert again.quality == ReconstructionQuality(0, 0, 80, ("dark",))


def test_seconds_are_those_of_the_making(tmp_path, editor, portrait, monkeypatch):
    clock = iter([10.0, 35.0])
    monkeypatch.setattr("editor.evaluate.product.likenesses.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    assert [improve(editor, portrait, "refine", 60, Shelf(tmp_path))[1] for _ in range(2)] == [25, 25]


def test_other_models_and_other_steps_make_their_own(tmp_path, editor, portrait):
    for about, steps in (("one", 60), ("two", 60), ("two", 30)):
        improve(editor, portrait, "refine", steps, Shelf(tmp_path, about))
    assert editor.asked == [("refine", 60), ("refine", 60), ("refine", 30)]
