"""Pictures as they are sent."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image

from editor.ui.pictures import Encoder, jpeg, jpegs_on, small


@pytest.mark.parametrize(("side", "sent"), [(1024, 512), (512, 512), (256, 256), (2048, 512)])
def test_a_live_picture_has_at_most_512_pixels_a_side(side, sent):
    picture = Image.new("RGB", (side, side))
    made = small({"w_plus": picture, "w_star": picture})
    assert made["w_plus"] is made["w_star"] and made["w_plus"].size == (sent, sent)


def test_a_picture_with_two_names_is_encoded_once():
    one, other = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    made = Encoder().jpegs({"a": one, "b": other, "c": one})
    assert made["a"] is made["c"] and made["a"] != made["b"]


def test_what_the_device_encodes_is_the_picture():
    pictures = [Image.linear_gradient("L").convert("RGB"), Image.new("RGB", (64, 48), "teal")]
    for picture, content in zip(pictures, jpegs_on(torch.device("cpu"), pictures, 92), strict=True):
        read = Image.open(io.BytesIO(content))
        assert read.format == "JPEG" and read.size == picture.size
        assert np.abs(np.asarray(read, float) - np.asarray(picture, float)).mean() < 3


def test_a_gpu_encodes_all_at_once_and_where_it_cannot_pillow_does(monkeypatch):
    asked = []

    def encode(device, given, quality):
        asked.append((device.type, len(given), quality))
        if len(asked) > 1:
            raise RuntimeError("The torchvision library was not compiled with nvJPEG support")
        return [b"one", b"other"]

    monkeypatch.setattr("editor.ui.pictures.jpegs_on", encode)
    encoder, given = Encoder(torch.device("cuda")), {"a": Image.new("RGB", (8, 8)), "b": Image.new("RGB", (8, 8), "red")}
    assert encoder.jpegs(given, 88) == {"a": b"one", "b": b"other"} and asked == [("cuda", 2, 88)]
    for _ in range(2):
        assert encoder.jpegs(given) == Encoder().jpegs(given)
    assert len(asked) == 2, "and is not asked again"


def test_whoever_waits_while_the_gpu_fails_is_served_by_pillow_too(monkeypatch):
    both, asked = threading.Barrier(2, timeout=5), []

    def fail(device, given, quality):
        asked.append(device)
        time.sleep(0.2)  # the other one waits for the lock meanwhile
        raise RuntimeError("CUDA out of memory")

    def encoded(_):
        both.wait()
        return encoder.jpegs({"a": Image.new("RGB", (8, 8), "red")})["a"]

    monkeypatch.setattr("editor.ui.pictures.jpegs_on", fail)
    encoder = Encoder(torch.device("cuda"))
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(encoded, range(2)))
    assert found == [jpeg(Image.new("RGB", (8, 8), "red"))] * 2 and len(asked) == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_the_gpu_keeps_the_colour_of_each_pixel():
    picture = Image.linear_gradient("L").convert("RGB")
    read = Image.open(io.BytesIO(jpegs_on(torch.device("cuda"), [picture], 92)[0]))
    assert {layer[1:3] for layer in read.layer} == {(1, 1)}
    assert np.abs(np.asarray(read, float) - np.asarray(picture, float)).mean() < 3


def test_full_pictures_keep_the_colour_of_each_pixel_and_no_metadata():
    picture = Image.new("RGB", (64, 64))
    picture.info, exif = {"comment": b"secret"}, Image.Exif()
    exif[0x010E] = "secret"
    picture.info["exif"] = exif.tobytes()
    content = jpeg(picture)
    read = Image.open(io.BytesIO(content))
    assert b"secret" not in content and {layer[1:3] for layer in read.layer} == {(1, 1)}
