"""Large pictures are converted a few rows at a time, so that no step needs several copies of a whole picture."""

from collections.abc import Callable, Iterator

from PIL import Image

PIXELS = 500_000
"""Pixels of a band. The arrays of one band fit into a processor's cache or nearly so."""


def bands_of(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """The picture in bands of whole rows, from the top: the number of the first row, and a copy of the rows.

    >>> [(top, band.size) for top, band in bands_of(Image.new("L", (1000, 800)))]
    [(0, (1000, 500)), (500, (1000, 300))]
    """
    width, height = picture.size
    rows = max(1, PIXELS // width)
    for top in range(0, height, rows):
        yield top, picture.crop((0, top, width, min(top + rows, height)))


def convert_in_bands(picture: Image.Image, mode: str, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """A picture of the given mode and of the same size, without metadata.

    Args:
        picture: what is converted; it stays as it is.
        mode: Pillow's name of the result's mode.
        convert: makes a band of that mode from a band of `picture`.

    >>> convert_in_bands(Image.new("RGB", (4, 2), "white"), "L", lambda band: band.convert("L")).getpixel((3, 1))
    255
    """
    result = Image.new(mode, picture.size)
    for top, band in bands_of(picture):
        result.paste(convert(band), (0, top))
    return result
