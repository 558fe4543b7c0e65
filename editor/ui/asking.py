"""What a request asks for: its fields, each read and checked. What is missing or of another type is told in one sentence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from editor.errors import SettingError
from editor.portrait import Edit
from editor.spaces import SPACES, Space
from editor.ui import text


@dataclass(frozen=True)
class Asked:
    """An edit, as the page or a program describes it.

    Attributes:
        strengths: (attribute, strength) of every slider that is not at 0, by name.
        local: change the picture only where the attributes lie.
        locks: attributes to hold as they are.
        preserve: keep the rest of the face as it is in W*.
        preserve_w_plus: the same in W+, to compare both spaces with the same help.
        paper: as in the paper: everywhere in the picture, and nothing preserved.
        flows: compare two flows: in the place of W+ stands the edit in W* by this server's files, beside that by the visitor's.
    """

    strengths: tuple[tuple[str, float], ...] = ()
    local: bool = True
    locks: tuple[str, ...] = ()
    paper: bool = False
    flows: bool = False
    preserve: bool = True
    preserve_w_plus: bool = False

    @property
    def edit(self) -> Edit:
        """The same as the editor has it."""
        if self.paper:
            return Edit(self.strengths, local=False)
        where: dict[Space, bool] = {
            "w_plus": self.preserve_w_plus and not self.flows,
            "w_star": self.preserve and not self.flows,
        }
        kept: tuple[Space, ...] = tuple(space for space in SPACES if where[space])
        return Edit(self.strengths, local=self.local, locked=self.locks, preserve=kept)

    def at(self, name: str, value: float) -> "Asked":
        """The same edit with one slider somewhere else."""
        strengths = dict(self.strengths) | {name: value}
        return replace(self, strengths=tuple(sorted((each, at) for each, at in strengths.items() if at)))


class Fields:
    """The fields of a request. Each method reads one, and raises `SettingError` where it is not as it must be."""

    def __init__(self, given: Mapping[str, Any]):
        self._given = given
        self._abandoned = False

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for an answer any more."""
        return self._abandoned

    def abandon(self) -> None:
        """Nobody waits for an answer any more."""
        self._abandoned = True

    def otherwise(self, **values: Any) -> "Fields":
        """The fields with values for those that are left out."""
        return Fields(values | dict(self._given))

    def asked(self, check: Any) -> Asked:
        """The edit.

        Args:
            check: raises `SettingError` for strengths that do not exist.
        """
        strengths = self._given.get("strengths")
        if not isinstance(strengths, Mapping):
            raise SettingError(text.NO_STRENGTHS)
        check(strengths)
        moved = tuple(sorted((name, float(value)) for name, value in strengths.items() if value))
        locks = tuple(sorted(set(self.names("locks"))))
        check(dict.fromkeys(locks, 0.0))
        others = {"local": True, "paper": False, "flows": False, "preserve": True, "preserve_w_plus": False}
        return Asked(moved, locks=locks, **{name: self.switch(name, otherwise) for name, otherwise in others.items()})

    def switch(self, name: str, otherwise: bool) -> bool:
        """A true or false."""
        value = self._given.get(name, otherwise)
        if not isinstance(value, bool):
            raise SettingError(text.NO_SWITCH.format(name=name))
        return value

    def whole(self, name: str, otherwise: int, least: int = 0, most: int = 2**53) -> int:
        """A whole number."""
        value = self._given.get(name, otherwise)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise SettingError(text.NO_WHOLE.format(name=name, least=least, most=most))
        return value

    def choice(self, name: str, choices: Collection[str], otherwise: str = "") -> str:
        """One of several words."""
        value = self._given.get(name, otherwise)
        if not isinstance(value, str) or value not in choices:
            raise SettingError(text.NO_CHOICE.format(name=name, choices=", ".join(choices)))
        return value

    def names(self, name: str, most: int = 1000) -> list[str]:
        """A list of words; empty where it is left out."""
        value = self._given.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise SettingError(text.NO_NAMES.format(name=name))
        if len(value) > most:
            raise SettingError(text.TOO_MANY.format(name=name, most=most))
        return value

    def word(self, name: str) -> str | None:
        """A text; None where it is left out."""
        value = self._given.get(name)
        if value is not None and not isinstance(value, str):
            raise SettingError(text.NO_TEXT.format(name=name))
        return value

    def word_or_number(self, name: str) -> Any:
        """What is given as it is; None where it is left out."""
        return self._given.get(name)

    def objects(self, name: str, most: int) -> list["Fields"]:
        """A list of objects with fields of their own; empty where it is left out."""
        value = self._given.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most or not all(isinstance(each, Mapping) for each in value):
            raise SettingError(text.NO_OBJECTS.format(name=name, most=most))
        return [Fields(each) for each in value]

    def numbers(self, name: str, most: int) -> list[float] | None:
        """A list of numbers; None where it is left out."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not 1 <= len(value) <= most or not all(map(_is_number, value)):
            raise SettingError(text.NO_NUMBERS.format(name=name, most=most))
        return [float(each) for each in value]

    def points(self) -> list[tuple[float, float]] | None:
        """The eyes and the mouth, as fractions of the photo; None where they are left out."""
        value = self._given.get("points")
        if value is None:
            return None
        right = isinstance(value, list) and len(value) == 3 and all(isinstance(each, list) and len(each) == 2 for each in value)
        if not right or not all(_is_number(each) and 0 <= each <= 1 for point in value for each in point):
            raise SettingError(text.NO_POINTS)
        return [(float(x), float(y)) for x, y in value]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9
