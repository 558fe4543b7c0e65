"""The arrows: ui, train, evaluate, cli -> pipeline -> stages -> images, spaces, weights, errors; Gradio in ui only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "editor"
STAGES = {"align", "encode", "flow", "edit", "generate", "judge"}
GROUND = {
    "checkpoints",
    "device",
    "errors",
    "files",
    "images",
    "memory",
    "photos",
    "precision",
    "resources",
    "spaces",
    "temporary",
    "weights",
}
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
        assert here == "cli" or "ui" not in used


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


NO_VALUES = {"Tensor", "ndarray", "Image", "WPlus", "WStar", "Codes", "dict", "list", "set", "Mapping", "Sequence", "Mixing"}
"""Types whose comparison gives no truth value, or that have no hash."""


def decorated(path: Path) -> Iterator[tuple[ast.ClassDef, str]]:
    """The dataclasses of a module, and how they are declared."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            yield from ((node, how) for how in map(ast.unparse, node.decorator_list) if how.startswith("dataclass"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_values_that_cannot_be_compared_are_compared_by_identity(path):
    """Comparing two dataclasses of tensors raises, and hashing one of dicts."""
    for node, how in decorated(path):
        fields = [part.annotation for part in node.body if isinstance(part, ast.AnnAssign)]
        names = {name for field in fields for name in re.findall(r"\w+", ast.unparse(field))}
        assert not names & NO_VALUES or "eq=False" in how, f"{node.name}: {names & NO_VALUES}"


MODES = re.compile(r"torch\.(inference_mode|no_grad|enable_grad|set_grad_enabled|autocast)|autocast\(|_gradients\(")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_generator_is_suspended_inside_a_mode(path):
    """Modes belong to threads, and a generator may go on in another one. Context managers stay in one thread."""
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef) and "contextmanager" not in map(ast.unparse, function.decorator_list):
            for block in (node for node in ast.walk(function) if isinstance(node, ast.With)):
                if any(MODES.search(ast.unparse(item.context_expr)) for item in block.items):
                    assert not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(block)), function.name


def test_parameters_of_shared_networks_are_never_exchanged():
    """`functional_call` puts other tensors into a module for the time of a call, in all threads."""
    used = {"functional_call", "parametrize", "swap_tensors"}
    for path in modules():
        names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert not used & (names | {name.split(".")[-1] for name in imports(path)}), path
        assert "functional_call" not in path.read_text(), path
