"""A text table that is not UTF-8 is read as Windows-1252, and that is said where nobody chose it."""

import pytest

PROJECT = "[dates]\nstatus_date = 2025-01-01\n[registers.areas]\npath = 'omraader.geojson'\n"
TABLE = "dwelling_id;address;x;y;tenure;use_code\nD1;Ærøvej 1;645050;6255050;ejerbolig;140\n"


@pytest.mark.parametrize(
    ("encoding", "options", "told"),
    [("cp1252", "", 1), ("cp1252", 'encoding = "cp1252"', 0), ("utf-8", "", 0)],
)
def test_a_guessed_encoding_is_a_note(input_files, run, encoding, options, told):
    input_files.project = f"{PROJECT}[registers.dwellings]\npath = 'bytes.csv'\n{options}\n"
    input_files.tables = {}
    (input_files.folder / "bytes.csv").write_bytes(TABLE.encode(encoding))
    registers = input_files.read()
    assert registers.dwellings["address"].tolist() == ["Ærøvej 1"]
    found = registers.findings[registers.findings["rule"] == "encoding_guessed"]
    assert found[["severity", "file"]].to_numpy().tolist() == [["note", "bytes.csv"]] * told
    checked = run("check", input_files.folder)
    assert ("bytes.csv er læst som Windows-1252" in checked.stdout + checked.stderr) == bool(told)
