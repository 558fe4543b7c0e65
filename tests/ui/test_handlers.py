"""What is said on the page of how pictures are drawn."""

from types import SimpleNamespace

from editor.ui import handlers
from editor.ui.handlers import Handlers
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
