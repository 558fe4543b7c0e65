"""Sheets of pictures: rows with a name to the left of each and, where wanted, a title above each column, as in the paper's
Figure 2."""

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont

from editor.spaces import TITLES, Space

CELL = 256
"""Side in pixels of each picture."""
GAP = 4
"""Pixels between pictures."""
BESIDE_GAP = 8
"""Pixels between pictures of any size beside each other."""
NAMES_WIDTH = 150
"""Width in pixels of the column with the names."""
TITLES_HEIGHT = 32
"""Height in pixels of the row with the titles."""


def grid(rows: Sequence[tuple[str, Sequence[Image.Image]]], titles: Sequence[str] = (), cell: int = CELL) -> Image.Image:
    """Rows of pictures on white, each with its name to the left.

    Args:
        rows: names, of one line or several, with their pictures, which are shown as squares.
        titles: one above each column; empty: none.
        cell: side in pixels of each picture.

    >>> grid([("before", [Image.new("RGB", (64, 64))]), ("after", [Image.new("RGB", (64, 64))])], cell=100).size
    (254, 208)
    """
    pitch, top = cell + GAP, TITLES_HEIGHT if titles else 0
    width = NAMES_WIDTH + max(len(pictures) for _, pictures in rows) * pitch
    page = Image.new("RGB", (width, top + len(rows) * pitch), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(18)
    for column, title in enumerate(titles):
        pen.text((NAMES_WIDTH + column * pitch + cell // 2, top // 2), title, "black", font=font, anchor="mm")
    for row, (name, pictures) in enumerate(rows):
        pen.multiline_text((6, top + row * pitch + cell // 2 - 20), name, "black", font=_fitting(pen, name))
        for column, picture in enumerate(pictures):
            shown = picture.resize((cell, cell), Image.Resampling.LANCZOS)
            page.paste(shown, (NAMES_WIDTH + column * pitch, top + row * pitch))
    return page


def _fitting(pen: ImageDraw.ImageDraw, name: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The largest font, down to half of the usual size, in which a name fits into its column."""
    for size in range(18, 9, -1):
        font = ImageFont.load_default(size)
        if pen.multiline_textbbox((0, 0), name, font=font)[2] <= NAMES_WIDTH - 12:
            return font
    return ImageFont.load_default(9)


def strip_sheet(
    pictures: Mapping[Space, Sequence[Image.Image]], name: str, values: Sequence[float], cell: int = CELL
) -> Image.Image:
    """A film strip as one picture: a row a space, a column a strength.

    Args:
        pictures: space -> a picture for each of `values`.
        name: of the attribute, to stand beside the rows.
        values: the strengths, to stand above the columns.
        cell: side in pixels of each picture.

    >>> strip_sheet({"w_plus": [Image.new("RGB", (64, 64))] * 3}, "Smiling", (-1, 0, 1), cell=64).size
    (354, 100)
    """
    rows = [(f"{name}\n{TITLES[space]}", row) for space, row in pictures.items()]
    return grid(rows, [f"{value:+g}" if value else "0" for value in values], cell)


def beside(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of one size and mode beside each other on white, as before and after an edit.

    >>> beside([Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]).size
    (136, 48)
    """
    width, height = pictures[0].size
    page = Image.new(pictures[0].mode, (len(pictures) * (width + BESIDE_GAP) - BESIDE_GAP, height), "white")
    for number, picture in enumerate(pictures):
        page.paste(picture, (number * (width + BESIDE_GAP), 0))
    return page
