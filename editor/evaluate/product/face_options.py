"""Which of a folder's aligned faces a measurement is of."""

from dataclasses import dataclass
from typing import Annotated

from tyro.conf import arg

from editor.options import FileName, Positive


@dataclass(frozen=True, kw_only=True)
class FaceOptions:
    """All faces of a folder, or some of them."""

    limit: Annotated[Positive | None, arg(help_behavior_hint="(default: all)")] = None
    """Take only the first N faces by name."""
    split: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")] = None
    """Take only the ids of this split, such as test, by the table in --splits."""
    splits: FileName = None
    """A CSV with the columns id and split. The default is split.csv beside the folder of faces."""
