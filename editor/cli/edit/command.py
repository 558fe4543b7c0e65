"""`face-editor edit`: read and check first, then edit, then write, then tell."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

import editor
from editor.cli.arguments import Device
from editor.cli.edit.options import EditOptions, FaceOptions, FileOptions, OutputOptions, check_together
from editor.options import Flag, ModelOptions

if TYPE_CHECKING:
    from editor.cli.edit.asked import Asked
    from editor.cli.edit.making import Maker
    from editor.cli.edit.report import Report
    from editor.images import Photo
    from editor.pipeline import Editor
    from editor.recipe import Recipe


NOT_REFINED = (
    "The face is drawn by the encoder's first guess, as --refine 0 or the recipe asks for. --refine 20 brings it closer."
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Edit(ModelOptions):
    """Edit a face in a photo.

    Writes the whole photo with the edit in it, in the photo's own format: out/photo-edited.jpg. The edit is made in W*;
    --space both writes one photo for each space. What the edit did not change stays as it is in the photo.
    """

    photo: Positional[Annotated[Path, arg(metavar="PHOTO")]]
    """The photo."""
    edit: Annotated[EditOptions, arg(name="edit")] = EditOptions()
    face: Annotated[FaceOptions, arg(name="face")] = FaceOptions()
    output: Annotated[OutputOptions, arg(name="output")] = OutputOptions()
    file: Annotated[FileOptions, arg(name="file")] = FileOptions()
    changes: Flag = False
    """Measure what each edit changed, by the evaluation classifier, and tell it."""
    json: Flag = False
    """Print one JSON object: files, notes, recipe, quality of the likeness and changes."""
    device: Device = None
    """Where the models run: cpu, cuda or cuda:N."""

    def run(self) -> int:
        """Edit, write and tell."""
        check_together(self.edit, self.face, self.output, self.file)
        from editor.cli.edit.asked import asked_for
        from editor.cli.edit.outputs import check, check_sweep, planned
        from editor.cli.edit.report import Report
        from editor.cli.edit.writing import checked_credentials, written
        from editor.images import read_photo
        from editor.photos.original import format_in
        from editor.saving.embedded import marked, read_recipe
        from editor.saving.formats import own_format

        recipe = read_recipe(self.edit.recipe) if self.edit.recipe else None
        if recipe:
            recipe.check_models(self.models, {})  # of another set; the files are compared once they are known
        asked = asked_for(self.edit, self.face, recipe)
        check_sweep(self.output)
        photo = read_photo(self.photo)  # before the models: a wrong path should not take seconds to be told
        content = _bytes_of(photo)  # the same bytes, or it is told that they are others by now
        own, mark = own_format(format_in(content)), marked(content)
        outputs = planned(self.photo, own, asked, self._edits, self.output, self.file)
        check(outputs, self.photo, photo.image.size, self.output.overwrite)
        credentials = checked_credentials(self.file)
        report = Report(self.json)
        try:
            report.note(*photo.notes, mark.sentence if mark else None)
            maker = self._make(photo, asked, recipe, report)
            report.recipe = maker.recipe
            for output, lost in written(outputs, maker.pictures, maker.recipe, self.file, credentials, self.output.overwrite):
                what, number, label = output.key
                space = asked.versions[label][number].space if label in asked.versions and what != "face" else ""
                report.file(output.path, what, space)
                report.note(*lost)
        except BaseException:
            if report.files:  # these are there, and whole
                report.end()
            raise
        finally:
            report.close()
        report.end()
        return 0

    @property
    def _edits(self) -> bool:
        """Whether edits are asked for, or only what shows the face."""
        return bool(self.edit.settings or self.edit.recipe)

    def _make(self, photo: "Photo", asked: "Asked", recipe: "Recipe | None", report: "Report") -> "Maker":
        """Load the models, and make the pictures."""
        from editor.cli.edit.making import Maker, edited_faces

        loaded = editor.Editor.load(self.models, self.device, generator=self.generator)
        if self.edit.attributes:
            loaded = loaded.with_attributes(self.edit.attributes)
        self._check(loaded, asked)
        report.note(loaded.notice, recipe.check_models(self.models, loaded.models.hashes) if recipe else None)
        maker = Maker(loaded, asked, self._edits, self.output, report.told)
        for number, face in enumerate(edited_faces(loaded, photo, asked, report.told)):
            changes = loaded.changes(face.portrait, face.rendering) if self.changes else None
            if changes == {}:
                report.note("These models have no evaluation classifier, so what changed is not measured.")
            report.face(face.portrait.quality, changes, face.rendering.along)
            if face.rendering.edit.strengths and not face.portrait.refined and not face.portrait.tuned:
                report.note(NOT_REFINED)
            maker.add(number, face)
        maker.finish()
        return maker

    def _check(self, loaded: "Editor", asked: "Asked") -> None:
        """Check all names and strengths."""
        from editor.cli.edit.outputs import check_sweep

        for edit in asked.edits:
            loaded.check({**dict.fromkeys(edit.locked, 0.0), **edit.strengths})
        if self.output.sweep:
            loaded.check({self.output.sweep: check_sweep(self.output)})
        if self.output.strip:
            loaded.check({self.output.strip: 0.0})


def _bytes_of(photo: "Photo") -> bytes:
    """The file of a photo that was read from a path."""
    from editor.photos.files import FileSource

    assert isinstance(photo.source, FileSource)
    return photo.source.read()
