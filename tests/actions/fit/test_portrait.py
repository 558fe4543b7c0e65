"""What a fit of a portrait falls back on."""

import pytest

from editor.actions.fit.descent import FitConfig
from editor.actions.fit.objective import AutogradObjective
from editor.actions.fit.portrait import Fitter
from editor.images import to_tensor

MADE = "editor.actions.fit.portrait.CompiledObjective"


def failing(error):
    def fail(*_):
        raise error

    return fail


def test_where_no_graph_can_be_made_pytorch_takes_the_steps_and_comes_as_near(editor, portrait, monkeypatch):
    compiled = editor.fitter.objectives
    monkeypatch.setattr(MADE, failing(RuntimeError("an operation that this version does not know")))
    fitter = Fitter(editor.models, editor.renderer, editor.reconstruct)
    with pytest.warns(UserWarning, match="half as fast.*does not know"):
        assert all(isinstance(each, AutogradObjective) for each in fitter.objectives)
    assert not any(isinstance(each, AutogradObjective) for each in compiled)
    face = to_tensor(portrait.face.image)

    def distance(code):
        return FitConfig().weigh(editor.reconstruct.draw(face, code).quality)

    slow, quick = (distance(each.refined_code(portrait.w_plus, face, steps=4)[0]) for each in (fitter, editor.fitter))
    assert abs(slow - quick) < 0.2 * (distance(portrait.w_plus) - quick), "what is computed in bf16 goes another way as far"


def test_memory_that_runs_out_is_no_reason_to_go_slower(editor, monkeypatch):
    monkeypatch.setattr(MADE, failing(RuntimeError("DefaultCPUAllocator: can't allocate memory")))
    with pytest.raises(RuntimeError, match="allocate"):
        _ = Fitter(editor.models, editor.renderer, editor.reconstruct).objectives
