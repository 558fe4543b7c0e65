"""Several visitors of one editor at once, with the real weights: each gets what they would get alone."""

import itertools
import threading
import time

import numpy as np
import torch
from PIL import Image

from editor import Editor, Portrait, Rendering
from tests.conftest import ROOT

SECONDS = 20
EXAMPLE = ROOT / "assets" / "examples" / "b.jpg"


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=int)


def levels(one: Image.Image, other: Image.Image) -> int:
    """The greatest difference of two pictures, in levels of 255."""
    return int(np.abs(pixels(one) - pixels(other)).max())


def shared_tensors(editor: Editor) -> dict[str, torch.Tensor]:
    """All tensors of the loaded networks, by name."""
    networks = {name: network for name, network in vars(editor.models).items() if isinstance(network, torch.nn.Module)}
    return {
        f"{name}.{inner}": tensor
        for name, network in networks.items()
        for inner, tensor in itertools.chain(network.named_parameters(), network.named_buffers())
    }


def moves(editor: Editor, portrait: Portrait, live: bool):
    """What a visitor sees while a slider goes there and back."""

    def draw() -> list[Image.Image]:
        pictures = []
        for strength in (1.0, -1.0):
            rendering: Rendering = editor.render(portrait, {"Smiling": strength, "Young": -strength}, live=live)
            pictures += [rendering.w_plus, rendering.w_star]
        return pictures

    return draw


def improved(improve, portrait: Portrait):
    """The likeness that a few steps lead to."""
    return lambda: [list(improve(portrait, 4, 2))[-1][1].reconstruction]


def test_visitors_get_the_pictures_they_would_get_alone(editor, photo):
    plain, other = editor.open(photo), editor.open(EXAMPLE)
    fitted, other_fitted = editor.tune(plain, 6), editor.tune(other, 6)
    assert fitted.lora and other_fitted.lora
    loaded = shared_tensors(editor)
    before = {name: tensor.clone() for name, tensor in loaded.items()}
    visits = {
        "moves": moves(editor, plain, live=True),
        "moves, fitted": moves(editor, fitted, live=True),
        "rests, another fitted": moves(editor, other_fitted, live=False),
        "opens": lambda: [editor.open(photo).reconstruction],
        "refines": improved(editor.refining, plain),
        "refines, fitted": improved(editor.refining, fitted),
        "fits": improved(editor.tuning, other),
        "fits further": improved(editor.tuning, other_fitted),
    }
    alone = {name: visit() for name, visit in visits.items()}
    end, apart, failed = time.monotonic() + SECONDS, {name: [] for name in visits}, {}

    def stay(name: str) -> None:
        try:
            while time.monotonic() < end:
                apart[name].append(max(map(levels, visits[name](), alone[name])))
        except Exception as error:  # any at all is what the test is about
            failed[name] = error

    threads = [threading.Thread(target=stay, args=(name,)) for name in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == {}
    assert all(apart.values()) and {name: max(found) for name, found in apart.items() if max(found) > 1} == {}
    now = shared_tensors(editor)
    assert now.keys() == loaded.keys() and all(now[name] is loaded[name] for name in loaded)
    assert all(torch.equal(now[name], before[name]) for name in before)


def test_a_suspended_improvement_leaves_its_mode_to_nobody(editor, portrait):
    """Modes belong to threads: a step may be made in another thread, and between steps the caller's own mode holds."""
    for improve in (editor.refining, editor.tuning):
        with torch.no_grad():
            walk = improve(portrait, 2)
            next(walk)
            assert not torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
        for mode in (torch.inference_mode, torch.enable_grad, torch.no_grad):
            steps = []

            def step(mode=mode, steps=steps, walk=walk):
                with mode():
                    steps.append(next(walk, None))

            thread = threading.Thread(target=step)
            thread.start()
            thread.join()
            assert steps
        assert torch.is_grad_enabled()
