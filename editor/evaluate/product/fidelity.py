"""How much of a real face comes back from its code.

mse             mean squared error of the whole frame, 256 px, [-1, 1]
mse_central     the same in the middle 192 x 192: borders of aligned photos are often padding
same_person     share of faces whose reconstruction dlib takes for the same person; one it cannot find is not the same
identity_distance   mean dlib distance over the faces found in both pictures
encode_ms       median time to encode one face
refined         all of these after refinement, and `seconds`, the median time it took
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from editor.batch.attempt import attempt
from editor.data.batch import each_photo
from editor.errors import SettingError
from editor.evaluate.product.likenesses import improve
from editor.evaluate.shelf import Shelf
from editor.files.folders import PICTURES, pictures_in
from editor.images import open_photo, to_picture, to_tensor
from editor.judge.identity import SAME_PERSON, IdentityJudge, identity_distance
from editor.pipeline import Editor

COMPARED_SIDE = 256
"""Side in pixels at which pictures are compared."""
BORDER = 32
"""Pixels on each side that are left out of the central error."""
Row = tuple[float, float, float, float]
"""Of one face: error of the whole frame, error of its middle, identity distance (NaN: no face found), seconds to encode."""


@dataclass(frozen=True)
class Fidelity:
    """The measures over the faces that could be measured.

    Each `*_ci95` is half the width of a 95 % confidence interval, nan where it cannot be told from so few faces.

    Attributes:
        n: how many faces these are.
        mse: mean squared error of the whole frame, pixels in [-1, 1]: 0 is the same picture, 4 the most.
        mse_central: the same in the middle 192 x 192 of 256 x 256 px.
        same_person: share of faces, in [0, 1], whose reconstruction is the same person's; one without a face in it is not.
        identity_distance: mean distance of dlib's embeddings where both pictures have a face, at least 0; nan where none has.
        not_found: how many faces, or their reconstructions, dlib did not find.
        encode_ms: median time to encode one face, in milliseconds.
    """

    n: int
    mse: float
    mse_central: float
    mse_central_ci95: float
    same_person: float
    same_person_ci95: float
    identity_distance: float
    identity_distance_ci95: float
    not_found: int
    encode_ms: float


@dataclass(frozen=True)
class Refined(Fidelity):
    """The measures after refinement, and what it took.

    Attributes:
        steps: steps of latent optimisation.
        tune_steps: steps of pivotal tuning after it; 0: there was none.
        seconds: median time of both for one face.
    """

    steps: int
    tune_steps: int
    seconds: float


def find_faces(folder: Path, limit: int | None = None) -> list[Path]:
    """The pictures in a folder, by name, at most `limit`.

    Raises:
        SettingError: there are none.

    >>> [path.name for path in find_faces(data / "img", limit=2)]
    ['000000.jpg', '000001.jpg']
    """
    found = pictures_in(folder, deep=False)
    if not found:
        raise SettingError(f"{folder} holds no pictures ({', '.join(PICTURES)}).")
    return found[:limit]


def align_photos(editor: Editor, photos: Sequence[Path]) -> tuple[list[Image.Image], dict[Path, str]]:
    """The largest face of each photo, aligned, and the reason why each other photo has none.

    >>> Image.new("RGB", (64, 64), "red").save(folder / "face.png")
    >>> Image.new("RGB", (64, 64), "black").save(folder / "nobody.png")
    >>> found, passed = align_photos(small_editor, find_faces(folder))
    >>> len(found), [(path.name, reason) for path, reason in passed.items()]
    (1, [('nobody.png', 'The photo has no face.')])
    """
    faces, passed = [], {}
    for photo in tqdm(photos, desc="finding faces"):
        found, reason = attempt(editor.find, photo)
        if found is None:
            passed[photo] = reason
        else:
            faces.append(found.image)
    return faces, passed


def measure_fidelity(editor: Editor, judge: IdentityJudge, faces: Sequence[Path | Image.Image]) -> Fidelity:
    """Encode, draw and compare every face: faces aligned as in FFHQ of any size, or files of such.

    What cannot be read or measured is named on stderr and does not count.

    Raises:
        SettingError: that is all of them.

    >>> found = measure_fidelity(small_editor, judge, [Image.new("RGB", (256, 256), colour) for colour in ("grey", "red")])
    >>> found.n, found.not_found, found.same_person, 0 < found.mse < 0.1
    (2, 0, 1.0, True)
    """

    def measure(path: Path | Image.Image) -> Row:
        face = _square(open_photo(path))
        begin = time.perf_counter()
        code = editor.encode(to_tensor(face))
        seconds = time.perf_counter() - begin
        return compared(judge, face, to_picture(editor.renderer.draw(code)), seconds)

    return fidelity_of(list(each_photo(measure, faces, "fidelity")))


def measure_refinement(
    editor: Editor,
    judge: IdentityJudge,
    faces: Sequence[Path | Image.Image],
    steps: int,
    tune_steps: int = 0,
    shelf: Shelf = Shelf(None),
) -> tuple[Fidelity, Refined]:
    """Measure the encoder's codes, and codes after steps of latent optimisation and of pivotal tuning.

    A portrait on the shelf is not made again, and counts with the seconds that it took.

    Raises:
        SettingError: no face could be measured.

    >>> plain, refined = measure_refinement(small_editor, judge, [Image.new("RGB", (256, 256), "red")], steps=60)
    >>> refined.n, refined.steps, refined.mse < plain.mse
    (1, 60, True)
    """

    def measure(path: Path | Image.Image) -> tuple[Row, Row, float]:
        face = _square(open_photo(path))
        begin = time.perf_counter()
        editor.encode(to_tensor(face))
        seconds = time.perf_counter() - begin
        portrait = editor.open_aligned(face)
        plain = compared(judge, face, portrait.reconstruction, seconds)
        better, taken = improve(editor, portrait, "refine", steps, shelf)
        if tune_steps:
            better, more = improve(editor, better, "tune", tune_steps, shelf)
            taken += more
        return plain, compared(judge, face, better.reconstruction, seconds), taken

    plain, refined, times = zip(*each_photo(measure, faces, "fidelity, refined"), strict=True)
    return fidelity_of(plain), Refined(
        **vars(fidelity_of(refined)), steps=steps, tune_steps=tune_steps, seconds=float(np.median(times))
    )


def compared(judge: IdentityJudge, face: Image.Image, drawn: Image.Image, seconds: float) -> Row:
    """The measures of one face.

    Args:
        face, drawn: what the photo shows and what the generator draws: squares of any size, framed alike.
        seconds: that it took.

    >>> compared(judge, Image.new("RGB", (512, 512), "white"), Image.new("RGB", (1024, 1024), "white"), 0.5)
    (0.0, 0.0, 0.0, 0.5)
    """
    face, drawn = _square(face), _square(drawn)
    error = (to_tensor(drawn) - to_tensor(face)).square()
    central = error[..., BORDER:-BORDER, BORDER:-BORDER]
    one, other = judge.embed(face), judge.embed(drawn)
    identity = np.nan if one is None or other is None else identity_distance(one, other)
    return error.mean().item(), central.mean().item(), identity, seconds


def fidelity_of(rows: Sequence[Row]) -> Fidelity:
    """The measures over all faces.

    >>> fidelity_of([(0.1, 0.02, 0.4, 1.0), (0.3, 0.04, 0.8, 3.0)]).same_person
    0.5
    """
    whole, central, identity, seconds = np.array(rows).T
    same = np.nan_to_num(identity, nan=np.inf) < SAME_PERSON
    found = identity[~np.isnan(identity)]
    return Fidelity(
        n=len(whole),
        mse=float(whole.mean()),
        mse_central=float(central.mean()),
        mse_central_ci95=_half_width(central),
        same_person=float(same.mean()),
        same_person_ci95=_share_half_width(same),
        identity_distance=float(found.mean()) if len(found) else float("nan"),
        identity_distance_ci95=_half_width(found),
        not_found=int(np.isnan(identity).sum()),
        encode_ms=1e3 * float(np.median(seconds)),
    )


def _square(picture: Image.Image) -> Image.Image:
    size = (COMPARED_SIDE, COMPARED_SIDE)
    return picture if picture.size == size else picture.resize(size, Image.Resampling.BOX)


def _share_half_width(yes: np.ndarray) -> float:
    """Half of Wilson's interval, which is not zero where all agree: 16 of 16 is not certainty."""
    n, share, z = len(yes), yes.mean(), 1.96
    return float(z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))


def _half_width(values: Sequence[float] | np.ndarray) -> float:
    sample = np.asarray(values, dtype=float)
    return float(1.96 * sample.std(ddof=1) / np.sqrt(len(sample))) if len(sample) > 1 else float("nan")
