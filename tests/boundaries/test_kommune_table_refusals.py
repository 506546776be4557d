"""What a table of kommuner cannot be asked for is refused, in both languages and with what there is."""

import pytest

from boundaries.registers.kommune_table import (
    read_kommune_table,
)
from data.texts import LANGUAGES, load_texts
from geo.errors import UsageError


def write(folder, text):
    path = folder / "tabel.csv"
    path.write_text(text, encoding="utf-8")
    return path


def refuse(path, **asked):
    with pytest.raises(UsageError) as raised:
        read_kommune_table(path, **asked)
    for language in LANGUAGES:
        sentence = load_texts(language).get(f"error.{raised.value.key}", raised.value.values)
        assert "{" not in sentence
    return raised.value


def test_an_unknown_column_is_refused_with_the_nearest_first(tmp_path):
    path = write(tmp_path, "En titel\nkommune;ledighed_pct;beskæftigelse\n0101;1;2\n")
    error = refuse(path, value="ledighed i pct")
    assert error.key == "kommune_table.no_such_column"
    assert error.values["found"] == "ledighed_pct, beskæftigelse, kommune"
    assert refuse(path, value="ledighed_pct", kommune="omr").values["column"] == "omr"
    assert refuse(path, value="ledighed_pct", denominator="folketal").values["column"] == "folketal"


def test_several_years_must_be_chosen_from(tmp_path):
    rows = [f"0101;{year};{at}" for at, year in enumerate(("2021K1", "2021K2"))]
    path = write(tmp_path, "\n".join(["kommune;hvornår;n", *rows]) + "\n")
    error = refuse(path, value="n")
    assert (error.key, error.values["found"]) == ("kommune_table.several_years", "2021K1, 2021K2")
    error = refuse(path, value="n", year="2022K1")
    assert (error.key, error.values["year"]) == ("kommune_table.no_such_year", "2022K1")
    table = read_kommune_table(path, value="n", year="2021K2")
    assert (table.year, table.frame["value"].iloc[0]) == ("2021K2", 1)


def test_a_year_needs_a_column_of_years(tmp_path):
    path = write(tmp_path, "kommune;n\n0101;2021\n")
    assert refuse(path, value="n", year="2021").key == "kommune_table.no_year_column"
    assert read_kommune_table(path, value="n").year == ""


def test_two_columns_of_one_name_are_refused_unless_spelt_apart(tmp_path):
    path = write(tmp_path, "kommune;Pct;PCT\n0101;1;2\n")
    assert read_kommune_table(path, value="PCT").frame["value"].iloc[0] == 2
    assert refuse(path, value="pct").key == "kommune_table.column_twice"
    same = write(tmp_path, "kommune;pct;pct\n0101;1;2\n")
    assert refuse(same, value="pct").values["count"] == 2


def test_a_table_without_kommuner_is_refused(tmp_path):
    path = write(tmp_path, "land;pct\nSverige;1\nNorge;2\n")
    assert refuse(path, value="pct").key == "kommune_table.no_kommune_column"
