"""How far a slider may go on a face: where something is lost, and what."""

import pytest

from editor import SettingError
from editor.actions.safe_range import end_of

LIMITS = {"identity": 0.25, "realism": 1.0}
UNEDITED = {"identity": 0.0, "realism": 0.5}


def walked(identity: float, realism: float, seen: list[float] | None = None):
    def look(strength: float):
        (seen if seen is not None else []).append(strength)
        return {"identity": identity * strength, "realism": 0.5 + realism * strength}

    return end_of(look, UNEDITED, LIMITS)


@pytest.mark.parametrize(
    ("slopes", "found"),
    [
        ((0.1, 0.1), (2.0, None)),
        ((0.2, 0.0), (1.2, "identity")),
        ((0.0, 1.0), (0.5, "realism")),
        ((0.2, 0.5), (1.0, "realism")),
        ((0.3, 0.5), (0.8, "identity")),
        ((99.0, 0.0), (0.0, "identity")),
    ],
)
def test_the_end_is_where_the_first_limit_is_crossed(slopes, found):
    end, why = walked(*slopes)
    assert (end, why) == (pytest.approx(found[0]), found[1])


@pytest.mark.parametrize(("slope", "strengths"), [(0.1, [2.0]), (0.3, [2.0, 1.0, 0.5]), (0.15, [2.0, 1.0, 1.5])])
def test_few_pictures_are_drawn(slope, strengths):
    seen: list[float] = []
    walked(slope, 0.0, seen)
    assert seen == strengths


@pytest.mark.parametrize("slope", [0.13, 0.2, 0.26, 0.4, 0.6])
def test_halving_finds_what_a_walk_would(slope):
    """Also where what is seen bends."""

    def look(strength: float):
        return {"identity": slope * strength**1.5, "realism": 0.5}

    at = next(0.5 * step for step in range(1, 5) if look(0.5 * step)["identity"] > LIMITS["identity"])
    inner, outer = look(at - 0.5)["identity"], look(at)["identity"]
    end = at - 0.5 + 0.5 * (LIMITS["identity"] - inner) / (outer - inner)
    assert 0 <= end - end_of(look, UNEDITED, LIMITS)[0] < 0.1


def test_a_range_holds_zero_and_is_the_same_again(editor, portrait):
    found = editor.safe_range(portrait, "Male")
    assert -2 <= found.low <= 0 <= found.high <= 2 and found == editor.safe_range(portrait, "Male")
    assert (found.why_low is None) == (found.low == -2) and (found.why_high is None) == (found.high == 2)
    assert found.why_low or found.why_high, "a face does not stay itself at both ends of this slider"


def test_beyond_the_end_the_face_is_further_from_itself_than_within(editor, portrait):
    found = editor.safe_range(portrait, "Male")
    low, high = found.low, found.high
    end = low if found.why_low == "identity" else high
    apart = [
        editor.changes(portrait, editor.render(portrait, {"Male": s}, ["w_star"], live=True))["w_star"].identity
        for s in (end / 2, max(-2.0, min(2.0, 1.5 * end)))
    ]
    assert apart[0] < apart[1]


def test_an_unknown_slider_is_told(editor, portrait):
    with pytest.raises(SettingError, match="Blue_Hair"):
        editor.safe_range(portrait, "Blue_Hair")
