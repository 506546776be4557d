"""Tables in JSON and in zips: read as they were handed out, and refused in words that say what to do."""

import gzip
import json

import pandas as pd
import pytest

from geo.errors import ReadError, UsageError
from geo.inspection import inspect_file
from geo.json_tables import read_json_table
from geo.readers import is_layer, list_layers, read_layer, read_table, read_tables

ROWS = [
    {"id_lokalId": "a", "areal": 60, "andel": 0.10, "let": True, "note": None},
    {"id_lokalId": "b", "ny": "Ålborg", "areal": 1234567890123456789},
]


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        raw = text.encode()
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return path

    return write


def refuse(path, error, key):
    """Reading it and looking at it must both end in this error."""
    for read in (read_table, inspect_file):
        with pytest.raises(error) as caught:
            read(path)
        assert caught.value.key == key


@pytest.mark.parametrize("name", ["e.json", "e.json.gz", "E.JSON"])
def test_list_of_objects(write, name):
    path = write(name, ROWS)
    assert not is_layer(path)
    text = read_table(path)
    assert text.frame.columns.tolist() == ["id_lokalId", "areal", "andel", "let", "note", "ny"]
    # As the numbers were written: no digit of the id is lost, and 0.10 is not made shorter than Python has it.
    assert text.frame["areal"].tolist() == ["60", "1234567890123456789"]
    assert text.frame["let"].tolist()[0] == "true"
    assert text.frame["note"].isna().all()
    assert text.frame["ny"].isna().tolist() == [True, False]
    assert text.line.tolist() == [1, 2]
    assert (text.file, text.layer) == (name, "")


def test_numbers_keep_their_digits(write):
    path = write("e.json", '[{"x": 645010.10, "y": 1e3, "z": NaN}]')
    frame = read_table(path).frame
    assert frame.iloc[0, :2].tolist() == ["645010.10", "1e3"]
    assert frame["z"].isna().all()


@pytest.mark.parametrize(
    "content",
    [
        {"data": {"BBR_Enhed": {"nodes": ROWS, "pageInfo": {"hasNextPage": False}}}},
        {"data": {"BBR_Enhed": {"edges": [{"node": row, "cursor": "x"} for row in ROWS]}}},
        {"BBR_Enhed": ROWS, "andet": [], "dato": "2025-01-01"},
    ],
)
def test_list_within_objects(write, content):
    path = write("e.json", content)
    text = read_table(path)
    assert text.layer == "BBR_Enhed"
    assert text.frame["id_lokalId"].tolist() == ["a", "b"]
    assert list_layers(path) == ["BBR_Enhed"]


def test_objects_in_a_row_become_columns_and_lists_are_left_out(write):
    path = write("e.json", [{"byg404Koordinat": {"wkt": "POINT (1 2)", "epsg": 25832}, "etager": [{"a": 1}]}])
    text = read_table(path)
    assert text.frame.columns.tolist() == ["byg404Koordinat.wkt", "byg404Koordinat.epsg"]
    assert [(note.key, note.values["column"]) for note in text.notes] == [
        ("files.columns_left_out", "etager")
    ]


def test_several_lists_are_chosen_by_name_and_never_guessed(write):
    path = write("e.json", {"EnhedList": ROWS, "BygningList": ROWS[:1], "x": {"EnhedList": ROWS[1:]}})
    with pytest.raises(UsageError) as several:
        read_table(path)
    assert several.value.values["found"] == "EnhedList, BygningList, x.EnhedList"
    assert len(read_table(path, sheet="BygningList").frame) == 1
    assert read_table(path, sheet="x.EnhedList").frame["id_lokalId"].tolist() == ["b"]
    with pytest.raises(ReadError) as none:
        read_table(path, sheet="GrundList")
    assert none.value.key == "files.no_such_list"
    assert [table.rows_n for table in inspect_file(path).tables] == [2, 1, 1]
    assert [table.name for table in inspect_file(path, layer="BygningList").tables] == ["BygningList"]


def test_geojson_is_a_layer_still(layer_files, tmp_path):
    layer_files.write(tmp_path, "lag.geojson")
    path = (tmp_path / "lag.geojson").rename(tmp_path / "lag.json")
    assert is_layer(path)
    assert read_layer(path).frame["navn"].tolist()[0] == "Sæby"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("[1, 2]", "files.no_rows_in_json"),
        ("[]", "files.no_rows_in_json"),
        ('{"a": 1}', "files.no_rows_in_json"),
        ('[{"a": 1}, 2]', "files.no_rows_in_json"),
        ('[{"a": 1},', "files.broken"),
        ("[" * 100_000, "files.broken"),
    ],
)
def test_what_is_no_table(write, content, key):
    refuse(write("e.json", content), ReadError, key)


def test_damaged_bytes(tmp_path):
    path = tmp_path / "e.json"
    path.write_bytes(b'[{"a": "\xe5"}]')
    with pytest.raises(ReadError) as caught:
        read_json_table(path)
    assert caught.value.key == "files.broken"
    cut = tmp_path / "e.json.gz"
    cut.write_bytes(gzip.compress(json.dumps(ROWS).encode())[:-9])
    with pytest.raises(ReadError) as cut_short:
        read_table(cut) if not is_layer(cut) else read_layer(cut)
    assert cut_short.value.key == "files.broken"


