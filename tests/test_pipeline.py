"""The product's own promise: open once, render at every move."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from PIL import Image

from editor import EditorError, FaceError, SettingError
from editor.actions.fit.descent import FitConfig
from editor.judge.quality import Level
from editor.spaces import SPACES
from tests.conftest import difference


def test_opening_gives_an_aligned_face_and_its_reconstruction(portrait):
    assert portrait.face.image.size == portrait.reconstruction.size == (1024, 1024)
    assert portrait.w_plus.shape == (1, 18, 512) and len(portrait.face.detections) == 1
    assert difference(portrait.face.image.resize((64, 64)), portrait.reconstruction.resize((64, 64))) < 45, "it is that face"


def test_strength_zero_is_the_reconstruction(editor, portrait):
    for strengths in ({}, {"Smiling": 0.0}):
        images = editor.render(portrait, strengths)
        assert difference(images.w_plus, portrait.reconstruction) == difference(images.w_star, portrait.reconstruction) == 0


def test_a_vanishing_edit_vanishes_in_both_spaces(editor, portrait):
    """Not only by the short cut at zero: the way through T and back ends where it began."""
    images = editor.render(portrait, {"Smiling": 1e-4})
    assert max(difference(images.w_plus, portrait.reconstruction), difference(images.w_star, portrait.reconstruction)) < 0.1


@pytest.mark.parametrize("name", ["Smiling", "Male", "Eyeglasses", "Blond_Hair"])
def test_both_ends_of_a_slider_differ(editor, portrait, name):
    low, high = (editor.render(portrait, {name: strength}) for strength in (-1.5, 1.5))
    assert difference(low.w_plus, high.w_plus) > 3 and difference(low.w_star, high.w_star) > 3


def test_the_judge_sees_what_was_asked_for_and_what_came_along(editor, portrait):
    strengths = {"Smiling": -1.5, "Young": 0.0}
    images = editor.render(portrait, strengths)
    changes = editor.changes(portrait, images)
    assert list(changes) == ["w_plus", "w_star"]
    for found in changes.values():
        assert list(found.asked) == ["Smiling"] and found.asked["Smiling"] < -0.5
        sizes = [abs(value) for value in found.others.values()]
        assert len(sizes) == 39 and sizes == sorted(sizes, reverse=True) and 0 < found.leakage < 2
    nothing = editor.changes(portrait, editor.render(portrait, {}, ["w_star"]))
    assert list(nothing) == ["w_star"] and nothing["w_star"].leakage == 0 and nothing["w_star"].identity == 0


def test_the_numbers_behind_an_edit_grow_with_it(editor, portrait):
    reports = [editor.measure(portrait, editor.render(portrait, {"Smiling": -s} if s else {}, live=True)) for s in (0, 1, 2)]
    for space in ("w_plus", "w_star"):
        none, some, much = (report.edited[space] for report in reports)
        assert none.moved == 0 and none.moved_w_star < 1e-4 and none.to_w == pytest.approx(reports[0].to_w)
        assert 0 < some.moved < much.moved and 0 < some.moved_w_star < much.moved_w_star
    along = reports[1].edited["w_star"].moved_w_star, reports[2].edited["w_star"].moved_w_star
    assert along[1] == pytest.approx(2 * along[0], rel=1e-3), "in W* an edit goes along a line"
    assert all(0 < report.round_trip < 1e-4 and report.norm["w_plus"] > 1 for report in reports)


def test_the_numbers_behind_an_edit_name_every_logit(editor, portrait):
    live = editor.render(portrait, {"Smiling": -1.5}, ["w_star"], live=True)
    logits = {logit.name: logit for logit in editor.measure(portrait, live).logits}
    assert list(logits) == list(editor.models.classifier.attributes)
    change = logits["Smiling"].after["w_star"] - logits["Smiling"].before
    std = editor.models.classifier.logit_std[list(logits).index("Smiling")].item()
    assert change / std == pytest.approx(editor.changes(portrait, live)["w_star"].asked["Smiling"], rel=1e-4)
    before, after = logits["Smiling"].probabilities
    assert 0 <= after["w_star"] < before <= 1 and "w_plus" not in after
    assert editor.measure(replace(portrait, logits=None), live).logits == ()


@pytest.mark.parametrize("live", [True, False])
def test_a_face_is_the_further_from_itself_the_stronger_the_edit(editor, portrait, live):
    apart = [editor.changes(portrait, editor.render(portrait, {"Male": s}, live=live)) for s in (1e-4, 0.5, 2.0)]
    for space in ("w_plus", "w_star"):
        none, some, much = (changes[space].identity for changes in apart)
        assert none < 0.02 < some < much < 1.2


def test_live_pictures_are_nearly_the_full_ones_near_where_the_slider_rested(editor, portrait):
    def error(picture, strengths):
        full = editor.render(portrait, strengths, ["w_star"]).w_star.resize(picture.size, Image.Resampling.BOX)
        return difference(full, picture)

    for rested, near in (({}, {"Smiling": -0.5}), ({"Young": -1.0}, {"Young": -1.5})):
        details = editor.details(portrait, editor.render(portrait, rested))
        live = editor.render(portrait, near, live=True, details=details)
        plain = editor.render(portrait, near, live=True)
        assert live.w_plus.size == live.w_star.size == (512, 512) and plain.w_star.size == (256, 256)
        assert error(live.w_star, near) < 0.6 * error(plain.w_star, near)


def test_an_edit_leaves_the_rest_of_the_picture_as_it_is(editor, portrait):
    """A nose's edit changes the mouth and the corners a fraction of what it does where it is let, and the nose itself alike."""
    strengths = {"Big_Nose": 1.5}
    masked, free = (editor.render(portrait, strengths, local=local) for local in (True, False))
    boxes = {"nose": (450, 540, 574, 660), "mouth": (400, 690, 624, 760), "corner": (0, 0, 120, 120)}
    for space in ("w_plus", "w_star"):
        near, far = (
            {
                name: difference(getattr(images, space).crop(box), portrait.reconstruction.crop(box))
                for name, box in boxes.items()
            }
            for images in (masked, free)
        )
        assert near["corner"] < 0.5 * far["corner"] and near["mouth"] < 0.7 * far["mouth"], (near, far)
        assert near["nose"] > 0.5 * far["nose"]


