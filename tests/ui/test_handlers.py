"""What is said on the page, what is drawn while sliders move, and what a visitor finds who goes on meanwhile."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from editor import SettingError
from editor.judge.quality import Level
from editor.ui import handlers, text
from editor.ui.handlers import Handlers
from editor.ui.visitor import VisitorLeftError
from editor.ui.visitors import Visitors
from tests.conftest import ROOT

PICTURE = Image.new("RGB", (8, 8))
DRAWN = SimpleNamespace(
    w_plus=PICTURE, w_star=PICTURE, images={"w_star": PICTURE}, strength=0, edit=SimpleNamespace(strengths=())
)
EXAMPLE = ROOT / "assets" / "examples" / "a.jpg"
A = SimpleNamespace(session_hash="a", client=None, headers={})
QUALITY = SimpleNamespace(level=Level.GOOD, sentence="good")


def face_of(notes=()):
    face = SimpleNamespace(image=PICTURE, detections=(None,), notes=notes)
    return SimpleNamespace(reconstruction=PICTURE, face=face, quality=QUALITY, mixing={}, detail="detail")


class Recorder:
    """An editor that writes down what it was asked for."""

    attributes = [SimpleNamespace(name="Smiling")]
    notice = ""
    models = SimpleNamespace(regions=None)

    def __init__(self):
        self.measured, self.near, self.local, self.strengths, self.like = [], [], [], [], []

    def open(self, photo, face):
        return face_of()

    def details(self, portrait, full, small):
        self.measured.append((portrait, full.strength, small and small.strength))
        return {"w_plus": len(self.measured)}

    def render(self, portrait, strengths, spaces=None, local=True, live=False, details=None, like=None):
        if abs(strengths["Smiling"]) > 2:
            raise SettingError("Smiling: a strength is a number between -2 and 2.")
        self.local.append(local)
        self.strengths.append(strengths["Smiling"])
        self.near.append(details and details["w_plus"])
        self.like.append(like and like.strength)
        return SimpleNamespace(**vars(DRAWN) | {"strength": strengths["Smiling"]})

    def changes(self, portrait, rendering):
        return {}

    def refining(self, portrait, steps, every):
        """Better and better, until nobody wants to know."""
        for step in range(steps + 1):
            portrait = face_of() if step and step % every == 0 else portrait
            yield step, portrait

    tuning = refining


@pytest.fixture(autouse=True)
def told(monkeypatch):
    said = []
    monkeypatch.setattr(handlers.gr, "Warning", said.append)
    monkeypatch.setattr(handlers.gr, "Info", said.append)
    return said


@pytest.fixture
def visitors(tmp_path):
    return Visitors(tmp_path, [EXAMPLE])


@pytest.fixture
def page(visitors):
    return Handlers(Recorder(), visitors)


def show(visitors, portrait, request=A):
    visitors.of(request).open_photo(Path("photo.jpg"), portrait)


def shown(visitors) -> str:
    """What the page calls the example: a copy in the cache."""
    return str(visitors.uploads._cache / "hash" / EXAMPLE.name)


def files(visitors):
    return [path for path in visitors._folder.rglob("*") if path.is_file()]


def test_a_notice_is_told_once_to_each_visitor_and_again_when_it_changes(page, visitors, told):
    editor, one, other = page._editor, visitors.of(A), visitors.of(SimpleNamespace(session_hash="b"))
    page._tell(one)
    assert told == []
    editor.notice = "slow"
    for visitor in (one, one, other):
        page._tell(visitor)
    assert told == ["slow", "slow"]
    editor.notice = "slower"
    page._tell(one)
    assert told == ["slow", "slow", "slower"]


def test_live_pictures_are_drawn_near_where_the_sliders_rested_last(page, visitors):
    face, refined = face_of(), face_of()
    show(visitors, face)
    page.move(True, A, 0.1)
    page.move(True, A, 0.2)
    page.render(True, A, 0.2)
    page.judge(True, A, 0.2)
    page.move(True, A, 0.3)
    assert visitors.of(A).replace(face, refined)
    page.move(True, A, 0.4)
    editor = page._editor
    assert editor.near == ["detail", "detail", None, 1, "detail"], "the full picture needs none; a better likeness begins anew"
    assert [(portrait is face, full, small) for portrait, full, small in editor.measured] == [(True, 0.2, 0.2)]


def test_what_was_drawn_live_is_handed_on_while_the_face_is_the_same(page, visitors):
    face = face_of()
    show(visitors, face)
    page.move(True, A, 0.2)
    page.render(True, A, 0.2)
    assert visitors.of(A).replace(face, face_of())
    page.render(True, A, 0.2)
    assert page._editor.like == [None, 0.2, None]


def test_nothing_is_measured_where_the_sliders_have_moved_on(page, visitors):
    show(visitors, face_of())
    page.render(True, A, 0.2)
    page.move(True, A, 0.3)
    page.judge(True, A, 0.2)
    assert page._editor.measured == []


def test_edits_are_local_where_that_is_asked_for(page, visitors):
    show(visitors, face_of())
    for local in (True, False):
        page.render(local, A, 0.2)
    assert page._editor.local == [True, False]


def test_only_sliders_that_moved_and_preserve_nothing_yet_are_measured(visitors, told):
    names = ("Smiling", "Young", "Male")

    def preserving(portrait, asked):
        for name in asked:
            portrait = SimpleNamespace(mixing={**portrait.mixing, name: None})
            yield len(portrait.mixing), portrait

    editor = SimpleNamespace(
        attributes=[SimpleNamespace(name=name) for name in names], models=SimpleNamespace(regions=None), preserving=preserving
    )
    page, face = Handlers(editor, visitors), SimpleNamespace(mixing={"Smiling": None})
    show(visitors, face)
    walk = list(page.preserve(A, 0.5, -0.5, 0.0))
    assert set(visitors.of(A).portrait.mixing) == {"Smiling", "Young"} and "1 of 1" in walk[0] and told == []
    for portrait, values in ((None, (0.5, 0, 0)), (face, (0, 0, 0)), (face, (0.5, 0, 0))):
        show(visitors, portrait)
        assert len(list(page.preserve(A, *values))) == 1
    assert len(set(told)) == 3


def test_an_emptied_box_counts_as_zero_and_is_told_until_it_is_filled(page, visitors):
    show(visitors, face_of())
    assert page.move(True, A, None)[2] == text.EMPTY_BOX and page._editor.strengths == [0.0]
    assert page.move(True, A, 0.5)[2] == text.OPENED
    assert page.move(True, A, 0.6)[2] not in (text.OPENED, text.EMPTY_BOX), "what was said since stays"


def test_on_a_page_only_moves_speak_of_a_slider(page, visitors):
    """A picture in full may be drawn after a later move, and must not repeat what is right by then."""
    visitors.arrive(A)
    show(visitors, face_of())
    page.move(True, A, None)
    assert page.move(True, A, 0.5)[2] == text.OPENED
    for value in (None, 9.0):
        assert not isinstance(page.render(True, A, value)[2], str)
    assert not visitors.of(A).complained


def test_programs_are_told_what_is_wrong_with_a_slider(page, visitors):
    show(visitors, face_of())
    assert page.render(True, A, None)[2] == text.EMPTY_BOX and "between -2 and 2" in page.render(True, A, 9.0)[2]


def test_a_number_beyond_the_slider_is_told_and_the_pictures_stay(page, visitors):
    show(visitors, face_of())
    *pictures, note = page.move(True, A, 9.0)
    assert "between -2 and 2" in note and not any(isinstance(picture, str) for picture in pictures)
    assert page.move(True, A, 1.0)[2] == text.OPENED


def test_a_portrait_that_was_forgotten_is_told(page, visitors):
    for walk in (page.refine(A), page.tune(A)):
        assert text.NOTHING_OPEN in next(iter(walk))
    assert page.move(True, A, 0.5)[2] == page.render(True, A, 0.5)[2] == page.open_face("Face 2", A)[4] == text.NOTHING_OPEN
    page.download("w_star")(True, A, 0.5)


def test_a_page_that_has_opened_nothing_yet_is_told_to(page, visitors):
    visitors.arrive(A)
    assert page.move(True, A, 0.5)[2] == page.ask(A)[0] == next(page.refine(A))[1] == text.WAITING
    page.open(shown(visitors), A)
    page.open(None, A)
    assert page.move(True, A, 0.5)[2] == text.WAITING, "a photo that was taken out was not forgotten"


def test_one_stop_ends_all_that_was_asked_for(page, visitors):
    show(visitors, face_of())
    assert page.ask(A)[0] == page.ask(A)[0] == text.QUEUED
    first = page.refine(A)
    next(first)
    page.stop(A)
    assert [one[1] for one in first] == [one[1] for one in page.tune(A)] == [text.STOPPED]


def test_what_is_missing_of_a_photo_is_told_with_the_photo(page, visitors):
    page._editor.open = lambda photo, face: face_of(notes=("The end of <it> is missing.",))
    assert page.open(shown(visitors), A)[4] == f"The end of &lt;it&gt; is missing. {text.OPENED}"


def test_another_face_of_an_example_is_opened_too(page, visitors):
    page.open(shown(visitors), A)
    assert page.open_face("Face 1", A)[4] == text.OPENED and visitors.of(A).photo == EXAMPLE


def test_improving_shows_what_is_better_and_keeps_it(page, visitors):
    show(visitors, face_of())
    walk = list(page.refine(A))
    assert sum(isinstance(one[0], str) for one in walk) == 6 and walk[-1][1] == text.REFINED


def test_stopping_ends_at_the_next_step_and_keeps_the_best(page, visitors):
    show(visitors, face_of())
    walk = page.refine(A)
    steps = list(itertools.islice(walk, 3))
    best = visitors.of(A).portrait
    assert page.stop(A)[0] == text.STOPPING and isinstance(steps[-1][0], str)
    assert [one[1] for one in walk] == [text.STOPPED] and visitors.of(A).portrait is best
    page.ask(A)
    assert len(list(page.refine(A))) > 5, "the next one is not stopped"


def test_a_new_photo_ends_what_improves_the_old_one_without_a_word(page, visitors):
    show(visitors, face_of())
    walk = page.refine(A)
    next(walk)
    page.open(shown(visitors), A)
    opened = visitors.of(A).portrait
    assert list(walk) == [] and visitors.of(A).portrait is opened


class Slow(Recorder):
    """An editor whose visitor leaves in the midst of whatever it does."""

    def __init__(self):
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def wait(self):
        self.begun.set()
        assert self.go_on.wait(10)

    def open(self, photo, face):
        self.wait()
        return super().open(photo, face)

    def render(self, *given, **more):
        self.wait()
        return super().render(*given, **more)

    def details(self, *given, **more):
        self.wait()
        return super().details(*given, **more)

    def refining(self, portrait, steps, every):
        self.wait()
        yield every, face_of()


@pytest.mark.parametrize("what", ["open", "open_face", "move", "render", "judge", "refine", "download"])
def test_whatever_is_under_way_when_a_visitor_leaves_writes_nothing(visitors, what):
    page, visitor = Handlers(Slow(), visitors), visitors.of(A)
    show(visitors, face_of())
    visitor.remember(0, DRAWN)
    visitor.jpeg("face", PICTURE)
    if what == "open_face":
        visitor.open_photo(EXAMPLE, face_of())
    calls = {
        "open": lambda: page.open(shown(visitors), A),
        "open_face": lambda: page.open_face("Face 1", A),
        "move": lambda: page.move(True, A, 0.5),
        "render": lambda: page.render(True, A, 0.5),
        "judge": lambda: page.judge(True, A, 0.5),
        "refine": lambda: list(page.refine(A)),
        "download": lambda: page.download("w_star")(True, A, 0.5),
    }
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(calls[what])
        assert page._editor.begun.wait(10)
        visitors.leave(A)
        page._editor.go_on.set()
        error = call.exception(10)
    assert isinstance(error, VisitorLeftError) or (what == "refine" and call.result() == [])
    assert files(visitors) == [] and visitor.portrait is visitor.photo is None
    assert visitor.drawn(0) is None and visitor._details is None
