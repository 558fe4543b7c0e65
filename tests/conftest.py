"""What tests share: one loaded editor, a real photo, and small things to try stages on."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image

from editor import Editor, Portrait
from editor.weights import Gate

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items):
    """Mark what needs real weights by what it asks for, so that no test can forget."""
    for item in items:
        if {"editor", "ffhq", "ffhq_gate", "gate", "portrait", "served"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.models)


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="session")
def editor(gate) -> Editor:
    return Editor.load("embedded", "cpu", gate)


@pytest.fixture(scope="session")
def ffhq_gate(tmp_path_factory) -> Gate:
    """StyleGAN2's model sets with tiny random networks, `ffhq` prepared at random. Not to be changed."""
    from tests.ffhq import prepare_randomly, tiny_gate

    gate = tiny_gate(tmp_path_factory.mktemp("ffhq"))
    prepare_randomly(gate)
    return gate


@pytest.fixture(scope="session")
def ffhq(ffhq_gate) -> Editor:
    """The editor of those."""
    return Editor.load("ffhq", "cpu", ffhq_gate)


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """NASA's portrait of Eileen Collins, in the public domain, 512 px; scikit-image ships it."""
    return Image.fromarray(skimage.data.astronaut())


@pytest.fixture(scope="session")
def photo_path(photo, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "astronaut.jpg"
    photo.save(path, quality=95)
    return path


@pytest.fixture(scope="session")
def portrait(editor, photo) -> Portrait:
    return editor.open(photo)


@pytest.fixture(scope="session")
def served(editor) -> Iterator[SimpleNamespace]:
    """The app at a free port, with its cache folder."""
    from editor.ui.address import listen
    from editor.ui.server import launch, private_cache

    with private_cache() as cache:
        from editor.ui.page import build

        page = build(editor, cache)
        server = launch(page, listen("127.0.0.1", 0))
        yield SimpleNamespace(url=server.url, cache=cache, visitors=page.visitors, editor=editor)
        server.close()


@pytest.fixture
def random() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference of two pictures, in levels of 255."""
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())
