"""Sheets of pictures: every picture in its place, names and titles beside and above."""

import numpy as np
import pytest
from PIL import Image

from editor.sheets import BESIDE_GAP, CELL, GAP, NAMES_WIDTH, TITLES_HEIGHT, beside, grid, strip_sheet


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


def test_a_long_name_is_not_cut_by_the_pictures():
    wide = np.asarray(grid([("Mouth_Slightly_Open", [Image.new("RGB", (9, 9), "white")])]))
    assert (wide[:, : NAMES_WIDTH - 6] < 128).any() and (wide[:, NAMES_WIDTH - 6 : NAMES_WIDTH] > 200).all()


def test_rows_may_be_of_different_length():
    assert grid([("a", [Image.new("RGB", (9, 9))] * 3), ("b", [])], cell=10).width == NAMES_WIDTH + 3 * (10 + GAP)


def test_pictures_stand_beside_each_other():
    page = beside([Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")])
    assert page.size == (128 + BESIDE_GAP, 64)
    assert [page.getpixel((x, 32)) for x in (0, 63, 66, 130)] == [(255, 0, 0), (255, 0, 0), (255, 255, 255), (0, 0, 255)]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_pictures_beside_each_other_keep_their_numbers(mode):
    picture = Image.effect_noise((32, 16), 60).convert(mode)
    page = beside([picture, picture])
    assert (
        page.mode == mode and page.crop((40, 0, 72, 16)).tobytes() == page.crop((0, 0, 32, 16)).tobytes() == picture.tobytes()
    )
