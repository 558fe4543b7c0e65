"""Colours of any profile -> sRGB on white.

A file states its colours in an ICC profile, or in two numbers of ITU-T H.273: the primaries and the transfer function. With
neither, they are taken as sRGB. Transparency says how much of a colour is seen, so the colour is converted first.

References: IEC 61966-2-1 (sRGB), ITU-R BT.2100 (PQ and HLG), BT.2408 (203 nits are the white of graphics).
"""

import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms

SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
"""Pillow's mode -> the colour space that a profile for it has."""
PRIMARIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),  # BT.709 and sRGB
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),  # BT.2020
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
}
"""H.273's number -> chromaticities of red, green and blue. All have the white D65."""
D65 = (0.3127, 0.3290)
PQ, HLG, LINEAR = 16, 18, 8
WHITE_NITS = 203
HLG_PEAK_NITS = 1000
KNEE = 0.9
"""Linear light, of white, from which on brighter light is compressed."""
ROWS = 256
"""Rows converted at once, to save memory."""


def nclx_coding(picture: Image.Image) -> tuple[int, int] | None:
    """Primaries and transfer function that the HEIF decoder found; None: it found none."""
    nclx = picture.info.get("nclx_profile")
    return (int(nclx["color_primaries"]), int(nclx["transfer_characteristics"])) if nclx else None


def to_srgb(picture: Image.Image, coding: tuple[int, int] | None = None) -> Image.Image:
    """8-bit RGB of the sRGB profile, with what is transparent laid on white.

    Args:
        picture: in any mode of 8 bits.
        coding: primaries and transfer function as numbered in H.273; passed over where there is an ICC profile.
    """
    profile = picture.info.get("icc_profile")
    if not picture.has_transparency_data:
        return _opaque_srgb(picture, profile, coding)
    grey = picture.mode in ("LA", "La", "L")
    layer = (picture.convert("LA") if picture.mode == "La" else picture).convert("RGBA")
    colour = layer.getchannel("R") if grey else layer.convert("RGB")
    colour = _opaque_srgb(colour, profile, coding)
    return Image.composite(colour, Image.new("RGB", colour.size, "white"), layer.getchannel("A"))


def _opaque_srgb(picture: Image.Image, profile: bytes | None, coding: tuple[int, int] | None) -> Image.Image:
    if picture.mode == "LAB":
        return _from_profile(picture, ImageCms.createProfile("LAB"))
    if picture.mode not in SPACES:  # a palette, or another form of RGB
        picture = _as_rgb(picture)
    if profile:
        return _as_rgb(_from_icc(picture, profile))
    picture = _as_rgb(picture)
    return _from_coding(picture, *coding) if coding else picture


def _as_rgb(picture: Image.Image) -> Image.Image:
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _from_icc(picture: Image.Image, content: bytes) -> Image.Image:
    """Convert from an embedded profile; one that makes no sense, or is for another colour space, is passed over."""
    try:
        profile: Any = ImageCms.ImageCmsProfile(io.BytesIO(content))  # Pillow states its attributes' types wrongly
        if profile.profile.xcolor_space.strip() != SPACES[picture.mode]:
            return picture
        return _from_profile(picture, profile)
    except MemoryError:
        raise
    except Exception:  # hostile bytes can bring a library to raise anything
        return picture


def _from_profile(picture: Image.Image, profile: Any) -> Image.Image:
    transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), picture.mode, "RGB")
    return ImageCms.applyTransform(picture, transform) or picture


def _from_coding(picture: Image.Image, primaries: int, transfer: int) -> Image.Image:
    """Convert RGB from numbered primaries and transfer function; unknown ones are taken as sRGB's."""
    bright = transfer in (PQ, HLG)
    if primaries not in PRIMARIES or (primaries == 1 and not bright and transfer != LINEAR):
        return picture
    matrix = np.linalg.inv(_to_xyz(1)) @ _to_xyz(primaries)
    to_linear = _linear_of_levels(transfer)
    to_levels = _levels_of_linear()
    pixels = np.array(picture)
    for start in range(0, len(pixels), ROWS):
        light = to_linear[pixels[start : start + ROWS]]
        if transfer == HLG:
            light = _displayed(light, _to_xyz(primaries)[1])
        light = light @ matrix.T.astype(np.float32)
        if bright:
            light = _tone_mapped(light)
        pixels[start : start + ROWS] = to_levels[(light.clip(0, 1) * 65535).round().astype(np.uint16)]
    return Image.fromarray(pixels)


def _to_xyz(primaries: int) -> np.ndarray:
    """The matrix from linear RGB to XYZ, [3, 3], from the chromaticities."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in PRIMARIES[primaries]]).T
    x, y = D65
    white = np.array([x / y, 1, (1 - x - y) / y])
    return columns * np.linalg.solve(columns, white)


def _linear_of_levels(transfer: int) -> np.ndarray:
    """Light for each of 256 levels, [256] float32; 1 is white.

    For HLG it is the light of the scene, 0 to 1, of which `_displayed` makes that of the display.
    """
    signal = np.arange(256) / 255
    if transfer == PQ:
        power = signal ** (1 / 78.84375)
        light = (
            10000 / WHITE_NITS * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
        )
    elif transfer == HLG:
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    elif transfer == LINEAR:
        light = signal
    else:  # BT.709's and BT.2020's curves too: photos in them are shown on displays with sRGB's
        light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


def _levels_of_linear() -> np.ndarray:
    """sRGB levels for light in steps of 1/65535, [65536] bytes."""
    light = np.arange(65536) / 65535
    signal = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (signal * 255).round().astype(np.uint8)


def _displayed(scene: np.ndarray, luminance: np.ndarray) -> np.ndarray:
    """Light that HLG's reference display makes of the scene's, [..., 3], of white; system gamma 1.2."""
    brightness = scene @ luminance.astype(np.float32)
    return scene * (brightness**0.2)[..., None] * (HLG_PEAK_NITS / WHITE_NITS)


def _tone_mapped(light: np.ndarray) -> np.ndarray:
    """Compress what is brighter than the knee towards 1. The three channels are scaled alike, so that no hue changes."""
    peak = np.maximum(light.max(-1, keepdims=True), 1e-6)
    compressed = KNEE + (1 - KNEE) * (1 - np.exp(-np.maximum(peak - KNEE, 0) / (1 - KNEE)))
    return light * np.where(peak > KNEE, compressed / peak, 1)
