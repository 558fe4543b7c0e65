"""What is remembered of an open portrait, so that it is not drawn or measured twice."""

import threading
from dataclasses import dataclass

from editor import Portrait, Rendering
from editor.edit.kept import Kept
from editor.generate.detail import Detail
from editor.portrait import SafeRange
from editor.spaces import Space
from editor.ui.asking import Asked

Details = dict[Space, Detail]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was asked for, and what was drawn."""

    asked: Asked
    rendering: Rendering


class Memory:
    """The last drawings of one portrait, and what was measured on it. Several threads may call methods."""

    def __init__(self, portrait: Portrait):
        self._lock = threading.Lock()
        self._live: Drawn | None = None
        self._full: Drawn | None = None
        self._ranges: dict[tuple[str, bool, bool], SafeRange] = {}
        self._kept = portrait.kept
        self._latest: Asked | None = None
        self.details: Details | None = None
        """What live pictures miss near where the sliders last rested."""

    def remember(self, asked: Asked, rendering: Rendering) -> None:
        """What was drawn last, in full or live."""
        with self._lock:
            self._latest = asked
            if rendering.live:
                self._live = Drawn(asked, rendering)
            else:
                self._full = Drawn(asked, rendering)

    def live(self, asked: Asked) -> Rendering | None:
        """What was drawn live last, if it is of this edit."""
        return _of(self._live, asked)

    def full(self, asked: Asked) -> Rendering | None:
        """What was drawn in full last, if it is of this edit."""
        return _of(self._full, asked)

    @property
    def latest(self) -> Asked | None:
        """The edit that was drawn last."""
        return self._latest

    @property
    def kept(self) -> Kept:
        """What other sliders have to move to preserve the rest, or what is locked."""
        return self._kept

    def keep(self, kept: Kept, anew: bool) -> None:
        """Remember more of that.

        Args:
            anew: what was drawn before is to be drawn anew.
        """
        with self._lock:
            self._kept = kept
            if anew:
                self._live = self._full = None

    def remember_range(self, local: bool, paper: bool, found: SafeRange) -> None:
        """Between which strengths of a slider the portrait stays itself."""
        with self._lock:
            self._ranges[found.name, local, paper] = found

    def range(self, name: str, local: bool, paper: bool) -> SafeRange | None:
        """That, if it is known."""
        with self._lock:
            return self._ranges.get((name, local, paper))


def _of(drawn: Drawn | None, asked: Asked) -> Rendering | None:
    return drawn.rendering if drawn and drawn.asked == asked else None
