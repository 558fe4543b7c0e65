"""Preview quality on runtimes whose answers are known."""

import time

import pytest
import torch

from editor.data.generated import unseen_codes
from editor.evaluate.product.preview import measure_preview
from editor.generate.mobile import Mapping


def test_the_same_image_smaller_is_perfect_and_an_error_is_counted(random):
    image = torch.rand(1, 3, 64, 64, generator=random) - 0.5

    def full(_):
        time.sleep(0.1)
        return image

    def small(off):
        return lambda _: torch.nn.functional.interpolate(image, 16, mode="area") + off

    codes = torch.zeros(3, 18, 512)
    right, wrong = (measure_preview(full, small(off), codes) for off in (1e-4, 0.1))
    assert right.psnr_mean > 80 and wrong.psnr_mean == pytest.approx(10 * torch.log10(torch.tensor(400.0)).item(), abs=0.01)
    assert (right.n, right.resolution) == (3, 16) and right.speedup > 2


def test_codes_are_of_w_and_follow_the_seed():
    mapping = Mapping(depth=2).requires_grad_(False)
    one, same, other = (unseen_codes(mapping, torch.zeros(512), 4, seed) for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
    assert one.shape == (4, 18, 512) and (one.std(1) == 0).all()
