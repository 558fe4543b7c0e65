"""Sliders of one's own on real models: they edit as shipped ones do, and what does not know them says so."""

from dataclasses import replace

import pytest
import torch

from editor.edit.directions import SpaceDirections
from editor.edit.few import Validation
from editor.edit.own import OwnAttribute, write_own
from editor.errors import SettingError, WeightsError
from tests.conftest import difference


@pytest.fixture(scope="module")
def grin(editor) -> OwnAttribute:
    """The shipped direction of a smile, under a name of one's own."""
    directions = editor.models.directions
    k = directions.attributes.index("Smiling")
    parts = [
        SpaceDirections(*(value[k : k + 1].cpu() for value in vars(getattr(directions, space)).values()))
        for space in ("w_plus", "w_star")
    ]
    known = dict.fromkeys(("w_plus", "w_star"), Validation((18, 17), (20, 20)))
    return OwnAttribute(
        "Grinsen", *parts, directions.encoder, directions.flow, (20, 20), known, {}, {"w_plus": {}, "w_star": {}}
    )


@pytest.fixture(scope="module")
def mine(editor, grin, tmp_path_factory):
    write_own(grin, path := tmp_path_factory.mktemp("own") / "grin.safetensors")
    return editor.with_attributes([path])


def test_it_edits_as_the_direction_does_that_it_is(editor, mine, portrait):
    moved = mine.rebase(portrait)
    shipped = editor.render(portrait, {"Smiling": 1.5}, local=False, live=True)
    own = mine.render(moved, {"Grinsen": 1.5}, local=False, live=True)
    assert all(difference(shipped.images[space], own.images[space]) < 1 for space in ("w_plus", "w_star"))


def test_it_has_a_slider_and_the_first_editor_has_not(editor, mine):
    assert "Grinsen" in [each.name for each in mine.attributes] and mine.renderer is editor.renderer
    assert "Grinsen" not in [each.name for each in editor.attributes]
    mine.check({"Grinsen": -2.0, "Young": 1.0})
    with pytest.raises(SettingError, match="no attribute 'Grinsen'"):
        editor.check({"Grinsen": 1.0})


def test_it_goes_everywhere_and_beside_others(mine, portrait):
    moved = mine.rebase(portrait)
    local, everywhere = (mine.render(moved, {"Grinsen": 1.0}, ["w_star"], local, live=True).w_star for local in (True, False))
    assert difference(local, everywhere) < 1
    both = mine.render(moved, {"Grinsen": 1.0, "Young": -1.0}, ["w_star"], live=True).w_star
    assert difference(both, local) > 1


def test_changes_leave_out_what_the_classifier_does_not_know(mine, portrait):
    moved = mine.rebase(portrait)
    found = mine.changes(moved, mine.render(moved, {"Grinsen": -1.5}, ["w_star"], live=True))["w_star"]
    assert found.asked == {} and found.others["Smiling"] < -0.2


def test_others_can_be_locked_beside_it_but_it_cannot(mine, portrait):
    moved = mine.rebase(portrait)
    held = mine.preserve(moved, {"Grinsen": 1.0}, ["w_star"], locked=["Young"])
    drawn = mine.render(held, {"Grinsen": 1.0}, ["w_star"], live=True, locked=["Young"], preserve=True)
    assert drawn.w_star.size == (256, 256) and "Grinsen" not in drawn.along["w_star"]
    with pytest.raises(SettingError, match="does not know Grinsen, so it cannot be locked"):
        mine.preserve(moved, {"Young": 1.0}, ["w_star"], locked=["Grinsen"])


def test_it_has_a_safe_range(mine, portrait):
    found = mine.safe_range(mine.rebase(portrait), "Grinsen")
    assert found.low <= 0 <= found.high


def test_one_of_other_models_is_refused(editor, grin):
    with pytest.raises(WeightsError, match="made for other models"):
        editor.with_attributes([replace(grin, flow="another")])


def test_one_of_wrong_numbers_is_refused(editor, grin):
    with pytest.raises(WeightsError, match="another size"):
        editor.with_attributes([replace(grin, w_plus=replace(grin.w_plus, normals=torch.eye(1, 8)))])
