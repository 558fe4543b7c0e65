"""Numbers that make no sense are refused as arguments, before anything is opened."""

import pytest

from editor import cli
from editor.options import whole_number


def test_what_is_a_number_is_taken():
    assert (whole_number("0"), whole_number("12"), whole_number("1", least=1)) == (0, 12, 1)


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "", "nan", "inf", "9" * 5000])
@pytest.mark.parametrize("least", [0, 1])
def test_what_is_none_is_refused(text, least):
    with pytest.raises(ValueError, match=rf"is not a whole number from {least} on") as caught:
        whole_number(text, least)
    assert len(str(caught.value)) < 100


def test_zero_is_not_positive():
    with pytest.raises(ValueError, match="from 1 on"):
        whole_number("0", least=1)


FACES = ["--faces", "nowhere"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["edit", "nowhere.jpg", "--refine", "-1"],
        ["edit", "nowhere.jpg", "--tune", "-1"],
        ["evaluate", "fidelity", *FACES, "--refine", "-1"],
        ["evaluate", "fidelity", *FACES, "--tune", "-1"],
        ["evaluate", "fidelity", *FACES, "--limit", "-1"],
        ["evaluate", "editability", *FACES, "--refine", "-1"],
        ["evaluate", "editability", *FACES, "--tune", "-1"],
        ["evaluate", "editability", *FACES, "--generated", "0"],
        ["evaluate", "figure2", "--photos", "nowhere.jpg", "--refine", "-1"],
        ["evaluate", "figure2", "--photos", "nowhere.jpg", "--tune", "-1"],
        ["evaluate", "leakage", "--seed", "-1"],
        ["evaluate", "table1", "--seeds", "0"],
        ["prepare", "ffhq", "--photos", "nowhere", "--labels", "nowhere.csv", "--epochs", "-1"],
        ["train", "encoder", "--steps", "-1"],
        ["train", "flow", "--epochs", "-1"],
        ["train", "preview", "--renders", "-1"],
    ],
)
def test_commands_refuse_them(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    error = capsys.readouterr().err.strip()
    assert caught.value.code == 2 and f" {arguments[-2]}: " in error and len(error.splitlines()) == 1
    assert "Options come before" not in error and not list(tmp_path.iterdir())
