"""The likeness benchmark times what the page does, keeps the judge off the clock and names what it passed over."""

import json
from types import SimpleNamespace

import pytest
from PIL import Image

from benchmarks import likeness
from benchmarks.likeness import Judged, measured, options_of, photos_of, report, shown
from editor.actions.fit import QUICK
from editor.errors import FaceError, SettingError
from editor.judge.quality import Level
from editor.ui.improving import LIKENESS


class Clock:
    """Seconds that pass only where something says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(likeness, "perf_counter", clock)
    return clock


def portrait(grey, level=Level.FAIR):
    face, drawn = (Image.new("RGB", (256, 256), (value,) * 3) for value in (200, grey))
    quality = SimpleNamespace(level=level)
    return SimpleNamespace(face=SimpleNamespace(image=face), reconstruction=drawn, quality=quality)


def small_editor(clock):
    """Opens in 1 s a portrait of grey 0; a step takes 0.5 s and adds 10, and every second one is shown."""

    def open_photo(path, refine):
        assert refine == QUICK
        clock.now += 1
        if path.name == "nobody.jpg":
            raise FaceError("The photo has no face.")
        return portrait(0)

    def improving(begin, steps, every):
        assert every == likeness.SHOW_EVERY
        best, grey = begin, begin.reconstruction.getpixel((0, 0))[0]
        for step in range(steps + 1):
            clock.now += 0.5 * bool(step)
            if step and step % 2 == 0:
                best = portrait(grey + 10 * step, Level.GOOD)
            yield step, best

    return SimpleNamespace(open=open_photo, refining=improving, tuning=improving, fitter=SimpleNamespace(is_quick=True))


def test_every_shown_portrait_has_its_time_and_the_judge_takes_none(clock, tmp_path):
    seen = []
    for each in shown(small_editor(clock), tmp_path / "a.jpg", {"refine": 4, "tune": 3}):
        clock.now += 100  # the judge
        seen.append((each.stage, each.seconds, each.portrait.reconstruction.getpixel((0, 0))[0]))
    assert seen == [
        ("open", 1.0, 0),
        ("refine 4", 2.0, 20),
        ("refine 4", 3.0, 40),
        ("refine 4", 3.0, 40),
        ("tune 3", 4.0, 60),
        ("tune 3", 4.5, 60),
    ]


def test_photos_without_a_face_are_named_and_do_not_count(clock, tmp_path, given_judge):
    photos = [tmp_path / "a.jpg", tmp_path / "nobody.jpg"]
    found, passed = measured(small_editor(clock), given_judge, photos, {"refine": 2, "tune": 0})
    assert len(found) == 1 and passed == {"nobody.jpg": "The photo has no face."}
    result = json.loads(json.dumps(report(found, passed, {"refine": 2, "tune": 0}), allow_nan=False))
    assert result["passed_over"] == {"n": 1, "photos": {"nobody.jpg": "The photo has no face."}}
    assert list(result["stages"]) == ["open", "refine 2"] and result["n"] == 1
    assert result["seconds_median"] == result["stages"]["refine 2"]["seconds_median"] == 2.0
    assert result["stages"]["refine 2"]["mse_central"] < result["stages"]["open"]["mse_central"]


def looked(stage, seconds, distance, good=False):
    return Judged(stage, seconds, (0.1, 0.05, distance, seconds), good)


def test_it_reports_stages_where_the_page_rests_and_when_it_was_the_same_person():
    quick = [looked("open", 1, 0.7), looked("refine 60", 2, 0.5), looked("refine 60", 3, 0.4, True), looked("tune 60", 9, 0.3)]
    slow = [looked("open", 2, float("nan")), looked("refine 60", 4, 0.65), looked("tune 60", 10, 0.5)]
    found = report([quick, slow], {}, {"refine": 60, "tune": 60})
    assert [found["stages"][name]["same_person"] for name in ("open", "refine 60", "tune 60")] == [0.0, 0.5, 1.0]
    assert (found["same_person"], found["identity_distance"], found["seconds_median"]) == (1.0, 0.4, 9.5)
    assert found["stages"]["open"]["not_found"] == 1 and found["stages"]["refine 60"]["good"] == 0.5
    assert found["to_same_person"] == {"share": 1.0, "seconds_median": 6.0, "seconds_p95": 9.6}
    assert (found["at_rest"]["seconds_median"], found["at_rest"]["identity_distance"]) == (6.5, 0.45)


def test_without_a_judge_there_are_seconds_alone():
    found = report([[Judged("open", 1.0, None, False)]], {}, {"refine": 0})
    assert found == {
        "n": 1,
        "seconds_median": 1.0,
        "seconds_p95": 1.0,
        "stages": {"open": {"n": 1, "seconds_median": 1.0, "seconds_p95": 1.0}},
        "passed_over": {"n": 0, "photos": {}},
    }


def test_stages_and_steps_are_the_pages_unless_others_are_named():
    options = options_of(["--photos", "."])
    assert {way: getattr(options, way) for way in LIKENESS} == LIKENESS
    assert options_of(["--photos", ".", "--tune", "5"]).tune == 5


def test_people_for_validation_are_some_of_those_trained_on_and_none_held_out(given_data, monkeypatch):
    monkeypatch.setattr(likeness, "VALIDATION", 0.5)
    photos = photos_of(given_data / "img", "validation", None)
    assert len(photos) == 12 and {path.name for path in photos} < {f"{n:06d}.jpg" for n in range(24)}
    assert photos_of(given_data / "img", "validation", 3) == photos[:3]
    monkeypatch.setattr(likeness, "VALIDATION", 0.0)
    with pytest.raises(SettingError, match="too few people"):
        photos_of(given_data / "img", "validation", None)


def test_other_photos_are_those_of_the_folder_or_of_a_split(given_data):
    assert [path.name for path in photos_of(given_data / "img", "test", 1)] == ["000024.jpg"]
    assert len(photos_of(given_data / "img", None, 5)) == 5
