"""What the documents point at is there for whoever clones this."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), ROOT / "weights" / "README.md", ROOT / "assets" / "README.md"]


def kept() -> set[Path]:
    """What git keeps or is not told to leave out; empty where this is no checkout."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return set()
    return {ROOT / line for line in found.stdout.splitlines()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_pictures_lead_to_files_that_are_kept(document):
    files = kept()
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
        if "://" not in target:
            path = (document.parent / target).resolve()
            assert path.exists(), target
            assert not files or path.is_dir() or path in files, f"{target} is there but not kept"
