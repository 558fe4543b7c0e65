"""Between pictures and tensors, and what is accepted as a photo.

A tensor that holds a picture is [3, H, W] (or [B, 3, H, W]) in [-1, 1]. The factor between that range and bytes lives here
and nowhere else.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from editor.errors import PhotoError
from editor.photos.codings import coding_of
from editor.photos.colours import to_srgb
from editor.photos.decoding import check_size, load
from editor.photos.depth import to_eight_bits
from editor.photos.files import FileSource, Kept, printable_name, read_file
from editor.photos.orientation import orientation_of, upright
from editor.photos.stored import stored_picture

HALF_RANGE = 127.5


def to_signed(pixels: torch.Tensor) -> torch.Tensor:
    """Bytes 0-255 -> float32 in [-1, 1], any shape.

    >>> to_signed(torch.tensor([0, 255], dtype=torch.uint8))
    tensor([-1.,  1.])
    """
    return torch.div(pixels, HALF_RANGE).sub_(1)  # in one tensor: three take twice as long, as their memory is new


def to_bytes(image: torch.Tensor) -> torch.Tensor:
    """[-1, 1] -> bytes 0-255, rounded and clamped, any shape.

    >>> to_bytes(torch.tensor([-1.0, 0.0, 1.0, 7.0]))
    tensor([  0, 128, 255, 255], dtype=torch.uint8)
    """
    return image.detach().clamp(-1, 1).add_(1).mul_(HALF_RANGE).round_().to(torch.uint8)


def to_tensor(picture: Image.Image) -> torch.Tensor:
    """An RGB picture -> [1, 3, H, W] in [-1, 1].

    >>> to_tensor(Image.new("RGB", (4, 2), "white")).shape
    torch.Size([1, 3, 2, 4])
    """
    return to_signed(torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1)[None].contiguous())


def to_picture(image: torch.Tensor) -> Image.Image:
    """[1, 3, H, W] or [3, H, W] in [-1, 1] -> an RGB picture that carries no metadata.

    >>> to_picture(torch.ones(3, 2, 4)).getpixel((0, 0))
    (255, 255, 255)
    """
    return to_pictures(image.reshape(1, *image.shape[-3:]))[0]


def to_pictures(images: torch.Tensor) -> list[Image.Image]:
    """[B, 3, H, W] in [-1, 1] -> B RGB pictures.

    The numbers are made bytes where they lie, so that a quarter of the data leaves the device.

    >>> [picture.size for picture in to_pictures(torch.zeros(2, 3, 8, 16))]
    [(16, 8), (16, 8)]
    """
    return [picture_of(pixels) for pixels in to_bytes(images).split(1)]


def picture_of(pixels: torch.Tensor) -> Image.Image:
    """Bytes [1, 3, H, W] -> an RGB picture that carries no metadata.

    >>> picture_of(torch.full((1, 3, 2, 4), 255, dtype=torch.uint8)).getpixel((0, 0))
    (255, 255, 255)
    """
    return Image.fromarray(_on_host(pixels[0].permute(1, 2, 0).contiguous()).numpy())


def _on_host(pixels: torch.Tensor) -> torch.Tensor:
    if pixels.device.type != "cuda":
        return pixels.cpu()
    host = torch.empty(pixels.shape, dtype=pixels.dtype, pin_memory=True)
    host.copy_(pixels, non_blocking=True)
    torch.cuda.current_stream(pixels.device).synchronize()
    return host


def psnr(images: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Peak signal-to-noise ratio in dB, [B], of images [B, 3, R, R] in [-1, 1]; infinite where they are as wanted.

    Args:
        wanted: what the images should be, of the same shape.

    >>> psnr(torch.full((1, 3, 8, 8), 0.2), torch.zeros(1, 3, 8, 8))
    tensor([20.])
    """
    return 10 * torch.log10(4 / (images - wanted).square().mean((1, 2, 3)))


