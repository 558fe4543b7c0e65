"""The options of `edit`, in the groups that its help shows, and how their texts are read."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, get_args

from tyro.conf import UseAppendAction, arg
from tyro.constructors import PrimitiveConstructorSpec

from editor.errors import SettingError
from editor.options import FileName, Flag, Quality, parsed_by, quality_of, whole_number

SpaceName = Literal["w_plus", "w_star", "both"]
Point = tuple[float, float]
Points = tuple[Point, Point, Point]


def points_of(texts: list[str]) -> Points:
    """Three points from texts "X,Y".

    Raises:
        ValueError: one is none.

    >>> points_of(["0.4,0.22", "0.49,0.22", "0.45,0.33"])
    ((0.4, 0.22), (0.49, 0.22), (0.45, 0.33))
    """
    points = []
    for text in texts:
        try:
            x, y = map(float, text.split(","))
        except ValueError:
            x = y = -1.0
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError(f"{text[:40]!r} is not X,Y with shares of the photo's width and height, 0 to 1")
        points.append((x, y))
    left, right, mouth = points
    return left, right, mouth


_POINTS = PrimitiveConstructorSpec(
    nargs=3,
    metavar="X,Y X,Y X,Y",
    instance_from_str=points_of,
    is_instance=lambda _: True,
    str_from_instance=lambda points: [f"{x},{y}" for x, y in points or ()],
)


def _one_of(*names: str) -> PrimitiveConstructorSpec[str]:
    """How a name is read that need not be given: tyro itself would list None among the choices."""
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=f"{{{','.join(names)}}}",
        instance_from_str=lambda texts: texts[0],
        is_instance=lambda _: True,
        str_from_instance=lambda name: [str(name)],
        choices=names,
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a number") from None


SPACE = _one_of(*get_args(SpaceName))
FORMAT = _one_of("png", "jpeg", "webp", "webp-lossless", "avif", "tiff")
"""The names in `editor.saving.formats`, which takes longer to import."""
MOVIE = _one_of("mp4", "webp", "gif")
Settings = Annotated[UseAppendAction[tuple[str, ...]], arg(name="set", metavar="NAME=STRENGTH")]
"""The option `--set`, once for each attribute."""
Steps = Annotated[int | None, parsed_by(whole_number, "STEPS"), arg(help_behavior_hint="(default: 0)")]
FirstSteps = Annotated[int | None, parsed_by(whole_number, "STEPS"), arg(help_behavior_hint="(default: 20, or a recipe's own)")]
Number = Annotated[int | None, parsed_by(partial(whole_number, least=1), "N")]
AttributeName = Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")]


@dataclass(frozen=True, kw_only=True)
class EditOptions:
    """What is edited. What is given here goes before what a recipe says."""

    settings: Settings = ()
    """An attribute and a signed strength from -2 to 2, such as Smiling=1.5. Repeat the option for more attributes."""
    attributes: Annotated[UseAppendAction[tuple[Path, ...]], arg(name="attribute", metavar="FILE")] = ()
    """An attribute of your own, as `face-editor attribute` wrote it. Repeat the option for more."""
    recipe: FileName = None
    """A recipe (.json), or a picture that this program saved: its edits are made on this photo."""
    space: Annotated[SpaceName | None, SPACE, arg(help_behavior_hint="(default: w_star)")] = None
    """The space to edit in."""
    local: Flag = False
    """Change only the regions of the picture where the attributes lie. So it is, unless a recipe says otherwise."""
    no_local: Flag = False
    """Change the whole face."""
    preserve: Flag = False
    """Keep the rest as it is: a few other sliders take back what the edit visibly brings along on this face (seconds)."""
    no_preserve: Flag = False
    """Do not, though a recipe does."""
    locks: Annotated[UseAppendAction[tuple[str, ...]], arg(name="lock", metavar="NAME")] = ()
    """An attribute that stays as it is, or at its own strength, while others move. Repeat the option for more."""


@dataclass(frozen=True, kw_only=True)
class FaceOptions:
    """Which face, and how close its reconstruction is. They are of all edits of a recipe, or of that of --face."""

    face: Annotated[Number, arg(help_behavior_hint="(default: 1)")] = None
    """Which face of the photo: 1 is the largest. Of a recipe with several faces: the edit that other options change."""
    points: Annotated[Points | None, _POINTS, arg(help_behavior_hint="")] = None
    """A face placed by hand: the left eye, the right eye and the middle of the mouth, as shares of the upright photo's width
    and height."""
    refine: FirstSteps = None
    """Steps of latent optimisation, which brings the reconstruction closer to the photo. 0 leaves the encoder's first guess,
    often of somebody else."""
    tune: Steps = None
    """Steps of pivotal tuning, which fits the generator to the photo, after --refine. 60 make a close likeness."""


@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """What is written: the whole photo with the edit in it, and more if asked."""

    out: Annotated[Path, arg(metavar="DIR")] = Path("out")
    """The folder for the files, which are called as the photo: photo-edited.jpg."""
    overwrite: Flag = False
    """Replace files that are there. Without it, they are kept and nothing is done."""
    crop: Flag = False
    """In place of the photo, the face at 1024 pixels: aligned, its reconstruction, and edited, as PNG."""
    before_after: Flag = False
    """Also the picture before and after the edit, beside each other."""
    strip: AttributeName = None
    """Also a film strip of the face: this attribute from -2 to 2."""
    sweep: AttributeName = None
    """Also a moving picture of the face, in which this attribute goes from one end to the other and back (half a minute)."""
    sweep_to: Annotated[float | None, parsed_by(_number, "STRENGTH"), arg(help_behavior_hint="(default: 2)")] = None
    """The end of the sweep; it begins at minus that."""
    sweep_format: Annotated[str | None, MOVIE, arg(help_behavior_hint="(default: mp4)")] = None
    """The format of the sweep."""
    save_recipe: FileName = None
    """Also the recipe, as a JSON file of this name."""


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """How pictures are saved, and what is said in them. Nothing of the camera or the place is."""

    format: Annotated[str | None, FORMAT, arg(help_behavior_hint="(default: the photo's own)")] = None
    """The format of pictures."""
    quality: Annotated[Quality | None, parsed_by(quality_of, "QUALITY"), arg(help_behavior_hint="(default: keep)")] = None
    """1 to 100; keep: as the photo, if both are JPEGs, else high; lossless: of WebP, PNG and TIFF."""
    no_mark: Flag = False
    """Leave out the mark that AI edited the picture."""
    no_recipe: Flag = False
    """Leave out the recipe, by which the edit can be made again."""
    sign_key: FileName = None
    """Sign the files with this private key (PEM): Content Credentials (C2PA)."""
    sign_certificate: FileName = None
    """The key's certificate and those above it (PEM)."""


