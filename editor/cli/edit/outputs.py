"""Which files `edit` writes, what they are called, and whether they can be: found out before any seconds are spent.

A file is called as the photo: `photo-edited.jpg`, with the space behind it where both are drawn, and with the edit's number
before it where it is of one face of several. A file that is there is kept unless it is to be overwritten.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from PIL import Image

from editor.cli.edit.asked import Asked
from editor.cli.edit.options import FileOptions, OutputOptions
from editor.errors import EditorError, SettingError
from editor.files.names import shortened
from editor.files.writing import check_files, check_space, require_free
from editor.options import Quality
from editor.saving.formats import FORMATS, content_of
from editor.saving.movies import MOVIES, sweep_values
from editor.sheets import BESIDE_GAP

What = Literal["edited", "before-after", "face", "reconstruction", "strip", "sweep", "recipe"]
Key: TypeAlias = tuple[What, int, str]
"""What a file shows, the number of the edit that it is of, and the label of the version."""
PICTURE = 8_000_000
"""Bytes that a picture of a face may take, and the temporary file beside the one that it replaces."""
BYTES = 4
"""Of each pixel of a photo, at most."""
MOVIE_QUALITY = 90


@dataclass(frozen=True)
class Output:
    """A file to be written.

    Attributes:
        key: what it shows.
        path: where it will lie.
        format: one of `FORMATS` or of `MOVIES`; "json" for a recipe.
    """

    key: Key
    path: Path
    format: str


def planned(photo: Path, own: str, asked: Asked, edits: bool, output: OutputOptions, file: FileOptions) -> tuple[Output, ...]:
    """The files that are asked for.

    Args:
        own: the format that a copy of the photo has.
        edits: whether edits are asked for, or only what shows the face.

    Raises:
        SettingError: the quality is of no use to these formats.

    >>> from editor.cli.edit.asked import asked_for
    >>> from editor.cli.edit.options import EditOptions, FaceOptions
    >>> asked = asked_for(EditOptions(space="both"), FaceOptions(), None)
    >>> outputs = planned(Path("anna.JPG"), "jpeg", asked, True, OutputOptions(), FileOptions())
    >>> [each.path.name for each in outputs]
    ['anna-edited-w-plus.JPG', 'anna-edited-w-star.JPG']
    """
    stem = shortened(photo.stem)
    found = []
    for key, detail in _keys(asked, edits, output):
        what, number, label = key
        format = _format(what, own, output, file)
        several = output.crop and len(asked.edits) > 1 and what not in ("strip", "sweep")
        parts = [stem, str(number + 1) if several else "", what, detail, label]
        name = "-".join(part for part in parts if part) + _ending(format, photo)
        found.append(Output(key, output.out / name, format))
    _check_quality(found, file.quality)
    if output.save_recipe:
        found.append(Output(("recipe", 0, ""), output.save_recipe, "json"))
    return tuple(found)


def check(outputs: Sequence[Output], photo: Path, size: tuple[int, int], overwrite: bool) -> None:
    """Check that all files can be written, and that the disk has room.

    Args:
        photo: where the photo lies, which is never replaced.
        size: its width and height in pixels.

    Raises:
        EditorError: a file is there already, or cannot be written, or has a name that another one has.

    >>> check([Output(("edited", 0, ""), folder / "new" / "anna.png", "png")], folder / "anna.jpg", (64, 64), False)
    >>> (folder / "new").exists()
    False
    """
    paths = [each.path for each in outputs]
    if len({path.absolute() for path in paths}) < len(paths):
        raise SettingError(f"{paths[-1]} is the name of two files to be written. Choose another name for the recipe.")
    check_files(paths)  # first, since it tells what no disk takes
    for path in paths:
        if path.exists() and photo.exists() and path.samefile(photo):
            raise EditorError(f"{path} is the photo itself, which is not replaced. Choose another name or folder.")
    require_free(paths, overwrite)
    pixels = size[0] * size[1] * BYTES
    for each in outputs:
        what = each.key[0]
        sides = ((2 * size[0] + BESIDE_GAP) if what == "before-after" else size[0], size[1])
        if _is_whole(each, outputs) and max(sides) > FORMATS[each.format].longest:
            title, longest = FORMATS[each.format].title, FORMATS[each.format].longest
            raise SettingError(f"{title} holds {longest} pixels a side at most. Choose --format png or tiff.")
    needed = {
        folder: sum(_size(each, outputs, pixels) for each in outputs if each.path.parent == folder)
        for folder in _folders(paths)
    }
    for folder, bytes_ in needed.items():
        check_space(folder, bytes_)


def check_sweep(output: OutputOptions) -> float:
    """The end of the sweep.

    Raises:
        SettingError: there can be no such sweep.

    >>> check_sweep(OutputOptions(sweep="Smiling"))
    2.0
    """
    strength = 2.0 if output.sweep_to is None else output.sweep_to
    sweep_values(strength, 2)
    return strength


def _keys(asked: Asked, edits: bool, output: OutputOptions) -> Iterator[tuple[Key, str]]:
    """What is to be written, and a word for its name."""
    numbers = range(len(asked.edits)) if output.crop else (0,)
    for number in numbers:
        if output.crop:
            yield ("face", number, ""), ""
            yield ("reconstruction", number, ""), ""
        for label in asked.versions if edits else ():
            yield ("edited", number, label), ""
            if output.before_after:
                yield ("before-after", number, label), ""
    if output.strip:
        yield ("strip", asked.the_chosen("--strip"), ""), output.strip
    if output.sweep:
        for label in asked.versions:
            yield ("sweep", asked.the_chosen("--sweep"), label), output.sweep


def _format(what: What, own: str, output: OutputOptions, file: FileOptions) -> str:
    if what == "sweep":
        return output.sweep_format or "mp4"
    return file.format or ("png" if output.crop or what == "strip" else own)


def _ending(format: str, photo: Path) -> str:
    """The photo's own ending where it is one of the format."""
    if format in MOVIES:
        return MOVIES[format].ending
    endings = FORMATS[format].endings or FORMATS[format.removesuffix("-lossless")].endings
    return photo.suffix if photo.suffix.lower() in endings else endings[0]


def _check_quality(outputs: Sequence[Output], quality: Quality | None) -> None:
    if quality is None or quality == "keep":
        return
    pictures = {each.format for each in outputs if each.format in FORMATS}
    movies = {each.format for each in outputs if each.format in MOVIES}
    if quality == "lossless" and movies:
        raise SettingError("--quality lossless is not of moving pictures. Give --sweep a command of its own.")
    if quality != "lossless" and all(FORMATS[format].lossless for format in pictures) and not movies - {"gif"}:
        raise SettingError("--quality has no effect on formats that lose nothing. Leave it out, or choose another --format.")
    for format in pictures:
        content_of(Image.new("RGB", (8, 8)), format, quality=quality)  # which says what is wrong


def _is_whole(each: Output, outputs: Sequence[Output]) -> bool:
    crops = any(other.key[0] == "face" for other in outputs)
    return each.key[0] in ("edited", "before-after") and not crops


def _size(each: Output, outputs: Sequence[Output], pixels: int) -> int:
    if each.key[0] == "recipe":
        return 0
    if not _is_whole(each, outputs):
        return PICTURE
    return pixels * (2 if each.key[0] == "before-after" else 1)


def _folders(paths: Sequence[Path]) -> list[Path]:
    return list(dict.fromkeys(path.parent for path in paths))
