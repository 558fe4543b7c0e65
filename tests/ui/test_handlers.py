"""What is said on the page of how pictures are drawn."""

from types import SimpleNamespace

from editor.judge.changes import Changes
from editor.ui import handlers
from editor.ui.handlers import Handlers, seen_changes
from editor.ui.session import SessionFiles


def test_a_notice_is_told_once_to_each_visitor_and_again_when_it_changes(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(handlers.gr, "Warning", told.append)
    editor = SimpleNamespace(attributes=[], notice="")
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


def test_changes_are_shown_with_what_came_along_most():
    others = {"Young": -2.0, "<b>": 0.5, "Bald": 0.4, "Chubby": 0.3}
    shown = seen_changes({"w_plus": Changes({"Smiling": 9.0}, others), "w_star": Changes({"Smiling": 1.0}, {})})
    assert "Smiling" in shown and "+9.0" in shown and "width:100%" in shown
    assert "-2.0" in shown and "width:67%" in shown and "Chubby" not in shown
    assert "<b></b>" not in shown and "&lt;b&gt;" in shown, "a name is text"
    assert "0.80" in shown and "4 attributes" in shown
    assert seen_changes({}) == ""
