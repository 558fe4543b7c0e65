"""One measurement of pasting, from its options to its numbers."""

from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from editor.data.batch import each_photo
from editor.data.labelled_faces import read_labelled_faces
from editor.errors import SettingError
from editor.evaluate.product.improved import improvement_shelf
from editor.evaluate.product.likenesses import improve
from editor.evaluate.product.pasted_photos import EDITS, SHOWN, WAYS, BothWays, Person, edited_both_ways, pasted_at_places
from editor.evaluate.product.pasting import Pasted, mean_of
from editor.evaluate.report import markdown_table
from editor.evaluate.sheet_file import check_sheet, save_sheet
from editor.judge.identity import IdentityJudge
from editor.pipeline import Editor
from editor.sheets import grid
from editor.weights import WeightStore

ON_SHEET = 8
"""Photos on a sheet."""
PLACES = ("outside", "background", "seam", "seam_worst")
"""What is told of photos taken in several ways."""


@dataclass(frozen=True, eq=False)
class PastingResult:
    """The measures.

    Attributes:
        n: photos.
        edits: attribute, or "all" of them -> way of pasting -> means over the photos.
        places: how a photo was taken -> means over the photos.
    """

    n: int
    edits: dict[str, dict[str, Pasted]]
    places: dict[str, Pasted]

    def as_markdown(self) -> str:
        """Two tables.

        >>> one = Pasted(0.9, 0.8, 0.1, 1, 0, 0.5, 2)
        >>> print(PastingResult(1, {"Young": {"change": one}}, {"rolled": one}).as_markdown(), end="")
        | edit | pasted | sharpness | detail | identity | background | outside | seam | seam_worst |
        |---|---|---|---|---|---|---|---|---|
        | Young | change | 0.900 | 0.800 | 0.100 | 1.000 | 0.000 | 0.500 | 2.000 |
        <BLANKLINE>
        | photo | outside | background | seam | seam_worst |
        |---|---|---|---|---|
        | rolled | 0.000 | 1.000 | 0.500 | 2.000 |
        """
        measures = list(Pasted.__dataclass_fields__)
        edits = [(name, way, *_cells(result)) for name, ways in self.edits.items() for way, result in ways.items()]
        places = [(name, *_cells(result, PLACES)) for name, result in self.places.items()]
        tables = markdown_table(("edit", "pasted", *measures), edits), markdown_table(("photo", *PLACES), places)
        return "\n".join(tables)


def _cells(result: Pasted, measures: tuple[str, ...] = ()) -> list[str]:
    values = asdict(result)
    return [f"{values[name]:.3f}" for name in measures or values]


def evaluate_pasting(
    data: Path,
    split: str = "test",
    faces: int = 20,
    refine: int = 60,
    seed: int = 0,
    cache: Path | None = None,
    sheet: Path | None = None,
) -> PastingResult:
    """Edit photos of people, and measure what pasting leaves of the photos.

    Args:
        data: folder of labelled faces, as `editor.data.labelled_faces` reads it.
        split: whose.
        faces: how many, at random.
        refine: steps of latent optimisation; 0: the encoder's codes.
        cache: folder of refined portraits.
        sheet: file for the first photos, with every edit pasted in both ways.

    Raises:
        SettingError: there are no such faces, none of them is found in its photo, or the sheet's name is not a picture's.
    """
    check_sheet(sheet)
    people, store = _people(data, split, faces, seed), WeightStore()
    editor = Editor.load("embedded", "cpu", store)
    judge, shelf = IdentityJudge(store.path("dlib-face-recognition")), improvement_shelf(cache, store, "embedded")

    def edit(person: Person) -> BothWays:
        steps = (lambda portrait: improve(editor, portrait, "refine", refine, shelf)[0],) if refine else ()
        return edited_both_ways(editor, judge.embed, person, *steps)

    photos = list(each_photo(edit, people, "edits"))
    pairs = list(zip(people, [*people[1:], *people[:1]], strict=True))
    places = list(each_photo(lambda pair: list(pasted_at_places(editor, *pair)), pairs, "places"))
    if sheet:
        save_sheet(_sheet(photos[:ON_SHEET]), sheet)
    return PastingResult(len(photos), _over_edits([photo.found for photo in photos]), _over_places(places))


def _people(data: Path, split: str, count: int, seed: int) -> list[Person]:
    chosen = read_labelled_faces(data, split).sample(count, seed)
    if "Smiling" not in chosen.attributes:
        raise SettingError(f"{data / 'attributes.csv'} has no column Smiling. Add one.")
    smiles = chosen.labels[:, chosen.attributes.index("Smiling")]
    pictures = (Image.open(chosen.path(at)).convert("RGB") for at in range(len(chosen)))
    return [Person(picture, bool(smile)) for picture, smile in zip(pictures, smiles, strict=True)]


def _over_edits(found: list[dict[str, dict[str, Pasted]]]) -> dict[str, dict[str, Pasted]]:
    edits = {name: {way: mean_of([one[name][way] for one in found]) for way in WAYS} for name in EDITS}
    return edits | {"all": {way: mean_of([one[name][way] for one in found for name in EDITS]) for way in WAYS}}


def _over_places(photos: list[list[tuple[str, Pasted]]]) -> dict[str, Pasted]:
    places: dict[str, list[Pasted]] = {}
    for name, result in (pair for photo in photos for pair in photo):
        places.setdefault(name, []).append(result)
    return {name: mean_of(results) for name, results in places.items()}


def _sheet(photos: list[BothWays]) -> Image.Image:
    titles = ["photo", *(f"{name}: {way}" for name in EDITS for way in WAYS)]
    return grid([("", photo.frames) for photo in photos], titles, SHOWN)
