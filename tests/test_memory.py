"""Running out of a GPU's memory: smaller pieces, then the CPU, and a sentence that says so. Played here without a GPU."""

import pytest
import torch
from torch import nn

from editor.generate.runtimes import CarefulRuntime, TorchRuntime
from editor.generate.trunk import no_delta, whole_generator
from editor.memory import Careful, channels_last, on_cpu
from tests.generate.stylegan2_files import random_stylegan2


class Full:
    """A runtime on a device that has room for so many codes."""

    name = "torch cuda"

    def __init__(self, room: int, draws):
        self.room, self.draws, self.asked = room, draws, []

    def __call__(self, w_plus, delta=None):
        self.asked.append(len(w_plus))
        if len(w_plus) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.draws(w_plus, delta)


@pytest.fixture
def generator():
    return whole_generator(random_stylegan2(), 16, half=True)


@pytest.fixture
def exact(generator):
    return TorchRuntime(whole_generator(generator.trunk.synthesis, 16), torch.device("cpu"))


@pytest.fixture
def codes(random):
    return torch.randn(2, 18, 512, generator=random)


def test_with_room_for_all_nothing_changes(generator, exact, codes):
    full = Full(2, exact)
    runtime = CarefulRuntime(full, generator)
    assert torch.equal(runtime(codes), exact(codes)) and full.asked == [2] and runtime.notice is None


def test_with_room_for_one_they_are_drawn_one_by_one(generator, exact, codes):
    full = Full(1, exact)
    runtime = CarefulRuntime(full, generator)
    assert torch.allclose(runtime(codes), exact(codes), atol=1e-5)
    assert full.asked == [2, 1, 1] and runtime.notice is None and runtime.name == "torch cuda"


@pytest.mark.filterwarnings("ignore:The GPU's memory ran out")
@pytest.mark.parametrize("with_delta", [False, True])
def test_with_room_for_none_the_cpu_draws_from_then_on(generator, exact, codes, with_delta):
    full = Full(0, exact)
    runtime = CarefulRuntime(full, generator)
    delta = no_delta(generator.trunk, rank=2).map(lambda factor: torch.ones_like(factor)) if with_delta else None
    for _ in range(2):
        wanted = exact(codes, delta)
        assert (runtime(codes, delta) - wanted).abs().max() < 1e-4 * wanted.std(), "in full precision"
    assert full.asked == [2, 1], "and the GPU is asked no more"
    assert "CPU" in runtime.notice and runtime.name == "torch cpu"
    assert generator.tail.in_half, "the generator itself stays as it was, for whoever else uses it"


@pytest.mark.filterwarnings("ignore:The GPU's memory ran out")
def test_a_network_goes_on_on_the_cpu():
    network = nn.Linear(3, 2)
    network.forward = lambda x: (_ for _ in ()).throw(torch.OutOfMemoryError("CUDA out of memory"))
    careful, copy = Careful(network), nn.Linear(3, 2)
    copy.load_state_dict(network.state_dict())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("editor.memory.on_cpu", lambda _: copy)
        x = torch.randn(4, 3)
        assert torch.equal(careful(x), copy(x)) and "CPU" in careful.notice
        assert torch.equal(careful(x), copy(x))


def test_a_copy_on_the_cpu_shares_nothing_but_numbers(generator, codes):
    copied = on_cpu(generator)
    assert copied is not generator and copied.trunk.synthesis is copied.tail.synthesis
    assert torch.equal(copied.trunk(codes), generator.trunk(codes))
    assert not {id(p) for p in copied.parameters()} & {id(p) for p in generator.parameters()}


def test_weights_in_another_layout_are_the_same_weights(codes):
    network = random_stylegan2()
    before = network(codes)
    assert torch.allclose(channels_last(network)(codes), before, atol=1e-4)
