"""Licences that a person accepts once before a file under them is fetched."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from editor.errors import WeightsError

VARIABLE = "EDITOR_ACCEPT_LICENCES"
"""Set to the names of licences, or to "all", by those who cannot be asked: containers, batch jobs."""

TERMS = {
    "nvidia-stylegan2": (
        "NVIDIA Source Code License-NC, for StyleGAN2 and what is made from it (pSp's and e4e's checkpoints hold its "
        "generator): use for research or evaluation only, not commercially; whoever passes the files on passes the licence on. "
        "The whole text: https://nvlabs.github.io/stylegan2/license.html"
    ),
}


def ask_in_terminal(question: str) -> bool:
    """Ask whoever started the program; no where nobody is there."""
    if not (sys.stdin and sys.stdin.isatty()):
        return False
    print(question, "Do you accept it? [y/N] ", sep="\n", end="", file=sys.stderr, flush=True)  # not among a command's results
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def require(name: str, wanted_for: str, record: Path, ask: Callable[[str], bool] = ask_in_terminal) -> None:
    """Go on only if a licence was accepted: before, by a variable, or now.

    Args:
        name: a key of `TERMS`.
        wanted_for: what stands under the licence, as the question names it.
        record: a JSON file of what was accepted. It is made where it is missing.
        ask: shows a person the licence and returns whether they accept it.

    Raises:
        WeightsError: it was not.

    >>> record = folder / "accepted-licences.json"
    >>> require("nvidia-stylegan2", "ffhq.pkl", record, ask=lambda question: True)
    >>> require("nvidia-stylegan2", "ffhq.pkl", record, ask=lambda question: False)  # not asked again
    """
    given = os.environ.get(VARIABLE, "").replace(",", " ").split()
    if name in _accepted(record) or name in given or "all" in given:
        return
    if not ask(f"{wanted_for} stands under this licence:\n\n{TERMS[name]}\n"):
        raise WeightsError(
            f"{wanted_for} stands under a licence that was not accepted: {TERMS[name]} "
            f"To accept it, start in a terminal and answer y, or set {VARIABLE}={name}."
        )
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(sorted({*_accepted(record), name})) + "\n")


def _accepted(record: Path) -> list[str]:
    try:
        names = json.loads(record.read_text())
    except (OSError, ValueError):
        return []
    return names if isinstance(names, list) else []
