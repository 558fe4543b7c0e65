"""Live pictures measured on an editor whose small generator is known."""

from types import SimpleNamespace

import pytest
import torch

from editor.evaluate.product.live import DISTANCES, contact_sheet, measure_live
from editor.sheets import CELL, GAP, NAMES_WIDTH


@pytest.fixture(autouse=True)
def edit(monkeypatch):
    monkeypatch.setattr(
        "editor.evaluate.product.live.edited_code", lambda _, w_plus, strengths, space: w_plus + sum(strengths.values())
    )


def editor(missing: float):
    """A code draws one colour, its first number; the small generator draws it too dark by `missing`."""

    def draw(w_plus, lora=None, live=False):
        side = 64 if live else 1024
        return (w_plus[:, 0, 0] / 10 - (missing if live else 0)).view(-1, 1, 1, 1).expand(-1, 3, side, side)

    return SimpleNamespace(renderer=SimpleNamespace(draw=draw), models=None)


def test_what_is_missing_everywhere_alike_is_made_up_for_near_the_rest():
    result = measure_live(editor(0.1), torch.zeros(3, 18, 512), attributes=2)
    assert (result.n, result.resolution, result.distances) == (3 * 2 * 2, 512, DISTANCES)
    assert result.plain_mean == pytest.approx([26.02] * 4, abs=0.01) and result.plain_min == result.plain_mean
    assert result.psnr_mean[0] > 60 and list(result.psnr_mean) == sorted(result.psnr_mean, reverse=True)
    assert result.full_ms > 0 and result.speedup == result.full_ms / result.live_ms


def test_a_perfect_small_generator_is_as_good_anywhere():
    result = measure_live(editor(0.0), torch.zeros(2, 18, 512), attributes=1)
    assert min(result.psnr_min) > 100 and min(result.plain_min) > 100


def test_the_sheet_shows_every_code_at_rest_in_full_live_and_small():
    sheet = contact_sheet(editor(0.1), torch.zeros(3, 18, 512))
    step = CELL + GAP
    cells = [[sheet.getpixel((NAMES_WIDTH + column * step + 9, row * step + 9))[0] for column in range(3)] for row in range(4)]
    rest, full, live, small = (set(row) for row in cells)
    assert rest == {128} and full == {140} and small == {128} and len(live) == 1
    assert 137 <= live.pop() <= 140, "nearly the full one"
