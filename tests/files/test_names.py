"""Names that are shortened fit, begin as they did, and stay apart."""

import os

import pytest

from editor.files.names import LONGEST, shortened


@pytest.mark.parametrize("letter", ["a", "ж", "写", "🙂", "\udcff"])
def test_a_long_name_fits_and_is_told_from_others(letter):
    name = shortened(300 * letter)
    assert len(os.fsencode(name)) <= LONGEST and name.startswith(40 * letter)
    assert name == shortened(300 * letter) != shortened(301 * letter)


@pytest.mark.parametrize("name", ["", "a", "a" * LONGEST, "写真"])
def test_a_name_that_fits_stays(name):
    assert shortened(name) == name
