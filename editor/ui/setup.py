"""What the page is told when it opens: its sentences, the sliders, the examples, and what these models can do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from editor import Editor, __version__
from editor.edit.attributes import GROUPS, Attribute
from editor.edit.directions import MAX_STRENGTH
from editor.photos.files import MAX_BYTES
from editor.ui import text
from editor.ui.pictures import jpeg

THUMBNAIL_SIDE = 160


class Setup:
    """What is the same for everybody.

    Attributes:
        assets: the folder of the page's scripts and styles.
    """

    def __init__(self, editor: Editor, examples: Mapping[str, Path], assets: Path):
        self._editor = editor
        self._examples = examples
        self.assets = assets

    def told(self) -> dict[str, Any]:
        """All of it, for JSON."""
        editor, models = self._editor, self._editor.models
        examples = [
            {"name": name, "url": f"face/examples/{name}", "alt": text.EXAMPLE.format(number=number)}
            for number, name in enumerate(self._examples, 1)
        ]
        has = {
            "local": models.regions is not None,
            "preserve": models.training_classifier is not None,
            "classifier": models.classifier is not None,
            "tune": True,
        }
        attributes = [told_attribute(each) for each in editor.attributes]
        present = {each["group"] for each in attributes}
        return {
            "text": text.PAGE,
            "attributes": attributes,
            "groups": [group for group in map(text.group_label, GROUPS) if group in present],
            "maxStrength": MAX_STRENGTH,
            "examples": examples,
            "has": has,
            "models": models.name,
            "device": editor.renderer.device.type,
            "version": __version__,
            "notice": editor.notice,
            "limits": {"bytes": MAX_BYTES},
        }

    def thumbnail(self, name: str) -> bytes | None:
        """A small JPEG of an example; None if there is none of that name."""
        if name not in self._examples:
            return None
        with Image.open(self._examples[name]) as picture:
            picture.draft("RGB", (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            small = picture.convert("RGB")
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        return jpeg(small, 85)


def told_attribute(attribute: Attribute) -> dict[str, Any]:
    """What the page is told of a slider.

    `sign` is -1 where the word says the opposite of the data set's name: a strength is the slider's value times it.
    """
    word, sign = text.SLIDERS.get(attribute.name, (attribute.label, 1))
    group = text.group_label(attribute.group)
    return {"name": attribute.name, "label": word, "group": group, "best": attribute.best, "sign": sign}
