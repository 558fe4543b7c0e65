"""Colours are what the file says, also of what is transparent."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from editor.images import open_photo, preview_of
from editor.photos.codings import numbered_coding
from editor.photos.colours import to_srgb
from tests.photos.files import ADOBE_ON_D50, P3_ON_D50, chunk, encoded, matrix_profile, png_with, swapped_profile

COLOUR, SWAPPED = (200, 100, 50), (50, 100, 200)
P3_COLOUR = (215, 93, 31)
"""What Display P3's (200, 100, 50) is in sRGB, by the matrix in CSS Color Module Level 4."""


def pixel(content: bytes | Image.Image) -> np.ndarray:
    return np.array(open_photo(content).getpixel((40, 40)), dtype=int)


def plain(mode: str = "RGB", colour: tuple[int, ...] = COLOUR) -> Image.Image:
    return Image.new(mode, (80, 80), colour)


def palette(transparent: bool = False) -> Image.Image:
    picture = plain().quantize(4)
    if transparent:
        picture.info["transparency"] = 3
    return picture


SWAPPED_FILES = {
    "RGB PNG": lambda profile: encoded(plain(), "PNG", icc_profile=profile),
    "RGBA PNG": lambda profile: encoded(plain("RGBA", (*COLOUR, 255)), "PNG", icc_profile=profile),
    "RGBA WebP": lambda profile: encoded(plain("RGBA", (*COLOUR, 255)), "WEBP", lossless=True, icc_profile=profile),
    "RGBA TIFF": lambda profile: encoded(plain("RGBA", (*COLOUR, 255)), "TIFF", icc_profile=profile),
    "RGBA AVIF": lambda profile: encoded(plain("RGBA", (*COLOUR, 255)), "AVIF", quality=100, icc_profile=profile),
    "RGBA HEIC": lambda profile: encoded(plain("RGBA", (*COLOUR, 255)), "HEIF", quality=100, icc_profile=profile),
    "palette PNG": lambda profile: encoded(palette(), "PNG", icc_profile=profile),
    "transparent palette PNG": lambda profile: encoded(palette(True), "PNG", icc_profile=profile),
    "RGB PNG with one clear colour": lambda profile: encoded(plain(), "PNG", transparency=(1, 2, 3), icc_profile=profile),
}


@pytest.mark.parametrize("make", SWAPPED_FILES.values(), ids=SWAPPED_FILES.keys())
def test_a_profile_is_honoured_in_every_kind_of_file(make):
    assert np.abs(pixel(make(swapped_profile())) - SWAPPED).max() <= 6


def test_what_is_half_clear_keeps_its_share_of_white():
    half = encoded(plain("RGBA", (*COLOUR, 128)), "PNG", icc_profile=swapped_profile())
    assert np.abs(pixel(half) - (np.array(SWAPPED) * 128 + 255 * 127) / 255).max() <= 2


def test_what_is_clear_is_white():
    clear = encoded(plain("RGBA", (*COLOUR, 0)), "PNG", icc_profile=swapped_profile())
    assert (pixel(clear) == 255).all()


@pytest.mark.parametrize("mode", ["LA", "La", "PA", "RGBa"])
def test_rarer_forms_of_transparency_are_laid_on_white(mode):
    picture = Image.new("RGBA", (80, 80), (90, 90, 90, 128))
    picture = picture.convert("LA").convert("La") if mode == "La" else picture.convert(mode)
    assert np.abs(pixel(picture) - (90 * 128 + 255 * 127) / 255).max() <= 3


