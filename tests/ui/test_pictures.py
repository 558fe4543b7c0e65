"""Pictures as they are sent."""

import io

import pytest
from PIL import Image

from editor.ui.pictures import Encoder, jpeg, small


@pytest.mark.parametrize(("side", "sent"), [(1024, 512), (512, 512), (256, 256), (2048, 512)])
def test_a_live_picture_has_at_most_512_pixels_a_side(side, sent):
    picture = Image.new("RGB", (side, side))
    made = small({"w_plus": picture, "w_star": picture})
    assert made["w_plus"] is made["w_star"] and made["w_plus"].size == (sent, sent)


def test_a_picture_with_two_names_is_encoded_once():
    one, other = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    made = Encoder().jpegs({"a": one, "b": other, "c": one})
    assert made["a"] is made["c"] and made["a"] != made["b"]


def test_full_pictures_keep_the_colour_of_each_pixel_and_no_metadata():
    picture = Image.new("RGB", (64, 64))
    picture.info, exif = {"comment": b"secret"}, Image.Exif()
    exif[0x010E] = "secret"
    picture.info["exif"] = exif.tobytes()
    content = jpeg(picture)
    read = Image.open(io.BytesIO(content))
    assert b"secret" not in content and {layer[1:3] for layer in read.layer} == {(1, 1)}
