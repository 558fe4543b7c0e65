"""Files are called as the photo, in any script and of any length; none is replaced unasked."""

import os
from pathlib import Path

import pytest

from editor.cli.edit.asked import asked_for
from editor.cli.edit.options import EditOptions, FaceOptions, FileOptions, OutputOptions
from editor.cli.edit.outputs import check, planned
from editor.errors import EditorError, SettingError
from editor.recipe import FaceEdit, Recipe

TWO = Recipe((FaceEdit({"Smiling": 1}), FaceEdit({"Young": 1}, face=1)))


def names(photo="anna.jpg", own="jpeg", edits=True, space=None, recipe=None, format=None, **output) -> list[str]:
    asked = asked_for(EditOptions(space=space), FaceOptions(), recipe)
    return [
        each.path.name for each in planned(Path(photo), own, asked, edits, OutputOptions(**output), FileOptions(format=format))
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, ["anna-edited.jpg"]),
        ({"photo": "anna.JPEG"}, ["anna-edited.JPEG"]),
        ({"photo": "anna.heic"}, ["anna-edited.jpg"]),
        ({"format": "png"}, ["anna-edited.png"]),
        ({"format": "webp-lossless"}, ["anna-edited.webp"]),
        ({"photo": "anna"}, ["anna-edited.jpg"]),
        ({"space": "both"}, ["anna-edited-w-plus.jpg", "anna-edited-w-star.jpg"]),
        ({"before_after": True}, ["anna-edited.jpg", "anna-before-after.jpg"]),
        ({"recipe": TWO}, ["anna-edited.jpg"]),
        ({"crop": True}, ["anna-face.png", "anna-reconstruction.png", "anna-edited.png"]),
        ({"crop": True, "edits": False}, ["anna-face.png", "anna-reconstruction.png"]),
        ({"edits": False, "strip": "Bald", "sweep": "Bald"}, ["anna-strip-Bald.png", "anna-sweep-Bald.mp4"]),
        (
            {"edits": False, "sweep": "Bald", "sweep_format": "gif", "space": "both"},
            ["anna-sweep-Bald-w-plus.gif", "anna-sweep-Bald-w-star.gif"],
        ),
    ],
)
def test_a_file_is_called_as_the_photo_and_what_it_shows(arguments, expected):
    assert names(**arguments) == expected


def test_crops_of_several_faces_have_the_number_of_the_edit():
    kinds = ("face", "reconstruction", "edited")
    assert names(recipe=TWO, crop=True) == [f"anna-{number}-{kind}.png" for number in (1, 2) for kind in kinds]


@pytest.mark.parametrize("stem", ["a" * 300, "ж" * 300, "写" * 300, "🙂" * 300, "e\u0301" * 300, "\udcff" * 250])
def test_long_names_are_shortened_to_what_can_be_written(tmp_path, stem):
    (name,) = names(photo=f"{stem}.jpg")
    (tmp_path / name).touch()
    assert name.startswith(stem[:20]) and len(os.fsencode(name)) <= 255
    assert names(photo=f"{stem}.jpg") == [name] != names(photo=f"{stem}b.jpg")


@pytest.mark.parametrize(
    "stem", ["Άννα στη θάλασσα", "写真", "شاطئ", "🙂", "a b;c'd\"e", "a\nb", ".hidden", "-dash", "x" * 200]
)
def test_names_in_any_script_stay_as_they_are(tmp_path, stem):
    (name,) = names(photo=f"{stem}.jpg")
    assert name == f"{stem}-edited.jpg"
    (tmp_path / name).touch()


@pytest.fixture
def checked(tmp_path):
    def run(overwrite=False, size=(64, 64), format=None, **output) -> None:
        asked = asked_for(EditOptions(), FaceOptions(), None)
        options = OutputOptions(out=tmp_path, **output)
        photo = tmp_path / "anna.jpg"
        check(planned(photo, "jpeg", asked, True, options, FileOptions(format=format)), photo, size, overwrite)

    return run


def test_a_file_that_is_there_is_kept_unless_it_is_to_be_replaced(checked, tmp_path):
    checked()
    (tmp_path / "anna-edited.jpg").write_bytes(b"kept")
    with pytest.raises(EditorError, match=r"anna-edited\.jpg is there already, and is kept\. .* give --overwrite"):
        checked()
    checked(overwrite=True)
    assert (tmp_path / "anna-edited.jpg").read_bytes() == b"kept"


def test_of_photos_with_one_stem_the_second_is_told_of(checked, tmp_path):
    """`anna.jpg` and `anna.heic`, or two faces of a photo."""
    for name in names(crop=True):
        (tmp_path / name).touch()
    with pytest.raises(EditorError, match=r"is kept \(and 2 more\)"):
        checked(crop=True)


def test_a_link_to_nowhere_is_there_too(checked, tmp_path):
    (tmp_path / "anna-edited.jpg").symlink_to("nowhere")
    with pytest.raises(EditorError, match="is there already"):
        checked()


def test_the_photo_itself_is_never_replaced(checked, tmp_path):
    (tmp_path / "anna.jpg").touch()
    with pytest.raises(EditorError, match="the photo itself"):
        checked(overwrite=True, save_recipe=tmp_path / "anna.jpg")


def test_two_files_never_have_one_name(checked, tmp_path):
    with pytest.raises(SettingError, match="the name of two files"):
        checked(save_recipe=tmp_path / "anna-edited.jpg")


def test_a_folder_of_the_files_name_is_told(checked, tmp_path):
    (tmp_path / "anna-edited.jpg").mkdir()
    with pytest.raises(EditorError, match="is a folder"):
        checked(overwrite=True)


def test_what_a_format_cannot_hold_is_told(checked):
    checked(size=(12000, 64), format="webp")
    with pytest.raises(SettingError, match="WebP holds 16383 pixels a side"):
        checked(size=(12000, 64), format="webp", before_after=True)
    checked(size=(12000, 64), format="webp", before_after=True, crop=True)
