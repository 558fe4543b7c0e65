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


def tables(document: Path) -> list[list[tuple[int, str]]]:
    """The tables of a document: line numbers and lines that stand together and begin with a bar, code left out."""
    found, code, before = [], False, -1
    for number, line in enumerate(document.read_text().splitlines(), 1):
        code ^= line.lstrip().startswith("```")
        if not code and line.lstrip().startswith("|"):
            if before != number - 1:
                found.append([])
            found[-1].append((number, line.strip()))
            before = number
    return found


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line)) - 1


def test_documents_have_tables():
    assert sum(len(tables(document)) for document in DOCUMENTS) > 5


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_row_of_a_table_has_a_header_and_as_many_cells(document):
    for (_, header), *rest in tables(document):
        assert rest and re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", rest[0][1]), f"no header above: {header}"
        assert {number for number, line in rest if cells(line) != cells(header) or not line.endswith("|")} == set()


def test_the_tests_of_each_promise_are_there():
    named = set(re.findall(r"`(tests/[\w/.]+)`", (ROOT / "docs" / "reliability.md").read_text()))
    assert len(named) > 15 and {name for name in named if not (ROOT / name).exists()} == set()
