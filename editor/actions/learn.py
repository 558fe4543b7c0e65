"""Learn an attribute of one's own: photos that show it, and photos that do not -> its direction in both spaces.

photos --find, encode--> codes --part--> directions --draw--> what one unit changes

What it is worth is measured, too. Its accuracy is that on people whom the direction was not fitted to; people are told apart by
the network that reconstructions are compared by. Nobody can judge pictures by an attribute that is new, so a unit is a share of
the distance between those who have it and those who lack it (`editor.edit.few`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import torch
from PIL import Image

from editor.align import FaceFinder
from editor.edit.directions import EDITS, SpaceDirections
from editor.edit.few import Validation, cross_validated, one_direction, part_few
from editor.edit.own import ADVISED, OwnAttribute, checked_name
from editor.encode.face import FaceEncoder
from editor.errors import EditorError, SettingError
from editor.images import Source, read_photo, shrink, to_tensor
from editor.models import PREVIEW_SIDE, Models
from editor.renderer import Renderer
from editor.spaces import SPACES, Space, WPlus

LEAST, LEAST_PEOPLE = 5, 3
"""Photos, and people in them, that each side needs."""
SAME_PERSON = 0.36
"""Distance of two faces below which they count as one person's when people are told apart: 70 of 100 pairs of photos of one
training person are nearer, and 1 in 1,000 pairs of two."""
LOOKED_AT = 6
"""Faces of each side on which it is measured what one unit changes."""
UNLIKE = 0.8
"""Difference of the two sides in another attribute, in standard deviations, from which it is told."""
Progress = Callable[[int, int], object]


class Skipped(NamedTuple):
    """A photo that nothing was learnt from, and why, in a sentence."""

    photo: str
    reason: str


@dataclass(frozen=True, eq=False)
class Learned:
    """What came of it.

    Attributes:
        attribute: the new attribute.
        skipped: photos that were passed over.
    """

    attribute: OwnAttribute
    skipped: tuple[Skipped, ...]


class _Seen(NamedTuple):
    """A photo's face: its code [1, 18, 512], its embedding [1, E], and the evaluation classifier's logits [1, M], if any."""

    w_plus: WPlus
    embedding: torch.Tensor
    logits: torch.Tensor | None


def learn(
    models: Models,
    renderer: Renderer,
    find: FaceFinder,
    encode: FaceEncoder,
    name: str,
    shows: Sequence[Source],
    lacks: Sequence[Source],
    progress: Progress | None = None,
) -> Learned:
    """Learn an attribute. A photo that cannot be read, or has no face, is passed over; of several faces the largest counts.

    Args:
        name: of the attribute, in any script.
        shows, lacks: photos of people who have the attribute, and of people who lack it.
        progress: told (step, steps) at every photo, and at every face on which it is measured what a unit changes.

    Raises:
        SettingError: the name is no name or taken, a photo is on both sides, or a side has too few photos or people.

    >>> learn(editor.models, editor.renderer, editor.find, editor.encode, "Freckles", [photo], [photo])
    Traceback (most recent call last):
    editor.errors.SettingError: 1 photo shows 'Freckles' and 1 does not. Take at least 5 of each; 20 of each are good.
    """
    checked = checked_name(name, models.directions.attributes)
    _check_count(checked, len(shows), len(lacks))
    photos, told = len(shows) + len(lacks), progress or (lambda step, steps: None)
    steps = photos + 2 * LOOKED_AT
    look = _Looker(models, renderer.device, find, encode)
    seen, skipped = _look_at(look, checked, shows, lacks, lambda done: told(done, steps))
    _check_count(checked, *map(len, seen), skipped=skipped)
    people = _people_of([torch.cat([face.embedding for face in side]) for side in seen])
    if min(len(set(side)) for side in people) < LEAST_PEOPLE:
        raise SettingError(
            f"One side's photos seem to show fewer than {LEAST_PEOPLE} people, so faces would be learnt and not {checked!r}. "
            "Take photos of as many people as you can."
        )
    codes = [WPlus(torch.cat([face.w_plus for face in side])) for side in seen]
    fitted: dict[Space, tuple[SpaceDirections, Validation]] = {space: _fit(models, space, codes, people) for space in SPACES}
    parts: dict[Space, SpaceDirections] = {space: part for space, (part, _) in fitted.items()}
    attribute = OwnAttribute(
        name=checked,
        w_plus=parts["w_plus"],
        w_star=parts["w_star"],
        encoder=models.directions.encoder,
        flow=models.directions.flow,
        people=(len(set(people[0])), len(set(people[1]))),
        validation={space: found for space, (_, found) in fitted.items()},
        unlike=_unlike(models, seen),
        moved=_moved(models, renderer, codes, parts, lambda done: told(photos + done, steps)),
    )
    told(steps, steps)
    return Learned(attribute, tuple(skipped))


def _check_count(name: str, shows: int, lacks: int, skipped: Sequence[Skipped] = ()) -> None:
    if min(shows, lacks) < LEAST:
        left = f" {len(skipped)} could not be used, {skipped[0].photo} for one: {skipped[0].reason}" if skipped else ""
        verb = "shows" if shows == 1 else "show"
        raise SettingError(
            f"{shows} photo{'' if shows == 1 else 's'} {verb} {name!r} and {lacks} {'does' if lacks == 1 else 'do'} not.{left} "
            f"Take at least {LEAST} of each; {ADVISED} of each are good."
        )


@dataclass(frozen=True)
class _Looker:
    """Reads off a photo what is learnt from."""

    models: Models
    device: torch.device
    find: FaceFinder
    encode: FaceEncoder

    def __call__(self, photo: Source) -> _Seen:
        pixels = to_tensor(self.find(photo).image)
        with torch.inference_mode():
            embedding = self.models.likeness.see(shrink(pixels, PREVIEW_SIDE).to(self.device)).embedding
            logits = self.models.classifier and self.models.classifier(pixels)
        return _Seen(self.encode(pixels), embedding.cpu(), logits)


def _look_at(
    look: Callable[[Source], _Seen], name: str, shows: Sequence[Source], lacks: Sequence[Source], done: Callable[[int], object]
) -> tuple[tuple[list[_Seen], list[_Seen]], list[Skipped]]:
    """What is seen in the photos of both sides; each photo counts once."""
    seen: tuple[list[_Seen], list[_Seen]] = ([], [])
    skipped: list[Skipped] = []
    known: dict[bytes, tuple[int, str]] = {}
    photos = [(side, photo, number) for side, some in enumerate((shows, lacks)) for number, photo in enumerate(some, 1)]
    for step, (side, photo, number) in enumerate(photos):
        done(step)
        label = _label(photo, f"photo {number} {('with', 'without')[side]} {name}")
        try:
            read = read_photo(photo)
            digest = _digest(read.image)
            if digest in known:
                before, twin = known[digest]
                if before != side:
                    raise SettingError(
                        f"{twin} and {label} are the same photo, with and without {name!r}. Take one of them out."
                    )
                skipped.append(Skipped(label, f"It is the same photo as {twin}."))
                continue
            known[digest] = side, label
            seen[side].append(look(read))
        except SettingError:
            raise
        except EditorError as error:
            skipped.append(Skipped(label, str(error)))
    done(len(photos))
    return seen, skipped


def _label(photo: Source, otherwise: str) -> str:
    return Path(photo).name if isinstance(photo, str | PathLike) else otherwise


def _digest(image: Image.Image) -> bytes:
    return sha256(repr(image.size).encode() + image.tobytes()).digest()


def _people_of(embeddings: Sequence[torch.Tensor]) -> tuple[list[int], list[int]]:
    """Who is on the photos of each side, by number: a chain of faces nearer than `SAME_PERSON` is one person."""
    every = torch.cat(list(embeddings))
    near = 1 - every @ every.t() < SAME_PERSON
    person = list(range(len(every)))
    for one, other in near.triu(1).nonzero().tolist():
        kept, gone = sorted((person[one], person[other]))
        person = [kept if each == gone else each for each in person]
    return person[: len(embeddings[0])], person[len(embeddings[0]) :]


def _fit(
    models: Models, space: Space, codes: Sequence[WPlus], people: tuple[list[int], list[int]]
) -> tuple[SpaceDirections, Validation]:
    """The direction of one space, on the CPU, and what it is worth."""
    device = models.flow.mean.device
    with torch.inference_mode():
        view = models.flow if space == "w_star" else models.flow.normalise
        have, lack = (view(WPlus(side.to(device))).flatten(1).float().cpu() for side in codes)
    validation, parting = cross_validated(have, lack, people), part_few(have, lack)
    return one_direction(parting, validation), validation


def _unlike(models: Models, seen: Sequence[Sequence[_Seen]]) -> dict[str, float]:
    """In which of the evaluation classifier's attributes the photos of both sides differ, the largest difference first."""
    if models.classifier is None:
        return {}
    have, lack = (torch.cat([face.logits for face in side if face.logits is not None]) for side in seen)
    spread = ((have.var(0) + lack.var(0)) / 2).sqrt().clamp_min(1e-6)
    apart = dict(zip(models.classifier.attributes, ((have.mean(0) - lack.mean(0)) / spread).tolist(), strict=True))
    return _ranked({name: value for name, value in apart.items() if abs(value) >= UNLIKE})


