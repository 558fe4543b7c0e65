"""Colours of 16-bit samples, which Pillow would cut down to 8 bits.

The samples may be of 10, 12, 14 or 15 bits, and of these the upper 8 are black. In a TIFF file, the samples of a pixel
follow each other. So a file of W pixels with three samples has the same bytes as a grey one of 3 W pixels, which Pillow
decodes in full. Here colours are made of it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from editor.photos.bands import bands_of
from editor.photos.depth import white_of


@dataclass(frozen=True)
class Samples:
    """How colours lie in a grey picture.

    Attributes:
        count: samples of a pixel, which follow each other in a row.
        mode: Pillow's name of what they are. It may have fewer channels: then the other samples mean nothing.
        white: the value of white; None: the file does not say.
        run: of how many pixels each is stored as the difference to the one before it; 0: pixels are stored as they are.
    """

    count: int
    mode: str
    white: int | None
    run: int


def to_colours(picture: Image.Image, samples: Samples) -> Image.Image:
    """A grey picture [H, W * count] of 16 bits -> one of 8 bits in the samples' mode, [H, W].

    >>> grey = Image.fromarray(np.array([[65535, 0, 0, 0, 65535, 0]], dtype=np.uint16))
    >>> picture = to_colours(grey, Samples(count=3, mode="RGB", white=None, run=0))
    >>> picture.size, picture.getpixel((0, 0)), picture.getpixel((1, 0))
    ((2, 1), (255, 0, 0), (0, 255, 0))
    """
    channels = len(Image.new(samples.mode, (1, 1)).getbands())
    colours = 3 if samples.mode in ("RGB", "RGBA", "RGBa") else channels
    tops = np.max([values.max((0, 1)) for _, values in _pixels(picture, samples)], 0)
    white = samples.white or white_of("I;16", "TIFF", float(tops[:colours].max()))
    tables = [_levels(white if tops[channel] <= white or channel < colours else 65535) for channel in range(channels)]
    result = Image.new(samples.mode, (picture.width // samples.count, picture.height))
    for top, values in _pixels(picture, samples):
        levels = np.stack([table[values[..., channel]] for channel, table in enumerate(tables)], -1)
        result.paste(Image.frombytes(samples.mode, levels.shape[1::-1], levels.tobytes()), (0, top))
    result.info = {key: value for key, value in picture.info.items() if key == "icc_profile"}
    return result


def _pixels(picture: Image.Image, samples: Samples) -> Iterator[tuple[int, np.ndarray]]:
    """The number of a first row, and the samples from there on, [rows, W, count] uint16."""
    for top, band in bands_of(picture):
        values = np.asarray(band).astype(np.uint16).reshape(band.height, -1, samples.count)
        for start in range(0, values.shape[1], samples.run) if samples.run else ():
            part = values[:, start : start + samples.run]
            np.cumsum(part, axis=1, dtype=np.uint16, out=part)
        yield top, values


def _levels(white: float) -> np.ndarray:
    """The level of each value, [65536] bytes."""
    return (np.arange(65536) * (255 / white)).clip(0, 255).round().astype(np.uint8)
