"""A flat list of units with the codes of BBR, as a colleague's query gives it: one row a unit, no versions."""

NOT_OF_LISTS = "no_residents_register"


def list_rules(registers):
    return sorted(set(registers.findings["rule"]) - {NOT_OF_LISTS})


def take(registers, rule):
    found = registers.findings
    return found[found["rule"] == rule]


def test_a_flat_list_with_the_codes_is_enough(read_dwellings):
    flat = """\
id_lokalId,status,enh020EnhedensAnvendelse,enh046OffentligStøtte,byg026Opførelsesår,ejendommensEjerforholdskode,x_byg,y_byg
U1,6,140,25,1999,10,645050.5,6255050
U2,6,140,,1999,99,645050.5,6255050
U3,aktiv,140,,1999,41,645050.5,6255050
U4,3,140,,1999,41,645050.5,6255050
"""
    registers = read_dwellings({"flad.csv": flat})
    dwellings = registers.dwellings.set_index("dwelling_id")
    assert dwellings["tenure"].to_dict() == {"U1": "almen_ungdomsbolig", "U2": "ukendt", "U3": "andelsbolig"}
    assert dwellings["tenure_source"].to_dict() == {
        "U1": "enh046_25",
        "U2": "ukendt_kode",
        "U3": "ejerforhold_41",
    }
    (contradiction,) = take(registers, "tenure_contradiction").to_dict("records")
    assert [contradiction[name] for name in ("file", "line", "column", "value", "other")] == [
        "flad.csv", 2, "enh046OffentligStøtte", "enh046 25, ejerforhold 10", "almen_ungdomsbolig",
    ]  # fmt: skip
    (untold,) = take(registers, "tenure_not_derivable").to_dict("records")
    assert (untold["line"], untold["value"], untold["other"]) == (
        3,
        "enh046 –, ejerforhold 99",
        "ukendt_kode",
    )
    assert list_rules(registers) == ["status_left_out", "tenure_contradiction", "tenure_not_derivable"]


def test_what_is_no_dwelling_is_not_asked_for_its_tenure(read_dwellings):
    flat = "id_lokalId,enh020EnhedensAnvendelse,ejendommensEjerforholdskode,x,y\nU1,320,90,645050,6255050\n"
    registers = read_dwellings({"flad.csv": flat})
    assert registers.dwellings["tenure"].tolist() == ["ukendt"]
    assert list_rules(registers) == []


def test_an_id_twice_in_a_list_without_versions_stays_a_fault(read_dwellings):
    flat = "id_lokalId,enh020EnhedensAnvendelse,tenure,x,y\n" + "U1,140,ejerbolig,645050,6255050\n" * 2
    assert list_rules(read_dwellings({"flad.csv": flat})) == ["duplicate_id"]
