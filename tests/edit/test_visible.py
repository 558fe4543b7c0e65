"""What is called visible exists, and families are of what exists."""

import pytest

from editor.edit.attributes import CELEBA
from editor.edit.visible import KIN, VISIBLE, kin_of


def test_all_names_are_the_data_sets():
    assert set(VISIBLE) <= set(CELEBA) and {name for family in KIN for name in family} <= set(CELEBA)
    assert all(0 < weight <= 2 for weight in VISIBLE.values())


@pytest.mark.parametrize("name", CELEBA)
def test_kinship_is_mutual(name):
    assert name in kin_of([name]) and all(name in kin_of([other]) for other in kin_of([name]))
