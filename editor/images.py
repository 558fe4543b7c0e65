"""Between pictures and tensors, and what is accepted as a photo.

A tensor that holds a picture is [3, H, W] (or [B, 3, H, W]) in [-1, 1]. The factor between that range and bytes lives here
and nowhere else.
"""

import io
import warnings
from pathlib import Path

import numpy as np
import pillow_heif
import torch
import torch.nn.functional as F
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from editor.errors import PhotoError

HALF_RANGE = 127.5
MAX_PIXELS = 120_000_000
MAX_BYTES = 100_000_000
MIN_SIDE = 64
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")


def to_signed(pixels: torch.Tensor) -> torch.Tensor:
    """Bytes 0-255 -> float32 in [-1, 1], any shape."""
    return pixels.float() / HALF_RANGE - 1


def to_bytes(image: torch.Tensor) -> torch.Tensor:
    """[-1, 1] -> bytes 0-255, rounded and clamped, any shape."""
    return ((image.clamp(-1, 1) + 1) * HALF_RANGE).round().to(torch.uint8)


def to_tensor(picture: Image.Image) -> torch.Tensor:
    """An RGB picture -> [1, 3, H, W] in [-1, 1]."""
    return to_signed(torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1)[None])


def to_picture(image: torch.Tensor) -> Image.Image:
    """[1, 3, H, W] or [3, H, W] in [-1, 1] -> an RGB picture that carries no metadata."""
    return to_pictures(image.reshape(1, *image.shape[-3:]))[0]


def to_pictures(images: torch.Tensor) -> list[Image.Image]:
    """[B, 3, H, W] in [-1, 1] -> B RGB pictures; made bytes where the images are, so that a quarter leaves the device."""
    pixels = _on_host(to_bytes(images).permute(0, 2, 3, 1).contiguous())
    return [Image.fromarray(picture) for picture in pixels.numpy()]


def _on_host(pixels: torch.Tensor) -> torch.Tensor:
    if pixels.device.type != "cuda":
        return pixels.cpu()
    host = torch.empty(pixels.shape, dtype=pixels.dtype, pin_memory=True)
    host.copy_(pixels, non_blocking=True)
    torch.cuda.current_stream(pixels.device).synchronize()
    return host


def shrink(face: torch.Tensor, resolution: int) -> torch.Tensor:
    """Area-averaged faces at `resolution` px; already that size they are returned as they are."""
    if face.shape[-1] == resolution:
        return face
    return F.interpolate(face, size=(resolution, resolution), mode="area")


def open_photo(source: Path | str | bytes | Image.Image) -> Image.Image:
    """Read a photo upright, as 8-bit sRGB, without any of its metadata.

    Animated pictures give their first frame, transparent ones are laid on white, 16-bit and CMYK ones are converted.

    Args:
        source: a path, the bytes of a file, or a picture already open.

    Raises:
        PhotoError: it is not a picture this can read, or it is damaged, too small or too large.
    """
    try:
        if isinstance(source, Image.Image):
            return _upright(source)
        content = source if isinstance(source, bytes) else _read(Path(source))
        if not content:
            raise PhotoError("The file is empty. Choose another photo.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is this project's own
            _register_formats()
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                return _upright(picture)
    except UnidentifiedImageError as error:
        raise PhotoError("This is not a photo that can be read. Use JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF.") from error
    except Image.DecompressionBombError as error:
        raise PhotoError(f"The photo is too large. At most {MAX_PIXELS / 1e6:.0f} megapixels are accepted.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PhotoError("The photo is damaged or incomplete. Save or download it again, or choose another.") from error


def _register_formats() -> None:
    Image.init()
    pillow_heif.register_heif_opener()


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PhotoError(f"{path.name} is larger than {MAX_BYTES / 1e6:.0f} MB. Save a smaller copy of it.")
        return path.read_bytes()
    except OSError as error:
        raise PhotoError(f"{path} cannot be read: {error.strerror}.") from error


def _upright(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PhotoError(f"The photo has {width} x {height} pixels. At most {MAX_PIXELS / 1e6:.0f} megapixels are accepted.")
    if min(width, height) < MIN_SIDE:
        raise PhotoError(f"The photo has {width} x {height} pixels, too few to show a face. {MIN_SIDE} a side is the least.")
    picture = ImageOps.exif_transpose(picture)
    return Image.fromarray(np.array(_srgb(picture)))  # from pixels alone, so nothing of the file's metadata comes along


def _srgb(picture: Image.Image) -> Image.Image:
    """8-bit RGB of the sRGB profile, whatever the mode."""
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture).astype(np.float32)
        top = 65535.0 if values.max(initial=0) > 255 else 255.0
        picture = Image.fromarray((values / top * 255).clip(0, 255).round().astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    elif (profile := picture.info.get("icc_profile")) and picture.mode in ("RGB", "CMYK", "L"):
        picture = _from_profile(picture, profile)
    return picture.convert("RGB")


def _from_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours of an embedded profile -> sRGB; a profile that makes no sense is passed over."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    return converted if converted is not None else picture
