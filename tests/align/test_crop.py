"""FFHQ's framing, on landmarks whose frame is known."""

import tracemalloc

import numpy as np
import pytest
from PIL import Image, ImageFilter

from editor.align import crop_quad, ffhq_quad
from editor.align.crop import _continued
from editor.face import Quad
from tests.conftest import difference


def landmarks(centre=(100.0, 100.0), size=20.0, degrees=0.0) -> np.ndarray:
    """Eyes `2 size` apart and the mouth `2.2 size` below them, turned about the point between the eyes."""
    points = np.array([[-1, 0], [1, 0], [0, 1], [-0.7, 2.2], [0.7, 2.2]]) * size
    angle = np.radians(degrees)
    return points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + centre


def test_the_quad_is_a_square_around_the_face():
    quad = ffhq_quad(landmarks())
    sides = np.linalg.norm(quad.corners - np.roll(quad.corners, 1, 0), axis=1)
    assert np.allclose(sides, quad.side)
    assert np.allclose(quad.corners.mean(0), [100, 100 + 0.1 * 2.2 * 20])
    assert np.isclose(quad.side, 2 * max(2 * 40, 1.8 * 44))


@pytest.mark.parametrize("degrees", [-40, -10, 15, 90, 180])
def test_the_quad_turns_with_the_face(degrees):
    upright, turned = ffhq_quad(landmarks()), ffhq_quad(landmarks(degrees=degrees))
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert np.allclose((upright.corners - 100) @ rotation + 100, turned.corners)


def test_the_quad_scales_and_moves_with_the_face():
    one, other = ffhq_quad(landmarks()), ffhq_quad(landmarks((300, 50), 60))
    assert np.allclose((one.corners - 100) * 3 + [300, 50], other.corners)


@pytest.fixture
def noise() -> Image.Image:
    small = np.random.default_rng(0).integers(0, 255, (12, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((400, 400), Image.Resampling.BICUBIC)


def square(x: float, y: float, side: float) -> Quad:
    return Quad(np.array([[x, y], [x, y + side], [x + side, y + side], [x + side, y]], dtype=float))


def test_an_upright_square_is_cut_out_as_it_is(noise):
    cut = crop_quad(noise, square(100, 80, 200), 200)
    assert cut.size == (200, 200)
    assert difference(cut, noise.crop((100, 80, 300, 280))) < 2


def test_many_pixels_are_averaged_not_skipped():
    board = Image.fromarray((np.indices((2000, 2000)).sum(0) % 2 * 255).astype(np.uint8)).convert("RGB")
    cut = np.asarray(crop_quad(board, square(100, 100, 1800), 128), dtype=float)
    assert abs(cut.mean() - 127.5) < 2 and cut.std() < 12


def test_beyond_the_edge_the_photo_goes_on(noise):
    cut = np.asarray(crop_quad(noise, square(-100, -100, 300), 300), dtype=float)
    assert difference(Image.fromarray(cut[120:280, 120:280].astype(np.uint8)), noise.crop((20, 20, 180, 180))) < 3
    assert cut[:60, :60].std() > 0.5 and not (cut[:60, :60] == 0).all(), "continued, not black"


@pytest.mark.parametrize("side", [300, 1100])
def test_beyond_the_edge_the_photo_is_blurred_and_fades_into_its_median(noise, side):
    """As it is written: in floating point, of the whole at once. A strong blur is made otherwise here."""
    photo, outside, extent = noise.resize((side, side)), [side // 5, 0, 3, side // 2], float(side)
    margins = [int(max(amount, round(extent * 0.3))) for amount in outside]
    left, top, right, bottom = margins
    pixels = np.pad(np.asarray(photo), ((top, bottom), (left, right), (0, 0)), "reflect")
    x, y = np.arange(pixels.shape[1]), np.arange(pixels.shape[0])[:, None]
    inward = np.minimum(np.minimum(x / left, x[::-1] / right), np.minimum(y / top, y[::-1] / bottom))
    fade = (1 - inward).clip(0, 1)[..., None]
    blurred = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(extent * 0.02)))
    values = np.where(fade > 0, blurred, pixels).astype(float)
    values += (np.median(values, axis=(0, 1)) - values) * fade
    continued, corner = _continued(photo, outside, extent)
    assert corner.tolist() == [left, top]
    assert np.abs(np.asarray(continued) - values).max() < 3 and difference(continued, values) < 0.5


def test_a_large_face_at_the_edge_is_continued_without_floating_point_of_it_all():
    photo = Image.new("RGB", (2000, 2000), "grey")
    tracemalloc.start()
    try:
        crop_quad(photo, square(-400, -400, 2000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    continued = (2000 - 400 + 200 + 2 * 600) ** 2 * 3  # bytes
    assert peak < 4 * continued, "one copy in float32 would be that alone"


def test_only_the_part_with_the_face_is_averaged(noise, monkeypatch):
    large = noise.resize((4000, 4000))
    touched = []
    reduce = Image.Image.reduce
    monkeypatch.setattr(Image.Image, "reduce", lambda photo, *given: touched.append(given) or reduce(photo, *given))
    cut = crop_quad(large, square(600, 500, 900), 128)
    assert [box[2] - box[0] < 1200 for _, box in touched] == [True]
    assert difference(cut, large.crop((600, 500, 1500, 1400)).resize((128, 128), Image.Resampling.BOX)) < 2


def test_a_square_that_misses_the_photo_is_a_bug(noise):
    with pytest.raises(ValueError, match="outside"):
        crop_quad(noise, square(900, 900, 100), 64)
