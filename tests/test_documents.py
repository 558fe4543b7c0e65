"""What the documents point at is there for whoever clones this, and what they say can be read once."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = ROOT / "README.md"
PAGES = [README, *sorted(ROOT.glob("docs/*.md")), ROOT / "weights" / "README.md", ROOT / "CONTRIBUTING.md"]
"""What a person reads to use the project or to work on it."""
DOCUMENTS = [*PAGES, ROOT / "assets" / "README.md"]
LONGEST_README = 120
LONGEST_SENTENCE = 40
HISTORY = "## Removed code"
"""From this heading of docs/experiments.md on, files are named that are no longer there."""

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
each_page = pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def kept() -> set[Path]:
    """What git keeps or is not told to leave out; empty where this is no checkout."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return set()
    return {ROOT / line for line in found.stdout.splitlines()}


def prose(document: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)


def blocks(document: Path, language: str) -> list[str]:
    """The blocks of code of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", document.read_text(), flags=re.DOTALL | re.MULTILINE)


def today(document: Path) -> str:
    """A document as far as it speaks of what is there now."""
    return document.read_text().split(HISTORY)[0]


def anchors(document: Path) -> set[str]:
    """What a link may name after #: the headings, as GitHub writes them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().strip().replace(" ", "-") for heading in headings}


@each_document
def test_links_and_pictures_lead_to_files_that_are_kept(document):
    files = kept()
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#?([^)\s]*)\)", document.read_text()):
        if "://" not in target:
            path = (document.parent / target).resolve() if target else document
            assert path.exists(), target
            assert not files or path.is_dir() or path in files, f"{target} is there but not kept"
            assert not anchor or anchor in anchors(path), f"{target} has no heading {anchor}"


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


@each_document
def test_every_row_of_a_table_has_a_header_and_as_many_cells(document):
    for (_, header), *rest in tables(document):
        assert rest and re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", rest[0][1]), f"no header above: {header}"
        assert {number for number, line in rest if cells(line) != cells(header) or not line.endswith("|")} == set()


def test_the_tests_of_each_promise_are_there():
    named = set(re.findall(r"`(tests/[\w/.]+)`", (ROOT / "docs" / "reliability.md").read_text()))
    assert len(named) > 15 and {name for name in named if not (ROOT / name).exists()} == set()


def test_the_readme_can_be_read_in_one_sitting():
    assert len(README.read_text().splitlines()) <= LONGEST_README


def sentences(text: str) -> list[str]:
    """The sentences of prose; tables, headings and pictures are none."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("|", "#", "!"))]
    paragraphs = re.split(r"\n\s*(?:[-*]|\d+[.)]) |\n\s*\n", "\n" + "\n".join(lines))
    whole = (" ".join(paragraph.split()) for paragraph in paragraphs)
    return [sentence for paragraph in whole for sentence in re.split(r"(?<=[.!?:])[\s*)]+", paragraph) if sentence]


def test_sentences_are_told_apart():
    text = "One two. Three\nfour:\n\n- **Five.** Six\n- seven 0.5 eight\n\n| a | b |\n# Nine"
    assert sentences(text) == ["One two.", "Three four:", "**Five.", "Six", "seven 0.5 eight"]


@each_document
def test_no_sentence_is_read_twice(document):
    found = [sentence for sentence in sentences(prose(document)) if len(sentence.split()) > LONGEST_SENTENCE]
    assert found == []


@each_page
def test_the_files_and_folders_that_are_named_are_there(document):
    named = set(re.findall(r"`((?:editor|tests|benchmarks|weights|docs|assets)/[\w./-]*)`", today(document)))
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_what_is_named_beside_a_file_is_in_it():
    text = (ROOT / "docs" / "method.md").read_text()
    found = re.findall(r"\| ((?:`\w+`(?:, )?)+) in `([\w/.]+\.py)` \|", text)
    assert found
    for names, path in found:
        defined = {node.name for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.FunctionDef)}
        assert set(re.findall(r"`(\w+)`", names)) <= defined


@pytest.mark.parametrize("document", [README, ROOT / "docs" / "use.md"], ids=lambda path: path.name)
def test_the_examples_call_what_an_editor_has(document):
    from editor import Editor

    examples = blocks(document, "python")
    assert examples
    for example in examples:
        ast.parse(example)
        called = set(re.findall(r"\beditor\.(\w+)\(", example)) | set(re.findall(r"\bEditor\.(\w+)\(", example))
        assert {name for name in called if not hasattr(Editor, name)} == set()


def said_in_code(document: Path) -> list[str]:
    """The commands and options in a document: what stands between backticks, and the lines of its shell blocks."""
    spans = re.findall(r"`([^`]+)`", prose(document).split(HISTORY)[0])
    lines = "".join(blocks(document, "sh")).replace("\\\n", " ").splitlines()
    return [" ".join(text.split("#")[0].split()) for text in (*spans, *lines)]


def commands() -> dict[str, set[str]]:
    """The commands that the documents tell people to give, such as "train flow", and the options that they have there."""
    found: dict[str, set[str]] = {}
    for text in (text for document in PAGES for text in said_in_code(document)):
        program, *words = text.split()
        if program == "face-editor" and words:
            count = 2 if words[0] in {"train", "evaluate"} and len(words) > 1 else 1
            options = {word for word in words if word.startswith("--")}
            found.setdefault(" ".join(words[:count]), set()).update(options)
    return found


def test_the_documents_name_commands():
    found = commands()
    assert {"edit", "doctor", "prepare", "train flow", "evaluate leakage"} <= found.keys()
    assert {"--set", "--tune", "--out"} <= found["edit"] and "--data" in found["train flow"]


@pytest.fixture
def options_of(capsys, monkeypatch):
    """What lists the options that a command's help names."""
    from editor.cli import main

    monkeypatch.setenv("COLUMNS", "300")

    def listed(name: str) -> set[str]:
        with pytest.raises(SystemExit) as left:
            main([*name.split(), "--help"])
        said = capsys.readouterr()
        assert not left.value.code, f"face-editor {name}: {said.err}"
        return set(re.findall(r"--[a-z][a-z-]*", said.out))

    return listed


@pytest.mark.parametrize("name", commands())
def test_commands_and_their_options_are_there(name, options_of):
    assert commands()[name] <= options_of(name)


def test_options_that_are_named_alone_belong_to_a_command(options_of):
    alone = {text.split()[0] for document in PAGES for text in said_in_code(document) if text.startswith("--")}
    assert len(alone) > 10 and alone <= set().union(*map(options_of, commands()))
