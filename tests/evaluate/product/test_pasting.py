"""Measures of pasting: each sees the fault it is named after, and no other."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from editor.align.crop import whole_quad
from editor.evaluate.product.pasting import Pasted, mean_of, measure_pasted
from editor.evaluate.product.pasting_run import PastingResult
from editor.face import Quad

SIDE = 256
FRAME = Quad(whole_quad(SIDE, SIDE).corners + 128)
PLAIN = Image.new("RGB", (SIDE, SIDE), "gray")


def pores(seed: int = 0) -> Image.Image:
    noise = np.random.default_rng(seed).normal(128, 20, (512, 512, 1)).repeat(3, 2)
    return Image.fromarray(noise.clip(0, 255).astype(np.uint8))


def measured(edited: Image.Image, quad: Quad = FRAME, after: Image.Image = PLAIN, embed=None) -> Pasted:
    return measure_pasted(pores(), edited, quad, (PLAIN, after), embed)


def with_patch(picture: Image.Image, box: tuple[int, int, int, int], patch: Image.Image) -> Image.Image:
    picture = picture.copy()
    picture.paste(patch.crop(box), box[:2])
    return picture


def test_the_photo_itself_has_no_fault():
    found = measured(pores())
    assert (found.sharpness, found.background, found.outside, found.seam, found.seam_worst) == (1, 0, 0, 0, 0)
    assert found.detail == pytest.approx(1)


def test_blur_takes_sharpness_and_other_pores_take_detail():
    blurred, others = measured(pores().filter(ImageFilter.GaussianBlur(1))), measured(pores(1))
    assert blurred.sharpness < 0.2
    assert others.sharpness == pytest.approx(1, abs=0.05) and abs(others.detail) < 0.1


def test_skin_that_the_edit_changes_does_not_count():
    everywhere = Image.new("RGB", (SIDE, SIDE), "white")
    assert np.isnan(measured(pores(1), after=everywhere).sharpness)


def test_a_pixel_outside_of_the_frame_counts_there_alone():
    edited = pores()
    edited.putpixel((60, 60), (255, 255, 255))
    found = measured(edited)
    assert found.outside == 255 - pores().getpixel((60, 60))[0]  # type: ignore[index]
    assert found.background == 0


@pytest.mark.parametrize("turned", [0, 25])
def test_a_corner_of_the_frame_is_background_and_its_middle_is_not(turned):
    angle = np.deg2rad(turned)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    quad = Quad((FRAME.corners - 256) @ rotation.T + 256)
    x, y = (quad.corners.mean(0) + 0.9 * (quad.corners[0] - quad.corners.mean(0))).astype(int).tolist()
    corner = with_patch(pores(), (x, y, x + 6, y + 6), pores(1))
    middle = with_patch(pores(), (246, 246, 266, 266), pores(1))
    assert measured(corner, quad).background > 0 and measured(middle, quad).background == 0
    assert measured(corner, quad).outside == measured(middle, quad).outside == 0


def test_a_step_at_the_border_is_a_seam_and_one_in_the_middle_is_none():
    black = Image.new("RGB", (512, 512))
    seam = measured(with_patch(pores(), (140, 140, 372, 372), black))
    inner = measured(with_patch(pores(), (200, 200, 312, 312), black))
    assert seam.seam > 0.3 and seam.seam_worst > 5
    assert inner.seam == inner.seam_worst == 0


def test_identity_is_the_distance_of_the_frames():
    found = measured(Image.new("RGB", (512, 512)), embed=lambda face: np.asarray(face, dtype=float).mean((0, 1)) / 255)
    assert found.identity == pytest.approx(0.5 * 3**0.5, abs=0.02)
    assert np.isnan(measured(pores(), embed=lambda face: None).identity)


def test_means_leave_out_what_is_not_known_and_keep_the_worst_outside():
    one, other = Pasted(1, 1, float("nan"), 2, 0, 1, 1), Pasted(0.5, 1, 0.4, 4, 9, 3, 1)
    assert mean_of([one, other]) == Pasted(0.75, 1, 0.4, 3, 9, 2, 1)


def test_a_measure_of_nothing_is_said_in_the_table():
    one = Pasted(float("nan"), 1, 0.4, 3, 0, 2, 1)
    assert "| Young | change | nan | 1.000 |" in PastingResult(1, {"Young": {"change": one}}, {}).as_markdown()


def test_skin_is_found_on_drawings_of_any_size():
    for side in (64, 1024):
        drawing = Image.new("RGB", (side, side), "gray")
        assert measure_pasted(pores(), pores(), FRAME, (drawing, drawing)).sharpness == 1
