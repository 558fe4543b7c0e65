"""Photos and blocks of metadata, made by hand where no encoder would write them."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms


def encoded(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def gradient(width: int = 120, height: int = 90) -> Image.Image:
    """A picture that no turn or mirroring maps onto itself."""
    x, y = np.meshgrid(np.arange(width) % 120, np.arange(height) % 120)
    return Image.fromarray(np.stack([x * 2, y * 2, 255 - x], -1).astype(np.uint8))


def noise(side: int = 300) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8))


def directory(*entries: tuple[int, int, int, bytes], extra: bytes = b"") -> bytes:
    """A TIFF header and one directory, as in EXIF: entries of tag, type, count and four bytes; then `extra`."""
    body = b"".join(struct.pack("<HHI4s", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + b"\0\0\0\0" + extra


def jpeg_with_exif(picture: Image.Image, block: bytes) -> bytes:
    content = encoded(picture, "JPEG", quality=95)
    segment = b"Exif\0\0" + block
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


def swapped_profile() -> bytes:
    """An RGB profile in which red and blue are exchanged, so that nobody can overlook whether it is applied.

    It is sRGB's own, with the tags of the two colours renamed.
    """
    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return content.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")


def tiff(values: np.ndarray, **tags: int) -> bytes:
    """A TIFF of one channel, with numbers for further tags named `tag_NNN`."""
    from PIL import TiffImagePlugin

    info = TiffImagePlugin.ImageFileDirectory_v2()
    for name, value in tags.items():
        info[int(name.removeprefix("tag_"))] = value
    return encoded(Image.fromarray(values), "TIFF", tiffinfo=info)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(content: bytes, *chunks: bytes) -> bytes:
    """A PNG file with further chunks after its header."""
    return content[:33] + b"".join(chunks) + content[33:]


def png_of_sixteen_bits(values: np.ndarray, clear: tuple[int, ...]) -> bytes:
    """A PNG of values [H, W] or [H, W, 3], of which one is clear."""
    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, 2 if values.ndim == 3 else 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"tRNS", struct.pack(f">{len(clear)}H", *clear))
    return start + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def colour_tiff(
    values: np.ndarray, *, photometric: int = 2, order: str = "<", extra: int | None = None, compression: int = 1, **more
) -> bytes:
    """A TIFF of 16-bit colours, values [H, W, samples], in one strip.

    Args:
        values: the samples.
        photometric: 2 for RGB, 5 for CMYK.
        order: of bytes, "<" or ">".
        extra: what the fourth sample means, by the tag ExtraSamples.
        compression: 1 for none, 8 for Deflate.
        more: `white` for MaxSampleValue; `differences` for the predictor; `tile` for the side of tiles in place of a strip.
    """
    height, width, count = values.shape
    tile, white = more.get("tile"), more.get("white")
    parts = _tiles(values, tile) if tile else [values]
    if more.get("differences"):
        parts = [np.diff(part, axis=1, prepend=np.zeros_like(part[:, :1])) for part in parts]
    packed = [part.astype(order + "u2").tobytes() for part in parts]
    packed = [zlib.compress(part) for part in packed] if compression == 8 else packed
    sizes = [len(part) for part in packed]
    offsets = [8 + sum(sizes[:index]) for index in range(len(sizes))]
    layout = {322: (4, tile), 323: (4, tile), 324: (4, offsets), 325: (4, sizes)}
    layout = layout if tile else {273: (4, offsets), 278: (4, height), 279: (4, sizes)}
    tags = {256: (4, width), 257: (4, height), 258: (3, [16] * count), 259: (3, compression), 262: (3, photometric)}
    tags |= layout | {277: (3, count), 284: (3, 1)}
    tags |= {281: (3, [white] * count)} if white else {}
    tags |= {317: (3, 2)} if more.get("differences") else {}
    tags |= {338: (3, extra)} if extra is not None else {}
    return _tiff_file(order, b"".join(packed), tags)


def _tiles(values: np.ndarray, side: int) -> list[np.ndarray]:
    height, width, _ = values.shape
    padded = np.pad(values, ((0, -height % side), (0, -width % side), (0, 0)))
    return [
        padded[top : top + side, left : left + side]
        for top in range(0, padded.shape[0], side)
        for left in range(0, padded.shape[1], side)
    ]


def _tiff_file(order: str, data: bytes, tags: dict[int, tuple[int, int | list[int]]]) -> bytes:
    """Data, then what entries point to, then the directory."""
    entries, content = [], bytearray(8) + data + bytes(len(data) % 2)
    for tag, (kind, numbers) in sorted(tags.items()):
        numbers = numbers if isinstance(numbers, list) else [numbers]
        value = struct.pack(f"{order}{len(numbers)}{'HI'[kind == 4]}", *numbers)
        if len(value) > 4:
            content, value = content + value, struct.pack(order + "I", len(content))
        entries.append(struct.pack(order + "HHI", tag, kind, len(numbers)) + value.ljust(4, b"\0"))
    content[:8] = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HI", 42, len(content))
    return bytes(content) + struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4)


P3_ON_D50 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE_ON_D50 = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
"""XYZ of red, green and blue as the profiles of Apple and Adobe have them."""


def matrix_profile(primaries: tuple[tuple[float, float, float], ...], gamma: float | None = None) -> bytes:
    """An RGB profile with these primaries, and with sRGB's curve or an exponent: sRGB's own, some numbers changed."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", content, 128)[0]
    tags = {name: start for name, start, _ in (struct.unpack_from(">4sII", content, 132 + 12 * tag) for tag in range(count))}
    for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True):
        struct.pack_into(">3i", content, tags[name] + 8, *(round(value * 65536) for value in xyz))
    for name in (b"rTRC", b"gTRC", b"bTRC") if gamma else ():
        struct.pack_into(">4s4xHHi", content, tags[name], b"para", 0, 0, round((gamma or 0) * 65536))
    return bytes(content)
