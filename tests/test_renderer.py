"""Whoever draws, draws alone or beside others, gets the same picture, and nobody waits for more than a turn."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from editor.generate.mobile import Synthesis
from editor.generate.preview import PreviewGenerator, SlimBlocks
from editor.generate.runtimes import best_runtime
from editor.generate.trunk import Trunk, whole_generator, zero_lora
from editor.renderer import Queue, Renderer
from editor.spaces import WPlus
from tests.ffhq import plain_runtime

CPU = torch.device("cpu")


def random_network(network, random):
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2, generator=random)
    return network.eval().requires_grad_(False)


@pytest.fixture
def networks(random):
    """A tiny generator and its preview on the same trunk."""
    synthesis = random_network(Synthesis(widths=(16, 16, 16, 16)), random)
    slim = random_network(SlimBlocks((16, 16), source=16, hidden=4, total=2), random)
    return whole_generator(synthesis, source=16), PreviewGenerator(Trunk(synthesis, 16), slim, 64).eval()


@pytest.fixture(params=["openvino", "torch"])
def drawing(request, networks):
    """A renderer with the CPU's runtime, and one with the runtime that GPUs draw regions and fitted photos with."""
    return Renderer(*networks, CPU, runtime=plain_runtime if request.param == "torch" else best_runtime)


def delta_of(drawing, seed):
    random = torch.Generator().manual_seed(seed)
    return zero_lora(drawing.preview.trunk, rank=2).map(lambda factor: torch.randn(factor.shape, generator=random))


def refine(drawing, code, lora, steps=3):
    """A few steps of a code's descent, as refining makes them."""
    with torch.inference_mode(False), torch.enable_grad():
        moved = torch.zeros_like(code, requires_grad=True)
        for _ in range(steps):
            drawing.differentiable(lora)(WPlus(code + moved)).square().mean().backward()
            moved.data -= 0.1 * moved.grad / moved.grad.norm()
    return moved.detach()


def fit(drawing, code, lora, steps=3):
    """A few steps of a LoRA's descent, as fitting makes them."""
    with torch.inference_mode(False), torch.enable_grad():
        leaves = lora.map(lambda factor: factor.clone().requires_grad_())
        preview = drawing.preview
        for _ in range(steps):
            preview.with_trunk(preview.trunk.fitted(leaves))(code).square().mean().backward()
            for factor in leaves.parameters:
                factor.data -= 0.1 * factor.grad / factor.grad.norm()
    return torch.cat([factor.detach().flatten() for factor in leaves.parameters])


def test_visitors_who_draw_refine_and_fit_at_once_never_reach_into_each_other(drawing, networks, random):
    code = torch.randn(1, 18, 512, generator=random)
    loras = [delta_of(drawing, seed) for seed in (1, 2)]
    shared = [tensor for network in (*networks, drawing.preview) for tensor in (*network.parameters(), *network.buffers())]
    loaded = [tensor.clone() for tensor in shared]
    visits = [
        *((drawing.draw, (code, lora, live)) for lora in (None, *loras) for live in (False, True)),
        *((refine, (drawing, code, lora)) for lora in (None, loras[0])),
        *((fit, (drawing, code, lora)) for lora in loras),
    ]
    alone = [visit(*given) for visit, given in visits]

    def visited(at):
        visit, given = visits[at]
        return [float((visit(*given) - alone[at]).abs().max()) for _ in range(12)]

    with ThreadPoolExecutor(len(visits)) as threads:
        apart = list(threads.map(visited, range(len(visits))))
    assert max(itertools.chain(*apart)) < 1e-4 * max(float(result.abs().max()) for result in alone)
    assert all(torch.equal(tensor, before) for tensor, before in zip(shared, loaded, strict=True))
    now = [tensor for network in (*networks, drawing.preview) for tensor in (*network.parameters(), *network.buffers())]
    assert all(one is other for one, other in zip(shared, now, strict=True)), "and they are the same tensors"


def test_two_renderers_of_the_same_networks_leave_them_as_they_were(networks, random):
    code = torch.randn(1, 18, 512, generator=random)
    strides = [tensor.stride() for network in networks for tensor in network.parameters()]
    one, other = Renderer(*networks, CPU), Renderer(*networks, CPU)
    assert torch.allclose(one.draw(code), other.draw(code), atol=1e-5)
    assert [tensor.stride() for network in networks for tensor in network.parameters()] == strides


def test_a_slider_waits_for_no_more_than_the_picture_under_way(drawing, random, monkeypatch):
    """A batch of many pictures, as fitting and preserving ask for, lets a slider in after each of them."""
    drawn, asked, code = [], threading.Event(), torch.randn(1, 18, 512, generator=random)

    def slow(codes, trunk=None):
        drawn.append("live" if codes[0, 0, 0] == 1 else "full")
        asked.wait(5)
        return torch.zeros(1, 3, 8, 8)

    monkeypatch.setattr(drawing, "_full", slow)
    monkeypatch.setattr(drawing, "_live", slow)
    with ThreadPoolExecutor(2) as threads:
        batch = threads.submit(drawing.draw, code.expand(20, -1, -1) * 0)
        while not drawn:
            time.sleep(0.001)
        slider = threads.submit(drawing.draw, WPlus(torch.ones(1, 18, 512)), None, True)
        while len(drawing._queue._waiting) < 2:
            time.sleep(0.001)
        asked.set()
        slider.result(5), batch.result(5)
    assert drawn.index("live") == 1 and len(drawn) == 21


def test_turns_come_in_the_order_of_asking():
    queue, order, held = Queue(), [], threading.Event()

    def first():
        with queue:
            held.wait(5)

    def later(number):
        with queue:
            order.append(number)

    threads = [threading.Thread(target=first), *(threading.Thread(target=later, args=(n,)) for n in range(8))]
    for count, thread in enumerate(threads, 1):
        thread.start()
        while len(queue._waiting) < count:
            time.sleep(0.001)
    held.set()
    for thread in threads:
        thread.join(5)
    assert order == list(range(8)) and not queue._waiting


def test_a_turn_that_fails_is_handed_on():
    queue = Queue()
    with pytest.raises(ValueError, match="broken"), queue:
        raise ValueError("broken")
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(lambda: queue.__enter__() or "mine").result(5) == "mine"