def test_places_of_several_edits_are_one_picture(editor, portrait):
    both = editor.render(portrait, {"Bangs": 1.0, "Big_Lips": 1.0}, ["w_star"]).w_star
    for name, box in (("Bangs", (350, 220, 674, 330)), ("Big_Lips", (420, 680, 604, 740))):
        alone = editor.render(portrait, {name: 1.0}, ["w_star"]).w_star.crop(box)
        assert difference(both.crop(box), alone) < 0.7 * difference(portrait.reconstruction.crop(box), alone)


def test_as_many_sliders_as_there_are_can_be_moved_together(editor, portrait):
    names = [attribute.name for attribute in editor.attributes]
    for count in (3, 4, 5, 12, len(names)):
        for live in (True, False):
            result = editor.render(portrait, dict.fromkeys(names[:count], 0.3), live=live)
            before = portrait.reconstruction.resize(result.w_star.size)
            assert all(difference(result.images[space], before) > 0.5 for space in SPACES), (count, live)


def test_a_film_strip_is_what_the_slider_shows_at_each_value(editor, portrait):
    pictures = editor.strip(portrait, "Young", (-2, 0, 1), {"Smiling": -1.0})
    assert list(pictures) == ["w_plus", "w_star"] and all(len(row) == 3 for row in pictures.values())
    details = dict.fromkeys(pictures, portrait.detail)
    live = editor.render(portrait, {"Smiling": -1.0, "Young": 1.0}, live=True, details=details)
    assert difference(pictures["w_plus"][2], live.w_plus) == difference(pictures["w_star"][2], live.w_star) == 0
    (row,) = editor.strip(portrait, "Young", (0, 1), spaces=["w_star"]).values()
    assert row[0].size == row[1].size and difference(row[0], portrait.reconstruction.resize(row[0].size)) < 2


