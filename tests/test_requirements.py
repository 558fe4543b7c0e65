"""Ranges in pyproject.toml, pins in requirements*.txt, and what the code imports: they say the same."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RESEARCH = {"train", "evaluate", "data", "classify"}
"""What an editing user does not run."""
ON_REQUEST = ("batch", "ray", "c2pa")
"""Extras that parts of the product need and ask for by name."""
ONLY_ELSEWHERE = {"tomli": "tomli"}
"""Modules that this Python may do without, and the distributions that have them."""
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def ranges(*extras: str) -> list[Requirement]:
    """The package's dependencies and those of extras."""
    table = project()
    lines = [*table["dependencies"], *(line for extra in extras for line in table["optional-dependencies"][extra])]
    return [found for found in map(Requirement, lines) if found.name != table["name"]]


def pins(name: str) -> list[Requirement]:
    """The lines of one file of requirements, without those it includes."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


def here(requirements: list[Requirement], python: str) -> dict[str, Requirement]:
    """Those that hold for a version of Python."""
    holding = [each for each in requirements if not each.marker or each.marker.evaluate({"python_version": python})]
    assert len({each.name for each in holding}) == len(holding), "one line for each package"
    return {canonicalize_name(each.name): each for each in holding}


FILES = [("requirements.txt", ()), ("requirements-research.txt", ("research",)), ("requirements-dev.txt", ("dev", *ON_REQUEST))]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("name", "extras"), FILES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_dependency_has_a_pin_and_every_pin_lies_in_its_range(python, name, extras):
    pinned, asked = here(pins(name), python), here(ranges(*extras), python)
    if extras:
        asked = {key: value for key, value in asked.items() if key not in here(ranges(), python)}
    assert pinned.keys() == asked.keys()
    for key, pin in pinned.items():
        (exact,) = pin.specifier
        assert exact.operator == "==" and asked[key].specifier.contains(exact.version), f"{pin} is not in {asked[key]}"


def imported(path: Path) -> set[str]:
    """The modules of other packages that a module imports, by their first name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"editor"}


def distributions(names: set[str]) -> set[str]:
    known = packages_distributions()
    return {canonicalize_name(ONLY_ELSEWHERE.get(name) or known[name][0]) for name in names}


@pytest.mark.parametrize("research", [False, True], ids=["editing", "research"])
def test_what_is_imported_is_asked_for_and_no_more_than_that_of_who_edits(research):
    paths = (ROOT / "editor").rglob("*.py")
    parts = [path for path in paths if (path.relative_to(ROOT / "editor").parts[0] in RESEARCH) is research]
    used = distributions(set().union(*map(imported, parts)))
    asked = {canonicalize_name(each.name) for each in ranges(*(["research"] if research else ON_REQUEST))}
    brought = {"anyio", "fastapi", "starlette", "uvicorn", "tensorboard"}  # by Gradio; TensorBoard by torch.utils.tensorboard
    assert used - brought <= asked


def test_the_version_is_one_in_all_places():
    version = re.search(r'__version__ = "(.+)"', (ROOT / "editor" / "__init__.py").read_text())
    cited = re.search(r"(?m)^version: (.+)$", (ROOT / "CITATION.cff").read_text())
    assert version and cited and version[1] == cited[1]


def test_commits_are_checked_by_the_same_ruff_as_in_ci():
    pinned = next(pin for pin in pins("requirements-dev.txt") if pin.name == "ruff")
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    revision = re.search(r"ruff-pre-commit\n +rev: v(\S+)", hooks)
    assert revision and str(pinned.specifier) == f"=={revision[1]}"


def test_every_python_that_is_promised_is_tested():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    matrix = re.search(r"python: \[(.+)\]", workflow)
    promised = [line.rpartition(" ")[2] for line in project()["classifiers"] if "Python :: 3." in line]
    assert matrix and re.findall(r"3\.\d+", matrix[1]) == promised == list(PYTHONS)
