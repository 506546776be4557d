"""From a table as it is handed out to the page: what the options of the command mean."""

import json
import re
from pathlib import Path

import pytest

from boundaries.registers.kommune_inputs import KommuneQuestion, read_kommune_inputs
from data.kommuner import load_kommuner
from data.texts import load_texts
from geo.errors import UsageError
from maps.kommune_drawing import KommuneDrawing, describe_classes, draw_page, prepare_picture

CODES = [code for code in load_kommuner() if code != "0411"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tal.csv"
    rows = [
        f"{int(code)};{at};{at * 10 + 1};{at / 10:.1f}".replace(".", ",") for at, code in enumerate(CODES)
    ]
    path.write_text("kommunekode;antal;i alt;pct. ledige\n" + "\n".join(rows) + "\n", encoding="cp1252")
    return path


def draw(path, value="antal", *, question=None, **drawing):
    inputs = read_kommune_inputs(KommuneQuestion(table=path, value=value, **(question or {})))
    picture = prepare_picture(inputs, KommuneDrawing(**drawing), load_texts())
    page, classes = draw_page(picture, load_texts()), picture.classes
    data = json.loads(re.search(r'id="kommuner-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    return page, classes, inputs, data


def test_breaks_are_fixed_and_else_natural(table):
    _, classes, inputs, _ = draw(table, breaks="10; 20;50,5")
    told = describe_classes(classes, inputs)
    assert told["method"] == "fixed"
    assert told["breaks"] == [10, 20, 50.5]
    # 0-9, 10-19, 20-50, 51-97.
    assert told["classes_n"] == [10, 10, 31, 47]
    assert draw(table)[1].method == "fisher_jenks"


def test_more_than_leaves_the_break_in_the_class_below(table):
    _, classes, inputs, _ = draw(table, breaks="10", method="over")
    assert describe_classes(classes, inputs)["classes_n"] == [11, 87]


def test_the_label_and_the_title_are_the_users(table):
    page, *_ = draw(table, label="Antal områder", title="Områder i kommunerne", source="Ministeriet")
    assert re.search(r"<h1[^>]*>(<[^>]*>|\s)*Områder i kommunerne", page)
    assert "Antal områder" in page
    assert "Ministeriet" in page
    assert "Syntetiske data" not in page
    assert "Syntetiske data" in draw(table, synthetic=True)[0]


@pytest.mark.parametrize(("mark", "is_told"), [("ja", True), ("true", True), ("nej", False), ("", False)])
def test_a_table_that_is_made_up_gives_a_page_that_says_so(table, mark, is_told):
    heading, *rows = table.read_text(encoding="cp1252").splitlines()
    marked = [f"{heading};is_synthetic", f"{rows[0]};{mark}", *(f"{row};nej" for row in rows[1:])]
    table.write_text("\n".join(marked), encoding="cp1252")
    assert ("Syntetiske data" in draw(table)[0]) is is_told


def test_a_denominator_makes_shares_in_per_cent(table):
    page, classes, _, _ = draw(table, question={"denominator": "i alt"})
    assert "pct." in page
    assert max(part.largest for part in classes.classes) < 10


@pytest.mark.parametrize(("breaks", "found"), [("1;x", "x"), ("1;;2", "")])
def test_a_break_that_is_no_number_is_refused(table, breaks, found):
    with pytest.raises(UsageError) as raised:
        draw(table, breaks=breaks)
    assert (raised.value.key, raised.value.values["found"]) == ("kommune_map.bad_number", found)


def test_a_condition_needs_a_value(table):
    with pytest.raises(UsageError) as raised:
        draw(table, question={"where": ("antal",)})
    assert raised.value.key == "kommune_table.bad_condition"


def test_the_command_writes_the_page_and_tells_the_classes(run, table, tmp_path):
    target = tmp_path / "kort.html"
    args = ["map", "kommuner", str(table), "--value", "antal", "--breaks", "10;20", "--output", str(target)]
    told = json.loads(run(*args, "--json").stdout)
    assert told["classes_n"] == [10, 10, 78]
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    again = run(*args)
    assert again.exit_code == 4
    assert run(*args, "--overwrite").exit_code == 0
    wrong = run("map", "kommuner", str(table), "--value", "ledige", "--output", str(target), "--overwrite")
    assert wrong.exit_code == 2
    assert "pct. ledige" in wrong.stderr


def test_a_kommune_twice_stops_the_command(run, table, tmp_path):
    table.write_text(table.read_text(encoding="cp1252") + "101;5;6;7\n", encoding="cp1252")
    target = tmp_path / "kort.html"
    result = run("map", "kommuner", str(table), "--value", "antal", "--output", str(target))
    assert result.exit_code == 1
    assert not target.exists()


def test_the_figures_are_written_beside_the_page(run, table, tmp_path):
    args = ["map", "kommuner", str(table), "--value", "antal", "--output", str(tmp_path / "kort.html")]
    told = json.loads(run(*args, "--figure", str(tmp_path / "kort"), "--json").stdout)
    names = [Path(file).name for file in told["files"]]
    assert names == ["kort.html", "kort.png", "kort.svg", "kort.pdf", "kort-dias.png"]
    assert all((tmp_path / name).stat().st_size > 1000 for name in names)


def write_table(path, heading, *, with_year=False):
    """A table whose column of values has a heading, and a column of years where asked for."""
    head, cell = (";år", ";2024") if with_year else ("", "")
    rows = [f"{code};{at}{cell}" for at, code in enumerate(CODES)]
    path.write_text(f"kommunekode;{heading}{head}\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("heading", "with_year", "language", "title"),
    [
        ("prevention_areas_n", False, "da", "Forebyggelsesområder i kommunerne"),
        ("exposed_leavers_n", True, "da", "Socialt udsatte fraflyttere i kommunerne, 2024"),
        ("exposed_leavers_n", True, "en", "Socially exposed leavers in the kommuner, 2024"),
        ("tomme_boliger_n", True, "da", "Tomme boliger i kommunerne, 2024"),
        ("Ledige 2024", True, "da", "Ledige 2024 i kommunerne"),
        ("Udgift i kommunen", False, "da", "Udgift i kommunen"),
        ("2023", False, "da", "Tomme boliger i kommunerne, 2023"),
    ],
)
def test_without_a_title_the_page_says_what_and_when(tmp_path, heading, with_year, language, title):
    path = write_table(tmp_path / "tomme_boliger.csv", heading, with_year=with_year)
    inputs = read_kommune_inputs(KommuneQuestion(table=path, value=heading))
    picture = prepare_picture(inputs, KommuneDrawing(), load_texts(language))
    assert picture.topic.title == title
    # Where the values stand is said below, so that the title need not.
    assert heading in picture.topic.lead
    assert "tomme_boliger.csv" in picture.topic.lead
    page = draw_page(picture, load_texts(language))
    assert re.search(rf"<h1[^>]*>(<[^>]*>|\s)*{re.escape(title)}<", page)
    if "_" in heading:
        assert heading not in re.sub(r"<p class=\"lead\">.*?</p>", "", page, flags=re.DOTALL)


def test_a_share_says_what_it_is_a_part_of(table):
    _, _, inputs, _ = draw(table, question={"denominator": "i alt"})
    lead = prepare_picture(inputs, KommuneDrawing(), load_texts()).topic.lead
    assert lead == "Kolonnen »antal« i pct. af kolonnen »i alt« i tal.csv."
    assert prepare_picture(inputs, KommuneDrawing(title="Min"), load_texts()).topic.lead == ""
