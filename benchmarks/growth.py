"""How time and memory grow: `python -m benchmarks.growth --json --plots DIR`.

faces        faces in one photo: finding them, and opening the photo, then every face of it
sliders      sliders moved: codes, a live picture and a full one, local, both spaces
visitors     visitors who move a slider at once, through the served page (`benchmarks.crowd`)
photos       photos in a batch, with their journal; the models are loaded before
megapixels   of the photo: opening it from a file, pasting an edit into it and making the file

`--only` measures some of them. Photos are made of the examples. Where something grows faster than linearly, it is named.
"""

import argparse
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from PIL import Image

from benchmarks.crowd import crowd_curve
from benchmarks.curves import Curve, plot
from benchmarks.machine import Peak, machine, resident
from editor import Editor
from editor.actions.render import edit_of, edited_codes
from editor.batch.editing import Editing, editing
from editor.batch.engines.inline import Inline
from editor.batch.journal import open_journal
from editor.batch.run import Output, run
from editor.batch.sources import photos_of
from editor.batch.work import Outcome, Place, Worker
from editor.devices.allocator import share_arenas
from editor.recipe import FaceEdit, Recipe

EXAMPLES = sorted((Path(__file__).parent.parent / "assets" / "examples").glob("*.jpg"))
FACES = PHOTOS = (1, 2, 4, 8, 16)
SLIDERS = (1, 2, 4, 8, 12)
MEGAPIXELS = (1, 4, 12, 24, 48)
ACROSS, TILE = 4, 320
"""Tiles in a row of a photo of many faces, and their side in pixels."""
REPEATS, CHEAP_REPEATS = 3, 15
EDIT = {"Smiling": 1.0}


def timed(action: Callable[[], object], repeats: int = REPEATS, warm_up: bool = True) -> float:
    """Median seconds of an action."""
    if warm_up:
        action()
    times = []
    for _ in range(repeats):
        begin = perf_counter()
        action()
        times.append(perf_counter() - begin)
    return median(times)


