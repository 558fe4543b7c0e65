"""What one choice in T is worth: the same figures for every trained flow, on people it was not trained on.

frozen        mean accuracy of the classifiers that T was trained around, at T(w)
svm           mean accuracy of SVMs fitted from scratch in W*, C chosen on these very people: alike for every row
preservation  L_ap at T(w): how much other attributes move, by classifiers of codes, when one is edited
round_trip    largest relative |T^-1(T(w)) - w| / |w|
"""

import json
from collections.abc import Sequence
from pathlib import Path

from editor.classify.linear import best_c
from editor.data.codes import Codes, space_numbers
from editor.errors import SettingError
from editor.flow import RealNVP
from editor.train.flow.training import round_trip_error

REPORT = "report.json"
COLUMNS = ("frozen", "svm", "preservation", "round_trip", "parameters", "minutes")
SHOWN = ("losses", "epochs", "batch", "rate", "margin", "preservation", "decorrelated")
"""Settings that a row names where they differ from the first row's."""


def measure_flow(flow: RealNVP, train: Codes, apart: Codes, curve: Path) -> dict[str, float]:
    """The figures of one flow.

    Args:
        train, apart: codes that it was trained on, and of other people.
        curve: of its training; the epoch that was kept is the one with the least validation loss.
    """
    lines = [json.loads(line) for line in curve.read_text().splitlines()]
    kept = min(lines, key=lambda line: line["validation"])
    inside, outside = ((space_numbers(flow, codes, "w_star"), codes.labels) for codes in (train, apart))
    _, svm = best_c(inside, outside)
    return {
        "frozen": kept["accuracy"],
        "svm": svm.accuracy(*outside).mean().item(),
        "preservation": kept["validation_preservation"],
        "round_trip": round_trip_error(flow, apart.w_plus),
        "parameters": sum(parameter.numel() for parameter in flow.parameters()),
        "minutes": lines[-1]["seconds"] / 60,
    }


def read_runs(folders: Sequence[Path]) -> list[tuple[dict, dict]]:
    """Config and figures of finished runs of `train flow`.

    Raises:
        SettingError: one is not such a run, or not finished.
    """
    runs = []
    for folder in folders:
        try:
            runs.append(tuple(json.loads((folder / name).read_text()) for name in ("config.json", REPORT)))
        except (OSError, ValueError) as error:
            raise SettingError(f"{folder} is not a finished run of `train flow`.") from error
    return runs


def as_markdown(runs: Sequence[tuple[dict, dict]]) -> str:
    """A row a run: what is different from the first, then the figures."""
    first = _settings(runs[0][0])
    lines = ["| change | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for at, (config, report) in enumerate(runs):
        changed = {name: value for name, value in _settings(config).items() if value != first.get(name)}
        name = ", ".join(f"{key} {value}" for key, value in changed.items()) or ("as it is" if at == 0 else "the same again")
        cells = [f"{report[column]:.4f}" for column in COLUMNS[:3]]
        cells += [f"{report['round_trip']:.0e}", f"{report['parameters'] / 1e6:.1f} M", f"{report['minutes']:.1f}"]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _settings(config: dict) -> dict:
    return {name: config[name] for name in SHOWN} | config["model"]