def shrink(face: torch.Tensor, resolution: int) -> torch.Tensor:
    """Area-averaged faces, [B, 3, R, R] -> [B, 3, resolution, resolution]; already that size they are returned as they are.

    >>> shrink(torch.tensor([[[[0.0, 1.0], [1.0, 0.0]]]]), 1)
    tensor([[[[0.5000]]]])
    """
    if face.shape[-1] == resolution:
        return face
    return F.interpolate(face, size=(resolution, resolution), mode="area")


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo as it was read.

    Attributes:
        image: upright, 8-bit sRGB, without metadata.
        notes: sentences that a person should read, such as that the end of the file is missing.
        source: what it can be read from again, in its own colours; None: nothing.
    """

    image: Image.Image
    notes: tuple[str, ...] = ()
    source: Kept | None = None


Source: TypeAlias = Path | str | bytes | Image.Image | Photo
"""What a photo is read from: a path, the bytes of a file, a picture already open, or a photo already read."""
PREVIEW_SIDE = 1600
"""Longest side in pixels of what a page shows of a photo."""


def open_photo(source: Source) -> Image.Image:
    """Read a photo upright, as 8-bit sRGB, without any of its metadata; what was noticed about the file is left out.

    Args:
        source: where from.

    Raises:
        PhotoError: it is not a picture this can read, or it is damaged, too small or too large.

    >>> open_photo(Image.new("CMYK", (80, 64))).mode
    'RGB'
    """
    return read_photo(source).image


def preview_of(photo: Source, side: int = PREVIEW_SIDE) -> Image.Image:
    """A small copy of a photo to look at. Shares of its width and height mean the same place as in the photo.

    Args:
        photo: one that was read already is not read again.
        side: the longest side in pixels; smaller photos stay as they are.

    Raises:
        PhotoError: it is not a picture this can read, or it is damaged, too small or too large.

    >>> preview_of(Image.new("RGB", (4000, 3000))).size, preview_of(Image.new("RGB", (80, 64))).size
    ((1600, 1200), (80, 64))
    """
    image = open_photo(photo)
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.1)


def read_photo(source: Source, name: str = "") -> Photo:
    """Read a photo upright, as 8-bit sRGB, without any of its metadata.

    Animated pictures give their first frame and TIFF files their largest page. Transparent pictures are laid on white.
    Pictures of 16 bits, in floating point, in CMYK or with another colour profile are converted.

    Args:
        source: where from; a photo that was read already is returned as it is.
        name: what errors call the photo; by default the name of its file, without the folder.

    Raises:
        PhotoError: it is not a picture this can read, or it is damaged, too small or too large.

    >>> read_photo(Image.new("L", (80, 64))).image.size
    (80, 64)
    >>> read_photo(b"not a picture", "holiday.jpg")
    Traceback (most recent call last):
    editor.errors.PhotoError: holiday.jpg is not a photo that can be read. Use JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF.
    """
    if isinstance(source, Photo):
        return source
    if isinstance(source, (str, Path)):
        name = name or printable_name(Path(source))
    name = name or "The photo"
    try:
        if isinstance(source, Image.Image):
            image = _read_picture(source, name)
            return Photo(image, source=image)
        content = source if isinstance(source, bytes) else read_file(Path(source), name)
        kept = content if isinstance(source, bytes) else FileSource.of(Path(source), content)
        return replace(_read_content(content, name), source=kept)
    except MemoryError as error:
        raise PhotoError(f"{name} is too large for this machine's memory. Save a smaller copy of it.") from error


def _read_picture(picture: Image.Image, name: str) -> Image.Image:
    check_size(picture, name)
    load(picture, name)
    image = upright(to_srgb(to_eight_bits(picture), coding_of(picture)), orientation_of(picture))
    return image.copy() if image.im is picture.im else image  # the caller may change theirs


def _read_content(content: bytes, name: str) -> Photo:
    if not content:
        raise PhotoError(f"{name} cannot be read: the file is empty. Choose another photo.")
    stored = stored_picture(content, name)
    return Photo(upright(to_srgb(stored.picture, stored.coding), stored.orientation), stored.notes)
