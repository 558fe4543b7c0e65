"""Every view knows the way back to the photo's pixels."""

import itertools

import numpy as np
import pytest
from PIL import Image

from editor.align.views import MAX_PIECES, View, pieces, whole

MARK = (421, 187)


@pytest.fixture
def photo() -> Image.Image:
    """Black, with one white spot around `MARK`."""
    picture = Image.new("RGB", (800, 500))
    picture.paste((255, 255, 255), (MARK[0] - 8, MARK[1] - 8, MARK[0] + 8, MARK[1] + 8))
    return picture


def spot(view: View) -> np.ndarray:
    """Where the spot lies in the photo, by the view's own pixels and its way back."""
    rows, columns = np.nonzero(np.asarray(view.picture.convert("L")) > 127)
    return view.back[:, :2] @ [columns.mean() + 0.5, rows.mean() + 0.5] + view.back[:, 2]


LOOKS = {
    "whole": lambda view: view,
    "shrunk": lambda view: view.shrunk(317),
    "enlarged": lambda view: view.enlarged(2),
    "brightened": lambda view: view.brightened(),
    **{f"turned by {degrees}": lambda view, degrees=degrees: view.turned(degrees) for degrees in (90, 180, 270, 45, -45)},
    "shrunk and turned": lambda view: view.shrunk(400).turned(90),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_the_way_back_leads_to_the_photo(photo, look):
    assert np.abs(spot(look(whole(photo))) - MARK).max() < 2


@pytest.mark.parametrize("size", [(800, 500), (500, 800), (1000, 250)])
def test_an_ordinary_photo_is_one_piece(size):
    (piece,) = pieces(Image.new("RGB", size))
    assert piece.picture.size == size


@pytest.mark.parametrize("size", [(2200, 64), (64, 2200), (401, 100), (1_000_000, 64)])
def test_pieces_cover_a_long_photo_and_overlap_by_its_breadth(size):
    photo = Image.new("RGB", size)
    along = int(size[1] > size[0])
    spans = [(piece.back[along, 2], piece.back[along, 2] + piece.picture.size[along]) for piece in pieces(photo)]
    assert spans[0][0] == 0 and spans[-1][1] == max(size) and 1 < len(spans) <= MAX_PIECES
    assert all(end - start >= min(size) for (_, end), (start, _) in itertools.pairwise(spans))
