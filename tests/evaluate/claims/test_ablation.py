"""Runs of T side by side: what differs is named, and the figures are those of validation people."""

import json

import pytest
import torch

from editor.data.codes import LabelledCodes
from editor.errors import SettingError
from editor.evaluate.claims.ablation import as_markdown, read_runs
from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus
from editor.train.flow.measure import measure_flow

REPORT = {"frozen": 0.9, "svm": 0.88, "preservation": 1.0, "round_trip": 1e-7, "parameters": 2_000_000, "minutes": 3.0}
CONFIG = {"epochs": 5, "batch": 8, "rate": 1e-4, "margin": 0.1, "preservation": 1.0, "decorrelated": False}


def write_run(folder, report, **changed):
    model = {"couplings": changed.pop("couplings", 4), "hidden": 128}
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG | changed | {"model": model, "seed": 3}))
    (folder / "report.json").write_text(json.dumps(report))
    return folder


def test_rows_name_what_differs_from_the_first(tmp_path):
    runs = [write_run(tmp_path / "a", REPORT), write_run(tmp_path / "b", REPORT | {"svm": 0.5}, couplings=8, margin=0.2)]
    table = as_markdown(read_runs(runs)).splitlines()
    assert table[2].startswith("| as it is | 0.9000 | 0.8800 |")
    assert table[3].startswith("| margin 0.2, couplings 8 | 0.9000 | 0.5000 |")


def test_what_is_no_finished_run_is_refused(tmp_path):
    with pytest.raises(SettingError, match="finished run"):
        read_runs([tmp_path])


def test_figures_are_of_the_epoch_that_was_kept(tmp_path, random):
    w_plus = torch.randn(3000, 2, 4, generator=random)
    codes = LabelledCodes(WPlus(w_plus), w_plus[:, 0, :2] > 0, torch.arange(3000), ("a", "b"), "hash")
    train, validation = codes.by_person(0.3, 0)
    lines = [
        {"seconds": 60, "accuracy": 0.7, "validation": 2.0, "validation_preservation": 0.5},
        {"seconds": 120, "accuracy": 0.6, "validation": 3.0, "validation_preservation": 0.4},
    ]
    (tmp_path / "curve.jsonl").write_text("\n".join(map(json.dumps, lines)))
    flow = RealNVP(FlowConfig(couplings=2, hidden=4, layers=2, channels=4)).eval().requires_grad_(False)
    found = measure_flow(flow, train, validation, tmp_path / "curve.jsonl")
    assert (found["frozen"], found["preservation"], found["minutes"]) == (0.7, 0.5, 2.0)
    assert found["svm"] > 0.9 and found["round_trip"] < 1e-5
