"""Tables of kommuner in the dialects of those who hand them out; what they do not say is not made up."""

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.findings import has_errors
from boundaries.registers.kommune_findings import KOMMUNE_SEVERITIES
from boundaries.registers.kommune_table import (
    TABLE_DTYPES,
    infer_decimal,
    read_kommune_table,
)
from boundaries.registers.kommune_table_form import TableForm
from data.kommuner import load_kommuner
from data.texts import LANGUAGES, load_texts, show_template, template_fields
from geo.errors import UsageError

KOMMUNER = [row for row in load_kommuner().values() if row.kommune_code != "0411"]
TRUTH = {row.kommune_code: round(3.0 + at * 0.1, 1) for at, row in enumerate(KOMMUNER)}


def danish(number):
    return f"{number:.1f}".replace(".", ",")


def write(folder, text, name="tabel.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def plain(folder, rows, heading="kommune;pct"):
    return write(folder, "\n".join([heading, *rows]) + "\n")


def all_but(*codes):
    return [f"{code};{danish(value)}" for code, value in TRUTH.items() if code not in codes]


def statbank_wide(folder):
    """The matrix of Statistikbanken as CSV: a title, quoted cells, an empty heading, years as columns, cp1252."""
    lines = [
        '"Ledige i pct. af arbejdsstyrken efter område og tid"',
        "",
        '" ";"2020";"2021"',
        '"Hele landet";"5,6";"4,3"',
    ]
    lines += ['"Region Hovedstaden";"5,9";"4,5"']
    lines += [f'"{row.name}";"99,9";"{danish(TRUTH[row.kommune_code])}"' for row in KOMMUNER]
    lines += ["", '"Kilde: Danmarks Statistik, AUP02"']
    return read_kommune_table(write(folder, "\r\n".join(lines), encoding="cp1252"), value="2021")


def statbank_long(folder):
    """The long form of its interface: capitals, one row a kommune and year, UTF-8 with a mark."""
    lines = ["OMRÅDE;TID;INDHOLD", "000 Hele landet;2021;4,3"]
    for year, shift in ((2020, 50), (2021, 0)):
        lines += [
            f"{row.kommune_code[1:]} {row.name};{year};{danish(TRUTH[row.kommune_code] + shift)}"
            for row in KOMMUNER
        ]
    return read_kommune_table(
        write(folder, "\n".join(lines), encoding="utf-8-sig"), value="indhold", year="2021"
    )


def barometer(folder):
    """A ministry's workbook: two lines above, codes as numbers, shares as numbers, a note below."""
    path = folder / "barometer.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Data")
        rows = [
            ["Nationalt integrationsbarometer"],
            ["Udtræk 2021"],
            [],
            ["Kommunenr.", "Kommunenavn", "Andel (pct.)"],
        ]
        rows += [[int(row.kommune_code), row.name, TRUTH[row.kommune_code]] for row in reversed(KOMMUNER)]
        rows += [["", "I alt", 4.3], ["Note: opgjort pr. 1. januar"]]
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return read_kommune_table(path, value="andel (pct.)", form=TableForm(sheet="Data"))


def english(folder):
    """An English table: commas between, decimal points, names decomposed as a Mac writes them."""
    lines = ["Municipality,Rate"]
    lines += [unicodedata.normalize("NFD", f"{row.name},{TRUTH[row.kommune_code]}") for row in KOMMUNER]
    return read_kommune_table(write(folder, "\n".join(lines)), value="rate")


def office(folder):
    """A kommune's own list: tabs, long names, older spellings, numerator and denominator with thousands."""
    older = {
        "0751": "Århus Kommune",
        "0169": "Høje Tåstrup Kommune",
        "0480": "Nordfyn",
        "0101": "Københavns Kommune",
    }
    lines = ["Kommune\tLedige\tArbejdsstyrke"]
    for row in KOMMUNER:
        ledige = f"{round(TRUTH[row.kommune_code] * 200):,}".replace(",", ".")
        lines.append(f"{older.get(row.kommune_code, row.name.upper() + ' KOMMUNE')}\t{ledige}\t20.000")
    return read_kommune_table(
        write(folder, "\n".join(lines), name="liste.txt"),
        value="Ledige",
        denominator="arbejdsstyrke",
        form=TableForm(decimal=","),
    )


