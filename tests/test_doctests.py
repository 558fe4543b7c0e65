"""The examples in docstrings are run with the tests."""

import re
import subprocess
import sys

from tests.conftest import ROOT


def documented() -> set[str]:
    """The modules of the package with an example in a docstring."""
    found = (path for path in (ROOT / "editor").rglob("*.py") if re.search(r"^ *>>> ", path.read_text(), re.MULTILINE))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found}


def test_every_module_with_examples_is_collected_where_nothing_is_named():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", f"--ignore-glob={ROOT / 'tests'}/*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    collected = set(re.findall(r"::(editor(?:\.\w+)*?)\.\w+$", done.stdout, re.MULTILINE))
    assert documented() and collected == documented(), done.stdout + done.stderr
