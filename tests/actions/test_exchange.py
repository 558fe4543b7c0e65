"""Another flow or other directions: what fits is taken, anything else is refused in a sentence."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from editor.edit.directions import SpaceDirections, write_directions
from editor.edit.kept import Conditions, Kept
from editor.errors import WeightsError
from editor.flow import FlowConfig, RealNVP, write_flow
from editor.weights.tensors import stored_tensors, write_tensors
from tests.conftest import difference


@pytest.fixture(scope="module")
def flow_file(editor, tmp_path_factory) -> Path:
    """A small flow for the editor's codes, which is no identity."""
    flow = RealNVP(FlowConfig(couplings=2, hidden=8))
    flow.load_state_dict({name: torch.randn_like(value) * 0.1 for name, value in flow.state_dict().items()})
    flow.mean.copy_(editor.models.flow.mean)
    flow.std.copy_(editor.models.flow.std)
    write_flow(flow, path := tmp_path_factory.mktemp("flow") / "flow.safetensors", editor.models.directions.encoder)
    return path


def write(directions, folder: Path, **changes) -> Path:
    write_directions(replace(directions, **changes), path := folder / "directions.safetensors")
    return path


def test_nothing_exchanged_is_the_same_editor_in_all_it_draws(editor, portrait):
    same = editor.with_files()
    one, other = (each.render(portrait, {"Young": 1.0}, live=True).w_star for each in (editor, same))
    assert difference(one, other) == 0 and same.notice == editor.notice


def test_networks_are_shared_and_the_first_editor_stays_as_it_is(editor, portrait, flow_file):
    before = editor.render(portrait, {"Young": 1.0}, live=True).w_star
    other = editor.with_files(flow=flow_file)
    assert other.renderer is editor.renderer and other.encode is editor.encode and other.find is editor.find
    assert other.models.generator is editor.models.generator and other.models.flow is not editor.models.flow
    assert difference(editor.render(portrait, {"Young": 1.0}, live=True).w_star, before) == 0


def test_a_portrait_is_carried_to_the_other_flow_and_back(editor, portrait, flow_file):
    other = editor.with_files(flow=flow_file)
    moved = other.rebase(replace(portrait, kept=Kept({(Conditions("w_star"), ()): {"Young": 1.0}})))
    assert not moved.kept.amounts and torch.equal(moved.w_plus, portrait.w_plus)
    assert not torch.allclose(moved.w_star, portrait.w_star, atol=0.1)
    back = other.models.flow.inverse(moved.w_star)
    assert torch.allclose(back, portrait.w_plus, atol=1e-3)
    assert torch.equal(editor.rebase(moved).w_star, portrait.w_star)
    assert other.measure(moved, other.render(moved, {})).round_trip < 1e-4


def test_directions_of_another_flow_are_said_to_be(editor, flow_file):
    assert "not made with this flow" in editor.with_files(flow=flow_file).notice


def test_own_attributes_come_with_their_file(editor, portrait, tmp_path):
    def only(part: SpaceDirections) -> SpaceDirections:
        return SpaceDirections(*(value[:2] for value in vars(part).values()))

    given = editor.models.directions
    parts = {"w_plus": only(given.w_plus), "w_star": only(given.w_star), "majority": given.majority[:2]}
    own = editor.with_files(directions=write(given, tmp_path, attributes=("My_Own", "Young"), **parts))
    assert {found.name for found in own.attributes} == {"My_Own", "Young"}
    live = own.render(own.rebase(portrait), {"My_Own": 1.0}, live=True)
    assert own.changes(portrait, live)["w_star"].asked == {} and own.models.regions.maps.shape[0] == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"attributes": ("Smiling",) * 40}, "a name of its own"),
        ({"attributes": ()}, "at least one attribute"),
        ({"encoder": "0" * 64}, "another encoder"),
        ({"attributes": ("Smiling",)}, "not 1"),
    ],
)
def test_directions_that_do_not_fit_are_refused(editor, tmp_path, changes, said):
    with pytest.raises(WeightsError, match=said):
        editor.with_files(directions=write(editor.models.directions, tmp_path, **changes))


def test_directions_of_other_shapes_or_without_numbers_are_refused(editor, tmp_path):
    part = editor.models.directions.w_star
    for changed, said in (
        (replace(part, normals=part.normals[:, :100]), "40 x 100 numbers in w_star, not 40 x 9216"),
        (replace(part, steps=part.steps * float("nan")), "steps in w_star that are not finite"),
    ):
        with pytest.raises(WeightsError, match=said):
            editor.with_files(directions=write(editor.models.directions, tmp_path, w_star=changed))


def test_a_flow_that_does_not_fit_is_refused(editor, tmp_path, flow_file):
    narrow = tmp_path / "narrow.safetensors"
    write_flow(RealNVP(FlowConfig(couplings=2, hidden=8, channels=4)), narrow, editor.models.directions.encoder)
    with pytest.raises(WeightsError, match="18 x 4 numbers; these models have 18 x 512"):
        editor.with_files(flow=narrow)
    foreign = tmp_path / "foreign.safetensors"
    write_flow(RealNVP(FlowConfig(couplings=2, hidden=8)), foreign, "0" * 64)
    with pytest.raises(WeightsError, match="another encoder"):
        editor.with_files(flow=foreign)
    with pytest.raises(WeightsError, match="not hold a flow"):
        editor.with_files(flow=write(editor.models.directions, tmp_path))


def test_a_config_cannot_ask_for_more_memory_than_its_file_has(tmp_path, flow_file, editor):
    tensors, about = stored_tensors(flow_file)
    huge = tmp_path / "huge.safetensors"
    write_tensors(huge, tensors, about | {"config": about["config"].replace('"hidden": 8', '"hidden": 800000')})
    with pytest.raises(WeightsError, match="larger network"):
        editor.with_files(flow=huge)
