"""The pictures that were made -> files, each whole or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from PIL import Image

from editor.cli.edit.making import Encodable
from editor.cli.edit.options import FileOptions
from editor.cli.edit.outputs import Key, Output
from editor.edited_photo import EditedPhoto
from editor.files.writing import require_free, write_atomically
from editor.recipe import Recipe
from editor.saving.credentials import Credentials, signed
from editor.saving.formats import FORMATS, content_of
from editor.saving.movies import MOVIES


def checked_credentials(file: FileOptions) -> Credentials | None:
    """The key to sign with, tried on a small picture; None: nothing is to be signed.

    Raises:
        SettingError: the key, the certificate or the package cannot be used.

    >>> checked_credentials(FileOptions()) is None
    True
    """
    if not file.sign_key or not file.sign_certificate:
        return None
    credentials = Credentials(file.sign_key, file.sign_certificate)
    signed(content_of(Image.new("RGB", (64, 64)), "png"), "image/png", credentials)
    return credentials


def written(
    outputs: Sequence[Output],
    pictures: Mapping[Key, Encodable],
    recipe: Recipe,
    file: FileOptions,
    credentials: Credentials | None,
    overwrite: bool,
) -> Iterator[tuple[Output, tuple[str, ...]]]:
    """Write one file after another.

    Returns:
        An iterator over each file, once it is there, and sentences about what it does not keep of the photo.

    Raises:
        EditorError: a file cannot be written, or has been there since after the check.

    >>> from editor.cli.edit.pictures import FacePicture
    >>> face = Output(("face", 0, ""), folder / "new" / "anna-face.png", "png")
    >>> pictures = {face.key: FacePicture(Image.new("RGB", (64, 64)))}
    >>> [each.path.name for each, _ in written([face], pictures, Recipe(()), FileOptions(), None, overwrite=False)]
    ['anna-face.png']
    """
    for output in outputs:
        if output.format == "json":
            content, lost = (recipe.to_json(indent=2) + "\n").encode(), ()
        else:
            picture = pictures[output.key]
            content = _content(picture, output.format, file, credentials)
            lost = picture.lost_in(output.format)
        require_free([output.path], overwrite)
        write_atomically(output.path, _writer(content))
        yield output, lost


def _content(picture: Encodable, format: str, file: FileOptions, credentials: Credentials | None) -> bytes:
    quality = "keep" if file.quality is None else file.quality
    content = picture.content(format, quality, not file.no_mark, not file.no_recipe)
    kind = picture.kind if not isinstance(picture, EditedPhoto) else "edited"
    if not credentials or kind is None:  # a face as it was cut out of the photo
        return content
    media_type = (FORMATS.get(format) or MOVIES[format]).media_type
    return signed(content, media_type, credentials, kind)


def _writer(content: bytes) -> Callable[..., object]:
    return lambda part: part.write_bytes(content)
