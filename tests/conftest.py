"""What tests share beside the loaded editor and its photo: tiny models, the app at work, small things to try stages on."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from editor import Editor
from editor.weights import WeightStore

ROOT = Path(__file__).parent.parent


def needed(program: str) -> str:
    """The path of a program that tests need; where there is none, the test is passed over, and fails in CI."""
    if path := shutil.which(program):
        return path
    missing = f"there is no {program}"
    pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    raise AssertionError  # never reached


@pytest.fixture(scope="session")
def ffhq_store(tmp_path_factory) -> WeightStore:
    """StyleGAN2's model sets with tiny random networks, `ffhq` prepared at random. Not to be changed."""
    from tests.ffhq import prepare_randomly, tiny_store

    store = tiny_store(tmp_path_factory.mktemp("ffhq"))
    prepare_randomly(store)
    return store


@pytest.fixture(scope="session")
def ffhq(ffhq_store) -> Editor:
    """The editor of those."""
    return Editor.load("ffhq", "cpu", ffhq_store)


@pytest.fixture(scope="session")
def photo_path(photo, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "astronaut.jpg"
    photo.save(path, quality=95)
    return path


@pytest.fixture(scope="session")
def served(editor) -> Iterator[SimpleNamespace]:
    """The app at a free port, with its cache folder."""
    from editor.ui.address import listen
    from editor.ui.server import launch, private_cache

    editor.prepare()  # as the server does behind its start; or the first likeness waits for it, and all others for that one
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
