"""The examples in docstrings are run with the tests, and each public function has one."""

import ast
import re
import subprocess
import sys

from tests.conftest import ROOT

OTHER_ROOMS = ("ui",)
"""Folders whose functions serve the page alone."""

WITHOUT_EXAMPLE = {
    "Editor.over": "converts the generator, for ten seconds",
    "best_runtime": "converts a generator, for ten seconds",
    "ask_in_terminal": "asks whoever sits at a terminal",
    "pip_download": "fetches from the network",
    "hub_download": "fetches from the network",
    "prepare_models": "needs a checkpoint of pSp and thousands of photos; `prepare` has an example",
    "measured": "refines, and decomposes 18 matrices of 512 x 512, for ten seconds; `preconditioner_of` has an example",
    "measure_preconditioner": "needs a data set and takes minutes; `preconditioner_of` has an example",
    "train_evaluation_classifier": "needs a data set; `fit_classifier` has an example",
    "train_training_classifier": "needs a data set; `tune` has an example",
    "train_directions": "needs a data set and takes minutes; `fit_directions` has an example",
    "train_encoder": "takes hours",
    "train_preview": "takes hours",
    "draw_figure2": "loads all models; `figure2` has an example",
    "evaluate_colour": "loads all models; `colour_differences` has an example",
    "evaluate_editability": "loads all models; `measure_editability` has an example",
    "evaluate_sliders": "loads all models; `measure_sliders` has an example",
    "evaluate_pairs": "loads all models; `measure_pairs` has an example",
    "evaluate_fidelity": "loads all models; `measure_fidelity` has an example",
    "evaluate_leakage": "needs a data set and takes hours; `measure_leakage` has an example",
    "evaluate_live": "loads all models; `measure_live` has an example",
    "evaluate_own": "needs a data set; `measure_accuracy` and `measure_edits` have examples",
    "evaluate_pasting": "loads all models; `measure_pasted` has an example",
    "edited_both_ways": "draws a face four times; `measure_pasted` has an example",
    "pasted_at_places": "opens four photos; `surrounded`, `rolled`, `near_edge` and `side_by_side` have examples",
    "evaluate_preview": "converts two generators; `measure_preview` has an example",
    "paper_protocol": "trains a flow of the shipped one's size; `paper_flow` and `measure_rows` have examples",
    "strict_protocol": "trains a flow of the shipped one's size; `strict_flow` and `measure_rows` have examples",
}
"""Name -> why an example of it would be of no use."""


def documented() -> set[str]:
    """The files of the package with an example in a docstring."""
    found = (path for path in (ROOT / "editor").rglob("*.py") if re.search(r"^ *>>> ", path.read_text(), re.MULTILINE))
    return {path.relative_to(ROOT).as_posix() for path in found}


def offered() -> dict[str, bool]:
    """The package's public functions and the methods of `Editor`, and whether each has an example."""
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


def test_every_public_function_has_an_example():
    without = {name for name, has_example in offered().items() if not has_example}
    assert without == WITHOUT_EXAMPLE.keys()
