"""The floor plan: a floor imports lower floors only; the research part is apart; Gradio is in ui/ only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "editor"
FLOORS = (
    {
        *("checkpoints", "compiled", "devices", "errors", "files", "images", "options", "photos"),  # ground
        *("recipe", "saving", "sheets", "spaces", "weights"),
    },
    {"edited_photo", "face"},  # a whole photo to save; what finding a face gives
    {"align", "encode", "flow", "edit", "generate", "judge", "paste"},  # the stages
    {"models"},  # which files belong together
    {"renderer"},  # the one owner of drawing
    {"portrait"},  # what the actions pass on, made of what the stages make
    {"reconstructor"},  # face and code -> portrait
    {"actions"},  # one verb a file
    {"pipeline"},  # the Editor
    {"repeat"},  # what is made with an Editor
    {"batch"},  # a door that other doors open: many photos
    {"ui", "cli"},  # doors
)
"""Parts of the package, floor by floor; nobody imports from a floor above, nor another part of the same floor."""
BESIDE = {
    ("edit", "flow"),  # an edit in W* is made through the flow
    ("encode", "judge"),  # an encoder sees faces with networks that also judge them
    ("cli", "ui"),  # the command that opens the app
    *((one, other) for one in FLOORS[0] for other in FLOORS[0]),
}
"""What may import another part of its own floor."""
RESEARCH = ("data", "classify", "train", "evaluate")
"""The research part, which only `cli` and tests import; each of these may import those before it, and the product below ui."""


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


def floor(part_: str) -> int:
    return next((number for number, parts in enumerate(FLOORS) if part_ in parts), -1)


def may_import(here: str, other: str) -> bool:
    if here == other or (here, other) in BESIDE:
        return True
    if here in RESEARCH:
        return RESEARCH.index(other) < RESEARCH.index(here) if other in RESEARCH else floor(other) < floor("cli")
    return here == "cli" if other in RESEARCH else floor(other) < floor(here)


PARTS = sorted({path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules()} - {"__init__", "__main__"})


@pytest.mark.parametrize("here", PARTS)
def test_every_part_imports_lower_floors_only(here):
    """Imports under TYPE_CHECKING and inside functions count."""
    assert here in RESEARCH or floor(here) >= 0, "give it a floor"
    paths = [path for path in modules() if path.relative_to(PACKAGE).parts[0].removesuffix(".py") == here]
    used = {part(name) for path in paths for name in imports(path) if name.split(".")[0] == "editor"} - {""}
    assert {other for other in used if not may_import(here, other)} == set()


def test_no_file_imports_itself_by_a_circle():
    """Also not within a folder."""
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in modules()}
    needs = {name: {used for used in imports(path) if used in names} - {name} for name, path in names.items()}
    while free := {name for name, needed in needs.items() if not needed & needs.keys()}:
        needs = {name: needed for name, needed in needs.items() if name not in free}
    inner = {name: needed & needs.keys() for name, needed in needs.items() if names[name].name != "__init__.py"}
    assert {name for name in inner if name in _reached(inner, name)} == set()


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """What can be reached from a module by at least one import."""
    found, waiting = set(), list(graph[start])
    while waiting:
        if (name := waiting.pop()) in graph and name not in found:
            found.add(name)
            waiting += graph[name]
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_actions_never_import_one_another_and_only_the_page_knows_gradio(path):
    here = path.relative_to(PACKAGE).with_suffix("").parts
    if here[0] == "actions":
        verbs = {name.split(".")[2] for name in imports(path) if name.startswith("editor.actions.")}
        assert verbs <= {here[1]}
    if here[0] != "ui":
        assert not any(name.split(".")[0] == "gradio" for name in imports(path))


LONGEST_FUNCTION = 60
"""Statements' lines of a function, without its docstring; what is longer does several things."""
MOST_NAMES = 25
"""Functions and classes at the top of a module; one that has more holds several concepts."""


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_one_concept_in_short_functions(path):
    assert path.stem not in {"utils", "helpers", "common", "misc"}
    tree = ast.parse(path.read_text())
    assert sum(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body) <= MOST_NAMES
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
        assert lines <= LONGEST_FUNCTION, f"{function.name} has {lines} lines"


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


def _is_there(dotted: str) -> bool:
    """Whether `editor.a.b.Name` is a module, a folder, or something that a module speaks of."""
    for end in range(len(names := dotted.split(".")), 0, -1):
        place = ROOT.joinpath(*names[:end])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                return all(re.search(rf"\b{name}\b", file.read_text()) for name in names[end:])
    return False


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_docstrings_refer_to_is_there(path):
    named = set(re.findall(r"`(editor(?:\.\w+)+)`", path.read_text()))
    assert {name for name in named if not _is_there(name)} == set()
