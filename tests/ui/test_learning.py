"""An attribute made of a visitor's photos: in the background, told, stopped, and with no photo left."""

import threading
from types import SimpleNamespace

import pytest

from editor.errors import SettingError
from editor.ui import learning
from editor.ui.admission import RefusedError
from editor.ui.asking import Fields
from editor.ui.improving import Improver
from editor.ui.learning import Learner
from editor.ui.studio import Studio
from editor.ui.visitor import VisitorLeftError
from editor.ui.visitors import Visitors
from tests.ui.fake import FakeEditor
from tests.ui.test_uploads import received


class LearningEditor(FakeEditor):
    """Looks at a photo each time it is allowed to."""

    def __init__(self):
        super().__init__()
        self.allowed, self.looking = threading.Event(), threading.Event()
        self.allowed.set()

    def learn(self, name, shows, lacks, progress):
        for step in range(len(shows) + len(lacks)):
            self.looking.set()
            assert self.allowed.wait(20)
            progress(step, len(shows) + len(lacks))
        if name == "Nobody":
            raise SettingError("Take at least 5 of each.")
        if name == "Broken":
            raise ZeroDivisionError
        return SimpleNamespace(
            attribute=SimpleNamespace(sentences=("It may be a guess.",)), skipped=[("a.jpg", "No face.")] * 30
        )


@pytest.fixture
def visitors(tmp_path):
    return Visitors(tmp_path, [])


@pytest.fixture
def editor():
    return LearningEditor()


@pytest.fixture
def learner(editor, visitors, monkeypatch):
    monkeypatch.setattr(learning, "write_own", lambda attribute, path: path.write_bytes(b"tensors"))
    return Learner(Studio(editor, visitors, Improver()))


@pytest.fixture
def visitor(visitors):
    return visitors.of(visitors.arrive(None), None)


@pytest.fixture
def learn(learner, visitors, visitor, tmp_path):
    """Begin with two photos a side; gives their paths."""

    def learn(name="Freckles", who=visitor, paths=None):
        paths = [] if paths is None else paths
        paths += [learning.Path(received(visitors.uploads, tmp_path)) for _ in range(4)]
        shows, lacks = ([str(path) for path in side] for side in (paths[:2], paths[2:]))
        learner.learn(who, Fields({"name": name, "shows": shows, "lacks": lacks}))
        return paths

    return learn


def ended(visitor):
    job, _ = visitor.learning
    assert job.over.wait(20)
    return job


def test_an_attribute_is_made_told_and_kept_and_the_photos_go(learner, learn, visitor):
    paths = learn()
    assert ended(visitor).state == "done"
    told = learner.learning(visitor, Fields({})).data
    assert told["sentences"] == ["It may be a guess."] and told["left_out"] == 30 and len(told["skipped"]) == 20
    file = learner.learned(visitor, Fields({})).file
    assert file.name == "Freckles.attribute.safetensors" and file.content == b"tensors"
    learner._thread.shutdown(wait=True)
    assert not any(path.parent.exists() for path in paths)


@pytest.mark.parametrize(("name", "sentence"), [("Nobody", "at least 5"), ("Broken", "went wrong")])
def test_what_fails_is_told_and_the_next_can_begin(learner, learn, visitor, name, sentence):
    learn(name)
    job = ended(visitor)
    assert job.state == "failed" and sentence in job.error
    learn()
    assert ended(visitor).state == "done"


@pytest.mark.parametrize(
    "fields", [{"name": "Smiling"}, {"name": ""}, {"name": "a=b"}, {}, {"name": "Ok", "shows": ["x"] * 101}]
)
def test_a_wrong_name_or_too_many_photos_begin_nothing(learner, visitor, fields):
    with pytest.raises(SettingError):
        learner.learn(visitor, Fields({"shows": [], "lacks": []} | fields))
    assert visitor.learning == (None, None)


def test_one_at_a_time_and_it_can_be_stopped(learner, learn, visitor, editor):
    editor.allowed.clear()
    learn()
    assert editor.looking.wait(10)
    with pytest.raises(RefusedError, match="already"):
        learn()
    learner.unlearn(visitor, Fields({}))
    editor.allowed.set()
    assert ended(visitor).state == "stopped"
    with pytest.raises(RefusedError, match="No attribute"):
        learner.learned(visitor, Fields({}))


def test_who_leaves_ends_what_is_under_way(learner, learn, visitor, editor):
    editor.allowed.clear()
    paths = learn()
    job, _ = visitor.learning
    assert editor.looking.wait(10)
    visitor.end()
    editor.allowed.set()
    assert job.over.wait(20) and job.state == "stopped"
    assert not any(path.exists() for path in paths)
    with pytest.raises(VisitorLeftError):
        visitor.begin_learning(job)


def test_photos_go_also_where_nothing_is_learnt_of_them(learner, learn, visitor, visitors, editor):
    editor.allowed.clear()
    learn()
    assert editor.looking.wait(10)
    other = visitors.of(visitors.arrive(None), None)
    waiting = learn(who=other)
    learner.unlearn(other, Fields({}))  # before its turn comes
    refused: list[learning.Path] = []
    with pytest.raises(RefusedError):
        learn(paths=refused)
    editor.allowed.set()
    learner._thread.shutdown(wait=True)
    assert len(refused) == 4 and not any(path.parent.exists() for path in (*waiting, *refused))