def test_only_the_asked_space_is_drawn(editor, portrait):
    images = editor.render(portrait, {"Young": 1}, ["w_star"])
    assert images.w_plus is None and images.w_star is not None


def test_rendering_changes_nothing_of_the_portrait(editor, portrait):
    before = portrait.w_plus.clone()
    first = editor.render(portrait, {"Young": 1.0})
    again = editor.render(portrait, {"Young": 1.0})
    assert (portrait.w_plus == before).all() and difference(first.w_star, again.w_star) == 0


def test_which_face_can_be_chosen(editor, photo):
    both = Image.new("RGB", (900, 512), "grey")
    both.paste(photo.resize((320, 320)).transpose(Image.Transpose.FLIP_LEFT_RIGHT), (0, 100))
    both.paste(photo, (380, 0))
    large, small = editor.open(both), editor.open(both, face=1)
    assert len(large.face.detections) == 2 and large.face.quad.side > small.face.quad.side
    with pytest.raises(FaceError, match="2 face"):
        editor.open(both, face=2)


def test_the_same_face_in_another_place_has_nearly_the_same_code(editor, photo, portrait):
    moved = Image.new("RGB", (1400, 1100), "grey")
    moved.paste(photo, (500, 300))
    other = editor.open(moved).w_plus
    std = editor.models.encoder.w_std
    assert ((other - portrait.w_plus) / std).square().mean() < 0.1 * (
        (portrait.w_plus - editor.models.encoder.w_mean) / std
    ).square().mean() + 0.05


def test_refining_gets_nearer_and_leaves_the_given_portrait_alone(editor, portrait):
    before = portrait.w_plus.clone()
    told = []
    better = editor.refine(portrait, 12, lambda step, steps: told.append((step, steps)))
    assert told == [(step, 12) for step in range(13)]
    assert better.quality.identity < portrait.quality.identity and better.quality.pixel < portrait.quality.pixel
    assert (portrait.w_plus == before).all() and not (better.w_plus == before).all()
    assert difference(editor.render(better, {}).w_star, better.reconstruction) == 0
    assert better.face is portrait.face


def test_tuning_gets_nearer_with_the_same_code_and_edits_are_drawn_by_the_tuned_generator(editor, portrait):
    better = editor.tune(portrait, 10)
    assert better.lora is not None and portrait.lora is None and (better.w_plus == portrait.w_plus).all()
    assert better.quality.pixel < portrait.quality.pixel
    plain, tuned = (editor.render(p, {"Smiling": 1}).w_star for p in (portrait, better))
    assert difference(plain, tuned) > 0.5 and difference(editor.render(better, {}).w_star, better.reconstruction) == 0
    size = sum(factor.numel() * factor.element_size() for factor in better.lora.parameters)
    assert size < 300_000, "small enough for a session"


def test_a_tuned_portrait_can_be_refined_and_tuned_further(editor, portrait):
    tuned = editor.tune(portrait, 5)
    refined = editor.refine(tuned, 12)
    assert refined.lora is tuned.lora and not (refined.w_plus == tuned.w_plus).all()
    weigh = FitConfig().weigh
    assert weigh(editor.tune(refined, 5).quality) < weigh(refined.quality) < weigh(tuned.quality)


def test_refining_can_be_stopped_at_any_step(editor, portrait):
    walk = editor.refining(portrait, 100, every=10)
    step, best = next(islice(walk, 10, None))
    assert step == 10
    walk.close()
    assert best.quality.perceptual < portrait.quality.perceptual
    with pytest.raises(SettingError, match="at least one step"):
        editor.refine(portrait, 0)


