"""The paper's grid: a row for each attribute and space, and edits away from the side a face is on."""

from types import SimpleNamespace

import torch
from PIL import Image

from editor.evaluate.claims.figure2 import figure2
from editor.sheets import CELL, GAP, NAMES_WIDTH


def test_the_grid_shows_each_attribute_in_both_spaces(tmp_path):
    asked = []

    def render(portrait, strengths):
        asked.append(strengths)
        pictures = {"w_plus": Image.new("RGB", (64, 64), "red"), "w_star": Image.new("RGB", (64, 64), "blue")}
        return SimpleNamespace(images=pictures)

    colours = ("white", "black")  # scores of 1 and -1
    face = SimpleNamespace(image=Image.new("RGB", (64, 64)))
    portraits = [SimpleNamespace(face=face, reconstruction=Image.new("RGB", (64, 64), c)) for c in colours]

    class Classifier:
        attributes = ("Smiling", "Young")
        threshold = torch.tensor([-0.2, 0.2])

        def __call__(self, image):
            return torch.stack([image.mean(), -image.mean()])[None]

    made = figure2(SimpleNamespace(render=render), Classifier(), portraits, ["Young", "Smiling"], 1.5, tmp_path)  # type: ignore
    assert [path.name for path in made] == ["figure2.png", "figure2.pdf"]
    assert asked == [{"Young": 1.5}, {"Young": -1.5}, {"Smiling": -1.5}, {"Smiling": 1.5}]
    page = Image.open(made[0])
    assert page.size == (NAMES_WIDTH + 2 * (CELL + GAP), 6 * (CELL + GAP))
    middle = NAMES_WIDTH + CELL // 2
    rows = [page.getpixel((middle, row * (CELL + GAP) + CELL // 2)) for row in range(6)]
    assert rows[2:] == [(255, 0, 0), (0, 0, 255)] * 2
    assert made[1].read_bytes().startswith(b"%PDF")
