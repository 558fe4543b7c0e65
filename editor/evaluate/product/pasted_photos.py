"""Faces in photos, edited and pasted: as the product does it and as others do, and photos taken in several ways."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from editor.align.crop import crop_quad
from editor.edited_photo import EditedPhoto
from editor.errors import FaceError
from editor.evaluate.baselines.feathered import paste_drawn
from editor.evaluate.product.pasting import Embed, Pasted, measure_pasted
from editor.evaluate.product.surroundings import near_edge, rolled, side_by_side, surrounded
from editor.face import Quad
from editor.pipeline import Editor
from editor.portrait import Portrait

EDITS = {"Smiling": 0.0, "Young": -1.5, "Eyeglasses": 1.5}
"""Attribute -> strength; 0: 1.5 towards the side that the face is not on, by its label."""
WAYS = ("change", "drawn face")
"""What is pasted: what the product pastes, and what others do."""
FURTHEST = 0.35
"""Of the face's side: a face that is found further from where it lies is another one, such as a reflection."""
SHOWN = 384
"""Side in pixels of frames to look at."""


@dataclass(frozen=True, eq=False)
class Person:
    """An aligned face, and whether it smiles, by its label."""

    face: Image.Image
    smiles: bool


@dataclass(frozen=True, eq=False)
class BothWays:
    """One photo with every edit, pasted in both ways.

    Attributes:
        found: attribute -> way -> measures.
        frames: the photo's frame, then those of every edit in both ways.
    """

    found: dict[str, dict[str, Pasted]]
    frames: list[Image.Image]


def edited_both_ways(
    editor: Editor, embed: Embed, person: Person, refined: Callable[[Portrait], Portrait] = lambda portrait: portrait
) -> BothWays:
    """Measure one person's photo with every edit.

    Args:
        embed: a face -> dlib's embedding.
        refined: what improves a portrait first.

    Raises:
        FaceError: the face is not found in its photo.
    """
    photo = surrounded(person.face)
    portrait = refined(_open_at(editor, photo, (photo.width / 2, photo.height / 2), person.face.width))
    quad, found, frames = portrait.face.quad, {}, [_frame(photo, portrait.face.quad)]
    for name in EDITS:
        rendering = editor.render(portrait, _strengths(name, person), ("w_star",))
        drawn = rendering.images["w_star"]
        both = editor.paste(portrait, rendering, "w_star").image, paste_drawn(drawn, quad, photo)
        drawings = portrait.reconstruction, drawn
        found[name] = {way: measure_pasted(photo, one, quad, drawings, embed) for way, one in zip(WAYS, both, strict=True)}
        frames += [_frame(one, quad) for one in both]
    return BothWays(found, frames)


def pasted_at_places(editor: Editor, person: Person, other: Person) -> Iterator[tuple[str, Pasted]]:
    """Photos taken in several ways, with one person's smile changed: the encoder's codes, the change pasted.

    Args:
        other: who stands beside the person in the photo of two people, whose smiles are changed one after the other.

    Raises:
        FaceError: a face is not found in its photo.
    """
    side = person.face.width
    photos = {"upright": surrounded(person.face), "rolled": rolled(person.face), "near the edge": near_edge(person.face)}
    for name, photo in photos.items():
        yield name, _smile(editor, photo, (photo.width - side, side), person)[1]  # a photo is cut off on the left only
    photo = side_by_side(person.face, other.face)
    edited, one = _smile(editor, photo, (side, side), person)
    yield "two people", one
    yield "two people", _smile(editor, photo, (photo.width - side, side), other, edited)[1]


def _open_at(editor: Editor, photo: Image.Image, centre: tuple[float, float], side: float) -> Portrait:
    """The face of a photo that lies nearest to a point."""
    portrait = editor.open(photo)
    detections = portrait.face.detections
    distances = [np.hypot(*(found.landmarks.mean(0) - centre)) for found in detections]
    at = int(np.argmin(distances))
    if distances[at] > FURTHEST * side:
        raise FaceError("The face is not found where it lies.")
    return portrait if at == 0 else editor.open(photo, face=at, detections=detections)


def _strengths(name: str, person: Person) -> dict[str, float]:
    return {name: EDITS[name] or (-1.5 if person.smiles else 1.5)}


def _smile(
    editor: Editor, photo: Image.Image, centre: tuple[float, float], person: Person, onto: EditedPhoto | None = None
) -> tuple[EditedPhoto, Pasted]:
    """The photo with one person's smile changed, and the measures of that step alone."""
    portrait = _open_at(editor, photo, centre, person.face.width)
    rendering = editor.render(portrait, _strengths("Smiling", person), ("w_star",))
    edited = editor.paste(portrait, rendering, "w_star", onto)
    drawings = portrait.reconstruction, rendering.images["w_star"]
    return edited, measure_pasted(onto.image if onto else photo, edited.image, portrait.face.quad, drawings)


def _frame(photo: Image.Image, quad: Quad) -> Image.Image:
    return crop_quad(photo.convert("RGB"), quad, SHOWN)
