"""The examples in docstrings are run with the tests, and what the product offers has one each."""

import ast
import re
import subprocess
import sys

from tests.conftest import ROOT

OTHER_ROOMS = ("cli", "data", "evaluate", "train", "ui")
"""Folders whose functions serve commands, the page and research."""

WITHOUT_EXAMPLE = {
    "Editor.over": "converts the generator, for ten seconds",
    "best_runtime": "converts a generator, for ten seconds",
    "make_room": "frees a GPU's memory, and there is nothing to show",
    "ask_in_terminal": "asks whoever sits at a terminal",
    "pip_download": "fetches from the network",
    "hub_download": "fetches from the network",
}
"""Name -> why an example of it would be of no use."""
FILES_OF_WEIGHTS = {
    "read_as",
    "read_classifier",
    "read_directions",
    "read_encoder",
    "read_flow",
    "read_likeness",
    "read_mapping",
    "read_nvidia_pickle",
    "read_preview",
    "read_psp",
    "read_slim",
    "read_stylegan2",
    "read_synthesis",
    "read_tensors",
    "read_torch_file",
    "write_classifier",
    "write_directions",
    "write_encoder",
    "write_flow",
    "write_slim",
    "write_tensors",
}
"""What reads and writes files of weights, of megabytes to gigabytes. Their tests do so with small ones."""


def documented() -> set[str]:
    """The files of the package with an example in a docstring."""
    found = (path for path in (ROOT / "editor").rglob("*.py") if re.search(r"^ *>>> ", path.read_text(), re.MULTILINE))
    return {path.relative_to(ROOT).as_posix() for path in found}


def offered() -> dict[str, bool]:
    """The product's public functions and the methods of `Editor`, and whether each has an example."""
    found = {}
    for path in sorted((ROOT / "editor").rglob("*.py")):
        if path.relative_to(ROOT / "editor").parts[0] in OTHER_ROOMS:
            continue
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
    without = {name for name, has_example in offered().items() if not has_example}
    assert without == {*WITHOUT_EXAMPLE, *FILES_OF_WEIGHTS}
