"""Recipes: which edits were made on which faces of a photo, with which settings and models. Values, and their JSON.

A recipe says all that is needed to make an edit again, on the same photo or on another one. It is written beside pictures
and into them (`saving/`), so it may come from anybody, and everything in it is checked. Whether an attribute
exists is not known here; the directions check that.

    {"recipe": 1, "software": "semantic-face-editor 0.1.0", "models": {"name": "embedded", "hashes": {"flow": "92237c..."}},
     "edits": [{"strengths": {"Smiling": 1.5}, "face": 0, "space": "w_star", "local": true, "locked": [], ...}]}

What a file leaves out has the default of `FaceEdit` and `Recipe`.
"""

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, NoReturn, cast

from editor import __version__
from editor.errors import RecipeError
from editor.spaces import SPACES, Space

VERSION = 1
"""Of the JSON. A file of a later version is refused, since it may mean something else."""
SOFTWARE = f"semantic-face-editor {__version__}"
MOST_BYTES = 60_000
"""Of the JSON. The XMP packet of a JPEG, which holds it, has 65,504 bytes."""
MOST_EDITS, MOST_FACES, MOST_STEPS = 100, 1000, 1000
LONGEST_NAME = 100
"""Characters of an attribute's, a model's or a program's name."""
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, eq=False)
class FaceEdit:
    """What was done to one face.

    Attributes:
        strengths: attribute -> signed strength in units of a slider. Those of 0 are left out.
        face: which face of the photo, 0 for the largest.
        points: or a face placed by hand: 3 (x, y) shares of the upright photo's width and height, 0 to 1, as `Editor.open`
            takes them. Empty: `face` says which.
        space: in which the edit was made.
        local: whether the picture changed only where the attributes lie.
        locked: attributes that stayed as they were.
        preserve: whether other attributes were preserved.
        refine, tune: steps that improved the likeness before the edit; 0: none.

    Raises:
        RecipeError: a value is not one that can be.

    >>> FaceEdit({"Smiling": 1.5, "Young": 0}).strengths
    {'Smiling': 1.5}
    """

    strengths: Mapping[str, float]
    face: int = 0
    points: tuple[tuple[float, float], ...] = ()
    space: Space = "w_star"
    local: bool = True
    locked: tuple[str, ...] = ()
    preserve: bool = False
    refine: int = 0
    tune: int = 0

    def __post_init__(self) -> None:
        _require(isinstance(self.strengths, Mapping), "The strengths of an edit are numbers with an attribute's name each.")
        for name, strength in self.strengths.items():
            _require_name(name, "an attribute")
            _require(_is_number(strength), f"{_shown(name)}: a strength is a number.")
        _require(_is_whole(self.face, MOST_FACES), f"A face is a whole number from 0, the largest, to {MOST_FACES}.")
        _require(_are_points(self.points), "Points are none, or three pairs of numbers from 0 to 1: both eyes and the mouth.")
        _require(self.space in SPACES, f"The space of an edit is {' or '.join(SPACES)}, not {_shown(self.space)}.")
        for name in ("local", "preserve"):
            _require(isinstance(getattr(self, name), bool), f"{name} is true or false.")
        _require(isinstance(self.locked, tuple | list), "The locked attributes are a list of names.")
        for name in self.locked:
            _require_name(name, "an attribute")
        for name in ("refine", "tune"):
            _require(
                _is_whole(getattr(self, name), MOST_STEPS), f"The steps of {name} are a whole number from 0 to {MOST_STEPS}."
            )
        put = object.__setattr__  # the values are the same; their types are made one
        put(self, "strengths", {name: float(value) for name, value in self.strengths.items() if value})
        put(self, "points", tuple((float(x), float(y)) for x, y in self.points))
        put(self, "locked", tuple(self.locked))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FaceEdit) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((frozenset(self.strengths.items()), self.face, self.points, self.space, self.locked))


