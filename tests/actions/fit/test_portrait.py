"""What a fit of a portrait falls back on."""

import pytest

from editor.actions.fit.objective import AutogradObjective
from editor.actions.fit.portrait import Fitter
from editor.images import to_tensor

MADE = "editor.actions.fit.portrait.CompiledObjective"


def failing(error):
    def fail(*_):
        raise error

    return fail


def test_where_no_graph_can_be_made_pytorch_takes_the_same_steps(editor, portrait, monkeypatch):
    monkeypatch.setattr(MADE, failing(RuntimeError("an operation that this version does not know")))
    fitter = Fitter(editor.models, editor.renderer, editor.reconstruct)
    with pytest.warns(UserWarning, match="half as fast.*does not know") as told:
        assert all(isinstance(each, AutogradObjective) for each in fitter.objectives)
    assert len(told) == 1
    face = to_tensor(portrait.face.image)
    slow, quick = (each.refined_code(portrait.w_plus, face, steps=2) for each in (fitter, editor.fitter))
    assert (slow - quick).norm() < 0.1 * (slow - portrait.w_plus).norm()


def test_memory_that_runs_out_is_no_reason_to_go_slower(editor, monkeypatch):
    monkeypatch.setattr(MADE, failing(RuntimeError("DefaultCPUAllocator: can't allocate memory")))
    with pytest.raises(RuntimeError, match="allocate"):
        _ = Fitter(editor.models, editor.renderer, editor.reconstruct).objectives
