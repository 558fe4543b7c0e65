"""The gauge: three steps, the lowest one counts, and what is noticed."""

import numpy as np
import pytest

from editor.judge.quality import LIMITS, WARNING, Level, ReconstructionQuality, visible_reasons

FRONT = np.array([[40.0, 50], [80, 50], [60, 70], [45, 90], [75, 90]])
GREY = np.full((8, 8, 3), 128, np.uint8)
COLOURED = np.broadcast_to(np.array([200, 150, 90], np.uint8), (8, 8, 3))


@pytest.mark.parametrize("name", LIMITS)
def test_each_distance_alone_can_lower_the_level(name):
    good, fair = LIMITS[name]
    near = dict.fromkeys(LIMITS, 0.0)
    levels = [ReconstructionQuality(**near | {name: distance}).level for distance in (good, good + 1e-3, fair + 1e-3)]
    assert levels == [Level.GOOD, Level.FAIR, Level.POOR]


def test_a_poor_one_warns_and_a_good_one_does_not():
    assert WARNING in ReconstructionQuality(1.0, 0, 0).sentence and "poor" in ReconstructionQuality(1.0, 0, 0).sentence
    assert WARNING not in ReconstructionQuality(0, 0, 0).sentence and "0.00" in ReconstructionQuality(0, 0, 0).sentence


def test_a_face_from_the_front_in_colour_gives_no_reason():
    assert visible_reasons(COLOURED, FRONT) == visible_reasons(COLOURED) == ()


def test_what_is_seen_is_named():
    side = FRONT.copy()
    side[2, 0] = 90
    assert visible_reasons(COLOURED, side) == ("the face is turned to the side",)
    assert visible_reasons(GREY) == ("the photo has no colour",)
    assert "the photo is very dark" in visible_reasons(GREY // 20)
    assert "the photo is very bright" in visible_reasons(np.full((8, 8, 3), 250, np.uint8))


def test_a_face_turned_in_the_picture_is_not_turned_to_the_side():
    turn = np.array([[0.0, -1], [1, 0]])
    assert visible_reasons(COLOURED, FRONT @ turn.T) == ()