def parse_settings(settings: tuple[str, ...]) -> dict[str, float]:
    """("Smiling=1.5", ...) -> {"Smiling": 1.5, ...}.

    Raises:
        SettingError: one is not NAME=NUMBER, or a name is given twice.

    >>> parse_settings(("Smiling=1.5", "Young=-1"))
    {'Smiling': 1.5, 'Young': -1.0}
    """
    strengths = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name in strengths:
            raise SettingError(f"--set {setting}: {name} is set twice. Give each attribute one strength.")
        try:
            strengths[name] = float(value)
        except ValueError:
            raise SettingError(f"--set {setting}: expected NAME=NUMBER, such as Smiling=1.5.") from None
    return strengths


def check_together(edit: EditOptions, face: FaceOptions, output: OutputOptions, file: FileOptions) -> None:
    """Refuse options that exclude one another, or that would have no effect.

    Raises:
        SettingError: there are such.

    >>> check_together(EditOptions(), FaceOptions(), OutputOptions(crop=True), FileOptions())
    """
    refused = {
        "--local and --no-local exclude each other.": edit.local and edit.no_local,
        "--preserve and --no-preserve exclude each other.": edit.preserve and edit.no_preserve,
        "--sweep-to and --sweep-format are of --sweep NAME. Give that, too.": not output.sweep
        and (output.sweep_to is not None or output.sweep_format),
        "--sign-key and --sign-certificate belong together. Give both.": bool(file.sign_key) != bool(file.sign_certificate),
        "A signature says that AI edited the picture, so --sign-key and --no-mark exclude each other.": file.sign_key
        and file.no_mark,
        "Nothing is to be done. Give --set NAME=STRENGTH or --recipe FILE; or --crop, --strip or --sweep.": not (
            edit.settings or edit.recipe or output.crop or output.strip or output.sweep
        ),
        "--before-after shows an edit. Give --set NAME=STRENGTH or --recipe FILE, too.": output.before_after
        and not (edit.settings or edit.recipe),
    }
    for sentence, holds in refused.items():
        if holds:
            raise SettingError(sentence)