def _moved(
    models: Models,
    renderer: Renderer,
    codes: Sequence[WPlus],
    parts: Mapping[Space, SpaceDirections],
    done: Callable[[int], object],
) -> dict[Space, dict[str, float]]:
    """What one unit changes in small pictures: +1 on faces that lack the attribute, -1 on faces that have it."""
    classifier = models.classifier
    if classifier is None:
        return {space: {} for space in SPACES}
    signs = (-1.0, 1.0)
    found: dict[Space, list[torch.Tensor]] = {space: [] for space in SPACES}
    for sign, side in zip(signs, codes, strict=True):
        for code in side[:LOOKED_AT].split(1):
            here = WPlus(code.to(renderer.device))
            with torch.inference_mode():
                amount = torch.tensor([[sign]])
                moved = [EDITS[space](here, amount, models.flow, parts[space].to(renderer.device)) for space in SPACES]
                drawn = torch.cat([renderer.draw(each, live=True) for each in (here, *moved)])
            logits = classifier(drawn.float().cpu().clamp(-1, 1)) / classifier.logit_std
            for space, after in zip(SPACES, logits[1:], strict=True):
                found[space].append(sign * (after - logits[0]))
            done(len(found["w_star"]))
    return {
        space: _ranked(dict(zip(classifier.attributes, torch.stack(changes).mean(0).tolist(), strict=True)))
        for space, changes in found.items()
    }


def _ranked(amounts: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(amounts.items(), key=lambda pair: -abs(pair[1])))
