"""People may be numbers or names."""

import pytest

from editor.data.people import number_people, read_people
from editor.errors import TableError


def test_people_are_the_same_however_their_number_is_written(tmp_path):
    (tmp_path / "p.csv").write_text("id;person\na;10\nb;10.0\nc;anna\nd;\ne;010\n")
    assert read_people(tmp_path / "p.csv") == {"a": "10", "b": "10", "c": "anna", "e": "10"}


def test_numbers_stay_and_names_do_not_depend_on_the_order():
    there, back = (number_people(people) for people in (["bob", "3", "anna"], ["anna", "3", "bob"]))
    assert there == back[::-1] and there[1] == 3 and len(set(there)) == 3


def test_whoever_has_no_name_is_nobody_else():
    assert len(set(number_people(["", "", "0", "anna", ""]))) == 5


@pytest.mark.parametrize("text", ["id,who\na,1\n", "name,person\na,1\n", ""])
def test_a_missing_column_is_named(tmp_path, text):
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(TableError, match=r"p\.csv, row 1: there is no column '(id|person)'"):
        read_people(tmp_path / "p.csv")


UNKNOWN = ["", "nan", "NaN", "#N/A", "N/A", "n/a", "NA", "<NA>", "null", "NULL", "None", "-", "?", "#REF!", "#NAME?", "#DIV/0!"]


@pytest.mark.parametrize("word", UNKNOWN)
def test_a_word_for_unknown_is_no_person(tmp_path, word):
    assert len(set(number_people([word, "anna", word, word]))) == 4
    (tmp_path / "p.csv").write_text(f"id;person\na;{word}\nb;{word}\nc;anna\n")
    assert read_people(tmp_path / "p.csv") == {"c": "anna"}


@pytest.mark.parametrize("name", ["Na", "Nan Li", "Nullmeier", "-1", "#12", "None of us"])
def test_a_name_that_only_resembles_one_is_a_person(name):
    assert len(set(number_people([name, name, "anna"]))) == 2