def test_columns_from_pandas(write):
    frame = pd.DataFrame({"a": ["1", "2"], "b": ["æ", "ø"]})
    path = write("e.json", frame.to_json(orient="records", force_ascii=False))
    pd.testing.assert_frame_equal(read_table(path).frame, frame)


@pytest.mark.parametrize(
    ("member", "text"),
    [("mappe/enhed.csv", "id_lokalId;x\na;1\nb;2\n"), ("enhed.json", json.dumps(ROWS))],
)
def test_table_in_a_zip(pack, member, text):
    path = pack({member: text, "enhed_Metadata.json": "[{}]", "__MACOSX/._enhed.csv": "x", "læs.pdf": "x"})
    assert not is_layer(path)
    table = read_table(path)
    assert table.frame["id_lokalId"].tolist() == ["a", "b"]
    assert table.file == "pakke.zip"
    found = inspect_file(path)
    assert found.format == "zip/" + member.rsplit(".", 1)[1]
    assert [facts.rows_n for facts in found.tables] == [2]


@pytest.mark.parametrize(
    ("members", "error", "key"),
    [
        ({"a.csv": "a;b\n", "b.csv": "a;b\n"}, UsageError, "files.several_tables"),
        ({"a.pdf": "x"}, ReadError, "files.no_table_in_zip"),
        ({"a.csv": "a;b\n1;2;3\n"}, ReadError, "files.ragged_rows"),
    ],
)
def test_zip_that_is_no_table(pack, members, error, key):
    refuse(pack(members), error, key)


def test_zip_that_is_none(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK no zip")
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.key == "files.broken"


def test_damaged_member_of_a_zip(pack):
    path = pack({"a.csv": "a;b\n" + "1;2\n" * 50})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"1;2")] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert (caught.value.key, caught.value.values["file"]) == ("files.broken", "pakke.zip")


TOTAL = {
    "EtageList": [{"id_lokalId": "F", "eta006BygningensEtagebetegnelse": "st"}],
    "HusnummerList": [{"id_lokalId": "H", "husnummertekst": "1"}],
    "AdresseList": [{"id_lokalId": "A"}, {"id_lokalId": "B", "husnummer": "H"}],
    "TomList": [],
}


def has_house_number(headings):
    return bool({"husnummer", "husnummertekst"} & set(headings))


@pytest.mark.parametrize("packed", ["", ".gz", ".zip"])
def test_of_several_lists_those_that_are_wanted_are_read(write, pack, packed):
    if packed == ".zip":
        members = {"DAR.json": json.dumps(TOTAL), "DAR_Metadata.json": "{}"}
        path = pack(members)
    else:
        path = write(f"DAR.json{packed}", TOTAL)
    texts = read_tables(path, is_wanted=has_house_number)
    assert [(text.file, text.layer) for text in texts] == [
        (path.name, "HusnummerList"),
        (path.name, "AdresseList"),
    ]
    # A heading that only a later row has counts too.
    assert texts[1].frame["id_lokalId"].tolist() == ["A", "B"]
    assert texts[1].line.tolist() == [1, 2]
    (named,) = read_tables(path, is_wanted=has_house_number, sheet="EtageList")
    assert named.layer == "EtageList"


def test_several_lists_of_which_none_is_wanted_are_named(write):
    path = write("DAR.json", TOTAL)
    with pytest.raises(UsageError) as raised:
        read_tables(path, is_wanted=lambda _: False)
    assert raised.value.key == "files.several_lists"
    assert raised.value.values["found"] == "EtageList, HusnummerList, AdresseList"


def test_an_only_list_is_read_whether_it_is_wanted_or_not(write):
    (text,) = read_tables(write("e.json", ROWS), is_wanted=lambda _: False)
    pd.testing.assert_frame_equal(text.frame, read_table(write("e.json", ROWS)).frame)


def test_another_table_is_read_as_by_read_table(write):
    path = write("a.csv", "id;navn\n1;Ærø\n")
    (text,) = read_tables(path, is_wanted=lambda _: False)
    pd.testing.assert_frame_equal(text.frame, read_table(path).frame)


def damage_version(content):
    at = content.index(b"PK\x01\x02") + 6
    return content[:at] + b"\x94" + content[at + 1 :]


def damage_size(content):
    at = content.rindex(b"PK\x05\x06") + 12
    return content[:at] + b"\xff\xff\xff\x7f" + content[at + 4 :]


@pytest.mark.parametrize("damage", [damage_version, damage_size])
def test_a_zip_with_a_damaged_directory_is_an_error_of_ours(pack, damage):
    path = pack({"enhed.csv": "id;navn\n1;Ærø\n"})
    path.write_bytes(damage(path.read_bytes()))
    for read in (read_table, read_layer, inspect_file):
        with pytest.raises(ReadError) as raised:
            read(path)
        assert (raised.value.key, raised.value.values["file"]) == ("files.broken", path.name)


def test_the_point_of_geojson_in_a_row_is_two_columns_and_a_line_is_none(write):
    point = {"type": "Point", "coordinates": [645000.5, 6255000.25]}
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    frame = read_json_table(
        write("p.json", [{"id": "1", "position": point}, {"id": "2", "position": line}])
    ).frame
    assert frame["position.coordinates.x"].tolist()[0] == "645000.5"
    assert frame["position.coordinates.y"].tolist()[0] == "6255000.25"
    assert frame["position.coordinates.x"].isna().tolist() == [False, True]
