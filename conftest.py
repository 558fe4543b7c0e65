"""What tests and the examples in docstrings share: the loaded models, and a portrait of a real photo."""

import ast
import builtins
from collections.abc import Iterator

import pytest
import skimage.data
from PIL import Image

from editor import Editor, Portrait
from editor.weights import WeightStore

pytest_plugins = ("tests.given",)

GIVEN = {"editor": "editor", "portrait": "portrait", "store": "store", "photo": "photo", "folder": "tmp_path"}
SMALL = (
    *("codes", "data", "faces", "results", "responses"),
    *("classifier", "directions", "flow", "judge", "meter", "painter", "small_editor", "upper"),
)
GIVEN |= {name: f"given_{name}" for name in SMALL}
"""Name in an example that does not make it -> the fixture that does. Those in `tests/given.py` need no weights."""
LOADED = {"editor", "ffhq", "ffhq_store", "store", "portrait", "served"}
"""Fixtures that need real weights."""


def names_asked_for(item: pytest.Item) -> set[str]:
    """The names of `GIVEN` that an example reads and does not make itself."""
    if not isinstance(item, pytest.DoctestItem) or item.dtest is None:
        return set()
    nodes = [node for example in item.dtest.examples for node in ast.walk(ast.parse(example.source))]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names if node.id in GIVEN} - made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs real weights by what it asks for, so that no test can forget."""
    for item in items:
        asked = {*getattr(item, "fixturenames", ()), *(GIVEN[name] for name in names_asked_for(item))}
        if asked & LOADED:
            item.add_marker(pytest.mark.models)


@pytest.fixture(autouse=True)
def given_names(request: pytest.FixtureRequest, doctest_namespace: dict) -> Iterator[None]:
    """What an example asks for, and nothing else: most need no models."""
    doctest_namespace.clear()
    doctest_namespace |= {name: request.getfixturevalue(GIVEN[name]) for name in names_asked_for(request.node)}
    yield
    vars(builtins).pop("_", None)  # an example leaves its last value there, and tyro puts all built-in names into a set


@pytest.fixture(scope="session")
def store() -> WeightStore:
    """The weights, fetched where they are missing."""
    return WeightStore()


@pytest.fixture(scope="session")
def editor(store: WeightStore) -> Editor:
    """The embedded models on the CPU. Not to be changed."""
    return Editor.load("embedded", "cpu", store)


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """NASA's portrait of Eileen Collins, in the public domain, 512 px; scikit-image ships it."""
    return Image.fromarray(skimage.data.astronaut())


@pytest.fixture(scope="session")
def portrait(editor: Editor, photo: Image.Image) -> Portrait:
    """The photo, opened."""
    return editor.open(photo)
