"""Faces in photos of several kinds are edited where they lie, by an editor that knows where that is."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from editor.align.crop import crop_quad, whole_quad
from editor.errors import FaceError
from editor.evaluate.baselines.feathered import paste_drawn
from editor.evaluate.product.pasted_photos import EDITS, WAYS, Person, edited_both_ways, pasted_at_places
from editor.evaluate.product.surroundings import near_edge, rolled, side_by_side, surrounded
from editor.face import Detection, Quad

SIDE = 100


def face(seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(60, 190, (SIDE, SIDE, 3), dtype=np.uint8))


class Pen:
    """In place of an editor: it finds two faces in each photo, and makes the middle of the one it edits lighter."""

    def __init__(self, away: float = 0.0):
        self.away, self.asked, self.onto = away, [], []

    def open(self, photo, face=0, detections=()):
        middles = [(photo.width - SIDE + self.away, SIDE + self.away), (SIDE + self.away, SIDE + self.away)]
        found = tuple(Detection((0, 0, 1, 1), np.array([middle] * 5), 1.0) for middle in middles)
        quad = Quad(whole_quad(SIDE, SIDE).corners + np.array(middles[face]) - SIDE / 2)
        at = SimpleNamespace(quad=quad, detections=found, photo=photo)
        return SimpleNamespace(face=at, reconstruction=Image.new("RGB", (64, 64), "gray"))

    def render(self, portrait, strengths, spaces):
        self.asked.append(strengths)
        return SimpleNamespace(images={"w_star": Image.new("RGB", (64, 64), "silver")})

    def paste(self, portrait, rendering, space, onto=None):
        self.onto.append(onto)
        image = (onto.image if onto else portrait.face.photo).copy()
        x, y = portrait.face.quad.corners.mean(0).astype(int).tolist()
        image.paste((255, 255, 255), (x - 9, y - 9, x + 9, y + 9))
        return SimpleNamespace(image=image)


def test_both_ways_of_pasting_are_measured_for_every_edit():
    pen: Any = Pen()
    both = edited_both_ways(pen, lambda picture: np.zeros(3), Person(face(), smiles=True))
    assert set(both.found) == set(EDITS) and all(set(ways) == set(WAYS) for ways in both.found.values())
    assert len(both.frames) == 1 + len(EDITS) * len(WAYS)
    assert pen.asked == [{"Smiling": -1.5}, {"Young": -1.5}, {"Eyeglasses": 1.5}]
    change, drawn = (both.found["Young"][way] for way in WAYS)
    assert change.background == 0 and change.outside == 0
    assert drawn.background > 10 and drawn.outside == 0


def test_who_does_not_smile_is_made_to():
    pen: Any = Pen()
    edited_both_ways(pen, lambda picture: None, Person(face(), smiles=False))
    assert pen.asked[0] == {"Smiling": 1.5}


def test_two_people_are_edited_one_after_the_other():
    pen: Any = Pen()
    found = list(pasted_at_places(pen, Person(face(0), True), Person(face(1), False)))
    assert [name for name, _ in found] == ["upright", "rolled", "near the edge", "two people", "two people"]
    assert all(result.outside == 0 for _, result in found)
    assert [onto is None for onto in pen.onto] == [True, True, True, True, False]
    assert pen.asked[-2:] == [{"Smiling": -1.5}, {"Smiling": 1.5}]


def test_a_face_that_is_found_elsewhere_is_not_taken_for_the_person():
    pen: Any = Pen(away=50)
    with pytest.raises(FaceError, match="not found where it lies"):
        edited_both_ways(pen, lambda picture: None, Person(face(), True))


def test_surroundings_keep_the_face():
    assert surrounded(face()).crop((50, 50, 150, 150)).tobytes() == face().tobytes()
    assert near_edge(face()).crop((0, 50, 85, 150)).tobytes() == face().crop((15, 0, 100, 100)).tobytes()
    both = side_by_side(face(0), face(1))
    assert both.crop((50, 50, 130, 150)).tobytes() == face(0).crop((0, 0, 80, 100)).tobytes()
    back = rolled(face(), 90).rotate(-90)
    assert back.crop((60, 60, 140, 140)).tobytes() == face().crop((10, 10, 90, 90)).tobytes()


@pytest.mark.parametrize("turned", [0, 30])
def test_the_drawn_face_lies_where_the_face_lay(turned):
    """A face pasted over itself is the face again, and its photo's border stays."""
    photo = surrounded(face().resize((400, 400), Image.Resampling.BICUBIC)).resize((400, 400), Image.Resampling.LANCZOS)
    angle = np.deg2rad(turned)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    quad = Quad((whole_quad(200, 200).corners - 100) @ rotation.T + 200)
    pasted = np.asarray(paste_drawn(crop_quad(photo, quad, 512), quad, photo)).astype(int)
    off = np.abs(pasted - np.asarray(photo))
    shifted = np.abs(np.roll(pasted, 1, 1) - np.asarray(photo))
    assert off.mean() < 0.25 * shifted[100:300, 100:300].mean()
    assert not off[:20].any() and not off[:, :20].any()
