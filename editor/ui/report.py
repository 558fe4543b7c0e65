"""What the page tells, as HTML: the note, the gauge, progress, and what an edit changed."""

import html
from collections.abc import Mapping, Sequence

from editor import Portrait
from editor.edit.attributes import attribute
from editor.judge.changes import Changes
from editor.judge.quality import Level
from editor.spaces import Space
from editor.ui import text
from editor.ui.visitor import Visitor

FULL_BAR = 3.0
"""The change, in deviations, at which a bar is full."""
COMPANIONS = 3
"""How many of the attributes that changed with the edited ones are named."""


def nothing_open(visitor: Visitor) -> str:
    """What to say where no photo is open."""
    return text.WAITING if visitor.is_new else text.NOTHING_OPEN


def opened_note(portrait: Portrait) -> str:
    """What to know of an open photo, and what to do next with it."""
    count = len(portrait.face.detections)
    faces = [text.CHOOSE_FACE.format(count=count)] if count > 1 else []
    ready = text.OPENED if portrait.quality.level is Level.GOOD else text.FAR_OFF
    return " ".join([*map(html.escape, portrait.face.notes), *faces, ready])


def gauge(portrait: Portrait) -> str:
    """How far the reconstruction is, in three steps and in words."""
    quality = portrait.quality
    return text.GAUGE.format(level=quality.level.value, name=quality.level.name.title(), sentence=html.escape(quality.sentence))


def seen_changes(changes: Mapping[Space, Changes]) -> str:
    """Bars for each space: what was asked for, what came along most, and all others in one number."""
    columns = []
    for space, found in changes.items():
        along = dict(list(found.others.items())[:COMPANIONS])
        rows = [_bar(name, value, "asked") for name, value in found.asked.items()]
        rows += [_bar(name, value, "along") for name, value in along.items()]
        parts = {"title": text.SPACES[space], "rows": "".join(rows), "leakage": found.leakage, "count": len(found.others)}
        columns.append(text.CHANGES.format(**parts))
    return text.JUDGED.format(columns="".join(columns)) if columns else ""


def _bar(name: str, value: float, kind: str) -> str:
    label = html.escape(attribute(name).label)
    return text.CHANGE.format(kind=kind, label=label, value=value, width=min(abs(value) / FULL_BAR, 1) * 100)


def measuring_note(asked: Sequence[str], done: int) -> str:
    """Of the attributes whose effects are measured, which is next."""
    step = min(done + 1, len(asked))
    said = text.MEASURING.format(label=attribute(asked[step - 1]).label, step=step, steps=len(asked))
    return progress_note(said, done, len(asked))


def progress_note(said: str, step: int, steps: int) -> str:
    """How far something has come."""
    return text.PROGRESS.format(text=html.escape(said), step=step, steps=steps)
