"""Options are read, and refused where they exclude one another or would have no effect."""

import pytest

from editor import cli
from editor.cli.commands import parse
from editor.cli.edit.command import Edit
from editor.cli.edit.options import FORMAT, MOVIE, EditOptions, FaceOptions, parse_settings, points_of
from editor.errors import SettingError
from editor.options import quality_of
from editor.saving.formats import FORMATS
from editor.saving.movies import MOVIES


def test_an_attribute_given_twice_is_refused():
    with pytest.raises(SettingError, match="Smiling is set twice"):
        parse_settings(("Smiling=1", "Young=1", "Smiling=2"))


def test_options_of_all_groups_are_read():
    arguments = [
        "a.jpg",
        "--set",
        "Smiling=1",
        "--set=Young=-1",
        "--lock",
        "Male",
        "--points",
        "0.4,0.2",
        "0.5,0.2",
        "0.45,0.3",
    ]
    command = parse(["edit", *arguments, "--quality", "80", "--crop", "--refine", "3", "--no-local"])
    assert isinstance(command, Edit)
    assert command.edit == EditOptions(settings=("Smiling=1", "Young=-1"), locks=("Male",), no_local=True)
    assert command.face == FaceOptions(points=((0.4, 0.2), (0.5, 0.2), (0.45, 0.3)), refine=3)
    assert command.file.quality == 80 and command.output.crop and not command.output.overwrite


def test_the_formats_are_those_that_there_are():
    assert FORMAT.choices == tuple(FORMATS) and MOVIE.choices == tuple(MOVIES)


@pytest.mark.parametrize("text", ["0", "101", "-1", "1e2", "", "best", "9" * 5000, "²"])
def test_what_is_no_quality_is_refused(text):
    with pytest.raises(ValueError, match="is not a whole number from 1 to 100"):
        quality_of(text)


@pytest.mark.parametrize("text", ["0.5", "0.5,0.5,0.5", "1.5,0.5", "nan,0.5", "a,b", ""])
def test_what_is_no_point_is_refused(text):
    with pytest.raises(ValueError, match="is not X,Y"):
        points_of(["0.4,0.2", text, "0.45,0.3"])


SMILE = ["--set", "Smiling=1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Nothing is to be done"),
        (["--before-after", "--crop"], "--before-after shows an edit"),
        ([*SMILE, "--local", "--no-local"], "exclude each other"),
        ([*SMILE, "--preserve", "--no-preserve"], "exclude each other"),
        ([*SMILE, "--sweep-to", "1"], "are of --sweep NAME"),
        ([*SMILE, "--sweep-format", "gif"], "are of --sweep NAME"),
        (["--sweep", "Smiling", "--sweep-to", "0"], "above 0"),
        (["--sweep", "Smiling", "--sweep-to", "nan"], "above 0"),
        ([*SMILE, "--sign-key", "key.pem"], "belong together"),
        ([*SMILE, "--sign-key", "k", "--sign-certificate", "c", "--no-mark"], "exclude each other"),
        ([*SMILE, "--sign-key", "k.pem", "--sign-certificate", "c.pem"], "k.pem cannot be read"),
        ([*SMILE, "--quality", "80", "--format", "png"], "--quality has no effect"),
        ([*SMILE, "--quality", "lossless"], "JPEG always loses something"),
        (["--sweep", "Smiling", "--quality", "lossless"], "not of moving pictures"),
        (["--recipe", "nowhere.json"], "nowhere.json cannot be read"),
        ([*SMILE, "--refine", "1001"], "from 0 to 1000"),
        (["--set", "Smiling"], "NAME=NUMBER"),
    ],
)
def test_what_makes_no_sense_is_one_line_before_the_work(unloadable, edit, tmp_path, capsys, arguments, words):
    assert edit(*arguments) == 1
    told = capsys.readouterr()
    assert words in told.err and len(told.err.strip().splitlines()) == 1 and not told.out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [["--", "-x.jpg", "--out", "o"], ["-x.jpg", "--out", "o"], ["-x.jpg"]])
def test_what_to_do_about_a_name_with_a_dash_is_said(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["edit", *arguments])
    error = capsys.readouterr().err.strip()
    assert caught.value.code == 2 and "Options come before" in error and "./-name" in error and len(error.splitlines()) == 1


def test_a_wrong_argument_of_another_kind_is_told_without_that(capsys):
    with pytest.raises(SystemExit):
        cli.main(["edit", "a.jpg", "--paint", "--set", "Smiling=-1", "--face", "-1"])
    assert "Options come before" not in capsys.readouterr().err
