"""The package's public names, and how soon it answers."""

import os
import subprocess
import sys

import pytest

import editor
from tests.conftest import ROOT

IMPORT_SECONDS = 0.3
ANSWER_SECONDS = 1.0
TRIES = 3
"""The quickest counts, and time on the processor: the machine may have other work."""


def test_every_public_name_is_there():
    assert {"Editor", "Rendering", "Portrait", "EditorError"} <= set(editor.__all__) <= set(dir(editor))
    assert all(getattr(editor, name).__name__ == name for name in editor.__all__)
    with pytest.raises(AttributeError, match="Nothing"):
        _ = editor.Nothing


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, editor, editor.errors, editor.ui.command; print(sorted({'torch', 'gradio', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"


def test_what_the_page_draws_with_imports_no_compiler():
    code = "import sys, editor.pipeline; print(sorted({'torch._dynamo', 'triton', 'sympy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"


def test_the_package_is_imported_in_a_moment():
    code = "import time; begin = time.process_time(); import editor; print(time.process_time() - begin)"
    runs = (subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True) for _ in range(TRIES))
    assert min(float(run.stdout) for run in runs) < IMPORT_SECONDS


def processor_seconds_of_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


INSTALLED = "import sys; from editor.cli import main; sys.exit(main())"
"""What the installed command `face-editor` runs."""


@pytest.mark.parametrize("program", [["-c", INSTALLED], ["-m", "editor"], ["app.py"]], ids=["face-editor", "module", "app.py"])
@pytest.mark.parametrize("arguments", [["--wrong"], ["edit", "a.jpg", "--wrong"], ["no-such-command"]], ids=" ".join)
def test_a_wrong_argument_is_told_at_once(program, arguments):
    times = []
    for _ in range(TRIES):
        begin = processor_seconds_of_children()
        done = subprocess.run([sys.executable, *program, *arguments], cwd=ROOT, capture_output=True, text=True)
        times.append(processor_seconds_of_children() - begin)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
    assert min(times) < ANSWER_SECONDS, times
