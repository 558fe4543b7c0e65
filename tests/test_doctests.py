"""The examples in docstrings are run with the tests, and what the product offers has one each."""

import ast
import re
import subprocess
import sys

from tests.conftest import ROOT

FOLDERS = ("actions", "align", "checkpoints", "classify", "edit", "encode", "flow", "generate", "judge", "photos", "weights")
MODULES = ("batch", "device", "face", "files", "folders", "images", "memory", "models", "options", "pipeline", "portrait")
MODULES += ("precision", "reconstructor", "renderer", "resources", "spaces", "temporary")

WITHOUT_EXAMPLE = {
    "Editor.over": "converts the generator, for ten seconds",
    "best_runtime": "converts a generator, for ten seconds",
    "make_room": "frees a GPU's memory, and there is nothing to show",
    "ask_in_terminal": "asks whoever sits at a terminal",
    "pip_download": "fetches from the network",
    "hub_download": "fetches from the network",
}
"""Name -> why an example of it would be of no use."""
FILES_OF_WEIGHTS = ("classifier", "directions", "encoder", "flow", "likeness", "mapping", "nvidia_pickle", "preview", "psp")
FILES_OF_WEIGHTS += ("slim", "stylegan2", "synthesis", "tensors", "torch_file")
"""What is read from and written to files of weights, of megabytes to gigabytes; tests of each write one and read it back."""


def documented() -> set[str]:
    """The files of the package with an example in a docstring."""
    found = (path for path in (ROOT / "editor").rglob("*.py") if re.search(r"^ *>>> ", path.read_text(), re.MULTILINE))
    return {path.relative_to(ROOT).as_posix() for path in found}


def offered() -> dict[str, bool]:
    """The product's public functions and the methods of `Editor`, and whether each has an example."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / "editor" / folder).rglob("*.py"))]
    found = {}
    for path in [*paths, *(ROOT / "editor" / f"{module}.py" for module in MODULES)]:
        for node in ast.parse(path.read_text()).body:
            methods = node.body if isinstance(node, ast.ClassDef) and node.name == "Editor" else []
            for function, prefix in [(node, ""), *((method, "Editor.") for method in methods)]:
                if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                    name = prefix + function.name
                    found[name] = found.get(name, True) and ">>> " in (ast.get_docstring(function) or "")
    return found


def test_every_module_with_examples_is_collected_where_nothing_is_named():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", f"--ignore-glob={ROOT / 'tests'}/*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    collected = set(re.findall(r"^(editor/.+\.py)::", done.stdout, re.MULTILINE))
    assert documented() and collected == documented(), done.stdout + done.stderr


def test_every_public_function_of_the_product_has_an_example():
    files = {f"{verb}_{name}" for verb in ("read", "write") for name in FILES_OF_WEIGHTS}
    without = {name for name, has_example in offered().items() if not has_example}
    assert without - files == set(WITHOUT_EXAMPLE)
