"""Running out of a GPU's memory: smaller pieces, then the CPU, and a sentence that says so. Played here without a GPU."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from editor.devices.memory import CpuFallback, channels_last, joined, moved, on_cpu, with_weights
from editor.generate.runtimes import CarefulRuntime, TorchRuntime
from editor.generate.trunk import whole_generator, zero_lora
from tests.generate.stylegan2_files import random_stylegan2


class Full:
    """A runtime on a device that has room for so many codes."""

    name = "torch cuda"

    def __init__(self, room: int, draws):
        self.room, self.draws, self.asked = room, draws, []

    def __call__(self, w_plus, trunk=None):
        self.asked.append(len(w_plus))
        if len(w_plus) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.draws(w_plus, trunk)


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
    trunk = generator.trunk.fitted(zero_lora(generator.trunk, rank=2).map(torch.ones_like)) if with_delta else None
    for _ in range(2):
        wanted = exact(codes, trunk)
        assert (runtime(codes, trunk) - wanted).abs().max() < 1e-4 * wanted.std(), "in full precision"
    assert full.asked == [2, 1], "and the GPU is asked no more"
    assert "CPU" in runtime.notice and runtime.name == "torch cpu"
    assert generator.tail.in_half, "the generator itself stays as it was, for whoever else uses it"


@pytest.mark.filterwarnings("ignore:The GPU's memory ran out")
def test_a_network_goes_on_on_the_cpu():
    network = nn.Linear(3, 2)
    network.forward = lambda x: (_ for _ in ()).throw(torch.OutOfMemoryError("CUDA out of memory"))
    careful, copy = CpuFallback(network), nn.Linear(3, 2)
    copy.load_state_dict(network.state_dict())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("editor.devices.memory.on_cpu", lambda _: copy)
        x = torch.randn(4, 3)
        assert torch.equal(careful(x), copy(x)) and "CPU" in careful.notice
        assert torch.equal(careful(x), copy(x))


@pytest.mark.filterwarnings("ignore:The GPU's memory ran out")
def test_threads_that_run_out_of_memory_together_share_one_copy_on_the_cpu(generator, codes, monkeypatch):
    made, together = [], threading.Barrier(4)

    def counted(network):
        made.append(network)
        return on_cpu(network)

    def out_of_memory(*_):
        together.wait(10)
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("editor.devices.memory.on_cpu", counted)
    monkeypatch.setattr("editor.generate.runtimes.cuda.on_cpu", counted)
    runtime = CarefulRuntime(out_of_memory, generator)
    network = nn.Linear(512, 2)
    monkeypatch.setattr(network, "forward", out_of_memory)
    careful = CpuFallback(network)
    monkeypatch.setattr("editor.devices.memory.on_cpu", lambda network: counted(nn.Linear(512, 2)))
    for call in (runtime, careful):
        made.clear()
        with ThreadPoolExecutor(4) as threads:
            results = list(threads.map(call, [codes[:1]] * 4))
        assert len(made) == 1 and all(torch.equal(result, results[0]) for result in results)


def test_a_copy_on_the_cpu_shares_nothing_but_numbers(generator, codes):
    copied = on_cpu(generator)
    assert copied is not generator and copied.trunk.synthesis is copied.tail.synthesis
    assert torch.equal(copied.trunk(codes), generator.trunk(codes))
    assert not {id(p) for p in copied.parameters()} & {id(p) for p in generator.parameters()}


def test_pieces_of_two_devices_come_together_on_the_cpu():
    """The GPU may be given up between two pictures of a batch. Played with torch's meta device, which cannot be copied from."""
    pieces = [torch.ones(1, 2), torch.zeros(2, 2)]
    assert joined(pieces).tolist() == [[1, 1], [0, 0], [0, 0]]
    with pytest.raises(NotImplementedError, match="meta"):
        joined([torch.ones(1, 2), torch.zeros(2, 2, device="meta")])  # it tried to bring it to the CPU


def test_weights_in_another_layout_are_the_same_weights_and_those_given_stay_as_they_were(codes):
    network = random_stylegan2()
    before, layouts = network(codes), [tensor.stride() for tensor in network.parameters()]
    assert torch.allclose(channels_last(network)(codes), before, atol=1e-4)
    assert [tensor.stride() for tensor in network.parameters()] == layouts and torch.equal(network(codes), before)


def test_copies_made_together_share_what_the_networks_share(generator):
    memo = {}
    trunk, tail = (moved(part, torch.device("meta"), memo) for part in (generator.trunk, generator.tail))
    assert next(trunk.parameters()).device.type == "meta" and next(generator.parameters()).device.type == "cpu"
    assert {id(tensor) for tensor in trunk.parameters()} == {id(tensor) for tensor in tail.parameters()}
    assert moved(generator, torch.device("cpu")) is generator


def test_a_network_with_other_weights_shares_all_the_rest(generator):
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    other = with_weights(network, {"1.weight": network[1].weight + 1})
    x = torch.randn(3, 2)
    assert torch.allclose(other(x), network(x) + network[0](x).sum(1, keepdim=True))
    assert other[0].weight is network[0].weight and other[1].bias is network[1].bias
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
