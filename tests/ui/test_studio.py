"""What is drawn for a visitor, and what is kept from one drawing to the next."""

from dataclasses import replace

import pytest

from editor.errors import PhotoError, PointsError, SettingError
from editor.ui.asking import Fields
from editor.ui.exploring import Explorer
from editor.ui.improving import Improver
from editor.ui.studio import Studio
from editor.ui.visitors import Visitors
from tests.conftest import ROOT
from tests.ui.fake import FakeEditor
from tests.ui.test_uploads import received

MARKS = [[0.4, 0.4], [0.6, 0.4], [0.5, 0.6]]
EXAMPLE, OTHER = (ROOT / "assets" / "examples" / name for name in ("a.jpg", "b.jpg"))


@pytest.fixture
def visitors(tmp_path):
    return Visitors(tmp_path, [EXAMPLE, OTHER])


@pytest.fixture
def studio(visitors):
    return Studio(FakeEditor(), visitors, Improver())


@pytest.fixture
def visitor(visitors, studio):
    visitor = visitors.of(visitors.arrive(None), None)
    studio.open(visitor, Fields({"example": "a.jpg"}))
    return visitor


@pytest.fixture
def draw(studio, visitor):
    """Draw, and do at once what follows the answer."""

    def draw(smile, full=False, **more):
        answer = studio.draw(visitor, Fields({"strengths": {"Smiling": smile}, "full": full} | more))
        if answer.afterwards:
            answer.afterwards()
        return studio.shared.renders[-1]

    return draw


def test_live_pictures_are_drawn_near_where_the_sliders_rested_last(studio, visitor, draw):
    own = dict.fromkeys(("w_plus", "w_star"), "the face's own")
    assert draw(0.1).details == draw(0.2).details == own
    assert draw(0.2, full=True).details is None, "the full picture needs none"
    assert draw(0.3).details == draw(0.4).details == {"measured": 1}
    assert visitor.replace(visitor.portrait, replace(visitor.portrait))
    assert draw(0.5).details == own, "a better likeness begins anew"


def test_what_was_drawn_live_is_handed_on_while_face_and_edit_are_the_same(visitor, draw):
    draw(0.2)
    assert draw(0.2, full=True).like == {"Smiling": 0.2}
    draw(0.2)
    for other in ({"local": False}, {"paper": True}, {"locks": ["Young"]}):
        assert draw(0.2, full=True, **other).like is None
    assert draw(0.3, full=True).like is None
    draw(0.2)
    assert visitor.replace(visitor.portrait, replace(visitor.portrait))
    assert draw(0.2, full=True).like is None


def test_nothing_is_measured_where_the_sliders_have_moved_on(studio, visitor):
    first, second = (studio.draw(visitor, Fields({"strengths": {"Smiling": value}, "full": True})) for value in (0.1, 0.2))
    first.afterwards()
    assert studio.shared.measured == 0
    second.afterwards()
    assert studio.shared.measured == 1


def test_an_edit_is_local_unless_it_is_said_otherwise_and_never_as_in_the_paper(draw):
    asked = [draw(1, **more).local for more in ({}, {"local": False}, {"paper": True, "local": True})]
    assert asked == [True, False, False]


def test_the_rest_is_preserved_in_w_star_unless_it_is_said_otherwise_and_never_as_in_the_paper(draw):
    asked = [draw(1, **more).preserve for more in ({}, {"preserve": False}, {"preserve_w_plus": True}, {"paper": True})]
    assert asked == [("w_star",), (), ("w_plus", "w_star"), ()]


def test_changes_are_those_of_the_picture_in_full_drawn_once(studio, visitor, draw):
    draw(1, full=True)
    count = len(studio.shared.renders)
    for strengths, more in (({"Smiling": 1}, 0), ({"Smiling": 2}, 1), ({"Smiling": 2.0}, 1)):
        told = studio.changes(visitor, Fields({"strengths": strengths})).data
        assert len(studio.shared.renders) == count + more and not studio.shared.renders[-1].live
    assert told["spaces"]["w_star"] == {
        "asked": {"Smiling": 1.0},
        "others": {"Male": 0.5, "Bald": 0.1},
        "locked": {},
        "leakage": 0.3,
        "count": 2,
        "identity": 0.2,
        "side": 0.3,
    }
    assert told["better"] == "same" and told["revision"] == 1


