"""How measurements are told: as plain lines or JSON, and as files where they are tables."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.files.writing import write_atomically
from editor.options import Flag


@dataclass(frozen=True, kw_only=True)
class ReportOptions:
    """The options of a measurement that ends in a table."""

    out: Annotated[OutputFolder, arg(metavar="DIR")] = Path("results")
    """The folder for tables and plots."""
    json: Flag = False
    """Print JSON."""

    def tell(self, result: Mapping[str, Any], table: str, name: str) -> None:
        """Write NAME.json and NAME.md, and print one of them."""
        for ending, text in (("json", json.dumps(result, indent=1) + "\n"), ("md", table)):
            write_atomically(self.out / f"{name}.{ending}", lambda part, text=text: part.write_text(text, encoding="utf-8"))
        print(json.dumps(result, indent=2) if self.json else table)


def show(values: Mapping[str, Any], as_json: bool) -> None:
    """Print measures by name; a tuple's numbers stand in one line.

    >>> show({"n": 60, "psnr": (31.25, 28.0)}, as_json=False)
    n                        60
    psnr                     31.25 28
    """
    if as_json:
        print(json.dumps(values, indent=2))
        return
    for name, value in values.items():
        numbers = value if isinstance(value, tuple) else (value,)
        print(f"{name:24} " + " ".join(f"{number:.4g}" for number in numbers))


def show_groups(groups: Mapping[str, Mapping[str, Any]], as_json: bool) -> None:
    """Print the measures of several groups, a line each.

    >>> show_groups({"encoded": {"n": 60, "flips": 0.25}}, as_json=False)
    encoded              n=60   flips 0.250
    """
    if as_json:
        print(json.dumps(groups, indent=2))
        return
    for name, values in groups.items():
        measures = "  ".join(f"{measure} {value:.3f}" for measure, value in values.items() if isinstance(value, float))
        print(f"{name:20} n={values['n']:<5}{measures}")
