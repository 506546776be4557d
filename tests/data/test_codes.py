"""The code lists that ship with the program."""

import pytest

from data.codes import CODE_LISTS, UnknownCodeListError, load_code_lists, load_codes, use_codes


@pytest.mark.parametrize("name", CODE_LISTS)
def test_every_list_has_texts_and_is_in_order(name):
    codes = load_codes(name)
    assert list(codes) == sorted(codes)
    assert all(
        code == entry.code and entry.text_da.strip() == entry.text_da != "" for code, entry in codes.items()
    )


def test_dwellings_are_the_units_for_all_year_use():
    dwellings = {code for code, entry in use_codes().items() if entry.is_dwelling}
    assert dwellings == {"110", "120", "121", "122", "130", "131", "132", "140", "150", "160", "190"}
    assert all(isinstance(entry.is_dwelling, bool) for entry in use_codes().values())


def test_other_lists_do_not_tell_dwellings():
    assert all(entry.is_dwelling is None for name in CODE_LISTS[1:] for entry in load_codes(name).values())


def test_every_list_says_what_it_is():
    lists = load_code_lists()
    assert tuple(lists) == CODE_LISTS
    for name, told in lists.items():
        assert told.name == name
        assert told.codes == load_codes(name)
        assert told.title_da != told.title_en
        assert told.source.startswith("BBR ")


def test_an_unknown_list_is_refused():
    with pytest.raises(UnknownCodeListError):
        load_codes("../use_codes")


@pytest.mark.real_data
def test_the_lists_are_those_of_the_register(shared_data):
    """Every code of the published lists is there; two use codes came after them."""
    import csv

    fields = {
        "use_codes": "ENH_ANVEND_KODE",
        "toilet_codes": "TOILET_KODE",
        "bath_codes": "BAD_KODE",
        "heating_codes": "VARMEINSTAL_KODE",
        "support_codes": "OFF_STOETTE_KODE",
        "dwelling_type_codes": "BOLIGTYPE_KODE",
        "letting_codes": "ENH_UDLEJ2_KODE",
    }
    with (shared_data / "bbr" / "kodelister.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Navn"] == "Enhed"]
    for name, field in fields.items():
        published = {row["KODE_VAERDI"] for row in rows if row["FELT_NAVN"] == field}
        assert set(load_codes(name)) - published == ({"121", "122"} if name == "use_codes" else set())
        assert published <= set(load_codes(name))
