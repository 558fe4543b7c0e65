"""What each folder holds is found by reading: its docstring says what it makes and names its files."""

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PARTS = ("data", "classify", "train", "evaluate")
FOLDERS = sorted(path for part in PARTS for path in (ROOT / "editor" / part).rglob("__init__.py"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_a_folder_names_all_of_its_files(folder):
    listed = re.findall(r"^[\w*]+(?:_\w+)?/?(?=  |$)", folder.read_text(), re.MULTILINE)
    names = {name.rstrip("/") for name in listed}
    assert {name for name in _inside(folder.parent) if name not in names and not _by_ending(name, names)} == set()


def _inside(folder: Path) -> set[str]:
    folders = {path.parent.name for path in folder.glob("*/__init__.py")}
    return folders | {path.stem for path in folder.glob("*.py")} - {"__init__"}


def _by_ending(name: str, names: set[str]) -> bool:
    """`*_run` stands for all that end so."""
    return any(name.endswith(pattern.removeprefix("*")) for pattern in names if pattern.startswith("*"))


PRODUCT = (
    *("actions", "align", "batch", "compiled", "devices", "edit", "encode", "files"),
    *("flow", "generate", "judge", "saving", "ui", "weights"),
)


@pytest.mark.parametrize("part", PRODUCT)
def test_a_folder_of_the_product_names_all_of_its_files(part):
    folder = ROOT / "editor" / part
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    assert {name for name in _inside(folder) if not re.search(rf"\b{name}(\.py|/)", said)} == set()
