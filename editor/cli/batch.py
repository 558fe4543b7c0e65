"""`face-editor batch recipe.json photos/ --out out/`: the edits of a recipe on many photos."""

import dataclasses
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tqdm import tqdm
from tyro.conf import Positional, arg

from editor.cli.engine import EngineOptions
from editor.errors import SettingError
from editor.options import Flag, Quality, parsed_by, quality_of

if TYPE_CHECKING:
    from editor.batch.run import Summary
    from editor.batch.work import Outcome

SKIPPED = 3
"""The exit code where photos were skipped and all others are done."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Batch(EngineOptions):
    """Make the edits of a recipe on many photos.

    Each photo becomes one file of the same name in the output folder. What cannot be edited is skipped, with the reason. The
    same command goes on where a stopped run was. The exit code is 0 if all photos are done, 3 if some were skipped.
    """

    recipe: Positional[Annotated[Path, arg(metavar="RECIPE")]]
    """A recipe (.json), or a photo that this program saved, which carries one."""
    photos: Positional[Annotated[tuple[str, ...], arg(metavar="PHOTOS")]]
    """Folders, photos, patterns such as 'photos/*.jpg', or lists with a column photo (.csv, .parquet); also s3:// and alike."""
    out: Annotated[str, arg(metavar="DIR")]
    """The output folder, which may be an address such as s3://bucket/out."""
    format: Literal["own", "png", "jpeg", "webp", "avif", "tiff"] = "own"
    """The format of the outputs. own: as each photo, or as a list names it."""
    quality: Annotated[Quality, parsed_by(quality_of, "Q")] = "keep"
    """Of JPEG, WebP and AVIF, 1 to 100; keep: as a JPEG was compressed; lossless: of WebP."""
    overwrite: Flag = False
    """Replace files in the output folder that an earlier run of this command did not make."""
    retry: Flag = False
    """Try again what was skipped before."""
    limit: Annotated[int, arg(metavar="N", help_behavior_hint="(default: all)")] = 0
    """Look at the first N photos only."""
    journal: Annotated[Path | None, arg(metavar="DIR", help_behavior_hint="(default: .face-editor in the output folder)")] = (
        None
    )
    """Where the record of what is done is kept, on a disk of this machine."""
    json: Flag = False
    """Print a summary as JSON at the end."""

    def run(self) -> int:
        """Edit what is not edited yet; every skip is told with its reason, and at the end how many there were."""
        from editor.batch.editing import editing
        from editor.batch.journal import FOLDER, open_journal
        from editor.batch.run import Output, run
        from editor.batch.sources import check_sources, count, photos_of
        from editor.batch.storage import check_output, is_remote
        from editor.files.folders import PICTURES
        from editor.models import deciding_hashes
        from editor.saving.embedded import read_recipe
        from editor.weights import WeightStore

        check_sources(self.photos)
        if self.journal is None and is_remote(self.out):
            raise SettingError("With an address as --out, name a folder of this machine for the record: --journal DIR.")
        recipe = read_recipe(self.recipe)
        if notice := recipe.check_models(recipe.models, deciding_hashes(recipe.models, WeightStore())):
            print(notice, file=sys.stderr)
        work = editing(recipe, "" if self.format == "own" else self.format, self.quality)
        engine = self.made()
        journal_folder = self.journal or Path(self.out) / FOLDER
        check_output(self.out, fresh=not (self.overwrite or journal_folder.exists()))
        photos, limit = photos_of(self.photos, self.out), self.limit or None
        with open_journal(journal_folder, work.identity, self.retry) as journal:
            known = count(self.photos, self.out)
            total = min(known, limit) if known is not None and limit else known or limit
            with tqdm(total=total, desc="editing", unit="photo", disable=None) as bar:
                output = Output(self.out, self.overwrite)
                chosen = itertools.islice(photos, limit)
                summary = run(chosen, output, work, engine, journal, lambda outcome: _tell(outcome, bar))
        if not (summary.done or summary.before or summary.skipped):
            raise SettingError(f"There are no pictures ({', '.join(PICTURES)}) in {', '.join(self.photos)}.")
        self._report(summary, journal_folder)
        return SKIPPED if summary.skipped else 0

    def _report(self, summary: "Summary", journal: Path) -> None:
        if self.json:
            print(json.dumps({**dataclasses.asdict(summary), "out": self.out, "journal": str(journal)}, indent=2))
            return
        before = f", {summary.before} done before" if summary.before else ""
        skipped = f", {summary.skipped} were skipped: see above" if summary.skipped else ""
        print(f"{summary.done} photos edited in {summary.seconds:.0f} s{before}{skipped}. They are in {self.out}")


def _tell(outcome: "Outcome", bar: tqdm) -> None:
    """Move the bar, and tell a skip above it."""
    if outcome.reason:
        bar.write(f"skipped {outcome.task.photo}: {outcome.reason}", file=sys.stderr)
    bar.update()