def grey_profile() -> bytes:
    """A profile of greys with gamma 1: light, not levels."""
    tags = {
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061),
        b"kTRC": b"curv\0\0\0\0" + struct.pack(">I", 0),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"grey\0" + bytes(79),
    }
    table, data, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for tag, body in tags.items():
        body += bytes(-len(body) % 4)
        table += tag + struct.pack(">II", start + len(data), len(body))
        data += body
    head = struct.pack(">I4sI4s4s4s", start + len(data), b"lcms", 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    return head + table + data


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_a_profile_of_greys_is_honoured(mode):
    picture = Image.new("L", (80, 80), 55).convert(mode)
    assert np.abs(pixel(encoded(picture, "PNG", icc_profile=grey_profile())) - 128).max() <= 3  # light 55/255 is level 128


@pytest.mark.parametrize("profile", [b"", b"nonsense", bytes(500), swapped_profile()[:300]])
def test_a_profile_that_makes_no_sense_is_passed_over(profile):
    assert (pixel(encoded(plain(), "PNG", icc_profile=profile)) == COLOUR).all()


def test_a_profile_for_other_colours_is_passed_over():
    assert (pixel(encoded(plain(), "PNG", icc_profile=grey_profile())) == COLOUR).all()
    assert (pixel(encoded(Image.new("L", (80, 80), 77), "PNG", icc_profile=swapped_profile())) == 77).all()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert (pixel(encoded(plain(), "PNG", icc_profile=lab)) == COLOUR).all()


def test_lab():
    lab = ImageCms.profileToProfile(plain(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")
    assert lab is not None
    assert np.abs(pixel(lab) - COLOUR).max() <= 3
    assert np.abs(pixel(encoded(lab, "TIFF")) - COLOUR).max() <= 3


def nclx(primaries: int, transfer: int, colour=COLOUR) -> bytes:
    """A HEIC that names its colours by numbers only."""
    return encoded(
        plain(colour=colour), "HEIF", quality=100, chroma=444, color_primaries=primaries, transfer_characteristics=transfer
    )


def avif(primaries: int, transfer: int, colour=COLOUR) -> bytes:
    content = encoded(plain(colour=colour), "AVIF", quality=100, subsampling="4:4:4")
    start = content.index(b"colrnclx") + 8
    return content[:start] + struct.pack(">HH", primaries, transfer) + content[start + 4 :]


def png(primaries: int, transfer: int, colour=COLOUR) -> bytes:
    return png_with(encoded(plain(colour=colour), "PNG"), chunk(b"cICP", bytes([primaries, transfer, 0, 1])))


@pytest.mark.parametrize("make", [nclx, avif, png])
def test_numbered_primaries(make):
    assert np.abs(pixel(make(12, 13)) - P3_COLOUR).max() <= 4
    assert np.abs(pixel(make(1, 13)) - COLOUR).max() <= 4


@pytest.mark.parametrize("make", [nclx, avif, png])
@pytest.mark.parametrize("transfer", [16, 18])
def test_bright_pictures_keep_their_white_their_greys_and_their_order(make, transfer):
    """PQ's 203 nits are at 58 % of its range, HLG's at 75 %."""
    white = {16: 148, 18: 191}[transfer]
    levels = [pixel(make(9, transfer, (level,) * 3))[0] for level in (0, white // 2, white, 230, 255)]
    assert levels[0] <= 2 and 245 <= levels[2] < 255 and levels[4] >= 254
    assert levels == sorted(levels) and 20 < levels[1] < 160


def test_bright_colours_keep_their_hue():
    """Orange at ten times the light of white stays orange."""
    red, green, blue = pixel(png(9, 16, (220, 190, 120)))
    assert red > green + 20 > blue + 40


def test_a_profile_overrides_numbers():
    picture = plain()
    picture.info["icc_profile"] = swapped_profile()
    assert np.abs(np.array(to_srgb(picture, numbered_coding(12, 13)).getpixel((1, 1))) - SWAPPED).max() <= 2


def test_unknown_numbers_are_taken_as_srgb():
    assert np.abs(pixel(nclx(2, 2)) - COLOUR).max() <= 4
    assert (pixel(png(200, 200)) == COLOUR).all()


SRGB_POINTS = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
P3_POINTS = (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
ADOBE_POINTS = (0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
ADOBE_COLOUR = (227, 100, 42)
"""What Adobe RGB's (200, 100, 50) is in sRGB, by the matrix in CSS Color Module Level 4."""


WIDE = {"Display P3": (P3_ON_D50, None, "P3_COLOUR"), "Adobe RGB": (ADOBE_ON_D50, 563 / 256, "ADOBE_COLOUR")}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize(("primaries", "exponent", "expected"), WIDE.values(), ids=WIDE.keys())
def test_a_photo_of_a_wide_gamut_has_the_colours_that_it_means(kind, primaries, exponent, expected):
    options = {"lossless": True} if kind == "WEBP" else {"quality": 100}
    content = encoded(plain(), kind, icc_profile=matrix_profile(primaries, exponent), **options)
    assert np.abs(pixel(content) - globals()[expected]).max() <= 6
    assert np.abs(np.array(preview_of(content, 40).getpixel((20, 20))) - globals()[expected]).max() <= 6


def gamma(value: int) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", value))


def points(values: tuple[float, ...]) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values)))


NO_POINTS = {
    "zeros": (0,) * 8,
    "a line": (0.3, 0.3, 0.1, 0.1, 0.3, 0.3, 0.5, 0.5),
    "white outside": (0.7, 0.2, *SRGB_POINTS[2:]),
    "no y": (0.3127, 0.0, *P3_POINTS[2:]),
}


def test_chromaticities_of_a_png_are_honoured():
    assert np.abs(pixel(png_with(encoded(plain(), "PNG"), points(P3_POINTS))) - P3_COLOUR).max() <= 2
    assert np.abs(pixel(png_with(encoded(plain(), "PNG"), gamma(45455), points(P3_POINTS))) - P3_COLOUR).max() <= 2
    assert np.abs(pixel(png_with(encoded(plain(), "PNG"), gamma(45470), points(ADOBE_POINTS))) - ADOBE_COLOUR).max() <= 2


def test_chunks_of_a_png_that_the_caller_opened_are_honoured():
    content = png_with(encoded(plain(), "PNG"), gamma(45455), points(P3_POINTS))
    with Image.open(io.BytesIO(content)) as picture:
        assert np.abs(pixel(picture) - P3_COLOUR).max() <= 2


def test_the_gamma_of_a_png_is_honoured():
    assert (pixel(png_with(encoded(plain(colour=(55, 55, 55)), "PNG"), gamma(100_000))) == 128).all()
    assert (pixel(png_with(encoded(Image.new("L", (80, 80), 55), "PNG"), gamma(100_000))) == 128).all()


def test_greys_stay_grey_whatever_the_white():
    warm = (0.3457, 0.3585, *P3_POINTS[2:])
    grey = pixel(png_with(encoded(plain(colour=(90, 90, 90)), "PNG"), gamma(45455), points(warm)))
    red = pixel(png_with(encoded(plain(colour=(200, 60, 60)), "PNG"), gamma(45455), points(warm)))
    assert np.abs(grey - 90).max() <= 1 and red[0] > 205


def test_what_is_srgb_is_left_as_it_is():
    assert (pixel(png_with(encoded(plain(), "PNG"), gamma(45455), points(SRGB_POINTS))) == COLOUR).all()


@pytest.mark.parametrize("values", NO_POINTS.values(), ids=NO_POINTS.keys())
def test_chromaticities_and_gammas_of_no_display_are_passed_over(values):
    for value in (0, 1, 2**31):
        assert (pixel(png_with(encoded(plain(), "PNG"), gamma(value), points(values))) == COLOUR).all()


def test_of_what_a_png_says_of_its_colours_the_most_precise_decides():
    """cICP overrides iCCP, which overrides sRGB, which overrides gAMA and cHRM."""
    exact, rough = chunk(b"sRGB", b"\0"), gamma(100_000) + points(P3_POINTS)
    with_profile, without = (encoded(plain(), "PNG", icc_profile=profile) for profile in (swapped_profile(), None))
    assert (pixel(png_with(without, exact, rough)) == COLOUR).all()
    assert np.abs(pixel(png_with(with_profile, exact, rough)) - SWAPPED).max() <= 2
    numbers = chunk(b"cICP", bytes([12, 13, 0, 1]))
    assert np.abs(pixel(png_with(with_profile, numbers, exact, rough)) - P3_COLOUR).max() <= 2
    unknown = chunk(b"cICP", bytes([200, 200, 0, 1]))
    assert np.abs(pixel(png_with(with_profile, unknown, rough)) - SWAPPED).max() <= 2


def test_numbers_are_used_where_the_profile_makes_no_sense():
    picture = plain()
    picture.info["icc_profile"] = b"nonsense"
    assert np.abs(np.array(to_srgb(picture, numbered_coding(12, 13)).getpixel((1, 1))) - P3_COLOUR).max() <= 2


def test_a_gamma_by_number():
    assert np.abs(pixel(png(1, 8, (55, 55, 55))) - 128).max() <= 1
    assert np.abs(pixel(png(1, 5, (128, 128, 128))) - 255 * ((128 / 255) ** (2.8 / 2.2))).max() <= 3


@pytest.mark.parametrize("transfer", [16, 18])
def test_tables_of_bright_light_are_as_good_as_its_formulas(transfer):
    """Random colours, against the formulas of BT.2100 and the tone curve in double precision."""
    colours = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    matrix = np.array([[1.660491, -0.587641, -0.07285], [-0.12455, 1.1329, -0.008349], [-0.018151, -0.100579, 1.11873]])
    light = bright_light(colours / 255, transfer) @ matrix.T
    peak = np.maximum(light.max(-1, keepdims=True), 0.9)
    light = (light * (0.9 + 0.1 * (1 - np.exp(-(peak - 0.9) / 0.1))) / peak).clip(0, 1)
    levels = 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    photo = to_srgb(Image.fromarray(colours), numbered_coding(9, transfer))
    assert np.abs(np.asarray(photo) - levels).max() <= 1


def bright_light(signal: np.ndarray, transfer: int) -> np.ndarray:
    """Light of PQ (16) or HLG (18) on a display, [..., 3]; 1 is white of 203 nits."""
    if transfer == 16:
        power = signal ** (32 / 2523)
        return 10000 / 203 * (np.maximum(power - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * power)) ** (8192 / 1305)
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return 1000 / 203 * scene * (scene @ [0.2627, 0.678, 0.0593])[..., None] ** 0.2
