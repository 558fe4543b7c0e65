"""Every stage is run once, in order; a run goes on where it was, and runs again what hangs on what has changed."""

import os
from dataclasses import replace

import pytest

from editor.errors import EditorError, SettingError
from editor.train.anew.candidate import adoption
from editor.train.anew.layout import begun
from editor.train.anew.run import make_anew, plan, reports
from editor.weights import WeightStore
from editor.weights.install import install
from tests.train.anew.fakes import STEPS, ran, small_run


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path)


def test_each_stage_reads_what_those_before_it_made_and_the_set_in_use_stays(run):
    make_anew(run)
    assert ran(run) == STEPS
    store, old = WeightStore(run.new, run.folder / "cache"), WeightStore(run.in_use, run.folder / "cache")
    assert store.path("flow").read_text() == "flow(new encoder)" and old.path("flow").read_text() == "old flow"
    assert {name: store.status(name) for name in ("encoder", "flow", "paths", "preview")} == dict.fromkeys(
        ("encoder", "flow", "paths", "preview"), "verified"
    )
    found = reports(run)
    assert found["new"]["measure"]["from"] == "flow(new encoder)old preview"
    assert found["old"]["measure"]["from"] == "old flowold preview" and "flow" not in found["old"]
    names = [line.split()[2] for line in adoption(run.new, run.in_use)]
    assert names == ["encoder", "flow", "paths"]


def test_what_is_done_is_not_done_again(run):
    make_anew(run)
    ran(run)
    make_anew(replace(run, encoder=None))
    assert ran(run) == [] and all(done for _, done in plan(replace(run, encoder=None)))


def test_a_stage_that_fails_is_told_and_a_run_goes_on_with_it(run, capsys):
    (run.data / "fail-flow").touch()
    with pytest.raises(EditorError, match=r"stage flow of the new set failed: exit status 1\. .*new-flow\.log"):
        make_anew(run)
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == "there is no such thing" and "reading faces" in said
    assert ran(run) == STEPS[:3] and [done for _, done in plan(run)] == [True, True, *[False] * 4]
    (run.data / "fail-flow").unlink()
    make_anew(run)
    assert ran(run) == STEPS[2:]


@pytest.mark.skipif(os.name == "nt", reason="no signals")
def test_a_stage_that_was_killed_goes_on_from_what_it_left(run):
    (run.data / "kill-flow").touch()
    with pytest.raises(EditorError, match="exit status -9"):
        make_anew(run)
    (run.data / "kill-flow").unlink()
    make_anew(run)
    assert reports(run)["new"]["flow"]["went_on"]


def test_another_encoder_runs_again_what_hangs_on_it(run, tmp_path):
    make_anew(run)
    ran(run)
    (tmp_path / "encoder.bin").write_text("newer encoder")
    assert [step.name for step, done in plan(run) if not done] == ["new-codes", "new-flow", "new-measure"]
    make_anew(run)
    assert ran(run) == ["new-codes", "new-flow", "new-measure"]
    found = reports(run)["new"]
    assert found["measure"]["from"] == "flow(newer encoder)old preview" and not found["flow"]["went_on"], "it began afresh"
    assert len(list((run.folder / "aside").iterdir())) == 3


def test_other_data_runs_all_of_it_again(run):
    make_anew(run)
    ran(run)
    (run.data / "img" / "1.jpg").write_bytes(b"a face")
    make_anew(run)
    assert ran(run) == STEPS


def test_what_changes_in_the_set_in_use_is_taken_over(run, tmp_path):
    make_anew(run)
    ran(run)
    (tmp_path / "preview").write_text("better preview")
    install(run.in_use, "preview", tmp_path / "preview")
    make_anew(run)
    assert ran(run) == ["new-paths", "new-measure", "old-measure"]
    assert WeightStore(run.new, run.folder).path("preview").read_text() == "better preview"
    assert WeightStore(run.new, run.folder).path("flow").read_text() == "flow(new encoder)"


def test_a_report_that_is_gone_is_made_again(run):
    make_anew(run)
    ran(run)
    (run.folder / "reports" / "old-measure.json").unlink()
    make_anew(run)
    assert ran(run) == ["old-measure"]


def test_an_encoder_that_is_not_there_is_told_before_anything_runs(run, tmp_path):
    with pytest.raises(EditorError, match=r"nothing\.safetensors cannot be read"):
        make_anew(replace(run, encoder=tmp_path / "nothing.safetensors"))
    assert ran(run) == []


def test_a_run_is_not_compared_with_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("EDITOR_MANIFEST", str(tmp_path / "weights" / "manifest.toml"))
    with pytest.raises(SettingError, match="Unset it"):
        begun(tmp_path, tmp_path, None)
