"""Work on many photos, of which one bad photo must not end the rest."""

from collections.abc import Callable
from typing import TypeVar

from editor.errors import EditorError

Photo = TypeVar("Photo")
Result = TypeVar("Result")


def attempt(work: Callable[[Photo], Result], photo: Photo) -> tuple[Result | None, str]:
    """What `work` makes of a photo and "", or None and the reason in one line.

    An error that nobody foresaw is a reason as well, told with its type: the other photos may have taken hours.

    >>> attempt(int, "12")
    (12, '')
    >>> attempt(int, "twelve")
    (None, "unexpected ValueError: invalid literal for int() with base 10: 'twelve'")
    """
    try:
        return work(photo), ""
    except Exception as error:
        return None, reason_of(error)


def reason_of(error: Exception) -> str:
    """Why a photo is passed over, in one line.

    >>> reason_of(EditorError("There is no face in the photo."))
    'There is no face in the photo.'
    >>> reason_of(KeyError("face"))
    "unexpected KeyError: 'face'"
    """
    if isinstance(error, EditorError):
        reason = str(error)
    else:
        kind = type(error)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        reason = f"unexpected {name}: {error}"
    return " ".join(reason.split()) or "no reason given"
