"""The table names commands that there are, and entries of the manifest; what a stage reads was made before it."""

import pytest

from editor.cli.commands import parse
from editor.train.anew.layout import Run
from editor.train.anew.stages import STAGES, steps
from editor.weights import MANIFEST, WeightStore


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_a_person_could_give_each_command(step, tmp_path):
    run = Run(tmp_path / "a run", tmp_path / "faces", None, MANIFEST)
    command = parse(run.arguments(step))
    written = {getattr(command, name, None) for name in ("folder", "out", "kept")} | {getattr(command, "source", None)}
    assert str(run.work(step)) in repr(command) or step.stage.report == "-", written


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_codes_of_the_new_set_take_steps_wherever_they_are_read(step, tmp_path):
    plain, refined = (Run(tmp_path, tmp_path / "faces", None, MANIFEST, refine=count, share=0.25) for count in (0, 2))
    source = getattr(parse(refined.arguments(step)), "source", None)
    if step.of == "new" and hasattr(source, "codes"):
        assert (source.refine, source.share) == (2, 0.25)
    else:
        assert refined.arguments(step) == plain.arguments(step)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_what_a_stage_reads_is_there_when_it_runs(stage):
    entries, after = WeightStore().entries, STAGES[STAGES.index(stage) :]
    assert {*stage.reads, *filter(None, [stage.makes])} <= entries.keys()
    assert not {later.makes for later in after if later.makes} & set(stage.reads)
    assert bool(stage.makes) == bool(stage.file) and entries[stage.makes or "flow"].source == "repository"


def test_a_set_is_measured_as_the_other_is():
    assert all(set(stage.sets) == {"new", "old"} for stage in STAGES if stage.command.startswith("evaluate"))
    assert all(stage.sets == ("new",) for stage in STAGES if stage.makes)
