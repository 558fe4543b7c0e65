"""What one visitor leaves on the disk, and how it goes away.

Gradio serves files from its cache folder. Each visitor's pictures lie in a folder of their own inside it, only the newest
few of each pane are kept, and the whole folder goes when the page is closed; the cache itself goes when the server stops.
"""

import itertools
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

KEEP = 3
"""Pictures kept for each of a visitor's panes: what is shown there, and what a browser may still be loading."""


class SessionFiles:
    """The pictures of all visitors, a folder each."""

    def __init__(self, cache: Path):
        self._cache = cache
        self._count = itertools.count()
        self._encoders = ThreadPoolExecutor(2, "jpeg")

    def folder(self, session: str) -> Path:
        """A visitor's folder; the name is Gradio's session hash, of which only letters and digits are taken."""
        name = "".join(c for c in session if c.isalnum()) or "anonymous"
        path = self._cache / "sessions" / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def jpegs(self, session: str, pictures: Mapping[str, Image.Image]) -> list[str]:
        """Save for several panes at once: Pillow encodes without holding Python's lock."""
        return list(self._encoders.map(lambda pane: self.jpeg(session, pane, pictures[pane]), pictures))

    def jpeg(self, session: str, pane: str, picture: Image.Image) -> str:
        """Save for a pane of the page (JPEG: 40 times faster to encode than PNG), and forget what it showed before."""
        folder = self.folder(session)
        path = folder / f"{pane}-{next(self._count):09d}.jpg"
        picture.save(path, quality=92, subsampling=0)
        for old in sorted(folder.glob(f"{pane}-*.jpg"))[:-KEEP]:
            old.unlink(missing_ok=True)
        return str(path)

    def png(self, session: str, picture: Image.Image, name: str) -> str:
        """Save for download, without loss."""
        path = self.folder(session) / f"{name}.png"
        picture.save(path, compress_level=4)
        return str(path)

    def forget(self, session: str) -> None:
        """Delete everything of a visitor."""
        shutil.rmtree(self.folder(session), ignore_errors=True)

    def forget_upload(self, path: str) -> None:
        """Delete an uploaded file; anything outside the cache is left alone."""
        upload = Path(path).resolve()
        if upload.is_relative_to(self._cache.resolve()):
            upload.unlink(missing_ok=True)
