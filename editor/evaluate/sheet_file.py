"""Sheets of pictures beside a measurement, as files. Whether a name will do is asked before the work."""

from pathlib import Path

from PIL import Image

from editor.errors import SettingError
from editor.files.writing import write_atomically

SHEETS = (".png", ".jpg", ".jpeg", ".webp")
"""How the name of a sheet of pictures may end."""


def check_sheet(path: Path | None) -> None:
    """Check the name of a sheet.

    Raises:
        SettingError: it does not end as a picture's does.

    >>> check_sheet(Path("sheet.pdf"))
    Traceback (most recent call last):
    editor.errors.SettingError: --sheet sheet.pdf: the name must end in .png, .jpg, .jpeg, .webp.
    """
    if path and path.suffix.lower() not in SHEETS:
        raise SettingError(f"--sheet {path}: the name must end in {', '.join(SHEETS)}.")


def save_sheet(sheet: Image.Image, path: Path) -> None:
    """Write a sheet whose name was checked.

    >>> save_sheet(Image.new("RGB", (64, 64)), folder / "sheet.webp")
    >>> Image.open(folder / "sheet.webp").size
    (64, 64)
    """
    kind = Image.registered_extensions()[path.suffix.lower()]
    write_atomically(path, lambda part: sheet.save(part, kind))