def tiled(faces: Sequence[Image.Image], count: int) -> Image.Image:
    """One photo of so many faces, at most 16; always of the same size, grey where there are none."""
    photo = Image.new("RGB", (ACROSS * TILE, ACROSS * TILE), (128, 128, 128))
    for at in range(count):
        face = faces[at % len(faces)].resize((TILE, TILE), Image.Resampling.LANCZOS)
        photo.paste(face, (at % ACROSS * TILE, at // ACROSS * TILE))
    return photo


def faces_curve(editor: Editor, sizes: Sequence[int] = FACES) -> Curve:
    """Finding faces, and opening one and every face of the photo."""
    before = resident()
    faces = [editor.find(path).image for path in EXAMPLES]
    find, open_one, open_all, taken, found = [], [], [], [], []
    for size in sizes:
        photo = tiled(faces, size)
        first = editor.open(photo)
        detections = first.face.detections
        every = lambda seen=detections, one=photo: [editor.open(one, face, detections=seen) for face in range(len(seen))]  # noqa: E731
        find.append(timed(lambda one=photo: editor.find(one)))
        with Peak() as most:
            open_one.append(timed(lambda one=photo: editor.open(one)))
        open_all.append(timed(every, 1, warm_up=False))
        taken.append(most.megabytes - before)
        found.append(len(detections))
    seconds = {"find": find, "open": open_one, "open every face": open_all}
    return Curve("faces", "faces in the photo", sizes, seconds, {"open": taken}, {"found": found})


def sliders_curve(editor: Editor, sizes: Sequence[int] = SLIDERS) -> Curve:
    """An edit of several sliders: codes, live, full."""
    before, portrait = resident(), editor.open(EXAMPLES[0])
    names = [attribute.name for attribute in editor.attributes]
    codes, live, full, taken = [], [], [], []
    for size in sizes:
        strengths = {name: 0.3 + at / 20 for at, name in enumerate(names[:size])}
        edit = edit_of(editor.models, strengths)
        codes.append(timed(lambda one=edit: edited_codes(editor.models, portrait, one), CHEAP_REPEATS))
        live.append(timed(lambda one=strengths: editor.render(portrait, one, live=True), CHEAP_REPEATS))
        with Peak() as most:
            full.append(timed(lambda one=strengths: editor.render(portrait, one)))
        taken.append(most.megabytes - before)
    seconds = {"codes": codes, "live": live, "full": full}
    return Curve("sliders", "sliders moved", sizes, seconds, {"full": taken}, {})


class Started:
    """The work of a batch whose models are loaded."""

    def __init__(self, work: Editing):
        self._work = work
        self._worker = work.start(Place(device="cpu"))
        self.ending = work.ending
        self.identity = work.identity

    def start(self, place: Place) -> Worker:
        """The worker that there is."""
        return self._worker


def photos_curve(_: Editor, sizes: Sequence[int] = PHOTOS) -> Curve:
    """A batch of photos: edited, saved and noted in the journal."""
    work = Started(editing(Recipe((FaceEdit(EDIT),))))
    batch(work, 1)
    seconds, taken, before = [], [], resident()
    for size in sizes:
        with Peak() as most:
            seconds.append(batch(work, size))
        taken.append(most.megabytes - before)
    return Curve("photos", "photos in the batch", sizes, {"the batch": seconds}, {"the batch": taken}, {})


def batch(work: Any, size: int) -> float:
    """Seconds for a batch of copies of one example."""
    with tempfile.TemporaryDirectory() as folder:
        photos, out = Path(folder) / "photos", Path(folder) / "out"
        photos.mkdir()
        for number in range(size):
            (photos / f"{number}.jpg").write_bytes(EXAMPLES[0].read_bytes())
        begin = perf_counter()
        with open_journal(out / "journal", work.identity) as journal:
            done = run(photos_of([str(photos)]), Output(str(out)), work, Inline(), journal, _told)
        if done.done != size:
            raise RuntimeError(f"{done.done} of {size} photos were done")
        return perf_counter() - begin


def _told(outcome: Outcome) -> None:
    if outcome.reason:
        raise RuntimeError(outcome.reason)


def megapixels_curve(editor: Editor, sizes: Sequence[float] = MEGAPIXELS) -> Curve:
    """One face in a larger and larger photo: opened from a file, and pasted and encoded again."""
    opened, saved, opening, saving, before = [], [], [], [], resident()
    for size in sizes:
        photo = enlarged(Image.open(EXAMPLES[0]).convert("RGB"), size)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "photo.jpg"
            path.write_bytes(photo)
            with Peak() as most:
                opened.append(timed(lambda one=path: editor.open(one), warm_up=False))
            opening.append(most.megabytes - before)
            portrait = editor.open(path)
            result = editor.render(portrait, EDIT)
            with Peak() as most:
                saved.append(timed(lambda one=portrait, drawn=result: editor.paste(one, drawn).content("jpeg"), warm_up=False))
            saving.append(most.megabytes - before)
    seconds = {"open": opened, "paste and save": saved}
    megabytes = {"open": opening, "paste and save": saving}
    return Curve("megapixels", "megapixels of the photo", sizes, seconds, megabytes, {})


def enlarged(photo: Image.Image, megapixels: float) -> bytes:
    """A photo enlarged to so many megapixels, as a JPEG."""
    scale = (megapixels * 1e6 / (photo.width * photo.height)) ** 0.5
    large = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    large.save(out, "JPEG", quality=90)
    return out.getvalue()


CURVES: dict[str, Callable[[Editor], Curve]] = {
    "faces": faces_curve,
    "sliders": sliders_curve,
    "visitors": crowd_curve,
    "photos": photos_curve,
    "megapixels": megapixels_curve,
}


def main() -> int:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser(description="Measure how time and memory grow.")
    parser.add_argument("--only", nargs="+", choices=list(CURVES), default=list(CURVES), help="which of them (default: all)")
    parser.add_argument("--device", help="cpu or cuda; by default CUDA where there is one")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="a folder for a plot of each, and its numbers beside it")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    share_arenas()  # as the server does
    editor = Editor.load("embedded", options.device)
    warm_up(editor)
    result: dict[str, Any] = {"machine": machine(editor)}
    for name in options.only:
        curve = CURVES[name](editor)
        result[name] = curve.report()
        if options.plots:
            plot(curve, options.plots).with_suffix(".json").write_text(json.dumps(rounded(result[name]), indent=1) + "\n")
    print(json.dumps(rounded(result), indent=2) if options.json else _plain_text(result))
    return 0


def warm_up(editor: Editor) -> None:
    """Do once what is measured, so that neither the first time nor what is kept from it counts."""
    editor.prepare()
    portrait = editor.open(EXAMPLES[0])
    editor.render(portrait, EDIT, live=True)
    editor.paste(portrait, editor.render(portrait, EDIT)).content("jpeg")


def rounded(value: Any) -> Any:
    """The same with numbers of four digits."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _plain_text(result: dict[str, Any]) -> str:
    lines = []
    for name, found in result.items():
        for kind, exponents in found.get("exponents", {}).items():
            for what, power in exponents.items():
                ends = found[kind][what]
                lines.append(f"{name:12} {what:28} {kind:10} {ends[0]:9.3f} -> {ends[-1]:9.3f}   exponent {power}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
