"""Colours are compared where an FFHQ frame has skin, hair, irises and mouth."""

import numpy as np
import pytest
from PIL import Image

from editor.evaluate.product.colour import PLACES, SIDE, colour_differences, colours

GREY = Image.new("RGB", (SIDE, SIDE), (119, 119, 119))


def painted(place, colour):
    picture = np.array(GREY)
    for row, column, reach in PLACES[place]:
        picture[row - reach : row + reach + 1, column - reach : column + reach + 1] = colour
    return Image.fromarray(picture)


@pytest.mark.parametrize("place", [name for name in PLACES if name != "frame"])
def test_what_is_painted_at_a_place_is_found_there_alone(place):
    found = colour_differences([(GREY, painted(place, (200, 80, 40)))] * 2)
    assert found[place].green_red > 20 and found[place].blue_yellow > 20
    others = [found[name].distance for name in PLACES if name not in (place, "frame")]
    assert max(others) == 0 < found["frame"].distance < found[place].distance


@pytest.mark.parametrize(
    ("colour", "lab"),  # of sRGB, for D50
    [((255, 255, 255), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((255, 0, 0), (54, 81, 70)), ((0, 0, 255), (30, 68, -112))],
)
def test_colours_are_those_of_cielab(colour, lab):
    found = colours(Image.new("RGB", (512, 512), colour))
    assert found.shape == (len(PLACES), 3) and np.abs(found - lab).max() < 2


def test_means_and_intervals_are_over_the_faces():
    bright = Image.new("RGB", (64, 64), (140, 140, 140))
    one = colour_differences([(GREY, bright)])["hair"]
    both = colour_differences([(GREY, bright), (bright, GREY)])["hair"]
    assert one.n == 1 and np.isnan(one.lightness_ci95) and one.lightness > 5
    assert both.lightness == pytest.approx(0, abs=1e-9) and both.lightness_ci95 > one.lightness
