"""The research wing is found by reading: each room says what it makes and names its files."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PARTS = ("data", "classify", "train", "evaluate")
ROOMS = sorted(path for part in PARTS for path in (ROOT / "editor" / part).rglob("__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_a_room_names_all_of_its_files(room):
    listed = re.findall(r"^[\w*]+(?:_\w+)?/?(?=  |$)", room.read_text(), re.MULTILINE)
    names = {name.rstrip("/") for name in listed}
    assert {name for name in _inside(room.parent) if name not in names and not _by_ending(name, names)} == set()


def _inside(folder: Path) -> set[str]:
    rooms = {path.parent.name for path in folder.glob("*/__init__.py")}
    return rooms | {path.stem for path in folder.glob("*.py")} - {"__init__"}


def _by_ending(name: str, names: set[str]) -> bool:
    """`*_run` stands for all that end so."""
    return any(name.endswith(pattern.removeprefix("*")) for pattern in names if pattern.startswith("*"))
