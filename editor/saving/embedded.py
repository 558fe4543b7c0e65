"""Recipes and marks that files carry: found in what this program saved, and in anything else that a person may hand in.

A recipe lies in PNG's own text, and in the XMP packet of every format. Pillow reads where both lie; it decodes no pixels for
that.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import (
    AvifImagePlugin,  # noqa: F401  to import a plugin is to register it
    Image,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from editor.errors import RecipeError
from editor.photos.files import printable_name, read_file
from editor.recipe import Recipe
from editor.saving.formats import RECIPE_KEY
from editor.saving.marks import TERMS, Packet, in_words, read_packet

CARRIERS = ("PNG", "JPEG", "WEBP", "AVIF", "TIFF")
"""Pillow's names of the formats that are looked into."""
C2PA_STORE = bytes.fromhex("6332706100110010800000aa00389b71")
"""How the type of a box with Content Credentials is named in files of every format (C2PA specification, section 11)."""
LONGEST_WORDS = 200
"""Characters of a sentence's list of edits."""


@dataclass(frozen=True)
class Mark:
    """What a photo says of edits that were made on it before.

    Attributes:
        source: the last part of IPTC's `DigitalSourceType`, as in `TERMS`; empty: it does not say.
        recipe: the edits that this program made; None: it carries none that can be read.
        is_signed: whether it carries Content Credentials (C2PA). They are not looked at.
    """

    source: str = ""
    recipe: Recipe | None = None
    is_signed: bool = False

    @property
    def sentence(self) -> str:
        """For the person who opened the photo.

        >>> Mark(source="compositeWithTrainedAlgorithmicMedia").sentence
        'This photo says of itself that AI edited it.'
        """
        signed = (
            "The photo's Content Credentials hold for the file as it is; an edited copy has none." if self.is_signed else ""
        )
        return " ".join(part for part in (self._edits, signed) if part)

    @property
    def _edits(self) -> str:
        if self.recipe and self.recipe.edits:
            edits = in_words(self.recipe)
            shown = edits if len(edits) <= LONGEST_WORDS else f"{edits[: LONGEST_WORDS - 1]}…"
            return f"This photo was edited already: {shown}. New edits come on top of that."
        if self.recipe:
            return "This photo was saved by this program before, without an edit."
        verb = {TERMS["edited"]: "edited", TERMS["generated"]: "made"}.get(self.source)
        return f"This photo says of itself that AI {verb} it." if verb else ""


def marked(content: bytes) -> Mark | None:
    """What a photo says of edits made before; None for a photo that says nothing, and for what is no photo.

    A recipe that cannot be read is passed over, since it is no reason not to open a photo.

    >>> marked(b"not a picture") is None
    True
    """
    text, packet = _carried(content)
    try:
        said = read_packet(packet)
    except RecipeError:
        said = Packet()
    source = said.source if said.source in TERMS.values() else ""
    recipe, is_signed = _readable(text or said.recipe), C2PA_STORE in content
    return Mark(source, recipe, is_signed) if source or recipe or is_signed else None


def recipe_in(content: bytes) -> Recipe | None:
    """The recipe that a picture carries; None where it carries none, and of what is no picture.

    Raises:
        RecipeError: it carries something that stands where a recipe does, but cannot be read.

    >>> from editor.recipe import FaceEdit
    >>> from editor.saving.formats import content_of
    >>> recipe = Recipe((FaceEdit({"Smiling": 1.5}),))
    >>> recipe_in(content_of(Image.new("RGB", (64, 64)), "png", recipe=recipe)) == recipe
    True
    """
    text, packet = _carried(content)
    text = text or read_packet(packet).recipe
    return Recipe.from_json(text) if text else None


def read_recipe(source: Path | bytes, name: str = "") -> Recipe:
    """The recipe of a file: JSON, or a picture that carries one.

    Args:
        source: a path, or the bytes of a file.
        name: what errors call the file; by default its own name, without the folder.

    Raises:
        RecipeError: there is none in it, or it cannot be used.
        PhotoError: the file itself cannot be read.

    >>> read_recipe(b'{"recipe": 1, "edits": []}').edits
    ()
    >>> read_recipe(b"Smiling", "notes.txt")
    Traceback (most recent call last):
    editor.errors.RecipeError: notes.txt holds no recipe. Choose a recipe or a picture that this program saved.
    """
    if isinstance(source, Path):
        name = name or printable_name(source)
        source = read_file(source, name)
    if source.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return Recipe.from_json(source)
    recipe = recipe_in(source)
    if recipe is None:
        raise RecipeError(f"{name or 'The file'} holds no recipe. Choose a recipe or a picture that this program saved.")
    return recipe


def _readable(text: str) -> Recipe | None:
    try:
        return Recipe.from_json(text) if text else None
    except RecipeError:
        return None


def _carried(content: bytes) -> tuple[str, bytes]:
    """PNG's own text and the XMP packet of a picture; empty where it has none."""
    try:
        with Image.open(io.BytesIO(content), formats=CARRIERS) as picture:
            text, packet = picture.info.get(RECIPE_KEY, ""), picture.info.get("xmp", b"")
    except MemoryError:
        raise
    except Exception:  # hostile bytes can bring a library to raise anything
        return "", b""
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    return text if isinstance(text, str) else "", packet if isinstance(packet, bytes) else b""
