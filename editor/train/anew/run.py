"""One run: every stage that is not done is run, for the set that it is of, and what it makes takes its place in the new set."""

import json
import sys
import time
from dataclasses import replace
from typing import Any

from editor.data.fingerprint import hash_of_data
from editor.errors import EditorError
from editor.files.temporary import one_process_at_a_time
from editor.files.writing import write_atomically
from editor.train.anew.candidate import bring_up_to_date, expected, hashes_of
from editor.train.anew.command import CommandError, run_command
from editor.train.anew.inputs import inputs_of
from editor.train.anew.layout import Run
from editor.train.anew.marks import Mark, read_mark, write_mark
from editor.train.anew.stages import SetName, Step, steps
from editor.weights import sha256_of
from editor.weights.install import install


def plan(run: Run) -> list[tuple[Step, bool]]:
    """The steps in order, and whether each is done. Nothing is run or written.

    Raises:
        EditorError: the data or a file cannot be read.

    >>> from editor.train.anew.layout import begun
    >>> [(step.name, done) for step, done in plan(begun(folder, data, None))][:2]
    [('new-preconditioner', False), ('new-codes', False)]
    """
    data, hashes = hash_of_data(run.data), _hashes(run)
    found, changing = [], set()
    for step in steps(run.stages):
        waits = step.of == "new" and not changing.isdisjoint(step.stage.reads)
        done = not waits and _is_done(run, step, _asked(run, step, hashes[step.of], data), hashes[step.of])
        changing |= {step.stage.makes} if step.stage.makes and not done else set()
        found.append((step, done))
    return found


def make_anew(run: Run) -> None:
    """Run every step that is not done, or whose inputs have changed, in order; progress is told on stderr.

    One process at a time works on a run. Another one waits, also for a command that a killed process left at work.

    Raises:
        EditorError: a command failed, or a file cannot be read or written.

    >>> from editor.train.anew.stages import STAGES
    >>> (folder / "manifest.toml").touch()
    >>> program = (sys.executable, "-c", "print('[1]')")  # in place of face-editor
    >>> run = Run(folder / "run", data, None, folder / "manifest.toml", STAGES[1:2], program)
    >>> make_anew(run)
    >>> reports(run)
    {'new': {'codes': [1]}, 'old': {'codes': [1]}}
    """
    run.folder.mkdir(parents=True, exist_ok=True)
    with one_process_at_a_time(run.folder, lambda: _tell(f"{run.folder} is being worked on: waiting for that to end.")) as lock:
        data, todo = hash_of_data(run.data), list(steps(run.stages))
        bring_up_to_date(run.new, run.in_use, run.own, run.encoder)
        hashes = _hashes(run)
        for number, step in enumerate(todo, 1):
            asked, where = _asked(run, step, hashes[step.of], data), f"[{number}/{len(todo)}] {step.name}"
            if _is_done(run, step, asked, hashes[step.of]):
                _tell(f"{where}: done before")
                continue
            _tell(f"{where}: {run.command(step)}")
            done = _run(run, step, asked, lock)
            if step.stage.makes:
                hashes[step.of][step.stage.makes] = done.made
            _tell(f"{where}: done in {done.seconds / 60:.1f} min")


def reports(run: Run) -> dict[SetName, dict[str, Any]]:
    """The reports of both sets: stage -> what it reported.

    Raises:
        EditorError: a report cannot be read.

    >>> reports(Run(folder, data, None, folder / "manifest.toml", stages=()))
    {'new': {}, 'old': {}}
    """
    found: dict[SetName, dict[str, Any]] = {"new": {}, "old": {}}
    for step in steps(run.stages):
        if step.stage.report:
            try:
                found[step.of][step.stage.name] = json.loads(run.report(step).read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise EditorError(
                    f"{run.report(step)} cannot be read: {error}. Delete it, and its stage runs again."
                ) from error
    return found


def _hashes(run: Run) -> dict[SetName, dict[str, str]]:
    return {"new": expected(run.new, run.in_use, run.own, run.encoder), "old": hashes_of(run.in_use)}


def _asked(run: Run, step: Step, hashes: dict[str, str], data: str) -> Mark:
    return Mark(run.template(step), inputs_of(step, hashes, data))


def _is_done(run: Run, step: Step, asked: Mark, hashes: dict[str, str]) -> bool:
    """Whether a step was done with these inputs, and what it left is still there."""
    mark, stage = read_mark(run.mark(step)), step.stage
    if mark is None or not mark.done or not mark.is_of(asked):
        return False
    return (not stage.makes or mark.made == hashes.get(stage.makes)) and (not stage.report or run.report(step).exists())


def _run(run: Run, step: Step, asked: Mark, lock: int | None) -> Mark:
    """Run a step, install what it makes and keep its report; the mark of it."""
    before, makes = read_mark(run.mark(step)), step.stage.makes
    if before and not before.is_of(asked):
        _set_aside(run, step)
    write_mark(run.mark(step), asked)
    begin = time.monotonic()
    try:
        report = run_command(run, step, lock)
    except CommandError as error:
        _tell(error.last_lines)
        raise
    if step.stage.report:
        text = json.dumps(report, indent=1) + "\n"
        write_atomically(run.report(step), lambda part: part.write_text(text, encoding="utf-8"))
    made = run.work(step) / step.stage.file
    if makes:
        install(run.new, makes, made)
    done = replace(asked, done=True, made=sha256_of(made) if makes else "", seconds=time.monotonic() - begin)
    write_mark(run.mark(step), done)
    return done


def _set_aside(run: Run, step: Step) -> None:
    """Move away what a step wrote for other inputs, since its command would go on from it."""
    if run.work(step).exists():
        aside = run.folder / "aside" / f"{step.name}-{time.strftime('%Y%m%d-%H%M%S')}"
        aside.parent.mkdir(parents=True, exist_ok=True)
        run.work(step).rename(aside)
        _tell(f"{step.name}: its inputs have changed. What it had made is in {aside} now; delete it if nobody needs it.")


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
