"""A table has as many cells in every row as in its header."""

import pytest

from editor.evaluate.report import markdown_table


def test_a_row_of_another_length_is_refused():
    assert markdown_table(("a", "b"), [("1", "")]).splitlines() == ["| a | b |", "|---|---|", "| 1 | |"]
    with pytest.raises(ValueError, match="3 cells under 2"):
        markdown_table(("a", "b"), [("1", "2", "3")])