def test_nothing_is_computed_twice_for_one_move(editor, portrait, monkeypatch):
    """T is in the portrait. T^-1 and each drawing are made once: what the small picture misses comes from the same two."""
    flow, calls, usual = type(editor.models.flow), [], editor.renderer.draw

    def counted(name):
        real = getattr(flow, name)
        monkeypatch.setattr(flow, name, lambda *given: (calls.append(name), real(*given))[1])

    counted("transform")
    counted("inverse")
    monkeypatch.setattr(editor.renderer, "draw", lambda *given: (calls.append("draw"), usual(*given))[1])
    monkeypatch.setattr("editor.images.to_tensor", lambda _: pytest.fail("a picture was converted again"))
    live = editor.render(portrait, {"Smiling": 1.0}, live=True)
    full = editor.render(portrait, {"Smiling": 1.0}, like=live)
    editor.details(portrait, full, live)
    editor.changes(portrait, full)
    assert calls == ["inverse", "draw", "draw"]
    assert editor.render(portrait, {"Smiling": 1.1}, like=live).codes is not live.codes


def test_codes_of_another_edit_are_not_taken(editor, portrait):
    live = editor.render(portrait, {"Smiling": 1.0}, live=True)
    for other in ({"Smiling": -1.0}, {"Smiling": 1.0, "Young": 1.0}):
        assert difference(editor.render(portrait, other, like=live).w_star, editor.render(portrait, other).w_star) == 0
    everywhere = editor.render(portrait, {"Smiling": 1.0}, local=False, like=live)
    assert difference(everywhere.w_star, editor.render(portrait, {"Smiling": 1.0}, local=False).w_star) == 0


def test_running_out_of_memory_is_said_and_harms_nothing(editor, portrait, monkeypatch):
    def fail(*_):
        raise RuntimeError("DefaultCPUAllocator: not enough memory")

    monkeypatch.setattr(type(editor.fitter.objectives[0]), "__call__", fail)
    with pytest.raises(EditorError, match="last good"):
        editor.refine(portrait, 3)
    assert editor.render(portrait, {"Smiling": 1}).w_star is not None


def test_an_aligned_face_needs_no_looking_for(editor, portrait):
    aligned = editor.open_aligned(portrait.face.image)
    assert (aligned.w_plus == portrait.w_plus).all() and aligned.face.detections == ()
    assert aligned.face.quad.side == 1024 and aligned.quality == portrait.quality


def test_a_grey_block_is_not_trusted(editor):
    assert editor.open_aligned(Image.new("RGB", (256, 256), "grey")).quality.level is Level.POOR


def test_unknown_settings_are_refused(editor, portrait):
    with pytest.raises(SettingError):
        editor.render(portrait, {"Nothing": 1})
    with pytest.raises(SettingError, match="no space 'w_stra'"):
        editor.render(portrait, {"Smiling": 1}, ["w_stra"])
    with pytest.raises(SettingError, match="models"):
        type(editor).load("nothing")


def test_models_of_different_encoders_are_refused(store, monkeypatch):
    import dataclasses

    from editor import WeightsError, models

    real = models.read_directions
    monkeypatch.setattr(models, "read_directions", lambda path: dataclasses.replace(real(path), encoder="another"))
    with pytest.raises(WeightsError, match="another encoder"):
        models.load_models("embedded", store)


def test_a_result_carries_no_metadata(editor, photo, tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    path = tmp_path / "gps.jpg"
    photo.save(path, exif=exif)
    images = editor.render(editor.open(path), {"Smiling": 1})
    for picture in (images.w_plus, images.w_star):
        assert not picture.getexif() and not picture.info
    assert np.asarray(images.w_plus).shape == (1024, 1024, 3)


def test_portraits_can_be_compared_and_hashed(editor, portrait):
    other = replace(portrait, refined=7)
    assert portrait == portrait and portrait != other and len({portrait, other, portrait}) == 2
    images = editor.render(portrait, {"Smiling": 0.5}, live=True)
    assert images != editor.render(portrait, {"Smiling": 0.5}, live=True) and hash(images) == hash(images)
    face = portrait.face
    assert face.quad != editor.open_aligned(face.image).face.quad and hash(face.detections) == hash(face.detections)
