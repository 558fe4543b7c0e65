"""What arguments may be: numbers that make sense, devices that are here, files and folders that can be written.

Numbers are refused where they are given: -1 steps would be told after minutes, or not at all. Devices, and paths that a command
writes, are checked before it runs.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from tyro.constructors import ConstructorRegistry, PrimitiveConstructorSpec, PrimitiveTypeInfo

from editor.files.writing import check_files, check_folder, check_space
from editor.options import DeviceName, parsed_by, whole_number

OUTPUT = 8_000_000
"""Bytes that are asked of the disk for every output whose size is not known before."""


REGISTRY = ConstructorRegistry()


@REGISTRY.primitive_rule
def _no_negative_numbers(info: PrimitiveTypeInfo) -> PrimitiveConstructorSpec[int] | None:
    return parsed_by(whole_number, "N") if info.type is int else None


@dataclasses.dataclass(frozen=True)
class Checked:
    """Marks the type of a field that is checked before the command runs.

    Attributes:
        check: raises an EditorError where the field's value is of no use here.
    """

    check: Callable[[Any], object]


def _check_file(path: Path) -> None:
    check_files([path])
    check_space(path.parent, OUTPUT)


def _check_folder(path: Path) -> None:
    check_folder(path)
    check_space(path, OUTPUT)


def _check_device(name: str) -> None:
    from editor.devices.choice import chosen_device  # imports torch

    chosen_device(name)


OutputFile = Annotated[Path, Checked(_check_file)]
OutputFolder = Annotated[Path, Checked(_check_folder)]
Device = Annotated[DeviceName, Checked(_check_device)]


def check_arguments(command: object) -> None:
    """Check that there is the device asked for, that what the command writes can be written, and that the disk is not full.

    Raises:
        EditorError: there is no such device, or a file or folder cannot be written.

    >>> @dataclasses.dataclass(frozen=True)
    ... class Draw:
    ...     out: OutputFile
    >>> check_arguments(Draw(folder / "new" / "face.png"))
    >>> check_arguments(Draw(folder))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    editor.errors.EditorError: ... is a folder, and a file is to be written. Choose another name.
    """
    for name, hint in get_type_hints(type(command), include_extras=True).items():
        if value := getattr(command, name):
            for mark in _marks(hint):
                mark.check(value)


def _marks(hint: Any) -> list[Checked]:
    """The marks of a type, and of those that it is made of."""
    own = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Checked)]
    return own + [mark for part in getattr(hint, "__args__", ()) for mark in _marks(part)]
