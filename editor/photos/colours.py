"""Colours of any profile -> sRGB on white.

A file states its colours in an ICC profile or in a `Coding`. With neither, they are taken as sRGB. Transparency says how
much of a colour is seen, so the colour is converted first.

References: IEC 61966-2-1 (sRGB), ITU-R BT.2100 (PQ and HLG), BT.2408 (203 nits are the white of graphics), ICC.1 annex E
(the Bradford adaptation).
"""

import io
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from PIL import Image, ImageCms

from editor.photos.bands import convert_in_bands
from editor.photos.codings import BT709, D65, HLG, PQ, PRIMARIES, Coding, Point, to_xyz

Conversion: TypeAlias = Callable[[Image.Image], Image.Image]
"""From a picture of one known mode to sRGB in mode RGB."""
SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
"""Pillow's mode -> the colour space that a profile for it has."""
WHITE_NITS = 203
HLG_PEAK_NITS = 1000
KNEE = 0.9
"""Linear light, of white, from which on brighter light is compressed."""
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
PEAK_STEPS = 1024
"""Steps per white in which the compression of bright light is tabulated."""
BRIGHTEST = 128
"""Light, of white, that none exceeds: PQ's 10000 nits are 49 times white, and a pure colour of BT.2020 is 1.7 times as much
of one of sRGB's."""


def to_srgb(picture: Image.Image, coding: Coding | None = None) -> Image.Image:
    """8-bit RGB of the sRGB profile, with what is transparent laid on white.

    Args:
        picture: in any mode of 8 bits.
        coding: primaries and transfer function; passed over where there is an ICC profile that makes sense.

    >>> to_srgb(Image.new("RGBA", (1, 1), (255, 0, 0, 0))).getpixel((0, 0))  # nothing of the red is seen
    (255, 255, 255)
    """
    clear = picture.has_transparency_data
    mode = _colour_mode(picture.mode, clear)
    convert = _conversion(mode, picture.info.get("icc_profile"), coding)
    if clear:
        return convert_in_bands(picture, "RGB", partial(_on_white, mode=mode, convert=convert))
    if picture.mode == "RGB" and convert is _as_rgb:
        return picture
    return convert_in_bands(picture, "RGB", lambda band: convert(_in_mode(band, mode)))


def _colour_mode(mode: str, clear: bool) -> str:
    """The mode of the colours alone, for which a profile or a coding holds."""
    if clear:
        return "L" if mode in ("LA", "La", "L") else "RGB"
    return mode if mode in SPACES or mode == "LAB" else "RGB"


def _on_white(picture: Image.Image, mode: str, convert: Conversion) -> Image.Image:
    """A picture with transparency, its colours converted and laid on white."""
    layer = _in_mode(picture.convert("LA") if picture.mode == "La" else picture, "RGBA")
    colour = convert(layer.getchannel("R") if mode == "L" else layer.convert("RGB"))
    return Image.composite(colour, Image.new("RGB", colour.size, "white"), layer.getchannel("A"))


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    return picture if picture.mode == mode else picture.convert(mode)


def _as_rgb(picture: Image.Image) -> Image.Image:
    return _in_mode(picture, "RGB")


def _conversion(mode: str, profile: bytes | None, coding: Coding | None) -> Conversion:
    """What makes sRGB of a picture of this mode."""
    if mode == "LAB":
        return _profile_conversion(mode, ImageCms.createProfile("LAB"))
    of_profile = _embedded_conversion(mode, profile) if profile else None
    return of_profile or (_coded_conversion(coding) if coding else None) or _as_rgb


def _embedded_conversion(mode: str, content: bytes) -> Conversion | None:
    """Convert from an embedded profile; None where it makes no sense or is for another colour space."""
    try:
        profile: Any = ImageCms.ImageCmsProfile(io.BytesIO(content))  # Pillow states its attributes' types wrongly
        if profile.profile.xcolor_space.strip() != SPACES[mode]:
            return None
        return _profile_conversion(mode, profile)
    except MemoryError:
        raise
    except Exception:  # hostile bytes can bring a library to raise anything
        return None


def profile_conversions(mode: str, content: bytes) -> tuple[Conversion, Conversion] | None:
    """From a profile's colours to sRGB and back, for pictures of mode RGB or L without transparency.

    Args:
        mode: of the pictures in the profile's colours.
        content: the ICC profile.

    Returns:
        Both conversions; the one back gives a picture of `mode`. None where the profile makes no sense or leads one way only.

    >>> content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    >>> to_srgb, back = profile_conversions("RGB", content)
    >>> back(to_srgb(Image.new("RGB", (1, 1), (10, 20, 30)))).getpixel((0, 0))
    (10, 20, 30)
    """
    there = _embedded_conversion(mode, content)
    if there is None:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), profile, "RGB", mode)
    except MemoryError:
        raise
    except Exception:  # as above
        return None
    return there, lambda picture: ImageCms.applyTransform(picture, transform) or picture


