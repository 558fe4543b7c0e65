"""What `edit` tells: notes and progress on stderr as they come; at the end, on stdout, names of files or one JSON object."""

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from tqdm import tqdm

from editor.judge.changes import Changes
from editor.judge.quality import ReconstructionQuality
from editor.recipe import Recipe
from editor.spaces import TITLES, Space

WORK = {"refine": "refine", "tune": "tune", "preserve": "keeping the rest as it is", "lock": "holding what is locked"}
"""What takes seconds, in words; the others are called as they are."""
MOST_OTHERS = 5
"""Changes that nobody asked for, in the line for a person."""


@dataclass(eq=False)
class Report:
    """Collects what is told.

    Attributes:
        json: whether the end is one JSON object.
    """

    json: bool
    files: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faces: list[dict[str, Any]] = field(default_factory=list)
    recipe: Recipe | None = None
    _bars: dict[str, "tqdm[Any]"] = field(default_factory=dict)

    def note(self, *sentences: str | None) -> None:
        """Tell what a person should know, each sentence once."""
        for sentence in sentences:
            if sentence and sentence not in self.notes:
                self.notes.append(sentence)
                print(sentence, file=sys.stderr)

    def told(self, what: str, step: int, steps: int) -> None:
        """Show progress."""
        if what not in self._bars:
            self._bars[what] = tqdm(total=steps, desc=WORK.get(what, what))
        bar = self._bars[what]
        bar.update(step - bar.n)
        if step >= steps:
            self._bars.pop(what).close()

    def face(
        self,
        quality: ReconstructionQuality,
        changes: Mapping[Space, Changes] | None,
        along: Mapping[Space, Mapping[str, float]] = MappingProxyType({}),
    ) -> None:
        """Tell how close the reconstruction of a face is, what its edit changed, and what keeps the rest as it is.

        Args:
            changes: None: it was not measured.
            along: space -> sliders that moved beside those of the edit.
        """
        print(quality.sentence, file=sys.stderr)
        face: dict[str, Any] = {"quality": asdict(quality) | {"level": quality.level.name.lower()}}
        if changes is not None:
            for space, each in changes.items():
                print(_in_words(space, each), file=sys.stderr)
            face["changes"] = {space: asdict(each) | {"leakage": each.leakage} for space, each in changes.items()}
        for space, moved in along.items():
            if moved:
                told = ", ".join(f"{name} {amount:+.2f}" for name, amount in moved.items())
                print(f"{TITLES[space]}: kept steady by {told}.", file=sys.stderr)
        if any(along.values()):
            face["along"] = {space: dict(moved) for space, moved in along.items()}
        self.faces.append(face)

    def file(self, path: Path, what: str, space: Space | Literal[""]) -> None:
        """Remember a file that is there."""
        self.files.append({"path": str(path), "what": what} | ({"space": space} if space else {}))

    def close(self) -> None:
        """End the progress bars, so that the next line has a place of its own."""
        while self._bars:
            with suppress(Exception):
                self._bars.popitem()[1].close()

    def end(self) -> None:
        """Print the files that are there, or all in one JSON object."""
        self.close()
        if not self.json:
            print(*(each["path"] for each in self.files), sep="\n", end="\n" if self.files else "")
            return
        whole: dict[str, Any] = {"files": self.files, "notes": self.notes}
        whole["recipe"] = json.loads(self.recipe.to_json()) if self.recipe else None
        whole["quality"] = [face["quality"] for face in self.faces]
        if any("changes" in face for face in self.faces):
            whole["changes"] = [face["changes"] for face in self.faces]
        print(json.dumps(whole, indent=2))


def _in_words(space: Space, changes: Changes) -> str:
    asked = ", ".join(f"{name} {change:+.2f}" for name, change in changes.asked.items()) or "nothing"
    others = ", ".join(f"{name} {change:+.2f}" for name, change in list(changes.others.items())[:MOST_OTHERS])
    identity = "" if changes.identity is None else f" Distance to the person before: {changes.identity:.2f}."
    return f"{TITLES[space]}: changed {asked}; unasked for {others}; leakage {changes.leakage:.3f}.{identity}"
