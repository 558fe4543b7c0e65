"""`python -m editor evaluate ...`: the numbers of the README, each from one command."""

import argparse
import dataclasses
import json
from pathlib import Path


def add(commands: argparse._SubParsersAction) -> None:
    """Add `evaluate` and its kinds."""
    evaluate = commands.add_parser("evaluate", help="measure the models")
    kinds = evaluate.add_subparsers(dest="kind", required=True, metavar="measure")
    fidelity = kinds.add_parser("fidelity", help="how much of a real face comes back from its code")
    fidelity.add_argument("--faces", type=Path, required=True, help="folder of FFHQ-framed faces of any size")
    fidelity.add_argument("--limit", type=int, help="only the first N by name")
    fidelity.add_argument("--split", help="only the ids of this split, by the table in --splits")
    fidelity.add_argument("--splits", type=Path, help="CSV with the columns id and split (default: FACES/../split.csv)")
    fidelity.add_argument("--models", default="embedded")
    fidelity.add_argument("--device")
    fidelity.add_argument("--json", action="store_true", help="print JSON")
    fidelity.set_defaults(run=evaluate_fidelity)
    accuracy = kinds.add_parser("accuracy", help="the SVMs' accuracy in W+ and W* on people held out, as stored")
    accuracy.add_argument("--json", action="store_true", help="print JSON")
    accuracy.set_defaults(run=evaluate_accuracy)


def evaluate_fidelity(options: argparse.Namespace) -> int:
    """Measure and print."""
    from editor.evaluate.fidelity import find_faces, measure_fidelity
    from editor.judge.identity import IdentityJudge
    from editor.pipeline import Editor
    from editor.train.photos import ids_of_split
    from editor.weights import Gate

    gate = Gate()
    faces = find_faces(options.faces)
    if options.split:
        wanted = ids_of_split(options.splits or options.faces.parent / "split.csv", options.split)
        faces = [path for path in faces if path.stem in wanted]
    faces = faces[: options.limit]
    editor = Editor.load(options.models, options.device, gate)
    result = measure_fidelity(editor, IdentityJudge(gate.path("dlib-face-recognition")), faces)
    values = dataclasses.asdict(result)
    print(json.dumps(values, indent=2) if options.json else "\n".join(f"{k:24} {v:.4g}" for k, v in values.items()))
    return 0


def evaluate_accuracy(options: argparse.Namespace) -> int:
    """Print the accuracies that the directions carry."""
    from editor.edit.directions import SPACES, read_directions
    from editor.weights import Gate

    directions = read_directions(Gate().path("directions"))
    rows = [
        {"attribute": name, "majority": round(directions.majority[k].item(), 4)}
        | {space: round(getattr(directions, space).accuracy[k].item(), 4) for space in SPACES}
        for k, name in enumerate(directions.attributes)
    ]
    columns = ("majority", *SPACES)
    summary = {
        column: {
            "min": min(row[column] for row in rows),
            "max": max(row[column] for row in rows),
            "mean": round(sum(row[column] for row in rows) / len(rows), 4),
        }
        for column in columns
    }
    if options.json:
        print(json.dumps({"summary": summary, "attributes": rows}, indent=2))
        return 0
    print(f"{'':22}" + "".join(f"{column:>10}" for column in columns))
    for row in rows:
        print(f"{row['attribute']:22}" + "".join(f"{row[column]:10.4f}" for column in columns))
    for name in ("min", "max", "mean"):
        print(f"{name:22}" + "".join(f"{summary[column][name]:10.4f}" for column in columns))
    return 0
