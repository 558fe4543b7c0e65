"""Results as files."""

import io

import pytest
from PIL import Image

from editor.ui.saving import CELL, GAP, KINDS, LABELS, beside, file_of, strip


def read(file) -> Image.Image:
    return Image.open(io.BytesIO(file.content))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_of_its_kind_and_says_nothing_else(kind):
    picture = Image.effect_noise((64, 64), 60).convert("RGB")
    picture.info = {"comment": b"secret", "icc_profile": b"secret", "exif": b"secret", "xmp": b"secret"}
    file = file_of(picture, "face-w-star", kind, 92)
    assert (
        read(file).format == KINDS[kind][0] and file.name == f"face-w-star.{KINDS[kind][1]}" and b"secret" not in file.content
    )
    assert file.media_type == f"image/{kind}" and picture.info


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_a_higher_quality_is_a_larger_file(kind):
    picture = Image.effect_noise((64, 64), 60).convert("RGB")
    sizes = [len(file_of(picture, "a", kind, quality).content) for quality in (1, 50, 92, 100)]
    assert sizes == sorted(set(sizes))


def test_png_loses_nothing():
    picture = Image.effect_noise((64, 64), 60).convert("RGB")
    assert read(file_of(picture, "a", "png", 1)).tobytes() == picture.tobytes()


def test_pictures_stand_beside_each_other():
    page = beside([Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")])
    assert page.size == (128 + GAP, 64)
    assert [page.getpixel((x, 32)) for x in (0, 63, 66, 130)] == [(255, 0, 0), (255, 0, 0), (255, 255, 255), (0, 0, 255)]


def test_a_strip_has_a_row_for_each_space_and_a_column_for_each_strength():
    shades = [(shade, 0, 0) for shade in (50, 100, 150)]
    row = [Image.new("RGB", (64, 64), shade) for shade in shades]
    page = strip({"w_plus": row, "w_star": row[::-1]}, "Smile", [-1, 0, 1])
    centres = [2 * LABELS + column * (CELL + GAP) + CELL // 2 for column in range(3)]
    for number, wanted in enumerate((shades, shades[::-1])):
        assert [page.getpixel((x, LABELS + number * (CELL + GAP) + CELL // 2)) for x in centres] == wanted
