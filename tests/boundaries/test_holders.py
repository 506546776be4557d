"""Whose land an extension takes: the area that holds it on the day, on the synthetic kommune's split."""

import json
import shutil

import pytest

from boundaries.delineation.holders import name_holders
from boundaries.registers.project import load_project
from boundaries.registers.readers import read_registers

RYLEHUSENE, RYLEVAENGET = "Rylehusene (LS07)", "Rylevænget (LS09)"
SPLIT_OFF, KEPT = "9990103-58", "9990103-55"
PROJECT = "\n".join(
    ['[project]\nname = "Prøve"\nkommune_code = "0999"\nsynthetic = true\n[dates]\nstatus_date = 2025-01-01']
    + [
        f'[registers.{name}]\npath = "{file}"'
        for name, file in (
            ("parcels", "matrikler.gpkg"),
            ("areas", "boligomraader.csv"),
            ("extensions", "udvidelser.csv"),
            ("splits", "opdelinger.csv"),
        )
    ]
)


@pytest.fixture
def project(demo, tmp_path):
    """The outlines of the synthetic kommune alone, and a function that adds an extension to them."""
    for name in ("matrikler.gpkg", "boligomraader.csv", "udvidelser.csv", "opdelinger.csv"):
        shutil.copy(demo[0] / name, tmp_path)
    (tmp_path / "boligkort.toml").write_text(PROJECT, encoding="utf-8")

    def add(area_id, approved_on, parcels, extension_id="UDV-9"):
        with (tmp_path / "udvidelser.csv").open("a", encoding="utf-8") as file:
            status = "godkendt" if approved_on else "ansøgt"
            file.write(f"{extension_id};{area_id};2010-02-01;{approved_on};{status};{parcels}\n")

    return tmp_path, add


def read(folder):
    registers = read_registers(load_project(folder))
    return registers, name_holders(registers, tolerance_m2=1.0)


def list_overlaps(registers):
    found = registers.findings[registers.findings["rule"].str.startswith("extension_overlaps_")]
    return sorted(
        zip(found["severity"], found["record_id"], found["other"], found["measure"].round(2), strict=True)
    )


def measure(registers, *keys):
    parcels = registers.parcels.set_index("parcel_key").geometry
    return sum(parcels[key].area for key in keys)


@pytest.mark.parametrize(
    ("area_id", "approved_on", "severity", "holder"),
    [
        ("LS08", "2023-01-01", "error", RYLEVAENGET),
        ("LS08", "", "error", RYLEVAENGET),
        ("LS08", "2022-04-04", "error", RYLEVAENGET),
        ("LS08", "2022-04-03", "error", RYLEHUSENE),
        ("LS07", "2023-01-01", "error", RYLEVAENGET),
        ("LS07", "2022-04-03", "warning", RYLEHUSENE),
        ("LS09", "2023-01-01", "warning", RYLEVAENGET),
    ],
)
def test_land_split_off_is_of_the_new_area_from_its_day(project, area_id, approved_on, severity, holder):
    folder, add = project
    add(area_id, approved_on, SPLIT_OFF)
    before, after = read(folder)
    size_m2 = round(measure(before, SPLIT_OFF), 2)
    assert [(row[2], row[3]) for row in list_overlaps(before)] == [(RYLEHUSENE, size_m2)]
    assert list_overlaps(after) == [(severity, "UDV-9", holder, size_m2)]
    others = ~after.findings["record_id"].eq("UDV-9")
    assert (
        after.findings[others]
        .reset_index(drop=True)
        .equals(before.findings[~before.findings["record_id"].eq("UDV-9")].reset_index(drop=True))
    )
    # The place of the finding is that of the extension.
    assert after.findings.loc[~others, ["file", "line"]].drop_duplicates().to_numpy().tolist() == [
        ["udvidelser.csv", 5]
    ]


def test_an_extension_over_both_sides_of_a_split_is_told_of_each(project):
    folder, add = project
    add("LS08", "2023-01-01", f'"{SPLIT_OFF}, {KEPT}"')
    before, after = read(folder)
    assert list_overlaps(after) == [
        ("error", "UDV-9", RYLEHUSENE, round(measure(before, KEPT), 2)),
        ("error", "UDV-9", RYLEVAENGET, round(measure(before, SPLIT_OFF), 2)),
    ]


def test_what_no_split_has_touched_stays_as_it_was_said(project):
    folder, add = project
    add("LS08", "2023-01-01", KEPT)
    before, after = read(folder)
    assert len(list_overlaps(before)) == 1
    assert after.findings.equals(before.findings)


def test_without_an_approved_split_nothing_changes(project):
    folder, add = project
    add("LS08", "2023-01-01", SPLIT_OFF)
    path = folder / "opdelinger.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("godkendt", "afslået"), encoding="utf-8")
    before, after = read(folder)
    assert after is before
    assert list_overlaps(after)[0][2] == RYLEHUSENE


def test_where_the_outlines_have_other_errors_nothing_is_drawn(project):
    folder, add = project
    add("LS08", "2023-01-01", SPLIT_OFF)
    add("LS77", "2023-01-01", "9990104-11", "UDV-8")
    before, after = read(folder)
    assert after is before


def test_check_and_run_name_the_area_that_holds_the_land(project, run):
    folder, add = project
    add("LS08", "2023-01-01", SPLIT_OFF)
    checked = run("check", folder, "--json")
    assert checked.exit_code == 1
    found = [
        row for row in json.loads(checked.stdout)["findings"] if row["rule"] == "extension_overlaps_area"
    ]
    assert [row["other"] for row in found] == [RYLEVAENGET]
    assert RYLEVAENGET in found[0]["text"]
    stopped = run("run", folder)
    assert stopped.exit_code == 1
    assert RYLEVAENGET in stopped.stderr
    assert RYLEHUSENE not in stopped.stderr
