"""Files that come with the package."""

from pathlib import Path

from editor.files import resources
from tests.conftest import ROOT


def test_a_checkouts_own_files_are_used_where_nothing_is_installed():
    assert resources.data_folder("weights") == ROOT / "weights"
    assert (resources.data_folder("assets") / "page" / "main.js").is_file()


def test_the_installed_copy_comes_first(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "editor"
    (package / "_data" / "assets").mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "files" / "resources.py"))
    assert resources.data_folder("assets") == package / "_data" / "assets"
    assert resources.data_folder("weights") == Path(tmp_path / "site-packages" / "weights")
