"""Files of attributes of one's own: what was written is read, what somebody else wrote is checked, and names are names."""

import json
from dataclasses import replace

import pytest
import torch

from editor.edit.directions import SpaceDirections
from editor.edit.few import Validation
from editor.edit.own import OwnAttribute, checked_name, read_own, with_own, write_own
from editor.errors import SettingError, WeightsError
from editor.weights.tensors import stored_tensors, write_tensors

NUMBERS = 72


def part(step: float) -> SpaceDirections:
    normals = torch.nn.functional.normalize(torch.arange(1.0, NUMBERS + 1)[None], dim=1)
    return SpaceDirections(normals, torch.tensor([0.25]), torch.tensor([step]), torch.tensor([0.8]))


@pytest.fixture
def mine(given_directions) -> OwnAttribute:
    known = Validation((17, 15), (20, 20))
    hashes = given_directions.encoder, given_directions.flow
    moved = {"w_plus": {"Young": -0.5}, "w_star": {"Young": -0.4, "Smiling": 0.1}}
    return OwnAttribute(
        "雀斑", part(7.5), part(9.0), *hashes, (20, 18), {"w_plus": known, "w_star": known}, {"Young": -1.0}, moved
    )


@pytest.fixture
def file(mine, tmp_path):
    write_own(mine, path := tmp_path / "mine.safetensors")
    return path


def test_what_was_written_is_read(mine, file):
    again = read_own(file)
    for name in ("name", "encoder", "flow", "people", "validation", "unlike", "moved"):
        assert getattr(again, name) == getattr(mine, name)
    for space in ("w_plus", "w_star"):
        for one, other in zip(vars(getattr(again, space)).values(), vars(getattr(mine, space)).values(), strict=True):
            assert torch.allclose(one, other, atol=1e-3)


def test_it_stands_behind_the_shipped_ones_and_moves_along_its_own_direction(mine, given_directions):
    every = with_own(given_directions, [mine])
    assert every.attributes == ("Smiling", "Young", "雀斑")
    shift = every.w_star.shift(every.strengths({"雀斑": 2.0}))
    assert torch.allclose(shift, 2 * mine.w_star.steps * mine.w_star.normals[0])
    same = {"Young": -1.0}
    assert torch.allclose(
        every.w_plus.shift(every.strengths(same)), given_directions.w_plus.shift(given_directions.strengths(same))
    )


@pytest.mark.parametrize("change", [{"encoder": "another"}, {"flow": "another"}])
def test_one_that_was_made_for_other_models_is_refused(mine, given_directions, change):
    with pytest.raises(WeightsError, match="made for other models"):
        with_own(given_directions, [replace(mine, **change)])


def test_a_name_is_there_once(mine, given_directions):
    with pytest.raises(SettingError, match="already"):
        with_own(given_directions, [mine, mine])
    with pytest.raises(SettingError, match="'Young' already"):
        with_own(given_directions, [replace(mine, name="YOUNG")])


def test_a_direction_of_another_size_is_refused(mine, given_directions):
    short = replace(mine.w_star, normals=torch.eye(1, 8))
    with pytest.raises(WeightsError, match="another size"):
        with_own(given_directions, [replace(mine, w_star=short)])


@pytest.mark.parametrize("name", ["", "   ", "a=b", "a\nb", "a\x1b[31m", "x" * 41, "\u202etxt"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(SettingError):
        checked_name(name)


@pytest.mark.parametrize("name", ["Freckles", "näselang", "雀斑", "चश्मा", "نظارة", "😀", "two words"])
def test_names_of_any_script_are_names(name):
    assert checked_name(name) == name


def test_one_name_typed_in_two_ways_is_one():
    assert checked_name("cafe\u0301") == checked_name("caf\u00e9")


HOSTILE = {
    "no name": lambda about: about.pop("name"),
    "a number as name": lambda about: about.update(name=3),
    "an infinite amount": lambda about: about["moved"]["w_plus"].update(Young=float("inf")),
    "a list of amounts": lambda about: about.update(unlike=[1, 2]),
    "three counts": lambda about: about.update(people=[1, 2, 3]),
    "more right than there are": lambda about: about["validation"]["w_plus"].update(right=[21, 3]),
    "no photos": lambda about: about["validation"]["w_star"].update(of=[0, 0], right=[0, 0]),
    "no validation": lambda about: about.update(validation={}),
    "text for a count": lambda about: about.update(people=["many", "few"]),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_metadata_that_somebody_made_up_is_told_in_a_sentence(file, change):
    tensors, metadata = stored_tensors(file)
    about = json.loads(metadata["attribute"])
    change(about)
    write_tensors(file, tensors, {"attribute": json.dumps(about)})
    with pytest.raises(WeightsError, match="does not hold an attribute"):
        read_own(file)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("w_star.normals", torch.eye(2, NUMBERS)),
        ("w_star.normals", torch.full((1, NUMBERS), float("nan"))),
        ("w_plus.steps", torch.ones(3)),
        ("w_plus.steps", torch.tensor([float("inf")])),
    ],
)
def test_tensors_that_cannot_be_are_refused(file, name, value):
    tensors, metadata = stored_tensors(file)
    write_tensors(file, {**tensors, name: value}, metadata)
    with pytest.raises(WeightsError, match="does not hold an attribute"):
        read_own(file)


def test_a_file_of_something_else_is_refused(tmp_path):
    (path := tmp_path / "photo.safetensors").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(WeightsError):
        read_own(path)


def test_few_photos_and_few_people_are_told(mine):
    few = Validation((4, 4), (6, 6))
    said = " ".join(replace(mine, people=(4, 6), validation={"w_plus": few, "w_star": few}).sentences)
    assert "6 photos with it and 6 without are few" in said and "4 people with it" in said and "a guess" in said
    assert "few" not in " ".join(mine.sentences) and "a guess" not in " ".join(mine.sentences)
    assert any("Young -1.0" in sentence for sentence in mine.sentences)
    assert any("Young -0.4" in sentence for sentence in mine.sentences)
