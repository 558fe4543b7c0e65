"""`face-editor install encoder runs/encoder/encoder.safetensors`: make a trained file the one that the app uses."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg


@dataclass(frozen=True)
class Install:
    """Make a trained file the one that the app uses.

    Copies it into weights/ and writes its size and its hash into the manifest. EDITOR_MANIFEST names another manifest.
    """

    name: Positional[Annotated[str, arg(metavar="NAME")]]
    """The entry of the manifest: encoder, flow, directions, directions-svm, flow-paper, directions-paper, preconditioner,
    preview, evaluation-classifier or training-classifier."""
    file: Positional[Annotated[Path, arg(metavar="FILE")]]
    """The trained file."""

    def run(self) -> int:
        """Copy the file and rewrite two lines of its entry."""
        from editor.weights import manifest_in_use
        from editor.weights.install import install

        install(manifest_in_use(), self.name, self.file)
        print(f"{self.name} is now {self.file}. Say in docs/training.md how it was made.")
        return 0
