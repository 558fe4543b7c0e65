"""Names, groups and order of the sliders."""

from editor.edit import attributes
from editor.edit.attributes import CELEBA, GROUPS, attribute


def test_celebas_forty_stay_forty_whatever_is_added(monkeypatch):
    assert len(CELEBA) == 40 and list(CELEBA) == sorted(CELEBA)
    monkeypatch.setitem(attributes.OWN, "My_Own", "Hair")
    assert attribute("My_Own").group == "Hair" and attribute("My_Own").label == "My own" and len(attributes.CELEBA) == 40


def test_what_nobody_put_into_a_group_stands_in_the_last():
    assert attribute("Something_Else").group == GROUPS[-1]
