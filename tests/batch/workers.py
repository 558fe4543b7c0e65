"""Work that needs no model: photos are texts, and what a text says decides what happens to it."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from editor.batch.work import Place
from editor.errors import FaceError


@dataclass(frozen=True)
class Upper:
    """Writes a photo's bytes in capital letters.

    Attributes:
        log: a file that receives one line for each photo that is tried.
        seconds: how long one takes.
    """

    log: str = ""
    seconds: float = 0.0

    def start(self, place: Place) -> "Upper":
        if self.log.endswith("refused"):
            raise FaceError("The models cannot be loaded.")
        return self

    def ending(self, name: str) -> str:
        return Path(name).suffix or ".jpg"

    @property
    def identity(self) -> dict[str, str]:
        return {"work": "upper"}

    def __call__(self, photo: bytes, name: str, ending: str) -> bytes:
        if self.log:
            with Path(self.log).open("a") as log:
                log.write(f"{photo.decode()}\n")
        time.sleep(self.seconds)
        if b"die" in photo:
            os._exit(9)
        if b"none" in photo:
            raise FaceError(f"There is no face in {name}.")
        if b"bug" in photo:
            raise ZeroDivisionError("by nobody")
        return photo.upper()


class OneKind(Upper):
    """Writes WebP where a name says so, and else JPEG."""

    def ending(self, name: str) -> str:
        return ".webp" if name.endswith(".webp") else ".jpg"