@pytest.mark.parametrize("dialect", [statbank_wide, statbank_long, barometer, english, office])
def test_every_dialect_says_the_same(tmp_path, dialect):
    table = dialect(tmp_path)
    frame = table.frame
    assert not has_errors(table.findings)
    assert frame["kommune_code"].tolist() == sorted(TRUTH)
    assert frame["name"].tolist() == [row.name for row in sorted(KOMMUNER)]
    np.testing.assert_allclose(frame["value"], [TRUTH[code] for code in frame["kommune_code"]], rtol=1e-12)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == TABLE_DTYPES
    assert not frame["is_suppressed"].any()
    assert "kommune_table_missing" not in set(table.findings["rule"])
    assert tuple(table.findings.columns) == FINDING_COLUMNS


def test_what_each_dialect_is_of(tmp_path):
    wide, long, book, plain_english, own = (
        make(tmp_path) for make in (statbank_wide, statbank_long, barometer, english, office)
    )
    assert [table.year for table in (wide, long, book, plain_english, own)] == ["2021", "2021", "", "", ""]
    assert [table.unit for table in (wide, long, book, plain_english, own)] == ["", "", "pct.", "", "pct."]
    assert [table.kommune_column for table in (wide, long, book, plain_english, own)] == [
        "", "OMRÅDE", "Kommunenr.", "Municipality", "Kommune",
    ]  # fmt: skip
    assert (own.value_column, own.denominator_column) == ("Ledige", "Arbejdsstyrke")
    assert (book.file, book.layer) == ("barometer.xlsx", "Data")
    # The line of København, which stands second after the titles, first of its year, and last but two.
    lines = [int(table.frame["line"].iloc[0]) for table in (wide, long, book, plain_english, own)]
    assert lines == [6, 101, 102, 2, 2]
    assert own.frame["numerator"].iloc[0] == 600
    assert own.frame["denominator"].eq(20_000).all()


def test_rows_of_no_kommune_are_left_out_and_said(tmp_path):
    found = statbank_wide(tmp_path).findings.iloc[0]
    assert found["rule"] == "kommune_table_left_out"
    assert (found["value"], found["measure"]) == ("Hele landet, Region Hovedstaden", 2)


def spoil_unknown(folder):
    return plain(folder, [*all_but(), "Albrog;7,0"]), {
        "line": 100,
        "value": "Albrog",
        "other": "Aalborg (0851)",
    }


def spoil_left_out(folder):
    return plain(folder, [*all_but(), "Landsdel Fyn;7,0"]), {"value": "Landsdel Fyn", "measure": 1}


def spoil_unnamed(folder):
    return plain(folder, [*all_but(), ";7,0"]), {"line": 100, "column": "kommune", "value": "7,0"}


def spoil_twice(folder):
    rows = ["0101;3,0;Mænd", "101 København;3,0;Kvinder", *(f"{row};Mænd" for row in all_but("0101"))]
    path = plain(folder, rows, heading="kommune;pct;køn")
    return path, {
        "line": 3,
        "value": "København (0101)",
        "other": "kommune: 0101, 101 København; køn: Mænd, Kvinder",
        "measure": 1,
    }


def spoil_missing(folder):
    return plain(folder, all_but("0151", "0851")), {"value": "Ballerup (0151), Aalborg (0851)", "measure": 2}


def spoil_bad_number(folder):
    return plain(folder, [*all_but("0851"), "0851;syv"]), {
        "line": 99,
        "value": "syv",
        "other": "Aalborg (0851)",
        "record_id": "0851",
    }


