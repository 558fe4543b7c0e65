"""An attribute of one's own: its direction in W+ and in W*, and what is known of it. One file, tied to the models it is for.

The file is safetensors: the fields of both spaces' directions, and all else as JSON in its metadata.
"""

import json
import math
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch

from editor.edit.directions import LONGEST_NAME, Directions, SpaceDirections
from editor.edit.few import Validation
from editor.errors import SettingError, WeightsError
from editor.spaces import SPACES, TITLES, Space
from editor.weights.tensors import Tensors, read_as, write_tensors

ADVISED, FEW_PEOPLE = 20, 10
"""Photos a side from which on a direction is of use, and people a side below which it is told that they are few."""
SHOWN = 5
"""Other attributes that a sentence names at most."""
NUMBERS = tuple(field.name for field in fields(SpaceDirections))


@dataclass(frozen=True, eq=False)
class OwnAttribute:
    """An attribute that somebody made of photos.

    Attributes:
        name: what its slider is called.
        w_plus, w_star: its direction in each space, as directions of one attribute. Their accuracy is the cross-validated one.
        encoder, flow: sha256 of the weights whose codes it belongs to.
        people: how many are in the photos that show it, and in those that do not.
        validation: space -> what the direction is worth on people it was not fitted to.
        unlike: what else differs between the two sets of photos: attribute -> difference in standard deviations, by the
            evaluation classifier, the largest first.
        moved: space -> what one unit changes in pictures: attribute -> mean change in standard deviations, by the evaluation
            classifier, the largest first. {} where there is no classifier.
    """

    name: str
    w_plus: SpaceDirections
    w_star: SpaceDirections
    encoder: str
    flow: str
    people: tuple[int, int]
    validation: Mapping[Space, Validation]
    unlike: Mapping[str, float]
    moved: Mapping[Space, Mapping[str, float]]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person should know of it before using it.

        >>> part = SpaceDirections(torch.eye(1, 72), torch.zeros(1), torch.ones(1), torch.ones(1))
        >>> known = {"w_plus": Validation((17, 16), (20, 20)), "w_star": Validation((12, 11), (20, 20))}
        >>> mine = OwnAttribute("Freckles", part, part, "", "", (20, 20), known, {"Young": 0.9}, {})
        >>> for sentence in mine.sentences:
        ...     print(sentence)
        W+: 33 of 40 photos of people it was not fitted to are on the right side (95 %: 68 to 91 of 100).
        W*: 23 of 40 photos of people it was not fitted to are on the right side (95 %: 42 to 71 of 100), so it may be a guess.
        The two sets of photos also differ in Young +0.9 (standard deviations). Sets that are alike in it are better.
        """
        photos = self.validation["w_plus"].of
        few = [f"{photos[0]} photos with it and {photos[1]} without are few; {ADVISED} of each are better."]
        alike = [f"The photos show {self.people[0]} people with it and {self.people[1]} without. More people are better."]
        found = [_judged(space, self.validation[space]) for space in SPACES]
        found += few * (min(photos) < ADVISED) + alike * (min(self.people) < FEW_PEOPLE)
        if self.unlike:
            found.append(
                f"The two sets of photos also differ in {_listed(self.unlike)} (standard deviations). "
                "Sets that are alike in it are better."
            )
        if moved := self.moved.get("w_star"):
            found.append(f"One unit in W* changes most: {_listed(moved)} (standard deviations over faces).")
        return tuple(found)


def _judged(space: Space, found: Validation) -> str:
    low, high = found.interval
    share = f"{sum(found.right)} of {sum(found.of)} photos of people it was not fitted to are on the right side"
    guess = ", so it may be a guess" if low <= 0.5 else ""
    return f"{TITLES[space]}: {share} (95 %: {100 * low:.0f} to {100 * high:.0f} of 100){guess}."


def _listed(amounts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {amount:+.1f}" for name, amount in list(amounts.items())[:SHOWN])


def checked_name(name: str, taken: Collection[str] = ()) -> str:
    """The name of a new attribute, in Unicode's composed form and without spaces around it. Any script will do.

    Args:
        taken: names that are there already; capitals do not tell names apart.

    Raises:
        SettingError: it is empty, too long, taken, or has a character that a name cannot have.

    >>> checked_name(" Freckles "), checked_name("雀斑")
    ('Freckles', '雀斑')
    >>> checked_name("smiling", taken=["Smiling"])
    Traceback (most recent call last):
    editor.errors.SettingError: There is an attribute 'Smiling' already. Choose another name.
    """
    composed = unicodedata.normalize("NFC", name).strip()
    if not 0 < len(composed) <= LONGEST_NAME:
        raise SettingError(f"The name of an attribute has 1 to {LONGEST_NAME} characters, not {len(composed)}.")
    if "=" in composed or any(unicodedata.category(character)[0] == "C" for character in composed):
        raise SettingError(f"{composed!r} has an equals sign or a control character. Choose another name for the attribute.")
    if same := next((each for each in taken if each.casefold() == composed.casefold()), None):
        raise SettingError(f"There is an attribute {same!r} already. Choose another name.")
    return composed


def with_own(directions: Directions, own: Sequence[OwnAttribute]) -> Directions:
    """The directions with those of further attributes behind them.

    Raises:
        SettingError: a name is taken.
        WeightsError: an attribute was made for other models.

    >>> part = SpaceDirections(torch.eye(1, 72), torch.zeros(1), torch.ones(1), torch.ones(1))
    >>> mine = OwnAttribute("Freckles", part, part, directions.encoder, directions.flow, (5, 5), {}, {}, {})
    >>> with_own(directions, [mine]).attributes
    ('Smiling', 'Young', 'Freckles')
    """
    for each in own:
        if (each.encoder, each.flow) != (directions.encoder, directions.flow):
            raise WeightsError(f"The attribute {each.name!r} was made for other models. Make it anew with those in use.")
        name = checked_name(each.name, directions.attributes)
        parts: dict[str, Any] = {}
        for space in SPACES:
            before, added = vars(getattr(directions, space)), vars(getattr(each, space))
            if added["normals"].shape[1] != before["normals"].shape[1]:
                raise WeightsError(f"The attribute {each.name!r} is for codes of another size than these models have.")
            parts[space] = SpaceDirections(**{key: torch.cat([before[key], added[key].to(before[key])]) for key in before})
        majority = torch.cat([directions.majority, torch.full_like(directions.majority[:1], 0.5)])
        directions = replace(directions, attributes=(*directions.attributes, name), majority=majority, **parts)
    return directions


def write_own(own: OwnAttribute, path: Path) -> None:
    """Save; normals in half precision.

    Raises:
        EditorError: the file cannot be written.

    >>> part = SpaceDirections(torch.eye(1, 72), torch.zeros(1), torch.ones(1), torch.ones(1))
    >>> known = {"w_plus": Validation((4, 5), (5, 5)), "w_star": Validation((5, 5), (5, 5))}
    >>> moved = {"w_plus": {}, "w_star": {}}
    >>> mine = OwnAttribute("Freckles", part, part, "encoder", "flow", (5, 5), known, {"Young": 0.9}, moved)
    >>> write_own(mine, folder / "freckles.safetensors")
    >>> again = read_own(folder / "freckles.safetensors")
    >>> again.name, again.validation["w_plus"].accuracy, again.unlike, again.w_star.normals.shape
    ('Freckles', 0.9, {'Young': 0.9}, torch.Size([1, 72]))
    """
    tensors = {f"{space}.{key}": value.clone() for space in SPACES for key, value in vars(getattr(own, space)).items()}
    tensors |= {f"{space}.normals": getattr(own, space).normals.half() for space in SPACES}
    about = {"name": own.name, "encoder": own.encoder, "flow": own.flow, "people": own.people}
    about |= {"validation": {space: asdict(found) for space, found in own.validation.items()}}
    about |= {"unlike": dict(own.unlike), "moved": {space: dict(found) for space, found in own.moved.items()}}
    write_tensors(path, tensors, {"attribute": json.dumps(about)})


def read_own(path: Path) -> OwnAttribute:
    """Load what `write_own` saved, or somebody else's: a file is untrusted.

    Raises:
        WeightsError: it is another kind of file, or a number in it is not finite.

    >>> from editor.edit.directions import write_directions
    >>> write_directions(directions, folder / "directions.safetensors")
    >>> read_own(folder / "directions.safetensors")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.WeightsError: ... does not hold an attribute: 'attribute'
    """
    return read_as(path, "an attribute", _own_of)


def _own_of(tensors: Tensors, metadata: dict[str, str]) -> OwnAttribute:
    about = json.loads(metadata["attribute"])
    parts = {space: SpaceDirections(**{key: tensors[f"{space}.{key}"] for key in NUMBERS}) for space in SPACES}
    for part in parts.values():
        sizes = {key: tuple(value.shape) for key, value in vars(part).items()}
        numbers = sizes.pop("normals")
        if len(numbers) != 2 or numbers[0] != 1 or set(sizes.values()) != {(1,)}:
            raise ValueError("its directions are not those of one attribute")
        if not all(value.isfinite().all() for value in vars(part).values()):
            raise ValueError("a number is not finite")
    validation: dict[Space, Validation] = {space: _validation_of(about["validation"][space]) for space in SPACES}
    return OwnAttribute(
        name=checked_name(about["name"]),
        w_plus=parts["w_plus"],
        w_star=parts["w_star"],
        encoder=str(about["encoder"]),
        flow=str(about["flow"]),
        people=_pair(about["people"]),
        validation=validation,
        unlike=_amounts(about["unlike"]),
        moved={space: _amounts(about["moved"][space]) for space in SPACES},
    )


def _validation_of(stored: Mapping[str, Any]) -> Validation:
    right, of = _pair(stored["right"]), _pair(stored["of"])
    if not all(0 <= some <= every and every for some, every in zip(right, of, strict=True)):
        raise ValueError("counts of photos are wrong")
    return Validation(right, of)


def _pair(values: Sequence[int]) -> tuple[int, int]:
    one, other = values
    return int(one), int(other)


def _amounts(stored: Mapping[str, float]) -> dict[str, float]:
    amounts = {str(name): float(amount) for name, amount in dict(stored).items()}
    if not all(map(math.isfinite, amounts.values())):
        raise ValueError("an amount is not finite")
    return amounts
