"""What several commands ask for: which models, and where they run. No network is imported, so a typo is told at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from tyro.conf import arg
from tyro.constructors import PrimitiveConstructorSpec

ModelSetName = Literal["embedded", "embedded-paper", "ffhq", "ffhq-e4e"]
"""The names in `editor.models`, which takes seconds to import."""
DeviceName = Annotated[str | None, arg(metavar="DEVICE", help_behavior_hint="(default: cuda where there is a GPU, else cpu)")]
"""The name of a device, as PyTorch has it."""


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
    """
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=lambda texts: parse(texts[0]),
        is_instance=lambda _: True,
        str_from_instance=lambda value: [str(value)],
    )
