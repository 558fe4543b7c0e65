"""What one choice in T is worth: the figures of every trained flow (`editor.train.flow.measure`) in one table."""

import json
from collections.abc import Sequence
from pathlib import Path

from editor.errors import SettingError
from editor.evaluate.report import markdown_table
from editor.train.report import REPORT

COLUMNS = ("frozen", "svm", "preservation", "round_trip", "parameters", "minutes")
SHOWN = ("epochs", "batch", "rate", "margin", "preservation", "decorrelated")
"""Settings that a row names where they differ from the first row's."""


def read_runs(folders: Sequence[Path]) -> list[tuple[dict, dict]]:
    """Config and figures of finished runs of `train flow`.

    Raises:
        SettingError: one is not such a run, or not finished.

    >>> size = (folder / "config.json").write_text(json.dumps({"epochs": 5}))
    >>> size = (folder / REPORT).write_text(json.dumps({"svm": 0.89}))
    >>> read_runs([folder])
    [({'epochs': 5}, {'svm': 0.89})]
    """
    runs = []
    for folder in folders:
        try:
            runs.append(tuple(json.loads((folder / name).read_text()) for name in ("config.json", REPORT)))
        except (OSError, ValueError) as error:
            raise SettingError(f"{folder} is not a finished run of `train flow`.") from error
    return runs


def as_markdown(runs: Sequence[tuple[dict, dict]]) -> str:
    """A row a run: what is different from the first, then the figures.

    >>> config = {**dict.fromkeys(SHOWN, 1), "model": {"couplings": 4}}
    >>> report = dict.fromkeys(COLUMNS, 0.5)
    >>> print(as_markdown([(config, report), (config | {"epochs": 2}, report)]), end="")
    | change | frozen | svm | preservation | round_trip | parameters | minutes |
    |---|---|---|---|---|---|---|
    | as it is | 0.5000 | 0.5000 | 0.5000 | 5e-01 | 0.0 M | 0.5 |
    | epochs 2 | 0.5000 | 0.5000 | 0.5000 | 5e-01 | 0.0 M | 0.5 |
    """
    first = _settings(runs[0][0])
    rows = []
    for at, (config, report) in enumerate(runs):
        changed = {name: value for name, value in _settings(config).items() if value != first.get(name)}
        name = ", ".join(f"{key} {value}" for key, value in changed.items()) or ("as it is" if at == 0 else "the same again")
        cells = [f"{report[column]:.4f}" for column in COLUMNS[:3]]
        cells += [f"{report['round_trip']:.0e}", f"{report['parameters'] / 1e6:.1f} M", f"{report['minutes']:.1f}"]
        rows.append([name, *cells])
    return markdown_table(("change", *COLUMNS), rows)


def _settings(config: dict) -> dict:
    return {name: config[name] for name in SHOWN} | config["model"]