def test_without_an_edit_no_side_effect_is_told(studio, visitor):
    told = studio.changes(visitor, Fields({"strengths": {}})).data
    assert told["better"] is None and told["spaces"]["w_plus"]["side"] is None


def test_a_strip_moves_one_attribute_and_leaves_the_others(studio, visitor):
    fields = {"strengths": {"Young": 1, "Smiling": 2}, "name": "Smiling", "values": [-1, 0]}
    answer = Explorer(studio).strip(visitor, Fields(fields))
    assert set(answer.pictures) == {"w_plus_0", "w_star_0", "w_plus_1", "w_star_1"}
    assert [each.strengths for each in studio.shared.renders] == [{"Smiling": -1.0, "Young": 1.0}, {"Young": 1.0}]
    assert all(each.live for each in studio.shared.renders)


def test_codes_are_told_as_plain_numbers(studio, visitor):
    told = Explorer(studio).codes(visitor, Fields({"strengths": {"Young": 1}})).data
    assert told["w_plus"] == {"norm": 1.0, "to_w": 0.1} and told["edited"]["w_star"]["to_w"] == 0.1
    assert told["logits"] == [{"name": "Smiling", "before": 0.0, "w_plus": 1.0, "w_star": 1.0}]


def test_a_notice_about_how_pictures_are_drawn_comes_with_them(studio, visitor):
    studio.shared.notice = "The GPU's memory does not suffice."
    assert studio.draw(visitor, Fields({"strengths": {}})).data["notice"] == studio.shared.notice


def test_nothing_is_open_after_a_photo_that_cannot_be_opened(studio, visitor):
    studio.shared.faces = 0
    with pytest.raises(Exception, match="No face"):
        studio.open(visitor, Fields({"example": "b.jpg"}))
    with pytest.raises(SettingError, match="No photo is open"):
        studio.draw(visitor, Fields({"strengths": {}}))


def test_what_is_no_photo_leaves_what_is_open(studio, visitor, visitors, tmp_path):
    path = received(visitors.uploads, tmp_path, "notes.jpg", b"Dear diary")
    with pytest.raises(PhotoError):
        studio.open(visitor, Fields({"photo": str(path)}))
    assert studio.draw(visitor, Fields({"strengths": {"Smiling": 1}})).pictures


def test_what_is_missing_of_a_photo_is_told_with_the_photo(studio, visitor):
    studio.shared.notes = ("The end of the file is missing.",)
    assert studio.open(visitor, Fields({"example": "b.jpg"})).data["notes"] == ["The end of the file is missing."]


def test_an_edit_is_looked_at_once_and_what_that_found_is_then_used(studio, visitor, draw):
    fields = Fields({"strengths": {"Smiling": 1}, "full": True})
    first = studio.draw(visitor, fields).data
    assert first["unsteady"] == 1 and first["along"] == {}
    assert Explorer(studio).preserve(visitor, fields).data == {"changed": True}
    then = studio.draw(visitor, fields).data
    assert then["unsteady"] == 0 and then["along"] == {"w_star": {"Male": 0.25}}
    assert studio.draw(visitor, Fields({"strengths": {"Smiling": 0.5}, "full": True})).data["along"] == {
        "w_star": {"Male": 0.125}
    }
    assert Explorer(studio).preserve(visitor, fields).data == {"changed": False}
    revision = visitor.revision
    assert visitor.replace(visitor.portrait, replace(visitor.portrait)) and visitor.revision == revision + 1
    assert studio.draw(visitor, fields).data["unsteady"] == 1, "a better likeness is looked at anew"


