"""The history of one training: a folder with its frozen config, its curve and the checkpoint to go on from.

config.json        what was asked for, seed included, and hashes of what it is learnt from; a run only resumes under these
curve.jsonl        one line per interval: step, seconds of training so far, and every loss
events.out...      the same for TensorBoard: tensorboard --logdir runs
checkpoint.pt      everything the next step depends on; written beside and renamed, so a kill leaves a whole one
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils.tensorboard import SummaryWriter

from editor.errors import SettingError


@dataclass
class Progress:
    """Where a run stands: steps done and seconds spent training, over all its sessions."""

    step: int = 0
    seconds: float = 0.0


class Run:
    """Owns the folder; the trainer owns what goes into a checkpoint."""

    def __init__(self, folder: Path, config: Any, **learnt_from: str):
        """Open or begin a run.

        Args:
            config: a frozen dataclass of plain values.
            learnt_from: name -> a hash of what is learnt from by that name, such as codes.

        Raises:
            SettingError: the folder holds a run of another config, or one that learns from something else.
        """
        self.folder = folder
        self.progress = Progress()
        self._losses: dict[str, float] = {}
        self._since = time.monotonic()
        self._board: SummaryWriter | None = None
        folder.mkdir(parents=True, exist_ok=True)
        asked = json.loads(json.dumps(asdict(config) | learnt_from))
        path = folder / "config.json"
        if path.exists() and (found := json.loads(path.read_text())) != asked:
            changed = ", ".join(sorted(k for k in asked.keys() | found.keys() if asked.get(k) != found.get(k)))
            raise SettingError(f"{folder} holds a run with other settings or data ({changed}). Name another folder with --run.")
        path.write_text(json.dumps(asked, indent=2) + "\n")

    def restore(self) -> dict[str, Any] | None:
        """The last checkpoint, or None at the beginning."""
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return None
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.progress = Progress(**state.pop("progress"))
        self._forget_after(self.progress.step)
        return state

    def _forget_after(self, step: int) -> None:
        """Drop the lines of the curve that a resumed run will write again."""
        curve = self.folder / "curve.jsonl"
        if curve.exists():
            lines = curve.read_text().splitlines(keepends=True)
            curve.write_text("".join(line for line in lines if json.loads(line)["step"] <= step))

    def save(self, state: dict[str, Any]) -> None:
        """Write a checkpoint that replaces the last one whole."""
        path = self.folder / "checkpoint.pt"
        part = path.with_suffix(".part")
        torch.save(state | {"progress": asdict(self.progress)}, part)
        part.replace(path)

    def count(self, losses: dict[str, float]) -> None:
        """Count one step; losses are averaged over the last fifty or so."""
        now = time.monotonic()
        self.progress.step += 1
        self.progress.seconds += now - self._since
        self._since = now
        for name, value in losses.items():
            old = self._losses.get(name, value)
            self._losses[name] = old + 0.02 * (value - old)

    def log(self, **extra: float) -> dict[str, float]:
        """Append the running losses (and `extra`) to the curve, and return the line."""
        line = {"step": self.progress.step, "seconds": round(self.progress.seconds, 1)}
        line |= {name: round(value, 5) for name, value in (self._losses | extra).items()}
        with (self.folder / "curve.jsonl").open("a") as curve:
            curve.write(json.dumps(line) + "\n")
        self._board = self._board or SummaryWriter(self.folder, purge_step=self.progress.step)
        for name, value in line.items():
            self._board.add_scalar(name, value, self.progress.step)
        self._board.flush()
        return line
