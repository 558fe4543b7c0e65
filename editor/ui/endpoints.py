"""What programs call. Arguments are checked here, since Gradio passes on whatever it is sent."""

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.events import api

from editor import PhotoError, SettingError
from editor.ui import text
from editor.ui.studio import Studio
from editor.ui.visitors import Visitors

ONE_AT_A_TIME = {"concurrency_id": "programs", "concurrency_limit": 1}


class Endpoints:
    """The calls for programs."""

    def __init__(self, studio: Studio, visitors: Visitors):
        self._studio = studio
        self._visitors = visitors

    def offer(self) -> None:
        """Add the calls to the blocks that are open."""
        api(self.edit, api_name="edit", **ONE_AT_A_TIME)

    def edit(
        self,
        request: gr.Request,
        photo: gr.FileData = None,  # pyright: ignore[reportArgumentType]
        strengths: dict[str, float] | None = None,
        local: bool = True,
        preserve: bool = False,
    ) -> tuple[gr.FileData, gr.FileData]:
        """Edit a photo in one call: photo and {"Smiling": 1.5, ...} -> PNGs of 1024 px, edited in W+ and in W*.

        Args:
            photo: an uploaded file.
            strengths: attribute -> number from -2 to 2.
            local: change the picture only where the attributes lie.
            preserve: measure first what else would change on this face, and take that back in W*; seconds an attribute.
        """
        chosen, switches = checked_strengths(strengths), {"local": local, "preserve": preserve}
        for name, switch in switches.items():
            if not isinstance(switch, bool):
                raise SettingError(f"{name} is true or false.")
        visitor = self._visitors.of(self._visitors.arrive(request.username), request.username)
        editor = self._studio.editor(visitor)
        editor.check(chosen)  # before seconds are spent on the photo
        with visitor:
            portrait = editor.open(self._visitors.uploads.claim(path_of(photo), visitor))
            if preserve:
                portrait = editor.preserve(portrait, [name for name, strength in chosen.items() if strength])
            rendering = editor.render(portrait, chosen, local=local)
            return tuple(  # pyright: ignore[reportReturnType]
                gr.FileData(path=visitor.png(name, picture), orig_name=f"{name}.png").model_dump()
                for name, picture in (("w-plus", rendering.w_plus), ("w-star", rendering.w_star))
                if picture
            )


def path_of(photo: Any) -> str:
    """The path in what a program sent as a file.

    Raises:
        PhotoError: it is no file that was uploaded.
    """
    path = photo.get("path") if isinstance(photo, Mapping) else getattr(photo, "path", None)
    if not isinstance(path, str):
        raise PhotoError(text.NO_PHOTO)
    return path


def checked_strengths(strengths: Any) -> dict[str, Any]:
    """Strengths by attribute, as a program sent them; numbers may be written as text.

    Raises:
        SettingError: it is no object of attributes.
    """
    if not isinstance(strengths, Mapping):
        raise SettingError(text.NO_STRENGTHS)
    return {str(name): _number(value) for name, value in strengths.items()}


def _number(value: Any) -> Any:
    """A number that is written as text; anything else as it is."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value