def test_locks_are_looked_at_in_both_spaces_and_what_is_left_is_told(studio, visitor, draw):
    fields = Fields({"strengths": {"Smiling": 1}, "locks": ["Male"], "full": True})
    assert studio.draw(visitor, fields).data["unsteady"] == 2
    assert Explorer(studio).preserve(visitor, fields).data == {"changed": True}
    assert studio.draw(visitor, fields).data["unsteady"] == 0
    assert draw(1, locks=["Male"]).locked == ("Male",) and draw(1, locks=["Male"], paper=True).locked == ()
    assert studio.changes(visitor, fields).data["spaces"]["w_star"]["locked"] == {"Male": 0.5}


def test_a_slider_that_moves_on_ends_the_look_at_where_it_was(studio, visitor, monkeypatch):
    walk, fields = studio.shared.preserving, Fields({"strengths": {"Smiling": 1}, "locks": ["Male"], "full": True})

    def interrupted(portrait, edit):
        for number, step in enumerate(walk(portrait, edit)):
            if number == 2:
                studio.draw(visitor, Fields({"strengths": {"Smiling": 0.9}}))
            yield step

    monkeypatch.setattr(studio.shared, "preserving", interrupted)
    studio.draw(visitor, fields)
    Explorer(studio).preserve(visitor, fields)
    assert studio.draw(visitor, fields).data["unsteady"] == 1, "one space of two is done, and stays done"


def test_looking_at_an_edit_does_not_end_what_improves_the_likeness(studio, visitor):
    fields = Fields({"strengths": {"Smiling": 1}, "locks": ["Male"]})
    studio.shared.hold_up()
    studio.improve(visitor, Fields({}))
    assert studio.shared.begun.wait(10)
    studio.shared.held.set()
    assert visitor.job.over.wait(10) and visitor.job.state == "done"
    assert Explorer(studio).preserve(visitor, fields).data["changed"]


def test_a_better_likeness_ends_a_look_and_nothing_else(studio, visitor, monkeypatch):
    """The page would open the photo anew if it were told that it is gone."""
    walk, fields = studio.shared.preserving, Fields({"strengths": {"Smiling": 1}, "locks": ["Male"], "full": True})

    def overtaken(portrait, edit):
        for step in walk(portrait, edit):
            visitor.replace(visitor.portrait, replace(visitor.portrait))
            yield step

    monkeypatch.setattr(studio.shared, "preserving", overtaken)
    studio.draw(visitor, fields)
    assert Explorer(studio).preserve(visitor, fields).data == {"changed": False}


def test_nothing_is_looked_at_where_no_classifier_can(studio, visitor, monkeypatch):
    monkeypatch.setattr(studio.shared.models, "training_classifier", None)
    fields = Fields({"strengths": {"Smiling": 1}, "locks": ["Male"], "full": True})
    assert studio.draw(visitor, fields).data["unsteady"] == 0
    assert Explorer(studio).preserve(visitor, fields).data == {"changed": False}


def test_a_file_of_directions_is_its_visitors_alone_and_given_back(studio, visitor, visitors, tmp_path):
    other = visitors.of(visitors.arrive(None), None)
    studio.open(other, Fields({"example": "a.jpg"}))
    path = received(visitors.uploads, tmp_path, "mine.safetensors")
    told = Explorer(studio).files(visitor, Fields({"directions": str(path)})).data
    assert (told["directions"], told["flow"], told["revision"]) == ("mine.safetensors", None, 2) and told["attributes"]
    assert visitor.portrait.w_star == "rebased" and other.portrait.w_star != "rebased"
    fields = Fields({"strengths": {"Smiling": 1}})
    for each, by in ((visitor, "own directions"), (other, "")):
        studio.draw(each, fields)
        assert studio.shared.renders[-1].by == by
    with pytest.raises(PhotoError):
        Explorer(studio).files(other, Fields({"directions": str(path)}))
    assert Explorer(studio).files(visitor, Fields({"flow": None})).data["directions"] is None and visitor.editor is None