@dataclass(frozen=True, eq=False)
class Recipe:
    """All edits that were made on a photo.

    Attributes:
        edits: one a face, in the order in which they were made.
        models: the name of the model set.
        hashes: entry of `weights/manifest.toml` -> its sha256 in hexadecimal, of the entries that decide the picture. Empty:
            the recipe does not say, as one that a person wrote.
        software: the program that made it, and its version.

    Raises:
        RecipeError: a value is not one that can be.

    >>> recipe = Recipe((FaceEdit({"Smiling": 1.5}),))
    >>> Recipe.from_json(recipe.to_json()) == recipe
    True
    """

    edits: tuple[FaceEdit, ...]
    models: str = "embedded"
    hashes: Mapping[str, str] = field(default_factory=dict)
    software: str = SOFTWARE

    def __post_init__(self) -> None:
        few = isinstance(self.edits, tuple | list) and len(self.edits) <= MOST_EDITS
        _require(few, f"The edits of a recipe are a list of at most {MOST_EDITS}.")
        _require(all(isinstance(edit, FaceEdit) for edit in self.edits), "The edits of a recipe are a list of edits.")
        _require_name(self.models, "the models")
        _require(isinstance(self.hashes, Mapping), "The hashes of the models are texts with a name each.")
        for name, sha256 in self.hashes.items():
            _require_name(name, "a model")
            good = isinstance(sha256, str) and SHA256.fullmatch(sha256)
            _require(bool(good), f"The hash of {_shown(name)} is not a sha256: 64 digits and letters a to f.")
        if self.software:
            _require_name(self.software, "the software")
        object.__setattr__(self, "edits", tuple(self.edits))
        object.__setattr__(self, "hashes", dict(self.hashes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipe) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.edits, self.models, frozenset(self.hashes.items()), self.software))

    def to_json(self, indent: int | None = None) -> str:
        """The recipe as JSON, in ASCII and without the characters that mean something in XML and HTML.

        Args:
            indent: spaces before what lies inside; None: all on one line.

        Raises:
            RecipeError: it would be larger than can be read again.

        >>> Recipe((), software="").to_json()
        '{"recipe": 1, "software": "", "models": {"name": "embedded", "hashes": {}}, "edits": []}'
        """
        models = {"name": self.models, "hashes": self.hashes}
        edits = [dataclasses.asdict(edit) for edit in self.edits]
        text = json.dumps({"recipe": VERSION, "software": self.software, "models": models, "edits": edits}, indent=indent)
        for letter in "&<>":  # they stand in names only, where JSON knows them by their number as well
            text = text.replace(letter, f"\\u{ord(letter):04x}")
        _require(len(text) <= MOST_BYTES, f"The recipe is larger than {MOST_BYTES // 1000} KB, so it could not be read again.")
        return text

    @staticmethod
    def from_json(text: str | bytes) -> "Recipe":
        """Read a recipe that anybody may have written.

        Raises:
            RecipeError: it is no recipe, one of a later version, or a value in it cannot be.

        >>> Recipe.from_json('{"recipe": 1, "edits": [{"strengths": {"Smiling": 1}}]}').edits[0].space
        'w_star'
        >>> Recipe.from_json('{"recipe": 2}')
        Traceback (most recent call last):
        editor.errors.RecipeError: The recipe is of version 2, and this program reads version 1. Install a newer version of it.
        """
        written = _object(_parsed(text), "The recipe")
        if "recipe" not in written:
            raise RecipeError("This JSON is not a recipe of this program. Choose a file that it saved.")
        version = written.pop("recipe")
        _require(_is_whole(version, 10**9), "The version of the recipe is not a whole number. Choose a file of this program.")
        if version != VERSION:
            raise RecipeError(
                f"The recipe is of version {version}, and this program reads version {VERSION}. Install a newer version of it."
            )
        edits = written.pop("edits", None)
        _require(isinstance(edits, list) and len(edits) <= MOST_EDITS, f"A recipe has a list of at most {MOST_EDITS} edits.")
        models = _object(written.pop("models", {}), "What the recipe says of the models")
        given = {"models": models.pop("name")} if "name" in models else {}
        hashes, software = models.pop("hashes", {}), written.pop("software", "")
        _require_nothing_else(models, "what the recipe says of the models")
        _require_nothing_else(written, "the recipe")
        return Recipe(tuple(_edit(each) for each in edits), hashes=hashes, software=software, **given)

    def check_models(self, models: str, hashes: Mapping[str, str]) -> str | None:
        """Compare the models that the recipe was made with with those at hand.

        Args:
            models: the name of the model set at hand.
            hashes: entry -> sha256, of the entries that decide the picture.

        Returns:
            A sentence for the person, where files of the set are others; None where all is the same or the recipe does not say.

        Raises:
            RecipeError: it was made with another set.

        >>> Recipe((), hashes={"flow": 64 * "a"}).check_models("embedded", {"flow": 64 * "b"})
        'The recipe was made with other versions of these models: flow. The picture may look different.'
        >>> Recipe(()).check_models("ffhq", {})
        Traceback (most recent call last):
        editor.errors.RecipeError: The recipe was made with the models embedded, not ffhq. Start with --models embedded.
        """
        if self.models != models:
            raise RecipeError(
                f"The recipe was made with the models {self.models}, not {models}. Start with --models {self.models}."
            )
        names = sorted({*self.hashes, *hashes}) if self.hashes else []
        others = [name for name in names if self.hashes.get(name) != hashes.get(name)]
        if not others:
            return None
        listed = ", ".join(others)
        return f"The recipe was made with other versions of these models: {listed}. The picture may look different."


