"""Learning an attribute of photos that are colours: what is learnt, what is passed over, what is refused, what is told."""

from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from editor.actions.learn import learn
from editor.errors import FaceError, SettingError
from editor.images import read_photo
from editor.spaces import WPlus


def find(photo) -> SimpleNamespace:
    """A face is any colour but black."""
    picture = read_photo(photo).image
    if not picture.getbbox():
        raise FaceError("No face was found in the photo.")
    return SimpleNamespace(image=picture)


def encode(pixels: torch.Tensor) -> WPlus:
    code = torch.zeros(1, 18, 4)
    code[..., :3] = (0.8 * pixels.mean((2, 3))).atanh()
    return WPlus(code)


class Likeness:
    """Whoever has another blue is another person."""

    def see(self, faces: torch.Tensor) -> SimpleNamespace:
        blue = ((faces[:, 2].mean((1, 2)) + 1) / 2 * 255).round().long()
        return SimpleNamespace(embedding=torch.nn.functional.one_hot(blue, 256).float())


@pytest.fixture
def models(given_flow, given_directions, given_classifier) -> SimpleNamespace:
    return SimpleNamespace(flow=given_flow, directions=given_directions, classifier=given_classifier, likeness=Likeness())


@pytest.fixture
def renderer(given_painter) -> SimpleNamespace:
    return SimpleNamespace(device=torch.device("cpu"), draw=lambda codes, live: given_painter(codes))


def colours(green: int, count: int = 8, first: int = 0) -> list[Image.Image]:
    """Photos of as many people, whose red differs."""
    return [Image.new("RGB", (64, 64), (90 + 9 * n, green + n, 20 + 9 * (n + first))) for n in range(count)]


HAVE, LACK = colours(200), colours(50, first=8)


@pytest.fixture
def learnt(models, renderer):
    return lambda *sides, name="Green", progress=None: learn(models, renderer, find, encode, name, *sides, progress)


def test_green_is_learnt_in_both_spaces(learnt, given_directions):
    seen = []
    found = learnt(HAVE, LACK, progress=lambda step, steps: seen.append((step, steps)))
    own = found.attribute
    assert own.validation["w_plus"].right == (8, 8) and own.validation["w_star"].accuracy >= 0.9 and found.skipped == ()
    assert own.w_plus.normals.view(18, 4).mean(0).abs().argmax() == 1
    assert (own.encoder, own.flow, own.people) == (given_directions.encoder, given_directions.flow, (8, 8))
    assert seen[0] == (0, 28) and seen[-1] == (28, 28) and seen == sorted(seen) and own.name == "Green"


def test_what_it_moves_and_how_the_sides_differ_is_measured(learnt, given_classifier):
    """The classifier's second attribute is how green a picture is, and is called Young."""
    own = learnt(HAVE, LACK).attribute
    assert own.unlike["Young"] > 3 and next(iter(own.moved["w_plus"])) == "Young" and own.moved["w_plus"]["Young"] > 0
    assert "Smiling" not in own.unlike


def test_without_a_classifier_nothing_is_told_of_others(models, renderer):
    models.classifier = None
    own = learn(models, renderer, find, encode, "Green", HAVE, LACK).attribute
    assert own.unlike == {} and own.moved == {"w_plus": {}, "w_star": {}} and own.validation["w_plus"].right == (8, 8)


def test_what_cannot_be_used_is_passed_over_with_its_reason(learnt, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"nothing")
    HAVE[0].save(tmp_path / "a.png")
    HAVE[0].save(tmp_path / "b.png")
    (tmp_path / "copies").mkdir()
    HAVE[0].save(tmp_path / "copies" / "a.png")
    black = Image.new("RGB", (64, 64))
    files = [tmp_path / name for name in ("a.png", "b.png", "copies/a.png", "broken.jpg")]
    found = learnt([*files, *HAVE[1:]], [*LACK, black])
    assert [photo for photo, _ in found.skipped] == ["b.png", "a.png", "broken.jpg", "photo 9 without Green"]
    assert {each.reason for each in found.skipped[:2]} == {"It is the same photo as a.png."}
    assert "No face" in found.skipped[3].reason
    assert found.attribute.validation["w_plus"].of == (8, 8)


def test_a_photo_on_both_sides_is_refused(learnt):
    with pytest.raises(SettingError, match="photo 1 with Green and photo 9 without Green are the same photo"):
        learnt(HAVE, [*LACK, HAVE[0]])


@pytest.mark.parametrize("sides", [(HAVE[:4], LACK), (HAVE, LACK[:4]), ([], []), (HAVE[:1], LACK)])
def test_too_few_photos_are_refused_before_any_is_opened(learnt, sides):
    with pytest.raises(SettingError, match="Take at least 5 of each"):
        learnt(*sides, progress=lambda *_: pytest.fail("a photo was opened"))


def test_too_few_that_can_be_used_are_refused(learnt):
    with pytest.raises(SettingError, match="4 photos show 'Green' and 8 do not"):
        learnt([*HAVE[:4], *[Image.new("RGB", (64, 64 + n)) for n in range(4)]], LACK)


def test_photos_of_one_person_are_refused(learnt):
    same = [Image.new("RGB", (64, 64), (90 + n, 200, 20)) for n in range(8)]
    with pytest.raises(SettingError, match="fewer than 3 people"):
        learnt(same, LACK)


@pytest.mark.parametrize("name", ["", "Young", "a=b"])
def test_a_name_is_checked_first(learnt, name):
    with pytest.raises(SettingError):
        learnt(HAVE, LACK, name=name, progress=lambda *_: pytest.fail("a photo was opened"))
