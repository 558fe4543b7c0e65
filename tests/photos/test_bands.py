"""A large picture takes little more memory than itself and its result."""

import subprocess
import sys

import pytest

SIDE = 4000
PICTURE = 4 * SIDE * SIDE
"""Bytes of a picture in Pillow's memory, in RGB, RGBA or CMYK."""
MEASURE = """
import io, resource, struct, sys, zlib
import numpy as np
from PIL import Image
from editor.errors import PhotoError
from editor.photos.codings import numbered_coding
from editor.photos.colours import to_srgb
from editor.photos.decoding import decode
from editor.photos.depth import to_eight_bits
from tests.photos.files import chunk, swapped_profile

SIDE = 4000

def peak():
    if sys.platform == "linux":  # where a new process inherits the peak that `resource` tells
        status = open("/proc/self/status").read()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def picture(mode, side=SIDE):
    image = Image.new(mode, (side, side), (9, 200, 77, 128)[:len(mode)])
    image.info["icc_profile"] = swapped_profile()
    return image

def png():
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0)
    packing = zlib.compressobj()
    pixels = b"".join(packing.compress(bytes(1 + 4 * SIDE)) for _ in range(SIDE)) + packing.flush()
    return bytes.fromhex("89504e470d0a1a0a") + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")

to_srgb(picture("RGBA", 64))  # what is loaded at the first use is not counted
SETUP
before = peak()
try:
    STEP
except PhotoError:
    print("refused")
print(peak() - before)
"""
STEPS = {
    "transparency and profile": ("source = picture('RGBA')", "to_srgb(source)", 1),
    "profile": ("source = picture('RGB')", "to_srgb(source)", 1),
    "bright light": ("source = Image.new('RGB', (SIDE, SIDE))", "to_srgb(source, numbered_coding(9, 16))", 1),
    "16 bits": ("source = Image.new('I;16', (SIDE, SIDE))", "to_eight_bits(source)", 0.25),
    "floating point": ("source = Image.new('F', (SIDE, SIDE))", "to_eight_bits(source)", 0.25),
    "cut short": ("content = png()[:-1000]", "assert decode(content, 'The photo')[1]", 1),
}
BAND = 0.5
"""Of a picture: what the arrays of one band may take."""


def measured(setup: str, step: str) -> list[str]:
    program = MEASURE.replace("SETUP", setup).replace("STEP", step)
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize("setup, step, result", STEPS.values(), ids=STEPS.keys())
def test_a_conversion_takes_its_result_and_a_band(setup, step, result):
    assert int(measured(setup, step)[-1]) < (result + BAND) * PICTURE


def test_a_file_with_far_too_few_bytes_is_refused_before_memory_is_taken():
    refused, growth = measured("content = png()[:60]", "decode(content, 'The photo')")
    assert refused == "refused" and int(growth) < 0.1 * PICTURE