def spoil_ambiguous(folder):
    rows = [f"{code};1.{at:03}" for at, code in enumerate(TRUTH)]
    return plain(folder, rows), {"line": 2, "value": "1.000", "measure": 98}


def spoil_suppressed(folder):
    return plain(folder, [*all_but("0825", "0563"), "0825;..", "0563;.."]), {
        "value": "..",
        "other": "Læsø (0825), Fanø (0563)",
        "measure": 2,
    }


def spoil_dash(folder):
    return plain(folder, [*all_but("0825"), "0825;-"]), {
        "line": 99,
        "value": "-",
        "other": "Læsø (0825)",
        "measure": 1,
    }


def spoil_denominator(folder):
    rows = [f"{row};{0 if row.startswith('0825') else 100}" for row in all_but()]
    return plain(folder, rows, heading="kommune;pct;under"), {
        "column": "under",
        "value": "Læsø (0825)",
        "measure": 1,
    }


SPOILED = {
    "kommune_table_unknown": spoil_unknown,
    "kommune_table_left_out": spoil_left_out,
    "kommune_table_unnamed_row": spoil_unnamed,
    "kommune_table_twice": spoil_twice,
    "kommune_table_missing": spoil_missing,
    "kommune_table_bad_number": spoil_bad_number,
    "kommune_table_ambiguous_number": spoil_ambiguous,
    "kommune_table_suppressed": spoil_suppressed,
    "kommune_table_dash": spoil_dash,
    "kommune_table_no_denominator": spoil_denominator,
}


@pytest.mark.parametrize("rule", SPOILED)
def test_each_fault_gives_its_finding_and_no_other(tmp_path, rule):
    path, expected = SPOILED[rule](tmp_path)
    table = read_kommune_table(
        path, value="pct", denominator="under" if rule.endswith("denominator") else None
    )
    assert table.findings["rule"].tolist() == [rule]
    found = table.findings.iloc[0]
    assert found["file"] == "tabel.csv"
    assert found["severity"] == KOMMUNE_SEVERITIES[rule]
    assert {name: found[name] for name in expected} == expected


def test_every_rule_of_a_table_has_a_fault():
    assert set(SPOILED) == {rule for rule in KOMMUNE_SEVERITIES if rule.startswith("kommune_table_")}


def test_a_value_that_is_not_there_is_never_nil(tmp_path):
    path = plain(
        tmp_path, [*all_but("0101", "0147", "0151", "0153", "0155"), "0101;..", "0147;.", "0151;", "0153;-"]
    )
    frame = read_kommune_table(path, value="pct").frame.set_index("kommune_code")
    assert frame.loc[["0101", "0147", "0151", "0155"], "value"].isna().all()
    assert frame.loc["0153", "value"] == 0
    assert frame.loc[["0101", "0147", "0151", "0153", "0155"], "is_suppressed"].tolist() == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert pd.isna(frame.loc["0155", "line"])
    otherwise = read_kommune_table(path, value="pct", form=TableForm(is_dash_nil=False)).frame.set_index(
        "kommune_code"
    )
    assert np.isnan(otherwise.loc["0153", "value"])
    assert not otherwise.loc["0153", "is_suppressed"]


def test_a_share_needs_both_numbers(tmp_path):
    rows = ["0101;1;4", "0147;..;4", "0151;1;..", "0153;1;0", "0155;;4", "0157;1;-5"]
    table = read_kommune_table(
        plain(tmp_path, rows, heading="kommune;n;under"), value="n", denominator="under"
    )
    frame = table.frame.set_index("kommune_code")
    assert frame["value"].dropna().to_dict() == {"0101": 25.0}
    assert frame.index[frame["is_suppressed"]].tolist() == ["0147", "0151"]
    nothing = table.findings[table.findings["rule"] == "kommune_table_no_denominator"].iloc[0]
    assert nothing["value"] == "Brøndby (0153), Gentofte (0157)"


