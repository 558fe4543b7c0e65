"""All that belongs to a visitor has one end, and nothing is kept or written after it."""

import itertools
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from editor.edit.kept import Kept
from editor.portrait import Edit, Rendering
from editor.ui.asking import Asked
from editor.ui.job import Job
from editor.ui.visitor import FACES, Visitor, VisitorLeftError
from tests.ui.fake import FakeEditor, portrait

PICTURE = Image.new("RGB", (32, 32), "red")
ASKED = Asked((("Smiling", 1.0),))


def remember(visitor: Visitor, of, asked=ASKED, live=False) -> None:
    visitor.memory(of).remember(asked, Rendering(Edit(asked.strengths), None, {}, {}, live))


@pytest.fixture
def visitor(tmp_path) -> Visitor:
    return Visitor(tmp_path / "one")


def test_results_of_two_calls_have_names_of_their_own(visitor):
    paths = {visitor.png("w-star", PICTURE) for _ in range(5)}
    assert len(paths) == 5 and {path.rsplit("/", 1)[-1] for path in paths} == {"w-star.png"}


def test_after_the_end_nothing_is_there_and_nothing_can_be_kept(visitor, tmp_path):
    face, upload = portrait(), tmp_path / "uploads" / "token"
    upload.mkdir(parents=True)
    visitor.own(upload)
    visitor.open_photo(upload / "photo.jpg", face)
    job = Job("refine", 60)
    assert visitor.begin(job)
    for live in (True, False):
        remember(visitor, face, live=live)
    visitor.memory(face).details = {}
    visitor.png("w-star", PICTURE)
    visitor.end()
    writing = {
        "png": lambda: visitor.png("w-star", PICTURE),
        "file": lambda: visitor.file("a.jpg", b"x"),
        "own": lambda: visitor.own(upload),
        "open": lambda: visitor.open_photo(tmp_path / "photo.jpg", face),
        "close": lambda: visitor.close_photo(),
        "replace": lambda: visitor.replace(face, portrait()),
        "begin": lambda: visitor.begin(Job("refine", 60)),
        "memory": lambda: visitor.memory(face),
        "learning": lambda: visitor.begin_learning(Job("learn", 1)),
    }
    for write in writing.values():
        with pytest.raises(VisitorLeftError):
            write()
    assert not visitor.folder.exists() and not upload.exists() and job.ending
    assert visitor.portrait is visitor.photo is visitor.job is visitor.preview is None


def test_an_end_in_the_midst_of_writing_leaves_nothing(tmp_path):
    for number in range(50):
        visitor = Visitor(tmp_path / str(number))
        begun = threading.Event()

        def write(visitor=visitor, begun=begun):
            for _ in itertools.count():
                visitor.file("w-star.png", b"x" * 1000)
                begun.set()

        with ThreadPoolExecutor(2) as threads:
            writing = [threads.submit(write) for _ in range(2)]
            begun.wait(10)
            visitor.end()
            assert all(isinstance(one.exception(10), VisitorLeftError) for one in writing)
        assert not visitor.folder.exists()


def test_a_better_likeness_of_what_is_not_open_any_more_is_dropped(visitor, tmp_path):
    first, better, second = portrait("1"), portrait("2"), portrait("3")
    assert visitor.open_photo(tmp_path / "a.jpg", first) == 1
    assert visitor.replace(first, better) and visitor.opened() == (better, 2)
    assert visitor.open_photo(tmp_path / "b.jpg", second) == 3
    assert not visitor.replace(better, first) and visitor.opened() == (second, 3)


def test_what_was_drawn_is_remembered_for_its_portrait_and_its_edit(visitor, tmp_path):
    face, other = portrait(), portrait("other")
    visitor.open_photo(tmp_path / "a.jpg", face)
    remember(visitor, face)
    remember(visitor, face, live=True)
    memory = visitor.memory(face)
    assert memory.full(ASKED) and memory.live(ASKED)
    assert visitor.memory(other).full(ASKED) is memory.full(Asked()) is None
    remember(visitor, other, Asked())
    visitor.memory(other).details = {}
    assert memory.full(ASKED) and visitor.memory(other).details is None, "what comes late, of another portrait, is dropped"
    assert visitor.replace(face, other) and visitor.memory(face).full(ASKED) is visitor.memory(other).full(ASKED) is None
    remember(visitor, other)
    visitor.memory(other).keep(Kept(), anew=False)
    assert visitor.memory(other).full(ASKED)
    visitor.memory(other).keep(Kept(), anew=True)
    assert visitor.memory(other).full(ASKED) is None, "what moves along changes what is drawn"


def test_faces_of_a_photo_are_known_while_it_is_open(visitor, tmp_path):
    visitor.open_photo(tmp_path / "a.jpg", portrait(faces=2))
    assert len(visitor.detections(tmp_path / "a.jpg")) == 2 and visitor.detections(tmp_path / "b.jpg") == ()
    visitor.close_photo()
    assert visitor.detections(tmp_path / "a.jpg") == ()


def test_each_face_of_a_photo_keeps_its_best_portrait_while_another_is_open(visitor, tmp_path):
    photo, first, better, second = tmp_path / "a.jpg", portrait("1"), portrait("better"), portrait("2")
    visitor.open_photo(photo, first, 0)
    visitor.replace(first, better)
    visitor.close_photo()
    visitor.open_photo(photo, second, 1)
    assert visitor.face(photo, 0) is better and visitor.face(photo, 1) is second
    assert visitor.face(photo, 2) is visitor.face(tmp_path / "b.jpg", 0) is None
    marks, placed = ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6)), portrait("by hand")
    visitor.open_photo(photo, placed, marks)
    assert visitor.face(photo, 0) is better, "a face placed by hand takes nobody's place"
    assert visitor.face(photo, marks) is placed
    visitor.open_photo(tmp_path / "b.jpg", portrait("3"))
    assert visitor.face(photo, 0) is None, "another photo"
    visitor.end()
    assert visitor.face(tmp_path / "b.jpg", 0) is None


def test_only_the_last_faces_are_kept(visitor, tmp_path):
    for face in range(FACES + 2):
        visitor.open_photo(tmp_path / "a.jpg", portrait(str(face)), face)
    assert [visitor.face(tmp_path / "a.jpg", face) is None for face in range(FACES + 2)] == [True, True] + [False] * FACES


def test_a_photo_stays_while_another_face_of_it_is_being_opened(visitor, tmp_path):
    uploads = [tmp_path / "uploads" / name for name in ("open", "before")]
    for upload in uploads:
        upload.mkdir(parents=True)
        os.utime(upload, (0, 0))
        visitor.own(upload)
    visitor.open_photo(uploads[0] / "photo.jpg", portrait())
    visitor.close_photo()
    visitor.delete_results(3600)
    assert [upload.exists() for upload in uploads] == [True, False]


def test_a_portrait_that_another_editor_made_is_not_opened(visitor, tmp_path):
    assert visitor.open_photo(tmp_path / "a.jpg", portrait(), made_with=FakeEditor()) is None and visitor.portrait is None
