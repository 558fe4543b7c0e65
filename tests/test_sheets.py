"""Sheets of pictures: every picture in its place, names and titles beside and above."""

import numpy as np
import pytest
from PIL import Image

from editor.sheets import CELL, GAP, NAMES_WIDTH, TITLES_HEIGHT, grid, strip_sheet


@pytest.mark.parametrize("titles", [(), ("one", "two")])
def test_pictures_stand_in_their_places(titles):
    colours = [["red", "lime"], ["blue", "black"]]
    page = grid([(f"row {row}", [Image.new("RGB", (9, 9), c) for c in cells]) for row, cells in enumerate(colours)], titles)
    top = TITLES_HEIGHT if titles else 0
    for row, cells in enumerate(colours):
        for column, colour in enumerate(cells):
            place = NAMES_WIDTH + column * (CELL + GAP) + 5, top + row * (CELL + GAP) + 5
            assert page.getpixel(place) == Image.new("RGB", (1, 1), colour).getpixel((0, 0))


def test_a_strip_names_spaces_and_strengths():
    black = [Image.new("RGB", (9, 9))] * 2
    page = np.asarray(strip_sheet({"w_plus": black, "w_star": black}, "Smiling", (-1, 0), cell=64))
    names = page[TITLES_HEIGHT:, :NAMES_WIDTH].min(axis=(1, 2))
    assert (names[:64] < 128).any() and (names[64 + GAP :] < 128).any(), "both rows have a name"
    titles = page[:TITLES_HEIGHT].min(axis=(0, 2))
    assert (titles[NAMES_WIDTH : NAMES_WIDTH + 64] < 128).any() and (titles[NAMES_WIDTH + 64 + GAP :] < 128).any()


def test_rows_may_be_of_different_length():
    assert grid([("a", [Image.new("RGB", (9, 9))] * 3), ("b", [])], cell=10).width == NAMES_WIDTH + 3 * (10 + GAP)
