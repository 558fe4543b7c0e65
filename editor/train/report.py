"""The report of a training: a JSON file of numbers in the folder of the run."""

import json
from pathlib import Path
from typing import Any

REPORT = "report.json"


def write_report(folder: Path, report: dict[str, Any]) -> dict[str, Any]:
    """Write a report into the folder of a run, and return it.

    >>> write_report(folder, {"n": 60}), (folder / REPORT).exists()
    ({'n': 60}, True)
    """
    (folder / REPORT).write_text(json.dumps(report, indent=2) + "\n")
    return report
