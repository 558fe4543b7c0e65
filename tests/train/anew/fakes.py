"""Small stages, and a program in place of `face-editor` whose commands write files."""

import sys
from dataclasses import replace
from pathlib import Path

from editor.train.anew.layout import Run
from editor.train.anew.stages import BOTH, Stage
from tests.weights.entries import entry, manifest

PROGRAM = """
import hashlib, json, os, sys, time
from pathlib import Path
name, folder, data, *entries = sys.argv[1:]
folder, data, where = Path(folder), Path(data), Path(os.environ["EDITOR_MANIFEST"])
with (data.parent / "ran").open("a") as ran:
    ran.write(f"{folder.name}\\n")
went_on = (folder / "half").exists()
(folder / "half").write_text("begun")
if (data / f"fail-{name}").exists():
    print("reading faces\\rreading faces", file=sys.stderr)
    sys.exit("there is no such thing")
if (data / f"kill-{name}").exists():
    os.kill(os.getpid(), 9)
while (data / f"wait-{name}").exists():
    time.sleep(0.01)
read = "".join((where.parent / f"{each}.bin").read_text() for each in entries)
(folder / "made.bin").write_text(f"{name}({read})")
(folder / "report.json").write_text(json.dumps({"from": read, "went_on": went_on}))
print(json.dumps({"from": read}))
"""

STAGES = (
    Stage("codes", "codes {folder} {data} encoder", ("encoder",), report="-", sets=BOTH),
    Stage("flow", "flow {folder} {data} encoder", ("encoder",), makes="flow", file="made.bin", report="report.json"),
    Stage("paths", "paths {folder} {data} preview", ("preview",), makes="paths", file="made.bin"),
    Stage("measure", "measure {folder} {data} flow preview", ("flow", "preview"), report="report.json", sets=BOTH),
)
STEPS = ["new-codes", "old-codes", "new-flow", "new-paths", "new-measure", "old-measure"]


def small_run(folder: Path) -> Run:
    """A run of these stages, beside a set in use of five entries."""
    in_use, data, program = folder / "in use", folder / "data", folder / "program.py"
    (data / "img").mkdir(parents=True)
    in_use.mkdir()
    for table in ("attributes.csv", "split.csv"):
        (data / table).touch()
    program.write_text(PROGRAM)
    names = ("encoder", "flow", "paths", "preview")
    for name in names:
        (in_use / f"{name}.bin").write_text(f"old {name}")
    tables = {name: entry(f"old {name}".encode(), f"{name}.bin") for name in names}
    tables["net"] = entry(b"x", "x.whl", "package", requirement="x==1", members={"x": "y"})
    encoder = folder / "encoder.bin"
    encoder.write_text("new encoder")
    run = Run(folder / "run", data, encoder, manifest(in_use, **tables), STAGES)
    return replace(run, program=(sys.executable, "-S", "-E", str(program)))


def ran(run: Run) -> list[str]:
    """The steps that were run since this was asked last."""
    path = run.data.parent / "ran"
    names = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return names
