"""The words on the sliders."""

from editor.edit.attributes import CELEBA, GROUPS, attribute
from editor.ui import text
from editor.ui.setup import told_attribute


def told(name):
    known = attribute(name)
    return told_attribute(name, known.label, known.group, known.best)


def test_every_slider_has_a_word_of_its_own_and_words_are_only_for_what_is_there():
    labels = [told(name)["label"] for name in CELEBA]
    assert len(set(labels)) == 40 and set(text.SLIDERS) <= set(CELEBA) and set(text.GROUP_LABELS) <= set(GROUPS)


def test_only_words_that_say_the_opposite_turn_the_slider_around():
    assert {name for name in CELEBA if told(name)["sign"] == -1} == {"Young", "No_Beard"}
    assert told("My_Own") == {"name": "My_Own", "label": "My own", "group": "Face shape", "best": False, "sign": 1}
