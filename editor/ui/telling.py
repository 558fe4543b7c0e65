"""The editor's values as JSON: plain numbers, lists and words, under the names that the page and programs read."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from editor import Portrait
from editor.actions.fit import QUICK
from editor.images import Photo
from editor.judge.changes import Changes, better_space
from editor.portrait import CodeReport, Rendering
from editor.recipe import Recipe
from editor.saving.embedded import marked
from editor.spaces import Space
from editor.ui.improving import LIKENESS

MOST_OTHERS = 10
"""How many of the attributes that came along are named, the largest first."""


def told_photo(photo: Photo, path: Path) -> dict[str, Any]:
    """The photo itself: its size in pixels, upright, and its name."""
    return {"width": photo.image.width, "height": photo.image.height, "name": path.name}


def told_portrait(portrait: Portrait) -> dict[str, Any]:
    """An open photo: its faces, as shares of the upright photo, which of them is open, and how good the likeness is."""
    face = portrait.face
    faces = [{"box": list(box)} for box in face.boxes]
    return {"faces": faces, "face": face.index, "notes": list(face.notes), "quality": told_quality(portrait)}


def told_quality(portrait: Portrait) -> dict[str, Any]:
    """How far the likeness can be trusted, and whether only the first steps were taken towards it."""
    quality = portrait.quality
    distances = {name: float(getattr(quality, name)) for name in ("identity", "perceptual", "pixel")}
    return {
        "level": quality.level.value,
        "name": quality.level.name.lower(),
        "sentence": quality.sentence,
        "reasons": list(quality.reasons),
        "unfinished": 0 < portrait.refined < QUICK + LIKENESS["refine"],
    } | distances


def told_changes(changes: Mapping[Space, Changes], locked: Collection[str] = ()) -> dict[str, Any]:
    """What an edit changed in each space, locked attributes among it, and which did better; null where that cannot be said."""
    spaces = {space: _told_space(found, locked) for space, found in changes.items()}
    return {"spaces": spaces, "better": better_space(changes)}


def told_along(rendering: Rendering) -> dict[str, dict[str, float]]:
    """The sliders that moved beside those of an edit, in each space where any did."""
    return {space: dict(moved) for space, moved in rendering.along.items() if moved}


def told_mark(path: Path) -> dict[str, Any] | None:
    """What a photo says of edits that were made before, in words; None where it says nothing."""
    mark = marked(path.read_bytes())
    return mark and {"sentence": mark.sentence, "edits": told_edits(mark.recipe) if mark.recipe else []}


def told_edits(recipe: Recipe) -> list[dict[str, Any]]:
    """The edits of a recipe as the page describes edits."""
    return [
        {
            "face": edit.face,
            "strengths": dict(edit.strengths),
            "local": edit.local,
            "locks": list(edit.locked),
            "preserve": edit.preserve,
            "space": edit.space,
        }
        for edit in recipe.edits
    ]


def told_codes(report: CodeReport) -> dict[str, Any]:
    """The numbers behind an edit; logits are [] where the models have no classifier."""
    return {
        "w_plus": {"norm": report.norm["w_plus"], "to_w": report.to_w},
        "w_star": {"norm": report.norm["w_star"]},
        "round_trip": report.round_trip,
        "edited": {space: dict(vars(edited)) for space, edited in report.edited.items()},
        "logits": [{"name": logit.name, "before": logit.before, **logit.after} for logit in report.logits],
    }


def _told_space(changes: Changes, locked: Collection[str]) -> dict[str, Any]:
    return {
        "asked": {name: float(value) for name, value in changes.asked.items()},
        "others": {name: float(value) for name, value in list(changes.others.items())[:MOST_OTHERS]},
        "locked": {name: float(changes.others[name]) for name in locked if name in changes.others},
        "leakage": float(changes.leakage),
        "count": len(changes.others),
        "identity": None if changes.identity is None else float(changes.identity),
        "side": None if changes.side is None else float(changes.side),
    }
