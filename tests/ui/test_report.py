"""What the page tells of an edit."""

from editor.judge.changes import Changes
from editor.ui.report import seen_changes


def test_changes_are_shown_with_what_came_along_most():
    others = {"Young": -2.0, "<b>": 0.5, "Bald": 0.4, "Chubby": 0.3}
    shown = seen_changes({"w_plus": Changes({"Smiling": 9.0}, others), "w_star": Changes({"Smiling": 1.0}, {})})
    assert "Smiling" in shown and "+9.0" in shown and "width:100%" in shown
    assert "-2.0" in shown and "width:67%" in shown and "Chubby" not in shown
    assert "<b></b>" not in shown and "&lt;b&gt;" in shown, "a name is text"
    assert "0.80" in shown and "4 attributes" in shown
    assert seen_changes({}) == ""
