"""The aligned faces that a measurement is of."""

from pathlib import Path

from editor.data.identifiers import match_photos, photo_name
from editor.data.labelled_faces import ids_of_split
from editor.errors import SettingError
from editor.evaluate.product.face_options import FaceOptions
from editor.evaluate.product.fidelity import find_faces


def chosen_faces(folder: Path, chosen: FaceOptions) -> list[Path]:
    """The aligned faces of a folder that `--split` and `--limit` name.

    Raises:
        SettingError: there are none, or the table of splits is not what it should be.

    >>> [path.name for path in chosen_faces(data / "img", FaceOptions(split="test", limit=2))]
    ['000024.jpg', '000025.jpg']
    """
    faces = find_faces(folder)
    if chosen.split:
        table = chosen.splits or folder.parent / "split.csv"
        names = {path: photo_name(path, folder) for path in faces}
        wanted = match_photos(names, ids_of_split(table, chosen.split), table)
        faces = [path for path in faces if path in wanted]
        if not faces:
            raise SettingError(f"None of the faces in {folder} is in the split {chosen.split!r}.")
    return faces[: chosen.limit]
