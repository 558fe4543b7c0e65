"""Networks as OpenVINO's: their size, what they take, and what is kept of them."""

import math
import warnings

import openvino
import pytest
import torch
from torch import nn

from editor.compiled.converted import converted, stored_maps
from editor.generate.mobile import Synthesis
from editor.generate.runtimes.openvino import OpenVinoRuntime
from editor.generate.trunk import whole_generator
from tests.generate.stylegan2_files import random_stylegan2

CODE = torch.zeros(1, 18, 512)


def random_mobile(*widths: int) -> Synthesis:
    random, network = torch.Generator().manual_seed(0), Synthesis(widths)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1, generator=random)
    return network.eval().requires_grad_(False)


def constant_bytes(model: openvino.Model) -> int:
    constants = [node.output(0) for node in model.get_ops() if node.get_type_name() == "Constant"]
    return sum(math.prod(each.get_shape()) * each.get_element_type().size for each in constants)


@pytest.mark.parametrize("synthesis", [random_mobile(64, 64, 64, 64), random_stylegan2()], ids=["mobile", "stylegan2"])
def test_weights_take_as_much_room_converted_as_before(synthesis):
    """Noise that OpenVINO added to the biases would be a map of every channel."""
    generator = whole_generator(synthesis, source=8)
    model = converted(generator, (CODE,), {0: [1, 18, 512]}, None)
    weights = sum(4 * parameter.numel() for parameter in generator.parameters())
    assert constant_bytes(model) < 1.1 * weights + 10_000


def test_maps_that_a_piece_reads_are_inputs_by_their_names(tmp_path):
    generator = whole_generator(random_mobile(8, 8, 8), source=8)
    shapes = {0: [1, 8, 8, 8], 1: [1, 18, 512]}
    for _ in range(2):  # the second is read back
        model = converted(generator.tail, (torch.zeros(1, 8, 8, 8), CODE), shapes, tmp_path)
        names = [given.get_any_name() for given in model.inputs[2:]]
        assert names == ["synthesis.layers.1.conv1.noise", "synthesis.layers.1.conv2.noise"]
        assert set(names) < set(stored_maps(generator.tail)), "the trunk's are no inputs of the tail"


def test_what_an_older_version_kept_goes(tmp_path):
    old = tmp_path / "2020.1.0"
    old.mkdir()
    (old / "sha256").write_text("of another form")
    (tmp_path / "mine.txt").write_text("something else")
    converted(nn.Linear(2, 2), (torch.zeros(1, 2),), {0: [1, 2]}, tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert old.name not in left and "mine.txt" in left and len(left) == 2


def test_converting_says_nothing_of_how_pytorch_is_to_change():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        converted(nn.Linear(2, 2), (torch.zeros(1, 2),), {0: [1, 2]}, None)
        warnings.warn("another", FutureWarning, stacklevel=1)
    assert [str(warning.message) for warning in said if issubclass(warning.category, FutureWarning)] == ["another"]


def test_inputs_live_until_they_are_read():
    """A code that is expanded is copied to be given, and nobody else keeps the copy."""
    generator = whole_generator(random_mobile(8, 8, 8), source=8)
    runtime, code = OpenVinoRuntime(generator), torch.ones(1, 1, 512)
    wanted = runtime(code.expand(1, 18, -1).clone())
    for _ in range(20):
        assert torch.equal(runtime(code.expand(1, 18, -1)), wanted)
        torch.full((1, 18, 512), 7.0)  # takes the place of what was freed
