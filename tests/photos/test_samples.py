"""Colours of 16-bit samples keep their brightness and their alpha, however many of the bits they use."""

import numpy as np
import pytest

from editor.errors import PhotoError
from editor.images import open_photo
from tests.photos.files import colour_tiff

HEIGHT, WIDTH = 90, 110
DOWN, ALONG = np.meshgrid(np.linspace(0, 1, HEIGHT), np.linspace(0, 1, WIDTH), indexing="ij")
SHARES = np.stack([DOWN, ALONG, (1 - DOWN) * ALONG], -1)
STORED = {
    "plain": {},
    "big-endian": {"order": ">"},
    "Deflate": {"compression": 8},
    "differences": {"compression": 8, "differences": True},
    "big-endian differences": {"compression": 8, "differences": True, "order": ">"},
    "tiles": {"compression": 8, "tile": 64},
    "differences in tiles": {"compression": 8, "tile": 64, "differences": True},
}


def off(content: bytes, shares: np.ndarray) -> float:
    """Largest difference from shares of white, in levels."""
    return float(np.abs(np.asarray(open_photo(content), dtype=float) - shares * 255).max())


def values_of(shares: np.ndarray, white: int) -> np.ndarray:
    return (shares * white).round().astype(np.uint16)


@pytest.mark.parametrize("white", [2**bits - 1 for bits in (10, 12, 14, 15, 16)])
def test_colours_of_fewer_bits_than_the_samples_have(white):
    assert off(colour_tiff(values_of(SHARES, white)), SHARES) <= 1


@pytest.mark.parametrize("options", STORED.values(), ids=STORED.keys())
def test_colours_however_they_are_stored(options):
    assert off(colour_tiff(values_of(SHARES, 4095), **options), SHARES) <= 1


def test_a_stated_white_decides():
    assert off(colour_tiff(values_of(SHARES, 3000), white=16383), SHARES * 3000 / 16383) <= 1


@pytest.mark.parametrize("white", [4095, 65535])
@pytest.mark.parametrize("extra", [None, 2])
def test_alpha_of_as_many_bits_as_the_colours(white, extra):
    alpha = (0.25 + 0.75 * ALONG)[..., None]
    content = colour_tiff(values_of(np.concatenate([SHARES, alpha], -1), white), extra=extra)
    assert off(content, SHARES * alpha + 1 - alpha) <= 2


def test_alpha_of_sixteen_bits_beside_colours_of_twelve():
    values = np.concatenate([values_of(SHARES, 4095), values_of(0.5 + 0.5 * ALONG, 65535)[..., None]], -1)
    assert off(colour_tiff(values, extra=2), SHARES * (0.5 + 0.5 * ALONG)[..., None] + 0.5 - 0.5 * ALONG[..., None]) <= 2


def test_colours_that_are_multiplied_by_alpha():
    alpha = (0.5 + 0.5 * ALONG)[..., None]
    content = colour_tiff(values_of(np.concatenate([SHARES * alpha, alpha], -1), 4095), extra=1)
    assert off(content, SHARES * alpha + 1 - alpha) <= 3


def test_a_fourth_sample_without_meaning_is_passed_over():
    content = colour_tiff(values_of(np.concatenate([SHARES, 0 * ALONG[..., None]], -1), 4095), extra=0)
    assert off(content, SHARES) <= 1


def test_inks():
    content = colour_tiff(values_of(np.concatenate([1 - SHARES, 0 * ALONG[..., None]], -1), 4095), photometric=5)
    assert off(content, SHARES) <= 2


def test_the_size_is_judged_in_pixels():
    with pytest.raises(PhotoError, match="63 x 90 pixels"):
        open_photo(colour_tiff(values_of(SHARES[:, :63], 4095)))
