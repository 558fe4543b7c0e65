"""A command whose models are loaded and whose photo is opened already: most of its seconds are not of its own."""

from dataclasses import replace

import pytest

from editor import cli, pipeline
from editor.images import read_photo


class Opened:
    """The shared editor; every face of every photo is the portrait at hand, in the photo that was given."""

    def __init__(self, editor, portrait):
        self._editor, self._portrait = editor, portrait
        self.asked = []

    def __getattr__(self, name):
        return getattr(self._editor, name)

    def open(self, photo, face=0, points=None, detections=()):
        self.asked.append((face, points))
        placed = replace(self._portrait.face, source=read_photo(photo).source, index=face, points=points or ())
        return replace(self._portrait, face=placed)


@pytest.fixture
def opened(editor, portrait, monkeypatch):
    ready = Opened(editor, portrait)
    monkeypatch.setattr(pipeline.Editor, "load", lambda *_, **__: ready)
    return ready


@pytest.fixture
def unloadable(monkeypatch):
    """An editor that must not be loaded: the work would begin."""
    monkeypatch.setattr(pipeline.Editor, "load", lambda *_, **__: pytest.fail("the work began"))


@pytest.fixture
def edit(photo_path, tmp_path):
    """Run `edit` on the photo, into the folder `out`."""

    def run(*arguments, photo=photo_path, out=tmp_path / "out") -> int:
        return cli.main(["edit", str(photo), "--out", str(out), *map(str, arguments)])

    return run
