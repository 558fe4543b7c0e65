"""The fields of a request: each right one is read, each wrong one is told by its name."""

import pytest

from editor.errors import SettingError
from editor.ui.asking import Asked, Fields
from tests.ui.fake import FakeEditor

check = FakeEditor().check
INF, NAN = float("inf"), float("nan")


def asked(**fields) -> Asked:
    return Fields(fields).asked(check)


@pytest.mark.parametrize("two", [2, 2.0])
def test_numbers_that_are_equal_are_one_edit_in_whatever_order(two):
    one, other = {"Smiling": two, "Young": -1.0, "Male": 0}, {"Young": -1, "Smiling": 2.0}
    assert asked(strengths=one) == asked(strengths=other) == Asked((("Smiling", 2.0), ("Young", -1.0)))


def test_an_edit_is_local_and_without_locks_unless_it_is_said_otherwise():
    assert asked(strengths={}) == Asked((), local=True, locks=(), paper=False)
    given = asked(strengths={}, local=False, locks=["Male", "Young", "Male"], paper=True)
    assert given == Asked((), local=False, locks=("Male", "Young"), paper=True)


@pytest.mark.parametrize("value", [2.5, -3, INF, -INF, NAN, None, True, "1", [1], {}, 10**400], ids=str)
def test_a_strength_that_is_none_is_told(value):
    with pytest.raises(SettingError, match="Smiling: a strength is a number"):
        asked(strengths={"Smiling": value})


WRONG = [
    {"strengths": None},
    {"strengths": [["Smiling", 1]]},
    {"strengths": {"Smirking": 1}},
    {"strengths": {}, "local": 1},
    {"strengths": {}, "paper": "no"},
    {"strengths": {}, "locks": "Smiling"},
    {"strengths": {}, "locks": [1]},
    {"strengths": {}, "locks": ["Smirking"]},
]


@pytest.mark.parametrize("fields", WRONG, ids=str)
def test_an_edit_that_is_none_is_told(fields):
    with pytest.raises(SettingError):
        asked(**fields)


@pytest.mark.parametrize("value", [-1, 1.5, True, "1", None, 2**60, [], NAN], ids=str)
def test_a_number_that_is_not_whole_or_out_of_range_is_told(value):
    with pytest.raises(SettingError, match="face is a whole number"):
        Fields({"face": value}).whole("face", 0)
    assert Fields({"face": 2.0}).whole("face", 0) == 2 and Fields({}).whole("face", 7) == 7


@pytest.mark.parametrize(
    "value", [[], [[0, 0]] * 2, [[0, 0]] * 4, [[0, 0, 0]] * 3, [[0, 2]] * 3, [[0, NAN]] * 3, [[0, True]] * 3, "no"]
)
def test_points_that_are_none_are_told(value):
    with pytest.raises(SettingError, match="three pairs"):
        Fields({"points": value}).points()
    assert Fields({"points": [[0, 0.5]] * 3}).points() == [(0.0, 0.5)] * 3 and Fields({}).points() is None


@pytest.mark.parametrize("value", [[], [1] * 10, "1", [NAN], [INF], [None], [True], [[1]]], ids=str)
def test_numbers_that_are_none_are_told(value):
    with pytest.raises(SettingError, match="list of one to 9 numbers"):
        Fields({"values": value}).numbers("values", 9)


def test_a_choice_is_one_of_its_words():
    for value in ("other", None, 3, ["a"], {}):
        with pytest.raises(SettingError, match="way is one of: a, b"):
            Fields({"way": value}).choice("way", ("a", "b"))
