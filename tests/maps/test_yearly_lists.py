"""A list as workbook, CSV and JSON, read back by other programs and held against the list itself."""

import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from boundaries.assessment import assess
from boundaries.designation.made_list import make_list
from boundaries.disclosure.lists import publish_list
from data.texts import load_texts
from geo.errors import WriteError
from geo.readers import read_table
from maps import yearly_lists
from maps.list_words import format_margin, format_reasons, name_kommune, to_limit, to_percent
from maps.yearly_lists import list_files, list_sheets, write_lists

HOSTILE = '=HYPERLINK("http://x","y")'


def publish(project, registers, names=None):
    """Publish the list of 2025 anew."""
    assessment = assess(registers, project.settings, date(2025, 1, 1), is_synthetic=True)
    if names:
        assessment.areas["name"] = assessment.areas["area_id"].map(names).fillna(assessment.areas["name"])
    return publish_list(make_list(registers, assessment))


@pytest.fixture(scope="module")
def published(demo_lists):
    return demo_lists(2024)


@pytest.fixture(scope="module")
def written(published, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    write_lists(folder, published, load_texts("da"))
    return folder


def read(path):
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def records(rows):
    head, *body = rows
    return [dict(zip(head, row, strict=True)) for row in body]


@pytest.fixture(scope="module")
def book(written):
    return read(written / "lister.xlsx")


def test_the_workbook_has_seven_sheets(book):
    assert list(book) == [
        "Liste",
        "Kriterier",
        "Ændringer",
        "Boligmix",
        "Udviklingsplan",
        "Kvalitet",
        "Kilder",
    ]


def test_areas_stand_by_severity_with_what_the_list_says(book, published):
    rows = records(book["Liste"])
    assert [row["Område"] for row in rows[:3]] == ["Hejreparken", "Klitrosehaven", "Tangvænget/Ålegræsset"]
    assert [row["Kategori"] for row in rows[:3]] == [
        "Omdannelsesområde",
        "Parallelsamfund",
        "Forebyggelsesområde",
    ]
    assert len(rows) == len(published.areas)
    first = rows[0]
    assert first["Beboere"] == 2581.0
    assert first["Margin, beboere"] == "1.582 færre beboere"
    assert first["Siden sidste liste"] == "Fortsat på listen"
    assert {row["Beboere med uafklarede"] for row in rows if row["Område-id"] == "LS03"} == {"diskretioneret"}
    convicted = {row["Område-id"]: row["Dømte (pct.)"] for row in rows}
    assert convicted["LS09"] == convicted["LS07"] == "diskretioneret"
    assert convicted["LS01"] == 2.6


def test_every_criterion_has_value_limit_margin_and_source(book, published):
    rows = records(book["Kriterier"])
    assert len(rows) == len(published.criteria) == 90
    for shown, (_, row) in zip(rows, published.criteria.iterrows(), strict=True):
        assert shown["Område-id"] == row["area_id"]
        assert shown["Kriteriet er"] == {"met": "Opfyldt", "not_met": "Ikke opfyldt"}[row["status"]]
        assert shown["Krav"] == {">": ">", ">=": "≥", "<": "<"}[row["compare"]]
        assert shown["Adresse"].startswith("https://")
        assert shown["Kilde"]
        if "value" in row["hidden"].split(","):
            assert shown["Værdi (pct.)"] == shown["Margin"] == "diskretioneret"
            assert shown["Det, der skal til, før svaret ændrer sig"] == "diskretioneret"
        else:
            assert shown["Værdi (pct.)"] == float(row["value"] * 100)
            if "margin_n" not in row["hidden"]:
                assert shown["Margin"] == row["margin_n"]
                assert str(shown["Det, der skal til, før svaret ændrer sig"]).startswith(
                    f"{row['margin_n']:,}".replace(",", ".")
                )
        if row["criterion"] == "income":
            assert shown["Margin i"] == "kr."
            assert shown["Personer i tælleren"] == ""


def test_who_left_and_why(book):
    left = [row for row in records(book["Ændringer"]) if row["Siden sidste liste"] == "Udgået af listen"]
    assert {(row["Område-id"], row["Listen over"]) for row in left} == {
        ("LS02", "Parallelsamfund"),
        ("LS02", "Udsat boligområde"),
    }
    exposed = next(row for row in left if row["Listen over"] == "Udsat boligområde")
    assert exposed["Begrundelse"] == (
        "Flere er kommet i arbejde eller uddannelse; Flere har en uddannelse ud over grundskolen"
    )
    assert exposed["Kategori på sidste liste"] == "Parallelsamfund"
    assert exposed["Kategori nu"] == "Forebyggelsesområde"


def test_the_housing_mix_has_share_target_and_day(book, published):
    for row, (_, mix) in zip(records(book["Boligmix"]), published.made.mix.iterrows(), strict=True):
        assert row["Andel (pct.)"] == pytest.approx(100 * mix["family_n"] / mix["total_n"], abs=0.05)
        assert row["Højst (pct.)"] == 40.0
        assert row["Skal være nået før"].isoformat()[:10] == "2030-01-01"
        assert row["Målet er nået"] == "nej"


def test_sources_name_dates_law_region_and_files(book, published):
    rows = records(book["Kilder"])
    by_subject = {}
    for row in rows:
        by_subject.setdefault(row["Emne"], []).append(row)
    assert [row["Værdi"] for row in by_subject["Listen"][:3]] == ["01-12-2024", "01-01-2024", "01-12-2023"]
    assert by_subject["Region"][0]["Værdi"] == "1082"
    assert "eneste region" in by_subject["Region"][0]["Bemærkning"]
    assert len(by_subject["Lov"]) == len(published.made.law.rows)
    assert all(row["Adresse"].startswith("https://") for row in by_subject["Lov"])
    assert (
        next(row for row in by_subject["Lov"] if row["Oplysning"] == "Mindste antal beboere")["Værdi"]
        == "≥ 1.000"
    )
    assert {row["Oplysning"] for row in by_subject["Register"]} == set(
        published.made.assessment.files["register"]
    )
    assert "1 til 4" in by_subject["Diskretion"][0]["Oplysning"]
    assert any("syntetiske" in row["Oplysning"] for row in by_subject["Listen"])


def test_numbers_are_danish_headings_frozen_and_filtered(written):
    with zipfile.ZipFile(written / "lister.xlsx") as parts:
        sheets = [parts.read(f"xl/worksheets/sheet{number}.xml").decode() for number in range(1, 8)]
        styles = parts.read("xl/styles.xml").decode()
    assert all('state="frozen"' in sheet and "<autoFilter" in sheet for sheet in sheets)
    assert 'formatCode="#,##0.00"' in styles
    assert 'formatCode="#,##0"' in styles


def test_the_csv_files_say_what_the_sheets_say(written, book):
    names = ["liste", "kriterier", "aendringer", "boligmix", "udviklingsplan", "kvalitet", "kilder"]
    for name, sheet in zip(names, book.values(), strict=True):
        text = (written / "lister" / f"{name}.csv").read_bytes()
        assert text.startswith(b"\xef\xbb\xbf")
        table = read_table(written / "lister" / f"{name}.csv")
        assert list(table.frame.columns) == sheet[0]
        assert len(table.frame) == len(sheet) - 1
    criteria = read_table(written / "lister" / "kriterier.csv").frame
    assert criteria["Værdi (pct.)"].iloc[0] == "46,5"
    assert "diskretioneret" in set(criteria["Værdi (pct.)"])


def test_the_json_has_plain_values_and_names_what_is_hidden(written, published):
    content = json.loads((written / "lister.json").read_text(encoding="utf-8"))
    assert content["list_date"] == "2024-12-01"
    assert content["last_list_date"] == "2023-12-01"
    assert content["is_synthetic"] is True
    assert len(content["criteria"]) == len(published.criteria)
    for row in content["criteria"]:
        for name in row["hidden"]:
            assert row.get(name, row.get(f"{name}_pct")) is None
    first = content["criteria"][0]
    assert (first["value_pct"], first["limit_pct"], first["margin_n"]) == (46.5, 40.0, 190)
    assert {"list_date": "2019-12-01", "area_id": "LS01", "term": "ghettoområde"} in content[
        "history"
    ] or any(row["area_id"] == "LS01" for row in content["history"])
    assert content["sources"]["assumed_regions"] == {"0999": "1082"}
    assert {row["list"]: row["areas_n"] for row in content["counts"] if not row["kommune_code"]}[
        "udsat_boligomraade"
    ] == 2


def test_no_file_shows_a_hidden_figure(written, published):
    """The true figures of hidden cells appear in no row of theirs, in any form."""
    made = published.made.yearly_list
    hidden = published.criteria[published.criteria["hidden"].str.contains("numerator")]
    assert set(hidden["area_id"]) == {"LS07", "LS09"}
    content = json.loads((written / "lister.json").read_text(encoding="utf-8"))
    for _, row in hidden.iterrows():
        key = (row["area_id"], row["criteria_set"], row["criterion"])
        true = made.criteria.set_index(["area_id", "criteria_set", "criterion"]).loc[key]
        shown = next(
            r for r in content["criteria"] if (r["area_id"], r["criteria_set"], r["criterion"]) == key
        )
        assert int(true["numerator"]) not in [v for v in shown.values() if isinstance(v, int | float)]
        assert int(true["margin_n"]) not in [v for v in shown.values() if isinstance(v, int | float)]
    assert not re.search(
        r"\d+/\d+", json.dumps(content["criteria"])
    )  # an exact fraction tells its denominator


def test_hostile_names_are_text_everywhere(demo_registers, tmp_path):
    published = publish(*demo_registers, {"LS01": HOSTILE, "LS02": "+1", "LS03": 'a;b\n"c"'})
    write_lists(tmp_path, published, load_texts("da"))
    with zipfile.ZipFile(tmp_path / "lister.xlsx") as parts:
        everything = "".join(parts.read(name).decode() for name in parts.namelist())
    assert "<f>" not in everything
    assert "<hyperlink" not in everything
    assert read(tmp_path / "lister.xlsx")["Liste"][1][0] == HOSTILE
    frame = pd.read_csv(tmp_path / "lister" / "liste.csv", sep=";", encoding="utf-8-sig", dtype="str")
    assert frame["Område"].tolist()[0] == "'" + HOSTILE
    assert "'+1" in set(frame["Område"])
    assert 'a;b\n"c"' in set(frame["Område"])
    assert json.loads((tmp_path / "lister.json").read_text(encoding="utf-8"))["areas"][0]["name"] == HOSTILE


def test_the_same_list_gives_the_same_bytes(published, written, tmp_path):
    write_lists(tmp_path, published, load_texts("da"))
    for name in list_files(load_texts("da")):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()


def test_what_is_there_is_kept_unless_overwritten(published, tmp_path):
    texts = load_texts("da")
    (tmp_path / "lister").mkdir()
    (tmp_path / "lister" / "kilder.csv").write_text("old")
    with pytest.raises(WriteError) as refusal:
        write_lists(tmp_path, published, texts)
    assert refusal.value.key == "files.output_exists"
    assert not (tmp_path / "lister.xlsx").exists()
    files = write_lists(tmp_path, published, texts, overwrite=True)
    assert [str(file.relative_to(tmp_path)) for file in files] == list(list_files(texts))
    assert (tmp_path / "lister" / "kilder.csv").read_bytes() != b"old"


@pytest.mark.parametrize("year", [2020, 2021, 2022, 2023, 2025])
def test_every_year_of_the_demo_in_both_languages(demo_lists, year):
    published = demo_lists(year)
    for language in ("da", "en"):
        texts = load_texts(language)
        sheets = list_sheets(published, texts)
        assert list(sheets) == [texts.get(f"sheet.name.{key}") for key in yearly_lists.SHEETS]
        categories = sheets[texts.get("sheet.name.list")][texts.get("sheet.column.category")]
        terms = published.made.rules.terms
        expected = [
            texts.get("category.none") if pd.isna(c) else terms[c].capitalize()
            for c in published.areas["category"]
        ]
        assert sorted(categories) == sorted(expected)
    if year == 2020:
        assert "Ghettoområde" in set(list_sheets(published, load_texts("da"))["Liste"]["Kategori"])
        assert "prevention" not in set(published.criteria["criteria_set"])


def test_the_plan_is_accounted_from_start_to_the_final_share(demo_lists):
    published = demo_lists(2025)
    sheet = list_sheets(published, load_texts("da"))["Udviklingsplan"]
    first = sheet[sheet["Område-id"].eq("LS01")]
    assert first["Trin"].tolist() == ["Start", "Udført", "Udført", *["Planlagt"] * 4]
    assert first["Ved udgangen af"].tolist() == [2015, 2016, 2024, 2026, 2027, 2028, 2029]
    mix = list_sheets(published, load_texts("da"))["Boligmix"].set_index("Område-id").loc["LS01"]
    at = first.set_index("Ved udgangen af").loc[2024]
    for column in ("Almene familieboliger", "Boliger, der regnes med", "Andel (pct.)"):
        assert at[column] == mix[column]
    # By hand: 1,027 of 1,141, less 224 demolished, 160 sold and 72 relabelled, and 320 new homes.
    last = first.iloc[-1]
    assert (last["Almene familieboliger"], last["Boliger, der regnes med"]) == (571, 1461)
    assert str(last["Andel (pct.)"]) == "39.1"
    assert first["Målet er nået"].tolist() == [*["nej"] * 6, "ja"]
    other = sheet[sheet["Område-id"].eq("LS06")]
    assert str(other["Andel (pct.)"].iloc[-1]) == "63.0"
    assert set(other["Målet er nået"]) == {"nej"}
    whole = sheet[sheet["Område-id"].isna()].iloc[-1]
    assert whole["Område"] == "Alle områder med plan"
    assert whole["Målet er nået"] is None  # the target is each area's own
    assert whole["Almene familieboliger"] == 571 + other["Almene familieboliger"].iloc[-1]


def test_the_json_has_the_plan(written, published):
    told = json.loads((written / "lister.json").read_text(encoding="utf-8"))["plan"]
    assert len(told) == len(published.made.plan) > 0
    for row, (_, made) in zip(told, published.made.plan.iterrows(), strict=True):
        assert row["area_id"] == (made["area_id"] or None)
        assert row["share_pct"] == pytest.approx(float(made["share"] * 100), abs=0.051)
        assert row["is_target_met"] == (made["is_target_met"] if made["area_id"] else None)
        for name in ("year", "stage", "sold_n", "demolished_n", "family_n", "total_n"):
            assert row[name] == made[name]


def test_without_plans_the_sheet_is_empty(demo_registers):
    project, registers = demo_registers
    without = replace(registers, plans=registers.plans.iloc[:0])
    sheets = list_sheets(publish(project, without), load_texts("da"))
    assert sheets["Udviklingsplan"].empty
    assert len(sheets["Boligmix"]) == 9


def test_before_the_target_there_is_no_mix(published):
    older = replace(published, made=replace(published.made, mix_rules=None))
    sheets = list_sheets(older, load_texts("da"))
    assert sheets["Boligmix"].empty
    assert sheets["Udviklingsplan"].empty


def test_percentages_are_rounded_once():
    assert str(to_percent(Fraction(1, 3))) == "33.3"
    assert str(to_percent(Fraction(2153, 100_000), "convicted")) == "2.15"
    assert to_percent(None) is None
    assert str(to_limit(Fraction(2, 5))) == "40"
    assert str(to_limit(Fraction(27, 1000))) == "2.7"
    assert str(to_limit(Fraction(215_319, 10_000_000))) == "2.15"
    assert to_limit(None) is None


@pytest.mark.parametrize(
    ("criterion", "number", "direction", "said"),
    [
        ("convicted", 1, "more", "1 dømt mere"),
        ("convicted", 2, "more", "2 flere dømte"),
        ("convicted", 1, "fewer", "1 dømt færre"),
        ("labour_outside", 86, "more", "86 flere uden for arbejdsmarked og uddannelse"),
        ("residents", 1, "more", "1 beboer mere"),
        ("income", 22_570_000, "more", "22.570.000 kr. mere i samlet bruttoindkomst"),
        ("income", pd.NA, "fewer", "intet antal kan ændre svaret"),
    ],
)
def test_margins_in_words(criterion, number, direction, said):
    row = {"criterion": criterion, "margin_n": number, "margin_direction": direction, "hidden": ""}
    assert format_margin(row, load_texts("da")) == said
    assert format_margin(row, load_texts("en"))
    assert format_margin(row | {"hidden": "margin_n"}, load_texts("da")) == "diskretioneret"
    assert format_margin(row | {"margin_direction": None}, load_texts("da")) == "–"


def test_names_of_kommuner_and_reasons():
    assert name_kommune("0101") == "København"
    assert name_kommune("0999") == "0999"
    assert name_kommune(pd.NA) == ""
    assert (
        format_reasons("residents, convicted", load_texts("da"))
        == "Under 1.000 beboere; Andelen af dømte er faldet"
    )
    assert format_reasons("", load_texts("da")) == format_reasons(pd.NA, load_texts("da")) == ""