def test_christiansoe_is_taken_but_not_missed(tmp_path):
    table = read_kommune_table(plain(tmp_path, [*all_but(), "411 Christiansø;1,0"]), value="pct")
    assert len(table.frame) == 99
    assert table.findings.empty


def test_marks_of_danmarks_statistik_are_understood(tmp_path):
    path = plain(tmp_path, [*all_but("0101", "0147"), "0101;12,5*", "0147;1.234,5"])
    assert read_kommune_table(path, value="pct").frame["value"].tolist()[:2] == [12.5, 1234.5]


def test_one_clear_number_tells_the_decimal_sign_of_its_column(tmp_path):
    path = plain(tmp_path, [*all_but("0101"), "0101;1.234"])
    assert read_kommune_table(path, value="pct").frame["value"].iloc[0] == 1234
    path = write(tmp_path, "kommune;pct\n0101;1.234\n0147;12.5\n")
    assert read_kommune_table(path, value="pct").frame["value"].iloc[0] == 1.234
    path = write(tmp_path, "kommune;pct\n0101;1.234\n0147;12.5\n")
    assert read_kommune_table(path, value="pct", form=TableForm(decimal=",")).frame["value"].iloc[0] == 1234


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1.234", "2.345"], None), (["1.234", "0,5"], ","), (["1.234.567"], ","), (["1.234,5"], ","), (["12,5 %"], ","),
        (["1,234.5"], "."), (["12.25"], "."), (["0.125"], "."), (["12.5", "12,5"], None), (["12", "..", "-"], None), ([], None),
    ],
)  # fmt: skip
def test_the_decimal_sign_is_told_or_not(cells, sign):
    assert infer_decimal(cells) == sign


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 2)), min_size=1, max_size=8))
def test_a_danish_column_is_never_taken_for_english(numbers):
    cells = [f"{number:,.2f}".translate(str.maketrans(",.", ".,")) for number in numbers]
    assert infer_decimal(cells) == ","


def test_rows_may_be_chosen_by_other_columns(tmp_path):
    rows = [
        f"{sex};{code};{danish(value + shift)}"
        for sex, shift in (("Mænd", 9), ("Alle", 0))
        for code, value in TRUTH.items()
    ]
    path = plain(tmp_path, rows, heading="Køn;Område;Pct")
    table = read_kommune_table(path, value="pct", form=TableForm(where={"køn": "alle"}))
    assert table.findings.empty
    assert table.frame["value"].tolist() == pytest.approx([TRUTH[code] for code in sorted(TRUTH)])
    with pytest.raises(UsageError) as raised:
        read_kommune_table(path, value="pct", form=TableForm(where={"køn": "kvinder"}))
    assert raised.value.key == "kommune_table.no_such_choice"
    assert raised.value.values["found"] == "Mænd, Alle"


def test_numbers_that_look_like_codes_are_no_kommuner(tmp_path):
    rows = [f"{row.name};{code}" for row, code in zip(KOMMUNER, sorted(TRUTH), strict=True)]
    path = plain(tmp_path, rows, heading="sted;antal")
    table = read_kommune_table(path, value="antal")
    assert table.kommune_column == "sted"
    assert table.findings.empty
    stated = read_kommune_table(path, value="antal", kommune="STED")
    assert stated.frame.equals(table.frame)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_text_a_remedy_and_a_row_in_the_page(language):
    texts = load_texts(language)
    page = Path(__file__).parents[2].joinpath("docs", "kommuner.md").read_text(encoding="utf-8")
    for rule, severity in KOMMUNE_SEVERITIES.items():
        parts = [texts.entries[f"finding.{rule}.{part}"] for part in ("text", "remedy")]
        assert all(template_fields(part) <= set(FINDING_COLUMNS) for part in parts)
        if language == "en":
            text, remedy = map(show_template, parts)
            assert f"| `{rule}` | {severity} | {text} | {remedy} |" in page