def test_a_file_that_is_none_is_told_and_everything_stays(studio, visitor, visitors, tmp_path):
    path = received(visitors.uploads, tmp_path, "mine.pkl")
    with pytest.raises(SettingError, match="not a file of tensors"):
        Explorer(studio).files(visitor, Fields({"flow": str(path)}))
    assert visitor.editor is None and visitor.revision == 1


def test_the_papers_own_directions_draw_as_in_the_paper(visitors, visitor):
    paper = FakeEditor()
    studio = Studio(FakeEditor(), visitors, Improver(), paper)
    for asked, count in (({}, 0), ({"paper": True}, 1)):
        studio.draw(visitor, Fields({"strengths": {"Smiling": 1}} | asked))
        assert len(paper.renders) == count
    explorer = Explorer(studio)
    for _ in range(2):
        explorer.range(visitor, Fields({"name": "Smiling", "paper": True}))
    assert (studio.shared.ranged, paper.ranged) == (0, 1), "and say how far a slider may go so"


def test_a_safe_range_is_measured_once_for_a_portrait(studio, visitor):
    explorer = Explorer(studio)
    for fields, count in (({}, 1), ({}, 1), ({"local": False}, 2), ({}, 2)):
        told = explorer.range(visitor, Fields({"name": "Smiling"} | fields)).data
        assert told == {"name": "Smiling", "low": -1.5, "high": 2.0, "why_low": "identity", "why_high": None}
        assert studio.shared.ranged == count
    visitor.replace(visitor.portrait, replace(visitor.portrait))
    explorer.range(visitor, Fields({"name": "Smiling"}))
    assert studio.shared.ranged == 3, "of a better likeness it is measured anew"


def test_a_face_that_was_open_before_is_not_made_anew(studio, visitor):
    studio.shared.faces = 2
    better = replace(visitor.portrait)
    visitor.replace(visitor.portrait, better)
    studio.open(visitor, Fields({"example": "a.jpg", "face": 1}))
    opened = len(studio.shared.opened)
    studio.open(visitor, Fields({"example": "a.jpg", "face": 0}))
    assert visitor.portrait is better and len(studio.shared.opened) == opened
    for _ in range(2):
        studio.open(visitor, Fields({"example": "a.jpg", "points": MARKS}))
    assert len(studio.shared.opened) == opened + 1, "but a face placed by hand is, once"


def test_marks_that_cannot_be_a_face_leave_open_what_is_open(studio, visitor):
    before = visitor.portrait
    with pytest.raises(PointsError):
        studio.open(visitor, Fields({"example": "a.jpg", "points": [[0.6, 0.4], [0.4, 0.4], [0.5, 0.6]]}))
    assert visitor.portrait is before


def test_a_photo_is_opened_for_the_flow_that_the_visitor_takes_meanwhile(studio, visitor, monkeypatch):
    own = studio.shared.with_files(flow=EXAMPLE.with_suffix(".safetensors"))
    opened = studio.shared.open

    def slow(*given, **more):
        found = opened(*given, **more)
        visitor.use(own, own.rebase)
        return found

    monkeypatch.setattr(studio.shared, "open", slow)
    studio.open(visitor, Fields({"example": "b.jpg"}))
    assert visitor.editor is own and visitor.portrait.w_star == "rebased"


def test_two_flows_draw_the_same_edit_in_w_star_alone(studio, visitor, draw):
    visitor.use(studio.shared.with_files(flow=EXAMPLE.with_suffix(".safetensors")), studio.shared.rebase)
    draw(0.5, flows=True)
    shipped, own = studio.shared.renders[-2:]
    assert (shipped.by, own.by) == ("", "own flow") and shipped.strengths == own.strengths == {"Smiling": 0.5}
    answer = studio.draw(visitor, Fields({"strengths": {"Smiling": 0.5}, "flows": True, "full": True}))
    assert set(answer.pictures) == {"w_plus", "w_star"}
    draw(0.5, flows=True, locks=["Male"])
    assert [each.locked for each in studio.shared.renders[-2:]] == [("Male",)] * 2
    draw(0.5)
    assert studio.shared.renders[-1].by == "own flow", "without the switch, the visitor's own alone"
