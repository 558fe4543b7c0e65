"""The arrows: ui, train, evaluate, cli -> pipeline -> stages -> images, spaces, weights, errors; Gradio in ui only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "editor"
STAGES = {"align", "encode", "flow", "edit", "generate", "judge"}
GROUND = {"images", "photos", "spaces", "weights", "errors", "device", "precision", "memory", "checkpoints"}
ALLOWED_BETWEEN_STAGES = {
    ("edit", "flow"),  # an edit in W* is made through the flow
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def part(module: str) -> str:
    """editor.flow.coupling -> flow."""
    return [*module.split("."), "", ""][1]


def test_there_are_modules():
    assert len(modules()) > 30


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_dependencies_point_one_way(path):
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    used = {part(name) for name in imports(path) if name.split(".")[0] == "editor"} - {here, ""}
    if here in GROUND:
        assert used <= GROUND
    if here in STAGES:
        foreign = used - GROUND
        assert {(here, other) for other in foreign} <= ALLOWED_BETWEEN_STAGES
    if here != "ui":
        assert not any(name.split(".")[0] == "gradio" for name in imports(path))
        assert "ui" not in used


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_homeless_modules_and_no_long_ones(path):
    assert path.stem not in {"utils", "helpers", "common", "misc"}
    assert len(path.read_text().splitlines()) <= 300


def test_only_images_knows_the_byte_range():
    assert [path.name for path in modules() if "127.5" in path.read_text()] == ["images.py"]


def test_nothing_is_unpickled():
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
                assert any(k.arg == "weights_only" and ast.unparse(k.value) == "True" for k in node.keywords), path
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pickle":
                assert node.attr in ("Unpickler", "UnpicklingError"), f"{path}: only as the base of a reader that refuses names"
        if path.parent.name != "checkpoints":
            assert "pickle" not in set(imports(path))
