"""What is said on the page of how pictures are drawn, and what is drawn while sliders move."""

from types import SimpleNamespace

from PIL import Image

from editor import Images
from editor.judge.changes import Changes
from editor.ui import handlers
from editor.ui.handlers import Handlers, seen_changes
from editor.ui.session import SessionFiles


def test_a_notice_is_told_once_to_each_visitor_and_again_when_it_changes(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(handlers.gr, "Warning", told.append)
    editor = SimpleNamespace(attributes=[], notice="", models=SimpleNamespace(places=None))
    page = Handlers(editor, SessionFiles(tmp_path))
    page._tell("a")
    assert told == []
    editor.notice = "slow"
    for session in ("a", "a", "b"):
        page._tell(session)
    assert told == ["slow", "slow"]
    editor.notice = "slower"
    page._tell("a")
    assert told == ["slow", "slow", "slower"]


class Recorder:
    """An editor that writes down what live pictures were drawn near."""

    attributes = [SimpleNamespace(name="Smiling")]
    notice = ""
    models = SimpleNamespace(places=None)

    def __init__(self):
        self.measured, self.near, self.placed = [], [], []

    def details(self, portrait, images, strengths, in_place=True):
        self.placed.append(in_place)
        self.measured.append((portrait, images, strengths.get("Smiling", 0)))
        return {"w_plus": len(self.measured)}

    def render(self, portrait, strengths, live=False, details=None, in_place=True):
        self.placed.append(in_place)
        self.near.append(details and details["w_plus"])
        return Images(*[Image.new("RGB", (8, 8))] * 2)

    def changes(self, portrait, images, strengths):
        return {}


def test_live_pictures_are_drawn_near_where_the_sliders_rested_last(tmp_path):
    editor, visitor = Recorder(), SimpleNamespace(session_hash="a")
    page = Handlers(editor, SessionFiles(tmp_path))
    face, refined = (SimpleNamespace(reconstruction=Image.new("RGB", (8, 8))) for _ in range(2))
    page.move(face, True, visitor, 0.1)
    page.move(face, True, visitor, 0.2)
    page.render(face, True, visitor, 0.2)
    page.judge(face, True, visitor, 0.2)
    page.move(face, True, visitor, 0.3)
    page.move(refined, True, visitor, 0.4)
    assert editor.near == [1, 1, None, 2, 3], "the full picture needs none; a better likeness begins anew"
    assert [(portrait is face, strength) for portrait, _, strength in editor.measured] == [(True, 0), (True, 0.2), (False, 0)]


def test_nothing_is_measured_where_the_sliders_have_moved_on(tmp_path):
    editor, visitor = Recorder(), SimpleNamespace(session_hash="a")
    page, face = Handlers(editor, SessionFiles(tmp_path)), SimpleNamespace(reconstruction=Image.new("RGB", (8, 8)))
    page.render(face, True, visitor, 0.2)
    page.move(face, True, visitor, 0.3)
    page.judge(face, True, visitor, 0.2)
    assert [strength for _, _, strength in editor.measured] == [0]


def test_edits_keep_to_their_places_where_that_is_asked_for(tmp_path):
    editor, visitor = Recorder(), SimpleNamespace(session_hash="a")
    page, face = Handlers(editor, SessionFiles(tmp_path)), SimpleNamespace(reconstruction=Image.new("RGB", (8, 8)))
    for in_place in (True, False):
        page.render(face, in_place, visitor, 0.2)
        page.judge(face, in_place, visitor, 0.2)
    assert editor.placed == [True, True, False, False]


def test_changes_are_shown_with_what_came_along_most():
    others = {"Young": -2.0, "<b>": 0.5, "Bald": 0.4, "Chubby": 0.3}
    shown = seen_changes({"w_plus": Changes({"Smiling": 9.0}, others), "w_star": Changes({"Smiling": 1.0}, {})})
    assert "Smiling" in shown and "+9.0" in shown and "width:100%" in shown
    assert "-2.0" in shown and "width:67%" in shown and "Chubby" not in shown
    assert "<b></b>" not in shown and "&lt;b&gt;" in shown, "a name is text"
    assert "0.80" in shown and "4 attributes" in shown
    assert seen_changes({}) == ""


def test_only_sliders_that_moved_and_are_not_steady_yet_are_asked_about(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(handlers.gr, "Info", told.append)
    names = ("Smiling", "Young", "Male")

    def steady(portrait, asked):
        for step, name in enumerate(asked, 1):
            portrait = SimpleNamespace(steady={**portrait.steady, name: None})
            yield step, portrait

    editor = SimpleNamespace(
        attributes=[SimpleNamespace(name=name) for name in names], models=SimpleNamespace(places=None), steady=steady
    )
    page, visitor = Handlers(editor, SessionFiles(tmp_path)), SimpleNamespace(session_hash="a")
    face = SimpleNamespace(steady={"Smiling": None})
    walk = list(page.steady(face, visitor, 0.5, -0.5, 0.0))
    assert set(walk[1][0].steady) == {"Smiling", "Young"} and "1 of 1" in walk[0][1] and told == []
    for portrait, values in ((None, (0.5, 0, 0)), (face, (0, 0, 0)), (face, (0.5, 0, 0))):
        assert len(list(page.steady(portrait, visitor, *values))) == 1
    assert len(set(told)) == 3
