"""What leakage is measured of."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import UseAppendAction, arg

from editor.data.code_options import CodeOptions
from editor.options import FileName


@dataclass(frozen=True, kw_only=True)
class LeakageOptions:
    """Faces, and the methods that edit them."""

    source: CodeOptions = field(default_factory=CodeOptions)
    real: int = 500
    """The number of photos of people held out (test)."""
    generated: int = 500
    """The number of generated faces."""
    flow: FileName = None
    """The flow. The default is the shipped one."""
    directions: FileName = None
    """The directions of W+ and W*. The default is the shipped ones."""
    compare: Annotated[UseAppendAction[tuple[str, ...]], arg(metavar="NAME=FILE")] = ()
    """Other directions of the same flow, as further methods without local edits. Repeat the option for more."""
    methods: Annotated[tuple[str, ...], arg(metavar="NAME [NAME ...]", help_behavior_hint="(default: all)")] = ()
    """Measure only these methods, and W+, which all are compared with."""
    seed: int = 1
    """Seed of the faces."""

    def others(self) -> dict[str, Path]:
        """The other directions' files by name."""
        return {name: Path(file) for name, _, file in (given.partition("=") for given in self.compare)}