def leads_to_srgb(mode: str, content: bytes) -> bool:
    """Whether a profile makes sense for pictures of a mode, RGB, L or CMYK, with or without transparency.

    >>> leads_to_srgb("RGB", b"no profile")
    False
    """
    return _embedded_conversion(mode.removesuffix("A"), content) is not None


def means_srgb(coding: Coding) -> bool:
    """Whether a coding's colours are those of sRGB, or nearly so.

    >>> means_srgb(Coding(PRIMARIES[BT709])), means_srgb(Coding(PRIMARIES[12]))
    (True, False)
    """
    return _coded_conversion(coding) is None


def _profile_conversion(mode: str, profile: Any) -> Conversion:
    transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB")
    return lambda picture: ImageCms.applyTransform(picture, transform) or picture


def _coded_conversion(coding: Coding) -> Conversion | None:
    """Convert from primaries and transfer function; None where they are those of sRGB."""
    matrix = (np.linalg.inv(to_xyz(PRIMARIES[BT709])) @ _adaptation(coding.primaries[3]) @ to_xyz(coding.primaries)).astype(
        np.float32
    )
    bright = coding.transfer in (PQ, HLG)
    if coding.exponent is None and not bright and np.abs(matrix - np.eye(3)).max() < 0.002:
        return None
    luminance = to_xyz(coding.primaries)[1].astype(np.float32)
    linear, levels = _linear_of_levels(coding), _levels_of_linear()
    displayed = partial(_displayed, luminance=luminance, gains=_display_gains()) if coding.transfer == HLG else None
    mapped = partial(_tone_mapped, gains=_tone_gains()) if bright else None

    def convert(picture: Image.Image) -> Image.Image:
        light = linear[np.moveaxis(np.asarray(_as_rgb(picture)), -1, 0)]
        light = displayed(light) if displayed else light
        light = (matrix @ light.reshape(3, -1)).reshape(light.shape)
        light = mapped(light) if mapped else light
        shares = (light.clip(0, 1, out=light) * 65535 + 0.5).astype(np.uint16)
        return Image.fromarray(np.ascontiguousarray(np.moveaxis(levels[shares], 0, -1)))

    return convert


def _adaptation(white: Point) -> np.ndarray:
    """The matrix on XYZ, [3, 3], that makes a white look as D65 does."""
    cones, target = (BRADFORD @ [x / y, 1, (1 - x - y) / y] for x, y in (white, D65))
    return np.linalg.inv(BRADFORD) @ np.diag(target / cones) @ BRADFORD


def _linear_of_levels(coding: Coding) -> np.ndarray:
    """Light for each of 256 levels, [256] float32; 1 is white.

    For HLG it is the light of the scene, 0 to 1, of which `_displayed` makes that of the display.
    """
    signal = np.arange(256) / 255
    if coding.exponent is not None:
        light = signal**coding.exponent
    elif coding.transfer == PQ:
        power = signal ** (1 / 78.84375)
        light = (
            10000 / WHITE_NITS * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
        )
    elif coding.transfer == HLG:
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    else:  # BT.709's and BT.2020's curves too: photos in them are shown on displays with sRGB's
        light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


def _levels_of_linear() -> np.ndarray:
    """sRGB levels for light in steps of 1/65535, [65536] bytes."""
    light = np.arange(65536) / 65535
    signal = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (signal * 255).round().astype(np.uint8)


def _displayed(scene: np.ndarray, luminance: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Light that HLG's reference display makes of the scene's, [3, H, W], of white."""
    brightness = np.tensordot(luminance, scene, 1).clip(0, 1)
    return scene * gains[(brightness * 65535).astype(np.uint16)]


def _display_gains() -> np.ndarray:
    """The display's gain for brightness in steps of 1/65535, [65536]; system gamma 1.2."""
    brightness = np.arange(65536) / 65535
    return (brightness**0.2 * HLG_PEAK_NITS / WHITE_NITS).astype(np.float32)


def _tone_mapped(light: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Compress light, [3, H, W], that is brighter than the knee towards 1. The channels are scaled alike, so no hue changes."""
    peak = light.max(0).clip(0, BRIGHTEST)
    return light * gains[(peak * PEAK_STEPS).astype(np.int32)]


def _tone_gains() -> np.ndarray:
    """What light is multiplied by, for the brightest channel in steps of 1/`PEAK_STEPS`, up to `BRIGHTEST`."""
    peak = np.maximum(np.arange(BRIGHTEST * PEAK_STEPS + 1) / PEAK_STEPS, KNEE)
    compressed = KNEE + (1 - KNEE) * (1 - np.exp(-(peak - KNEE) / (1 - KNEE)))
    return (compressed / peak).astype(np.float32)
