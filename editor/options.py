"""What the options of commands are made of. No network is imported, so that a wrong argument is told at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from tyro.conf import FlagCreatePairsOff, arg
from tyro.constructors import PrimitiveConstructorSpec

ModelSetName = Literal["embedded", "embedded-svm", "embedded-paper", "ffhq", "ffhq-e4e"]
"""The names in `editor.models`, which takes seconds to import."""
DeviceName = Annotated[str | None, arg(metavar="DEVICE", help_behavior_hint="(default: cuda where there is a GPU, else cpu)")]
"""The name of a device, as PyTorch has it."""

FileName = Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="")]
"""A file that need not be given; the option's help says what is taken then."""
FolderName = Annotated[Path | None, arg(metavar="DIR", help_behavior_hint="")]
"""A folder that need not be given."""


@dataclass(frozen=True)
class ModelOptions:
    """The options of every command that edits."""

    models: ModelSetName = "embedded"
    """The model set."""
    generator: Annotated[str, arg(metavar="FILE", help_behavior_hint="")] = ""
    """Another StyleGAN2-FFHQ generator (.pt or .pkl), for the model sets ffhq and ffhq-e4e."""
    device: DeviceName = None
    """Where the models run: cpu, cuda or cuda:N."""


def parsed_by(parse: Callable[[str], Any], metavar: str) -> PrimitiveConstructorSpec[Any]:
    """How an option is read whose type alone does not say what it may be; for `Annotated`.

    Args:
        parse: makes a value of an argument, or raises a ValueError that says what is wrong with it.
        metavar: stands for the argument in help.

    >>> even = parsed_by(lambda text: whole_number(text) // 2 * 2, "EVEN")
    >>> even.instance_from_str(["7"])
    6
    """
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=lambda texts: parse(texts[0]),
        is_instance=lambda _: True,
        str_from_instance=lambda value: [str(value)],
    )


def whole_number(text: str, least: int = 0) -> int:
    """A whole number that is not below `least`.

    Raises:
        ValueError: the text is something else.

    >>> whole_number("12")
    12
    """
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise ValueError(f"{text[:40]!r} is not a whole number from {least} on")
    return number


Quality = int | Literal["keep", "lossless"]
"""As in `editor.saving.formats`, which takes longer to import."""


def quality_of(text: str) -> Quality:
    """The quality that pictures are saved in.

    Raises:
        ValueError: the text is none.

    >>> quality_of("80"), quality_of("keep")
    (80, 'keep')
    """
    if text == "keep" or text == "lossless":
        return text
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 100:
        return int(text)
    raise ValueError(f"{text[:40]!r} is not a whole number from 1 to 100, keep or lossless")


Positive = Annotated[int, parsed_by(partial(whole_number, least=1), "N")]
"""A whole number from 1 on. A plain `int` is one from 0 on."""

Flag = Annotated[FlagCreatePairsOff[bool], arg(help_behavior_hint="")]
"""A switch that is off unless it is given."""
