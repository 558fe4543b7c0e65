"""`face-editor attribute NAME --with DIR --without DIR`: a slider of one's own, learnt from photos."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from tqdm import tqdm
from tyro.conf import Positional, arg

import editor
from editor.cli.arguments import Device
from editor.errors import SettingError
from editor.options import FileName, Flag, ModelSetName

NOT_IN_NAMES = '/\\:*?"<>|'
"""Characters that a file's name cannot have on some systems."""


@dataclass(frozen=True, kw_only=True)
class MakeAttribute:
    """Make an attribute of your own from photos.

    Learns a direction in W+ and in W* from a folder of photos that show the attribute and a folder of photos that do not.
    20 photos of each are good. `face-editor edit --attribute FILE` edits along it.
    """

    name: Positional[Annotated[str, arg(metavar="NAME")]]
    """What the attribute is called, in any script."""
    shows: Annotated[Path, arg(name="with", metavar="DIR")]
    """A folder of photos of people who have the attribute. The largest face counts."""
    lacks: Annotated[Path, arg(name="without", metavar="DIR")]
    """A folder of photos of people who lack it, and are alike in all else."""
    out: FileName = None
    """The file to write (.safetensors). The default is NAME.safetensors."""
    overwrite: Flag = False
    """Replace a file that is there already."""
    models: ModelSetName = "embedded"
    """The model set that the attribute is for."""
    device: Device = None
    """Where the models run: cpu, cuda or cuda:N."""
    json: Flag = False
    """Print what was measured as JSON."""

    def run(self) -> int:
        """Learn, write the file, and tell what it is worth; photos that are passed over are named."""
        from editor.edit.own import checked_name, write_own
        from editor.files.folders import pictures_in
        from editor.files.writing import check_files

        name = checked_name(self.name)
        out = self.out or Path("".join("_" if each in NOT_IN_NAMES else each for each in name) + ".safetensors")
        if out.suffix != ".safetensors":
            raise SettingError(f"--out {out}: an attribute is written as .safetensors.")
        if out.exists() and not self.overwrite:
            raise SettingError(f"{out} is there already. Choose another name with --out, or replace it with --overwrite.")
        check_files([out])
        for option, folder in (("--with", self.shows), ("--without", self.lacks)):
            if not folder.is_dir():
                raise SettingError(f"{option} {folder}: there is no such folder.")
        shows, lacks = (pictures_in(folder, deep=True) for folder in (self.shows, self.lacks))
        loaded = editor.Editor.load(self.models, self.device)
        with tqdm(desc="learning") as bar:

            def progress(step: int, steps: int) -> None:
                bar.total = steps
                bar.update(step - bar.n)

            learned = loaded.learn(name, shows, lacks, progress)
        write_own(learned.attribute, out)
        for photo, reason in learned.skipped:
            print(f"passed over {photo}: {reason}", file=sys.stderr)
        own = learned.attribute
        if self.json:
            about = {"name": own.name, "file": str(out), "photos": own.validation["w_plus"].of, "people": own.people}
            about |= {space: asdict(found) | {"accuracy": found.accuracy} for space, found in own.validation.items()}
            about |= {"unlike": own.unlike, "moved": own.moved, "skipped": [each._asdict() for each in learned.skipped]}
            print(json.dumps(about, indent=2, ensure_ascii=False))
            return 0
        print(*own.sentences, sep="\n")
        print(f"wrote {out}: face-editor edit PHOTO --attribute {out} --set {own.name}=1")
        return 0
