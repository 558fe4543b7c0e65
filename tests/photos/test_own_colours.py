"""A change in sRGB becomes the same change to look at in the photo's own colours, and no change stays none."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from editor.photos.own_colours import OwnColours
from tests.photos.files import ADOBE_ON_D50, P3_ON_D50, gradient, matrix_profile

PROFILES = {
    "none": None,
    "sRGB": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    "Display P3": matrix_profile(P3_ON_D50),
    "Adobe RGB": matrix_profile(ADOBE_ON_D50, 563 / 256),
}
MODES = ("RGB", "RGBA", "L", "LA")


def colours(mode: str, profile: bytes | None) -> OwnColours:
    found = OwnColours.of(mode, profile)
    assert found is not None
    return found


def levels(level: float, size: tuple[int, int] = (120, 90)) -> np.ndarray:
    return np.full((size[1], size[0], 3), level, dtype=np.float32)


def of_mode(mode: str) -> Image.Image:
    picture = gradient().convert(mode)
    if "A" in mode:
        picture.putalpha(gradient().getchannel("R"))
    return picture


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("level", [0.0, 0.49, -0.49])
def test_less_than_half_a_level_changes_nothing(mode, level):
    assert colours(mode, None).plus(of_mode(mode), levels(level)).tobytes() == of_mode(mode).tobytes()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("level", [0.0, 0.49, -0.49])
def test_so_it_is_in_any_profile(mode, profile, level):
    """Also where the profile's colours lie outside sRGB, so that no way leads there and back."""
    assert colours(mode, profile).plus(of_mode(mode), levels(level)).tobytes() == of_mode(mode).tobytes()


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_change_looks_as_it_does_in_srgb(profile):
    picture = Image.effect_noise((120, 90), 20).convert("RGB")
    own = colours("RGB", profile)
    before, after = (np.asarray(own.srgb(one)).astype(int) for one in (picture, own.plus(picture, levels(25))))
    inner = ((before > 60) & (before < 190)).all(-1)
    assert np.abs((after - before)[inner] - 25).max() <= 2


def test_a_colour_that_srgb_has_not_stays_as_far_out():
    """Display P3's green made a little darker: it stays beyond sRGB's greenest."""
    own = colours("RGB", PROFILES["Display P3"])
    picture = Image.new("RGB", (120, 90), (0, 240, 0))
    red, green, _ = own.plus(picture, levels(-10)).getpixel((5, 5))  # type: ignore[misc]
    through = np.asarray(own.srgb(picture))[0, 0]
    assert through[1] == 255 or through[0] == 0, "sRGB clips it"
    assert red == 0 and 220 < green < 240


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_stays_and_what_is_not_seen_keeps_its_colour(mode):
    picture = of_mode(mode)
    after = colours(mode, None).plus(picture, levels(40))
    before, found = np.asarray(picture), np.asarray(after)
    assert (found[..., -1] == before[..., -1]).all()
    hidden = before[..., -1] == 0
    assert hidden.any() and (found[hidden] == before[hidden]).all()
    assert (found[~hidden] != before[~hidden]).any(-1).mean() > 0.8


@pytest.mark.parametrize("profile", ["no profile", "GRAY for RGB"])
def test_a_profile_of_other_colours_is_none(profile):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    content = {"no profile": b"no profile", "GRAY for RGB": lab}[profile]
    assert OwnColours.of("RGB", content) is None
    assert OwnColours.of("L", PROFILES["sRGB"]) is None


def test_grey_gets_the_brightness_of_the_change():
    grey = Image.new("L", (4, 4), 100)
    added = np.zeros((4, 4, 3), dtype=np.float32)
    added[..., 1] = 100
    assert colours("L", None).plus(grey, added).getpixel((0, 0)) == 159


def test_brighter_than_white_is_white():
    for profile in PROFILES.values():
        found = colours("RGB", profile).plus(Image.new("RGB", (4, 4), (250, 250, 250)), levels(200, (4, 4)))
        assert found.getpixel((0, 0)) == (255, 255, 255)
