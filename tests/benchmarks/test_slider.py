"""The benchmark compares like with like and reports what was asked for."""

import json

import pytest
import torch

from benchmarks.floor import Floor, measure_floor
from benchmarks.plain_stylegan2 import PlainStyleGan2
from benchmarks.slider import random_ffhq, run
from editor.generate.stylegan2 import StyleGan2Config
from editor.generate.trunk import whole_generator
from tests.encode.psp_files import TINY
from tests.ffhq import plain_editor
from tests.generate.stylegan2_files import random_stylegan2

SMALL = StyleGan2Config(widths=(8,) * 7, depth=2)
"""256 px."""


def test_the_yardstick_draws_the_same_image(random):
    network, w_plus = random_stylegan2(), torch.randn(2, 18, 512, generator=random)
    wanted = network(w_plus)
    assert (PlainStyleGan2(network)(w_plus) - wanted).abs().max() < 1e-4 * wanted.std()


def test_the_floor_is_the_longer_of_operations_and_bytes():
    assert Floor(10, 1, 5.0, 1.0).milliseconds == 2000
    assert Floor(10, 6, 5.0, 1.0).milliseconds == 6000


def test_operations_are_counted_and_bytes_are_those_of_weights_and_maps(random):
    network = random_stylegan2()
    floor = measure_floor(whole_generator(network, 16), torch.randn(1, 18, 512, generator=random))
    last = 2 * 8 * 8 * 9 * 64 * 64  # the last 3x3 convolution alone: 8 to 8 channels at 64 px
    assert last < floor.operations < 200 * last
    weights = 4 * sum(parameter.numel() for parameter in network.parameters())
    assert weights + 2 * 4 * 8 * 64 * 64 < floor.moved < weights + 100 * 4 * 8 * 64 * 64
    assert floor.operations_a_second > 1e8 and floor.bytes_a_second > 1e8


@pytest.mark.models
def test_it_reports_what_was_asked_for(store):
    editor = plain_editor(random_ffhq(store, False, SMALL, TINY))
    result = json.loads(json.dumps(run(editor, moves=2, plain=True)))
    for measured in (result["slider_ms"]["latency"], result["slider_ms"]["interval"], result["photo_to_first_result_ms"]):
        assert 0 < measured["median"] <= measured["p99"]
    assert set(result["slider_ms"]["parts"]) == {"edit", "draw", "draw_everywhere", "to_pictures", "jpeg"}
    assert result["floor"]["draw_over_floor"] > 1 and result["plain_eager_fp32"]["draw_ms"] > 0
    assert result["peak_memory_mb"] > 10 and result["models"] == "ffhq"
