"""Results as files."""

import io

import pytest
from PIL import Image

from editor.ui.saving import KINDS, file_of


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
