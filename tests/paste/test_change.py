"""What an edit adds to a face: nothing where nothing changed, and no ghost where shapes did."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from editor.paste import Change, change_between
from editor.paste.change import FADE

SIDE = 256


def noisy(seed: int = 0, level: float = 128, deviation: float = 8) -> Image.Image:
    """A grey face with pores."""
    noise = np.random.default_rng(seed).normal(level, deviation, (SIDE, SIDE, 1)).repeat(3, 2)
    return Image.fromarray(noise.clip(0, 255).astype(np.uint8))


def flat(level: int = 128) -> Image.Image:
    return Image.new("RGB", (SIDE, SIDE), (level, level, level))


def with_mouth(picture: Image.Image, top: int, level: int) -> Image.Image:
    picture = picture.copy()
    ImageDraw.Draw(picture).rectangle((96, top, 160, top + 16), (level, level, level))
    return picture


def edited(face: Image.Image, change: Change) -> np.ndarray:
    return np.asarray(face, dtype=np.float32).transpose(2, 0, 1) + change.added.numpy()


def test_two_equal_drawings_change_nothing_whatever_the_face():
    change = change_between(noisy(), flat(), flat())
    assert change.is_nothing
    assert not change.added.any()


def test_a_smooth_change_keeps_the_pores_of_the_photo():
    face = noisy()
    change = change_between(face, flat(128), flat(158))
    inner = np.s_[:, 64:192, 64:192]
    before, after = np.asarray(face, dtype=np.float32).transpose(2, 0, 1)[inner], edited(face, change)[inner]
    assert after.mean() - before.mean() == pytest.approx(30, abs=0.5)
    assert after.std() == pytest.approx(before.std(), rel=0.02)


def test_where_a_shape_moved_nothing_of_the_old_one_stays():
    """The photo's mouth is darker than the drawn one: what is added must not leave its edges behind."""
    face, before, after = with_mouth(flat(), 150, 30), with_mouth(flat(), 150, 60), with_mouth(flat(), 180, 60)
    result = edited(face, change_between(face, before, after))
    row = result[0, :, 128]
    assert row[188] == pytest.approx(60, abs=12)  # the new mouth
    old_edge = np.abs(np.diff(row[145:156])).max()
    assert old_edge < 0.2 * 98  # of the jump that the photo has there


def test_the_light_of_the_photo_stays_where_shapes_change():
    """The photo is redder than the drawing; the edited face is as red."""
    red = np.asarray(with_mouth(flat(), 150, 60)).astype(int) + np.array([30, 0, 0])
    face = Image.fromarray(red.clip(0, 255).astype(np.uint8))
    result = edited(face, change_between(face, with_mouth(flat(), 150, 60), with_mouth(flat(), 180, 60)))
    assert (result[0] - result[1])[140:210, 90:170].mean() == pytest.approx(30, abs=1)


def test_the_change_fades_to_nothing_at_the_border_of_the_frame():
    change = change_between(flat(), flat(), flat(228))
    border = torch.cat([change.added[:, 0].flatten(), change.added[:, :, -1].flatten()])
    assert border.abs().max() < 1
    middle = round(SIDE * FADE) + 8
    assert change.added[0, middle, middle] > 95


def test_nothing_changes_out_of_bounds():
    bounds = torch.zeros(32, 32)
    bounds[:16] = 1
    change = change_between(noisy(), flat(), flat(200), bounds)
    assert change.added[:, :112, 64:192].abs().mean() > 40
    assert not change.added[:, 144:].any()


def test_noise_below_what_is_seen_changes_nothing():
    after = np.full((SIDE, SIDE, 3), 128, dtype=np.uint8)
    after[::2] += 1
    assert change_between(noisy(), flat(), Image.fromarray(after)).is_nothing


def test_what_the_drawing_has_not_stays():
    """A hand before the cheek: the edit moves the cheek behind it, of which the photo shows nothing."""
    face = flat()
    ImageDraw.Draw(face).rectangle((150, 120, 220, 200), (230, 200, 180))
    before, after = with_mouth(flat(), 150, 110), with_mouth(flat(), 170, 110)
    ImageDraw.Draw(after).rectangle((150, 120, 220, 200), (150, 110, 140))
    hand = change_between(face, before, after).added[:, 135:185, 170:205]
    assert hand.abs().max() < 1
    without = change_between(flat(), before, after).added[:, 135:185, 170:205]
    assert without.abs().mean() > 10


def test_a_shape_that_the_drawing_nearly_has_goes_when_the_edit_removes_it():
    """Glasses drawn a little beside where they are in the photo are taken off all the same."""
    face, before = with_mouth(flat(), 120, 40), with_mouth(flat(), 124, 60)
    result = edited(face, change_between(face, before, flat()))
    old_edge = np.abs(np.diff(result[0, 110:150, 128])).max()
    assert old_edge < 0.25 * 88


def test_little_changes_of_a_background_count_for_nothing_and_those_of_skin_do():
    added = change_between(noisy(), flat(), flat(133)).added
    assert added[:, 25:40, 25:35].abs().max() < 1
    assert added[:, 100:150, 100:150].mean() == pytest.approx(5, abs=0.2)
