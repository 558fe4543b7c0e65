"""Edit faces in photos, in StyleGAN2's W+ and in W*, the space that a flow unfolds it into.

Folders are the arrows, `spaces.py` names the nodes, `actions/` knows the order, and `pipeline.py` is the `Editor`:

    photo --align--> face --encode--> w+ --flow--> w* --edit--> w*' --flow^-1--> w+' --generate--> image
                                       \\------------- edit (in W+, for the comparison) ----------/

    editor = Editor.load()                                              # the embedded models
    portrait = editor.open("photo.jpg")                                 # once per photo
    result = editor.render(portrait, {"Smiling": 1.5, "Young": -1})     # every slider move; .w_plus and .w_star
    edited = editor.paste(portrait, result, "w_star")                   # the whole photo with the edit in it

The names below are imported when they are first asked for, since the networks behind them take seconds to import.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from editor.edited_photo import EditedPhoto
    from editor.errors import EditorError, FaceError, PhotoError, PointsError, RecipeError, SettingError, WeightsError
    from editor.pipeline import Editor
    from editor.portrait import Edit, Portrait, Rendering
    from editor.recipe import FaceEdit, Recipe

__version__ = "0.1.0"

_ERRORS, _PIPELINE, _PORTRAIT, _RECIPE = "editor.errors", "editor.pipeline", "editor.portrait", "editor.recipe"
_HOMES = {
    "Editor": _PIPELINE,
    "EditorError": _ERRORS,
    "FaceError": _ERRORS,
    "Edit": _PORTRAIT,
    "EditedPhoto": "editor.edited_photo",
    "FaceEdit": _RECIPE,
    "PhotoError": _ERRORS,
    "PointsError": _ERRORS,
    "Portrait": _PORTRAIT,
    "Recipe": _RECIPE,
    "RecipeError": _ERRORS,
    "Rendering": _PORTRAIT,
    "SettingError": _ERRORS,
    "WeightsError": _ERRORS,
}

__all__ = [
    "Edit",
    "EditedPhoto",
    "Editor",
    "EditorError",
    "FaceEdit",
    "FaceError",
    "PhotoError",
    "PointsError",
    "Portrait",
    "Recipe",
    "RecipeError",
    "Rendering",
    "SettingError",
    "WeightsError",
]


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it.

    Raises:
        AttributeError: the package has no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names, for completion in an interpreter."""
    return sorted({*globals(), *__all__})
