"""The package's public names."""

import subprocess
import sys

import pytest

import editor
from tests.conftest import ROOT


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