def _edit(written: Any) -> FaceEdit:
    """An edit from its JSON; the values are checked where it is made."""
    values = dict(_object(written, "An edit"))
    given = {each.name: values.pop(each.name) for each in dataclasses.fields(FaceEdit) if each.name in values}
    _require_nothing_else(values, "an edit")
    _require("strengths" in given, "An edit in the recipe has no strengths.")
    return FaceEdit(**given)


def _parsed(text: str | bytes) -> Any:
    """The values of JSON.

    Raises:
        RecipeError: it is none, or it is too large, nests too deeply, names something twice or holds NaN.
    """
    if len(text) > MOST_BYTES:
        raise RecipeError(f"The recipe is larger than {MOST_BYTES // 1000} KB. Choose a file that this program saved.")
    try:
        content = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return json.loads(content, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
    except RecursionError as error:
        raise RecipeError("The recipe nests too deeply. Choose a file that this program saved.") from error
    except ValueError as error:  # no UTF-8, no JSON, or a number with thousands of digits
        raise RecipeError("The recipe is not JSON, or is damaged. Choose a file that this program saved.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise RecipeError(f"The recipe holds {name}, which is not a number that can be used.")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    _require(len(values) == len(pairs), "The recipe names something twice.")
    return values


def _object(value: Any, what: str) -> dict[str, Any]:
    _require(
        isinstance(value, dict), f"{what} is not a JSON object with names and values. Choose a file that this program saved."
    )
    return value


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise RecipeError(sentence)


def _require_nothing_else(rest: Mapping[str, Any], where: str) -> None:
    for name in rest:
        raise RecipeError(
            f"There is something unknown in {where}: {_shown(name)}. It may need a newer version of this program."
        )


def _require_name(name: object, whose: str) -> None:
    good = isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable()
    _require(good, f"The name of {whose} is a printable text of 1 to {LONGEST_NAME} characters, not {_shown(name)}.")


def _shown(value: object) -> str:
    """A value as an error quotes it: short, and in characters that any terminal can show."""
    return ascii(value)[:40]


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    return abs(cast(float, value)) < 1e6  # which NaN is not


def _is_whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _are_points(points: object) -> bool:
    if not isinstance(points, tuple | list) or len(points) not in (0, 3):
        return False
    pairs = all(isinstance(point, tuple | list) and len(point) == 2 for point in points)
    return pairs and all(_is_number(share) and 0 <= share <= 1 for point in points for share in point)
